"""Two machines with one memory and one bucket: what is given to one of them is served by the other."""

import pytest

from node import databases
from node.social import media
from tests import buckets, clusters
from tests.node.web.mastodon.conftest import picture
from tests.nodes import Node, free_port


@pytest.fixture
async def machines(tmp_path):
    """Two data folders of one node; only the second one's process runs."""
    ports = free_port(), free_port()
    url, stated = clusters.cluster().create(), "\n".join(f'{key} = "{value}"' for key, value in buckets.settings().items())
    made = []
    for name, port in zip("ab", ports, strict=True):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "hedgerow.toml").write_text(
            f'[node]\nurl = "http://127.0.0.1:{ports[1]}"\n[server]\nbind = "127.0.0.1:{port}"\n[federation]\n'
            f'allow_networks = ["127.0.0.0/8"]\n[database]\nurl = "{url}"\nconnections = 4\n[media]\n{stated}\n'
        )
        made.append(Node(folder))
    databases.create(made[0].config)
    made[1].start()
    async with made[0].opened():
        yield made
    assert made[1].stop() == 0
    clusters.cluster().drop(url)


async def test_what_is_given_to_one_machine_is_served_by_the_other(machines):
    one, other = machines
    ada = await one.person("ada")
    found = await media.upload(one.context, ada.account, picture())
    answered = await one.get(f"/media/{found.file}")
    assert (answered.status, answered.headers["Content-Type"]) == (200, found.media_type)
    assert answered.body == await one.context.stores.media.get(found.file)
    assert not (one.data / "media").exists()
    assert not (other.data / "media").exists()
