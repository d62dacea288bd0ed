"""Events: who may come, who is asked, and what is refused."""

from datetime import timedelta

import pytest

from federation.records import EventDetails
from node.errors import BadInput, NotAllowed, NotFound
from node.social import posts, workshops
from storage.records import DIRECT
from tests.node.conftest import NOON

TOMORROW = NOON + timedelta(days=1)


async def announce(world, organiser, join_mode="free", **said):
    event = EventDetails(TOMORROW, TOMORROW + timedelta(hours=2), "Library", join_mode)
    return await world.post(organiser, "Bring paper", type="Event", title="Folding", event=event, **said)


async def meeting(world, post, viewer):
    return await world.context.database.read(workshops.get_meeting, world.context.site, post, viewer.id)


async def test_whoever_comes_to_an_open_event_is_on_its_list_and_the_organiser_hears_it(world, ada, eve):
    post = await announce(world, ada)
    assert await workshops.attend(world.context, eve, post.id) == "going"
    assert await workshops.attend(world.context, eve, post.id) == "going"
    seen = await meeting(world, post, eve)
    assert ([person.name for person in seen.going], seen.count, seen.mine) == (["eve"], 1, "going")
    assert await world.told(ada) == [("join", "eve")]
    await workshops.stay_away(world.context, eve, post.id)
    assert (await meeting(world, post, eve)).count == 0


async def test_the_organiser_says_who_may_come_where_people_have_to_ask(world, ada, eve):
    post = await announce(world, ada, "restricted")
    assert await workshops.attend(world.context, eve, post.id) == "requested"
    assert (await meeting(world, post, eve)).waiting == ()
    assert [person.name for person in (await meeting(world, post, ada)).waiting] == ["eve"]
    with pytest.raises(NotAllowed):
        await workshops.answer(world.context, eve, post.id, eve.id, is_accepted=True)
    await workshops.answer(world.context, ada, post.id, eve.id, is_accepted=True)
    assert (await meeting(world, post, eve)).mine == "going"
    assert await world.told(eve) == [("join_accepted", "ada")]
    await workshops.answer(world.context, ada, post.id, eve.id, is_accepted=False)
    assert (await meeting(world, post, eve)).mine == ""


async def test_nobody_comes_to_what_is_over_or_closed_or_no_event(world, clock, ada, eve):
    closed = await announce(world, ada, "invite")
    with pytest.raises(BadInput, match="Nobody can join"):
        await workshops.attend(world.context, eve, closed.id)
    note = await world.post(ada, "x")
    with pytest.raises(NotFound):
        await workshops.attend(world.context, eve, note.id)
    past = await announce(world, ada)
    clock.go(days=2)
    with pytest.raises(BadInput, match="over"):
        await workshops.attend(world.context, eve, past.id)


async def test_what_is_for_others_cannot_be_joined(world, ada, eve):
    post = await announce(world, ada, visibility=DIRECT)
    with pytest.raises(NotFound):
        await workshops.attend(world.context, eve, post.id)


async def test_a_guest_needs_a_name_and_only_the_organiser_sees_it(world, ada, eve):
    post = await announce(world, ada)
    await workshops.add_guest(world.context, post.id, "Zoe", "zoe@school.example", "192.0.2.1")
    assert [(guest.name, guest.email) for guest in (await meeting(world, post, ada)).guests] == [("Zoe", "zoe@school.example")]
    seen = await meeting(world, post, eve)
    assert (seen.guests, seen.count) == ((), 1)
    for name, email in (("", ""), ("x" * 101, ""), ("Zoe", "nowhere")):
        with pytest.raises(BadInput):
            await workshops.add_guest(world.context, post.id, name, email, "192.0.2.1")


async def test_guests_come_to_nothing_that_is_private_or_by_request(world, ada):
    direct, asked = await announce(world, ada, visibility=DIRECT), await announce(world, ada, "restricted")
    with pytest.raises(NotFound):
        await workshops.add_guest(world.context, direct.id, "Zoe", "", "192.0.2.1")
    with pytest.raises(BadInput):
        await workshops.add_guest(world.context, asked.id, "Zoe", "", "192.0.2.1")


async def test_an_event_that_is_moved_is_found_at_its_new_date(world, ada, eve):
    post = await announce(world, ada)
    later = EventDetails(TOMORROW + timedelta(days=7), None, "Library", "free")
    changed = await posts.edit(world.context, ada, post.id, posts.Draft("Bring paper", event=later))
    seen = await meeting(world, changed, eve)
    assert (seen.starts_ms, seen.ends_ms) == (int(later.starts.timestamp() * 1000), None)
