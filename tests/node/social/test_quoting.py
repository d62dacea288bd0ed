"""Quotes with consent: of one's own, of others here, of others elsewhere, and by them."""

import pytest

from federation.records import PUBLIC
from node.errors import NotAllowed
from node.social import follows, posts, quoting
from storage import quotes

POLICY = {"canQuote": {"automaticApproval": [PUBLIC]}}


@pytest.fixture
async def bea(world):
    return await world.account("bea")


@pytest.fixture
async def far(world):
    return await world.stranger("far")


async def state(world, post):
    found = await world.context.database.read(quotes.find_quote, post.id)
    return found.state if found else None


async def arrives(world, stranger, name, **said):
    """A post from elsewhere that somebody here is named in."""
    note = stranger.note(name, to=(PUBLIC, "http://hedge.test/users/ada"), **said)
    await world.receive(stranger.create(note), stranger)
    return await world.find_post(note.uri)


async def test_ones_own_posts_need_no_consent(world, ada):
    first = await world.post(ada, "first", quote_policy="nobody")
    assert await state(world, await world.post(ada, "as I said", quoted_id=first.id)) == "accepted"


async def test_who_is_quoted_here_is_told(world, ada, bea):
    first = await world.post(ada, "first")
    assert await state(world, await world.post(bea, "look", quoted_id=first.id)) == "accepted"
    assert await world.told(ada) == [("quote", "bea")]


async def test_a_policy_is_kept_to(world, ada, bea):
    closed = await world.post(ada, "not this", quote_policy="nobody")
    some = await world.post(ada, "friends", quote_policy="followers")
    secret = await world.post(ada, "secret @bea", visibility=3)
    for post in (closed, some, secret):
        with pytest.raises(NotAllowed):
            await world.post(bea, "look", quoted_id=post.id)
    await follows.follow(world.context, bea, ada.id)
    assert await state(world, await world.post(bea, "look", quoted_id=some.id)) == "accepted"


async def test_somebody_elsewhere_is_asked_and_agrees(world, ada, far):
    quoted = await arrives(world, far, "1", interaction_policy=POLICY)
    post = await world.post(ada, "look", quoted_id=quoted.id)
    assert await state(world, post) == "pending"
    request = (await world.context.database.read(quotes.find_quote, post.id)).request_uri
    assert ("QuoteRequest", far.actor.inbox) in await world.owed()
    stamp = f"{far.uri}/stamps/1"
    asked = {"id": request, "type": "QuoteRequest", "actor": ada.uri, "object": quoted.uri, "instrument": post.uri}
    await world.receive(far.activity("Accept", asked, result=stamp), far)
    assert await state(world, post) == "accepted"
    assert (await world.context.database.read(quotes.find_quote, post.id)).stamp_uri == stamp


async def test_or_refuses(world, ada, far):
    quoted = await arrives(world, far, "1")
    post = await world.post(ada, "look", quoted_id=quoted.id)
    request = (await world.context.database.read(quotes.find_quote, post.id)).request_uri
    await world.receive(far.activity("Reject", {"id": request, "type": "QuoteRequest", "actor": ada.uri, "object": quoted.uri}), far)
    assert await state(world, post) == "rejected"


async def test_nobody_else_can_agree_for_them(world, ada, far):
    other = await world.stranger("other")
    quoted = await arrives(world, far, "1")
    post = await world.post(ada, "look", quoted_id=quoted.id)
    request = (await world.context.database.read(quotes.find_quote, post.id)).request_uri
    asked = {"id": request, "type": "QuoteRequest", "actor": ada.uri, "object": quoted.uri}
    await world.receive(other.activity("Accept", asked, result=f"{other.uri}/stamps/1"), other)
    assert await state(world, post) == "pending"


async def test_who_would_not_be_quoted_is_not_even_asked(world, ada, far):
    quoted = await arrives(world, far, "1", interaction_policy={"canQuote": {"automaticApproval": [far.uri]}})
    with pytest.raises(NotAllowed):
        await world.post(ada, "look", quoted_id=quoted.id)


async def test_who_asks_from_elsewhere_gets_a_stamp_that_can_be_looked_up(world, ada, far):
    quoted = await world.post(ada, "quote me")
    quoting_post = await arrives(world, far, "1", quote_uri=quoted.uri)
    assert await state(world, quoting_post) == "pending"
    await world.receive(far.activity("QuoteRequest", quoted.uri, instrument=quoting_post.uri), far)
    assert await state(world, quoting_post) == "accepted"
    assert ("quote", "far") in await world.told(ada)
    assert ("Accept", far.actor.inbox) in await world.owed()
    stamp = await world.context.database.read(quoting.find_stamp, world.context.site, "ada", quoting_post.id)
    assert (stamp.quoting_uri, stamp.quoted_uri, stamp.author_uri) == (quoting_post.uri, quoted.uri, ada.uri)
    await quoting.revoke(world.context, ada, quoted.id, quoting_post.id)
    assert await state(world, quoting_post) == "revoked"
    assert await world.context.database.read(quoting.find_stamp, world.context.site, "ada", quoting_post.id) is None
    assert ("Delete", far.actor.inbox) in await world.owed()


async def test_a_closed_post_is_refused_and_a_second_try_after_a_revocation_too(world, ada, far):
    closed, opened = await world.post(ada, "no", quote_policy="nobody"), await world.post(ada, "yes")
    first = await arrives(world, far, "1", quote_uri=closed.uri)
    await world.receive(far.activity("QuoteRequest", closed.uri, instrument=first.uri), far)
    assert await state(world, first) == "pending"
    second = await arrives(world, far, "2", quote_uri=opened.uri)
    await world.receive(far.activity("QuoteRequest", opened.uri, "a", instrument=second.uri), far)
    await quoting.revoke(world.context, ada, opened.id, second.id)
    await world.receive(far.activity("QuoteRequest", opened.uri, "b", instrument=second.uri), far)
    assert await state(world, second) == "revoked"
    assert [kind for kind, _ in await world.owed()].count("Reject") == 2


async def test_a_stamp_from_elsewhere_is_looked_up(world, ada, far):
    other = await world.stranger("other")
    quoted = await arrives(world, other, "1")
    stamp = f"{other.uri}/stamps/1"
    quoting_post = await arrives(world, far, "2", quote_uri=quoted.uri, quote_stamp_uri=stamp)
    assert await state(world, quoting_post) == "pending"
    shape = {
        "id": stamp,
        "type": "QuoteAuthorization",
        "attributedTo": other.uri,
        "interactingObject": quoting_post.uri,
        "interactionTarget": quoted.uri,
    }
    world.elsewhere.put(shape)
    await world.work()
    assert await state(world, quoting_post) == "accepted"
    await world.receive(other.activity("Delete", stamp), other)
    assert await state(world, quoting_post) == "revoked"


@pytest.mark.parametrize("wrong", ["attributedTo", "interactingObject", "interactionTarget", "type"])
async def test_a_stamp_that_says_something_else_is_none(world, ada, far, wrong):
    other = await world.stranger("other")
    quoted = await arrives(world, other, "1")
    stamp = f"{other.uri}/stamps/1"
    quoting_post = await arrives(world, far, "2", quote_uri=quoted.uri, quote_stamp_uri=stamp)
    shape = {
        "id": stamp,
        "type": "QuoteAuthorization",
        "attributedTo": other.uri,
        "interactingObject": quoting_post.uri,
        "interactionTarget": quoted.uri,
    }
    world.elsewhere.put({**shape, wrong: f"{far.uri}/other"})
    await world.work()
    assert await state(world, quoting_post) == "pending"


async def test_a_policy_can_be_changed_by_the_author_alone(world, ada, bea):
    post = await world.post(ada, "mine")
    with pytest.raises(NotAllowed):
        await quoting.set_policy(world.context, bea, post.id, "nobody")
    await quoting.set_policy(world.context, ada, post.id, "nobody")
    with pytest.raises(NotAllowed):
        await posts.publish(world.context, bea, posts.Draft("look", quoted_id=post.id))
