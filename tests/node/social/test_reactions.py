"""Liking, boosting and pinning by our people."""

import orjson
import pytest

from federation.records import PUBLIC as EVERYBODY
from node.errors import NotAllowed, NotFound
from node.social import blocking, follows, reactions
from storage import posts
from storage import reactions as kept
from storage.records import DIRECT, PRIVATE, UNLISTED


@pytest.fixture
async def note(world, ada, bob):
    """A public post of bob's, whom ada follows."""
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1")), bob)
    return await world.find_post(bob.note("1").uri)


def _bodies(db, kind):
    return [row[0] for row in db.execute("SELECT body FROM activities WHERE type = :kind", {"kind": kind}).fetchall()]


async def sent(world, kind):
    """The one activity of a kind that somebody here sent."""
    [body] = await world.context.database.read(_bodies, kind)
    return orjson.loads(body)


async def test_a_like_goes_to_the_author_once_and_its_undoing_too(world, ada, bob, note):
    before = len(await world.owed())
    await reactions.like(world.context, ada, note.id)
    await reactions.like(world.context, ada, note.id)
    assert (await world.find_post(note.uri)).likes_count == 1
    await reactions.unlike(world.context, ada, note.id)
    await reactions.unlike(world.context, ada, note.id)
    assert (await world.owed())[before:] == [("Like", f"{bob.uri}/inbox"), ("Undo", f"{bob.uri}/inbox")]
    assert (await world.find_post(note.uri)).likes_count == 0


async def test_a_like_among_ours_is_told_and_taken_back(world, ada, eve):
    post = await world.post(ada, "Hello")
    await reactions.like(world.context, eve, post.id)
    assert await world.told(ada) == [("like", "eve")]
    await reactions.unlike(world.context, eve, post.id)
    assert await world.told(ada) == []
    assert await world.owed() == []


async def test_what_one_may_not_see_one_cannot_like(world, ada, eve):
    post = await world.post(ada, "For nobody", visibility=DIRECT)
    with pytest.raises(NotFound):
        await reactions.like(world.context, eve, post.id)


async def test_who_is_blocked_neither_likes_nor_boosts_and_the_blocker_neither(world, ada, eve):
    mine, theirs = await world.post(ada, "Mine"), await world.post(eve, "Theirs")
    await blocking.block(world.context, ada, eve.id)
    for account, post in ((eve, mine), (ada, theirs)):
        for deed in (reactions.like, reactions.boost):
            with pytest.raises((NotAllowed, NotFound)):
                await deed(world.context, account, post.id)


async def test_a_boost_goes_to_followers_and_to_the_author_once(world, ada, bob, note):
    carol = await world.stranger("carol")
    await world.receive(carol.activity("Follow", ada.uri), carol)
    before = len(await world.owed())
    boost = await reactions.boost(world.context, ada, note.id)
    assert (await reactions.boost(world.context, ada, note.id)).id == boost.id
    assert sorted((await world.owed())[before:]) == [("Announce", f"{bob.uri}/inbox"), ("Announce", f"{carol.uri}/inbox")]
    announced = await sent(world, "Announce")
    assert (announced["to"], announced["cc"]) == ([EVERYBODY], [ada.followers_uri, bob.uri])


async def test_an_unlisted_post_is_boosted_unlisted(world, ada, eve):
    post = await world.post(ada, "Quiet", visibility=UNLISTED)
    await reactions.boost(world.context, eve, post.id)
    assert EVERYBODY not in (await sent(world, "Announce"))["to"]


async def test_a_private_post_is_boosted_by_its_author_alone_and_stays_private(world, ada, eve):
    await follows.follow(world.context, eve, ada.id)
    post = await world.post(ada, "For followers", visibility=PRIVATE)
    with pytest.raises(NotAllowed):
        await reactions.boost(world.context, eve, post.id)
    boost = await reactions.boost(world.context, ada, post.id)
    assert boost.visibility == PRIVATE
    direct = await world.post(ada, "For nobody", visibility=DIRECT)
    with pytest.raises(NotAllowed):
        await reactions.boost(world.context, ada, direct.id)


async def test_what_a_supervised_learner_boosts_is_for_followers_alone(world, ada, bob):
    kit = await world.account("kit", mode="supervised")
    await world.receive(bob.activity("Follow", kit.uri), bob)
    fan, site = await world.known(bob), world.context.site
    await world.context.database.write(follows.answer_one, site, kit, fan.id, is_accepted=True, by_guardian=True)
    post = await world.post(ada, "Primes")
    await reactions.boost(world.context, kit, post.id)
    assert EVERYBODY not in str(await sent(world, "Announce"))
    await reactions.unboost(world.context, kit, post.id)
    assert EVERYBODY not in str(await sent(world, "Undo"))


async def test_a_boost_taken_back_is_gone_for_everybody(world, ada, bob, note):
    boost = await reactions.boost(world.context, ada, note.id)
    await reactions.unboost(world.context, ada, note.id)
    assert await world.find_post(boost.uri) is None
    assert (await world.owed())[-1] == ("Undo", f"{bob.uri}/inbox")
    assert (await world.find_post(note.uri)).boosts_count == 0


async def test_only_a_public_post_of_ones_own_is_pinned(world, ada, eve, read):
    mine = await world.post(ada, "Mine")
    await reactions.pin(world.context, ada, mine.id)
    assert [post.id for post in await read(kept.list_pinned, ada.id)] == [mine.id]
    theirs, private = await world.post(eve, "Theirs"), await world.post(ada, "Private", visibility=PRIVATE)
    for post in (theirs, private):
        with pytest.raises(NotAllowed):
            await reactions.pin(world.context, ada, post.id)
    await reactions.unpin(world.context, ada, mine.id)
    assert await read(kept.list_pinned, ada.id) == []
    assert await read(posts.find_post, mine.id) is not None
