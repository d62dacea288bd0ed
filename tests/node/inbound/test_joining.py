"""Join and Leave between one of ours and someone elsewhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.records import EventDetails
from node.social import workshops
from storage import workshops as kept
from storage.records import DIRECT
from tests.node.conftest import NOON

TOMORROW = NOON + timedelta(days=1)


@pytest.fixture
async def bob(world):
    return await world.stranger("bob")


async def announce(world, organiser, join_mode="free", **said):
    event = EventDetails(TOMORROW, None, "Library", join_mode)
    return await world.post(organiser, "Bring paper", type="Event", title="Folding", event=event, **said)


async def attending(world, post, state=kept.GOING):
    return [each.name for each in await world.context.database.read(kept.list_attending, post.id, state)]


async def test_a_join_is_accepted_at_once_where_everybody_may_come(world, ada, bob):
    post = await announce(world, ada)
    await world.receive(bob.activity("Join", post.uri), bob)
    assert await attending(world, post) == ["bob"]
    assert await world.told(ada) == [("join", "bob")]
    assert await world.owed() == [("Accept", f"{bob.uri}/inbox")]
    await world.receive(bob.activity("Leave", post.uri), bob)
    assert await attending(world, post) == []


async def test_a_join_taken_back_before_it_came_is_forgotten(world, ada, bob):
    post = await announce(world, ada)
    join = bob.activity("Join", post.uri)
    await world.receive(bob.activity("Undo", join), bob)
    await world.receive(join, bob)
    assert await attending(world, post) == []


async def test_the_organiser_answers_where_people_have_to_ask(world, ada, bob):
    post = await announce(world, ada, "restricted")
    await world.receive(bob.activity("Join", post.uri), bob)
    assert await attending(world, post, kept.REQUESTED) == ["bob"]
    assert await world.owed() == []
    await workshops.answer(world.context, ada, post.id, (await world.known(bob)).id, is_accepted=True)
    assert await attending(world, post) == ["bob"]
    assert await world.owed() == [("Accept", f"{bob.uri}/inbox")]


async def test_who_joins_what_is_over_is_rejected(world, clock, ada, bob):
    post = await announce(world, ada)
    clock.go(days=2)
    await world.receive(bob.activity("Join", post.uri), bob)
    assert await attending(world, post) == []
    assert await world.owed() == [("Reject", f"{bob.uri}/inbox")]


async def test_a_join_of_what_is_no_event_or_not_for_them_is_ignored_aloud(world, ada, bob):
    note, private = await world.post(ada, "x"), await announce(world, ada, visibility=DIRECT)
    for name, uri in (("1", note.uri), ("2", private.uri), ("3", ada.uri)):
        await world.receive(bob.activity("Join", uri, name), bob)
    assert [kind for kind, _ in await world.owed()] == ["Ignore"] * 3
    assert await attending(world, private) == []
    await world.receive(bob.activity("Join", "https://hedge.test/nothing", "4"), bob)
    assert len(await world.owed()) == 3


async def test_an_answer_counts_only_from_the_organiser(world, ada, bob):
    eve = await world.stranger("eve")
    event = EventDetails(TOMORROW, None, "Library", "free")
    await world.follow(ada, bob)
    announced = replace(bob.note("meet", title="Folding", event=event), type="Event")
    await world.receive(bob.create(announced), bob)
    post = await world.find_post(announced.uri)
    assert await workshops.attend(world.context, ada, post.id) == "requested"
    known = await world.context.database.read(kept.find_attendance, post.id, ada.id)
    join = {"id": known.uri, "type": "Join", "actor": ada.uri, "object": post.uri}
    await world.receive(eve.activity("Accept", join), eve)
    assert await attending(world, post) == []
    await world.receive(bob.activity("Accept", join), bob)
    assert await attending(world, post) == ["ada"]
    await world.receive(bob.activity("Reject", join), bob)
    assert await attending(world, post) == []
