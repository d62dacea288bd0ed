"""Following by our people, and being followed."""

import pytest

from node.errors import BadInput, NotAllowed, NotFound
from node.social import accounts, blocking, follows
from storage import follows as kept


async def test_a_follow_here_holds_at_once_and_fills_the_timeline(world, ada, eve):
    post = await world.post(eve, "Primes")
    await follows.follow(world.context, ada, eve.id)
    await follows.follow(world.context, ada, eve.id)
    assert await world.home(ada) == [post.uri]
    assert await world.told(eve) == [("follow", "ada")]
    await follows.unfollow(world.context, ada, eve.id)
    assert await world.home(ada) == []
    assert await world.told(eve) == []


@pytest.mark.parametrize("is_accepted", [True, False])
async def test_who_says_yes_to_each_follower_is_asked_first(world, ada, read, is_accepted):
    kit = await world.account("kit")
    await accounts.edit_profile(world.context, kit, accounts.ProfileEdit("", "", locked=True, discoverable=True, indexable=True))
    await follows.follow(world.context, ada, kit.id)
    assert await world.told(kit) == [("follow_request", "ada")]
    await follows.answer_request(world.context, kit, ada.id, is_accepted=is_accepted)
    assert await read(kept.is_following, ada.id, kit.id) == is_accepted
    with pytest.raises(NotFound):
        await follows.answer_request(world.context, kit, ada.id, is_accepted=True)


async def test_somebody_who_was_refused_may_ask_again(world, ada, bob, read):
    stranger = await world.known(bob)
    first = await follows.follow(world.context, ada, stranger.id)
    await world.receive(bob.activity("Reject", first.uri), bob)
    assert await read(kept.find_follow, ada.id, stranger.id) is None
    again = await follows.follow(world.context, ada, stranger.id)
    assert again.uri != first.uri
    assert [kind for kind, _ in await world.owed()] == ["Follow", "Follow"]


async def test_whom_one_cannot_follow(world, ada, eve):
    with pytest.raises(BadInput):
        await follows.follow(world.context, ada, ada.id)
    with pytest.raises(NotFound):
        await follows.follow(world.context, ada, 5)
    await blocking.block(world.context, eve, ada.id)
    with pytest.raises(NotAllowed):
        await follows.follow(world.context, ada, eve.id)
