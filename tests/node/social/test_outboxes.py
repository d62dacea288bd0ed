"""Profiles of people elsewhere are not empty when somebody here first looks at them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.actors import document_from_actor
from node.social import follows, looking_up, timelines
from storage import jobs
from tests.node.conftest import NOON, make_stranger

CONTEXT = "https://www.w3.org/ns/activitystreams"


@pytest.fixture
def carol(world):
    """Someone elsewhere with an outbox, whom nobody here has met."""
    found = make_stranger(world.elsewhere.origin, "carol")
    found = replace(found, actor=replace(found.actor, outbox=f"{found.uri}/outbox"))
    world.elsewhere.put(document_from_actor(found.actor))
    return found


def serve(world, carol, items):
    page = {"@context": CONTEXT, "id": f"{carol.uri}/outbox?page=1", "type": "OrderedCollectionPage", "orderedItems": items}
    outbox = {"@context": CONTEXT, "id": f"{carol.uri}/outbox", "type": "OrderedCollection", "first": page["id"]}
    world.elsewhere.put(page)
    world.elsewhere.put(outbox)


def notes(carol, count):
    """Creates, newest first, as outboxes have them."""
    return [carol.create(carol.note(str(n), published=NOON - timedelta(hours=n + 1))) for n in range(count)]


async def look(world, carol):
    return (await looking_up.look_up(world.context, carol.uri)).account


async def shown(world, account):
    return [entry.id for entry in (await timelines.account_posts(world.context, account.id, 0)).entries]


async def test_a_first_look_brings_the_latest_posts_and_tells_nobody(world, ada, carol):
    serve(world, carol, notes(carol, 30))
    account = await look(world, carol)
    await world.work()
    assert len(await shown(world, account)) == 20
    assert await world.find_post(carol.note("0").uri) is not None
    assert await world.find_post(carol.note("20").uri) is None
    assert await world.home(ada) == []


async def test_somebody_is_looked_at_once_a_day(world, carol, clock):
    serve(world, carol, notes(carol, 1))
    await look(world, carol)
    await world.work()
    asked = len(world.elsewhere.asked)
    await look(world, carol)
    await world.work()
    assert len(world.elsewhere.asked) == asked
    clock.go(days=1)
    await look(world, carol)
    assert await world.jobs_waiting() == 1


async def test_a_follow_fills_the_timeline_when_the_posts_have_come(world, ada, carol):
    serve(world, carol, notes(carol, 3))
    await world.follow(ada, carol)
    assert await world.home(ada) == []
    await world.work()
    assert await world.home(ada) == [carol.note(str(n)).uri for n in range(3)]


async def test_only_the_accounts_own_public_posts_are_kept(world, carol):
    private = carol.create(carol.note("private", to=(f"{carol.uri}/followers",), cc=()))
    other = {**carol.create(carol.note("other")), "object": carol.create(carol.note("other"))["object"] | {"attributedTo": f"{carol.uri}x"}}
    far = {**carol.create(carol.note("far")), "object": carol.create(carol.note("far"))["object"] | {"id": "https://far.example/1"}}
    boost = carol.activity("Announce", "https://far.example/2")
    vote = carol.create(carol.note("vote", content="", in_reply_to_uri="https://far.example/3", vote="Tea"))
    serve(world, carol, [private, other, far, boost, vote, "https://far.example/4", 5, None, {"type": "Create"}, *notes(carol, 1)])
    account = await look(world, carol)
    await world.work()
    assert len(await shown(world, account)) == 1
    assert await world.find_post("https://far.example/1") is None


async def test_an_outbox_on_another_server_is_not_asked(world, ada):
    found = make_stranger(world.elsewhere.origin, "mallory")
    world.elsewhere.put(document_from_actor(replace(found.actor, outbox="https://victim.example/outbox")))
    account = await look(world, found)
    await follows.follow(world.context, ada, account.id)
    assert await world.context.database.read(jobs.count_jobs) == 0
