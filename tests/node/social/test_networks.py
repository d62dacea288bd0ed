"""Fifty sources brought to a fresh node, and taken along again."""

import pytest

from node.errors import BadInput
from node.social import networks, opml
from node.social.opml import Source
from storage import imports, moderation

PEOPLE, FEEDS = 20, 30


@pytest.fixture
async def network(world, elsewhere) -> list[Source]:
    """People, a community and feeds at another server, which nobody here knows yet."""
    found = []
    host = elsewhere.origin.removeprefix("http://")
    for number in range(PEOPLE):
        stranger = await world.stranger(f"p{number}", is_known=False)
        kind = "community" if number == 0 else "person"
        if number == 0:
            elsewhere.documents[stranger.uri.removeprefix(elsewhere.origin)]["type"] = "Group"
        found.append(Source(kind, f"p{number}", stranger.uri, f"p{number}@{host}"))
    for number in range(FEEDS):
        path = f"/feed{number}.json"
        elsewhere.documents[path] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": f"Feed {number}",
            "items": [{"id": "1", "title": "Hello"}],
        }
        found.append(Source("feed", f"Feed {number}", f"{elsewhere.origin}{path}"))
    return found


async def state(world, account):
    return (await world.context.database.read(imports.list_imports, account.id))[0]


async def test_fifty_sources_are_followed_and_the_export_equals_what_was_brought(world, ada, eve, network):
    brought = opml.write_opml(network, "x", world.context.site.now())
    assert await networks.start_import(world.context, ada, "follow", brought) == 50
    assert (await state(world, ada)).done == 0
    await world.work()
    found = await state(world, ada)
    assert (found.done, found.total, found.problems) == (50, 50, [])
    taken = opml.read_opml(await networks.export_opml(world.context, ada))
    assert sorted(taken, key=lambda each: each.address) == sorted(network, key=lambda each: each.address)
    assert await networks.list_sources(world.context, eve.id) == []


async def test_what_cannot_be_had_is_listed_with_the_reason_and_the_rest_comes(world, ada, eve, elsewhere):
    body = f"Account address\neve@hedge.test\nnobody@{elsewhere.origin.removeprefix('http://')}\n".encode()
    await networks.start_import(world.context, ada, "follow", body)
    await world.work()
    found = await state(world, ada)
    assert found.done == 2
    assert [address.startswith("@nobody@") for address, _ in found.problems] == [True]
    assert b"eve@hedge.test" in await networks.export_csv(world.context, ada)


async def test_blocks_and_mutes_come_along(world, ada, eve, read):
    for kind in ("block", "mute"):
        await networks.start_import(world.context, ada, kind, b"eve@hedge.test\n")
    await world.work()
    assert await read(moderation.is_muted, ada.id, eve.id)
    assert [each.name for each in await read(moderation.list_blocked, ada.id)] == ["eve"]


@pytest.mark.parametrize(("kind", "body"), [("follow", b""), ("block", b"<opml/>"), ("love", b"a@b.example"), ("follow", b"<opml/>")])
async def test_what_makes_no_sense_is_refused(world, ada, kind, body):
    with pytest.raises(BadInput):
        await networks.start_import(world.context, ada, kind, body)
