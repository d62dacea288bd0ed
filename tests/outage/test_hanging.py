"""Servers that take a connection and never answer hold nobody up."""

import time

import pytest

from tests.nodes import eventually, free_port, prepare
from tests.outage.far import add_followers, far_servers, hanging_servers

HANGING = [f"127.0.3.{number}" for number in range(1, 201)] + [f"127.0.4.{number}" for number in range(1, 101)]
HEALTHY = [f"127.0.5.{number}" for number in range(1, 21)]
PATIENCE_S = 10.0


@pytest.fixture
async def node(tmp_path):
    """A node of the test's own."""
    node = prepare(tmp_path / "node")
    node.start()
    async with node.opened():
        yield node
    node.kill()  # it would wait a while for those that hang


async def test_three_hundred_hosts_that_hang_do_not_delay_twenty_healthy_ones(node):
    ada = await node.person("ada")
    async with far_servers(*HEALTHY) as far, hanging_servers(free_port("127.0.3.1"), *HANGING) as hanging:
        inboxes = [f"{far.origin(host)}/users/a/inbox" for host in HEALTHY]
        stuck = [f"http://{host}:{hanging.port}/users/a/inbox" for host in HANGING]
        await node.context.database.write(add_followers, node.context.site, ada.account, [*stuck, *inboxes])
        for number in range(1, 4):  # the later ones while the earlier ones still hang
            began = time.monotonic()
            await ada.write(f"Post {number}")

            async def arrived(number=number):
                return min(len(far.ids(inbox)) for inbox in inboxes) >= number

            await eventually(arrived, within_s=PATIENCE_S)
            print(f"post {number}: with the last of {len(HEALTHY)} after {time.monotonic() - began:.2f} s")
        assert hanging.most_in_all > len(HANGING) // 2, "they did not hang: the test shows nothing"
        assert max(hanging.most.values()) == 1  # nothing is known of how they answer
