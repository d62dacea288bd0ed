"""Follow, Accept, Reject, Undo of a Follow: between one of ours and someone elsewhere."""

import pytest

from node.social import accounts, blocking, follows
from storage import follows as kept


@pytest.fixture
async def bob(world):
    return await world.stranger("bob")


async def followers(world, account):
    return [each.name for each in await world.context.database.read(kept.list_followers, account.id, 10)]


async def lock(world, account):
    return await accounts.edit_profile(world.context, account, accounts.ProfileEdit("", "", locked=True, discoverable=True, indexable=True))


async def test_a_follow_is_accepted_at_once(world, ada, bob):
    await world.receive(bob.activity("Follow", ada.uri), bob)
    assert await followers(world, ada) == ["bob"]
    assert await world.told(ada) == [("follow", "bob")]
    assert await world.owed() == [("Accept", f"{bob.uri}/inbox")]


async def test_a_locked_account_is_asked_first(world, ada, bob):
    await lock(world, ada)
    await world.receive(bob.activity("Follow", ada.uri), bob)
    assert await followers(world, ada) == []
    assert await world.told(ada) == [("follow_request", "bob")]
    await follows.answer_request(world.context, ada, (await world.known(bob)).id, is_accepted=True)
    assert await followers(world, ada) == ["bob"]
    assert ("Accept", f"{bob.uri}/inbox") in await world.owed()


async def test_a_refused_request_leaves_nothing(world, ada, bob):
    await lock(world, ada)
    await world.receive(bob.activity("Follow", ada.uri), bob)
    await follows.answer_request(world.context, ada, (await world.known(bob)).id, is_accepted=False)
    assert await followers(world, ada) == []
    assert ("Reject", f"{bob.uri}/inbox") in await world.owed()


async def test_an_unfollow_ends_it(world, ada, bob):
    follow = bob.activity("Follow", ada.uri)
    await world.receive(follow, bob)
    await world.receive(bob.activity("Undo", follow), bob)
    assert await followers(world, ada) == []


async def test_an_unfollow_that_names_only_the_id_ends_it(world, ada, bob):
    follow = bob.activity("Follow", ada.uri)
    await world.receive(follow, bob)
    await world.receive(bob.activity("Undo", follow["id"]), bob)
    assert await followers(world, ada) == []


async def test_an_unfollow_that_comes_first_wins(world, ada, bob):
    follow = bob.activity("Follow", ada.uri)
    await world.receive(bob.activity("Undo", follow["id"]), bob)
    await world.receive(follow, bob)
    assert await followers(world, ada) == []


async def test_someone_blocked_is_rejected(world, ada, bob):
    await blocking.block(world.context, ada, (await world.known(bob)).id)
    await world.receive(bob.activity("Follow", ada.uri), bob)
    assert await followers(world, ada) == []
    assert (await world.owed())[-1] == ("Reject", f"{bob.uri}/inbox")


async def test_our_request_waits_for_their_answer(world, ada, bob):
    target = await world.known(bob)
    asked = await follows.follow(world.context, ada, target.id)
    assert asked.state == "requested"
    assert await world.owed() == [("Follow", f"{bob.uri}/inbox")]
    await world.receive(bob.activity("Accept", asked.uri), bob)
    assert await world.context.database.read(kept.is_following, ada.id, target.id)


async def test_nobody_accepts_for_another(world, ada, bob):
    mallory = await world.stranger("mallory")
    target = await world.known(bob)
    asked = await follows.follow(world.context, ada, target.id)
    answer = {"id": asked.uri, "type": "Follow", "actor": ada.uri, "object": bob.uri}
    await world.receive(mallory.activity("Accept", answer), mallory)
    assert not await world.context.database.read(kept.is_following, ada.id, target.id)
    assert not await world.context.database.read(kept.is_following, ada.id, (await world.known(mallory)).id)


async def test_an_accept_of_what_was_never_asked_makes_no_follow(world, ada, bob):
    answer = {"id": f"{ada.uri}#x", "type": "Follow", "actor": ada.uri, "object": bob.uri}
    await world.receive(bob.activity("Accept", answer), bob)
    assert not await world.context.database.read(kept.is_following, ada.id, (await world.known(bob)).id)


async def test_a_rejection_ends_our_follow_and_clears_the_timeline(world, ada, bob):
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1")), bob)
    assert await world.home(ada) == [bob.note("1").uri]
    follow = await world.context.database.read(kept.find_follow, ada.id, (await world.known(bob)).id)
    await world.receive(bob.activity("Reject", follow.uri), bob)
    assert await world.home(ada) == []
