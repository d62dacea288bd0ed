"""What Prometheus reads, and where."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from node.assembly import build_app
from node.web import metrics


@pytest.fixture
async def clients(world):
    """The node as the world sees it, and its admin address."""
    node = build_app(world.context)
    async with TestClient(TestServer(node)) as outside, TestClient(TestServer(metrics.build_app(node))) as inside:
        yield outside, inside


async def test_figures_are_those_of_the_node(world, clients):
    outside, inside = clients
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.receive(bob.activity("Follow", ada.uri), bob)
    await world.post(ada, "Hello")
    await outside.post("/inbox", data=b"{}")
    text = await (await inside.get("/metrics")).text()
    assert 'hedgerow_deliveries{state="waiting"} 2.0' in text
    assert "hedgerow_local_posts 1.0" in text
    assert "hedgerow_local_people 1.0" in text
    assert 'hedgerow_inbox_answers_total{status="400"} 1.0' in text
    assert "process_resident_memory_bytes" in text


async def test_the_world_does_not_see_them(clients):
    outside, inside = clients
    assert (await outside.get("/metrics")).status == 404
    assert (await inside.get("/")).status == 404
