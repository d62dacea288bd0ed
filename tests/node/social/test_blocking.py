"""Blocks, mutes and reports by our people; whole servers by the keeper."""

import orjson
import pytest

from federation.records import PUBLIC
from node.errors import BadInput, NotFound
from node.social import blocking, follows, threads, timelines
from storage import follows as kept
from storage import moderation


async def test_a_block_ends_follows_both_ways_and_is_told_to_their_server(world, ada, bob, read):
    await world.follow(ada, bob)
    await world.receive(bob.activity("Follow", ada.uri), bob)
    stranger = await world.known(bob)
    before = len(await world.owed())
    await blocking.block(world.context, ada, stranger.id)
    await blocking.block(world.context, ada, stranger.id)
    assert sorted(kind for kind, _ in (await world.owed())[before:]) == ["Block", "Reject", "Undo"]
    assert not await read(kept.is_following, ada.id, stranger.id)
    assert not await read(kept.is_following, stranger.id, ada.id)
    await blocking.unblock(world.context, ada, stranger.id)
    assert (await world.owed())[-1] == ("Undo", f"{bob.uri}/inbox")
    assert not await read(moderation.has_block_between, ada.id, stranger.id)


async def test_nobody_blocks_themselves_or_nobody(world, ada):
    with pytest.raises(BadInput):
        await blocking.block(world.context, ada, ada.id)
    with pytest.raises(NotFound):
        await blocking.block(world.context, ada, 5)


async def test_who_is_blocked_is_not_heard_in_threads_mentions_or_boosts(world, ada, bob):
    post = await world.post(ada, "Primes")
    await blocking.block(world.context, ada, (await world.known(bob)).id)
    answer = bob.note("1", cc=(ada.uri,), in_reply_to_uri=post.uri)
    await world.receive(bob.create(answer), bob)
    assert await world.told(ada) == []
    assert (await threads.get_thread(world.context, post.id, ada.id)).replies == []
    assert len((await threads.get_thread(world.context, post.id, 0)).replies) == 1


async def test_what_a_blocker_says_is_not_shown_to_the_blocked(world, ada, eve):
    post = await world.post(ada, "Primes")
    await blocking.block(world.context, ada, eve.id)
    with pytest.raises(NotFound):
        await threads.get_thread(world.context, post.id, eve.id)
    with pytest.raises(NotFound):
        await world.post(eve, "But", in_reply_to_id=post.id)


async def test_who_is_muted_is_not_heard_and_not_told(world, ada, eve):
    await follows.follow(world.context, ada, eve.id)
    await blocking.mute(world.context, ada, eve.id)
    await world.post(eve, "@ada hello")
    assert await world.home(ada) == []
    assert await world.told(ada) == []
    assert await world.owed() == []
    await blocking.unmute(world.context, ada, eve.id)
    assert len(await world.home(ada)) == 1


async def test_a_report_goes_to_moderators_and_where_asked_to_the_other_server_without_a_name(world, ada, bob, read):
    owner = await world.account("olga", role="owner")
    await world.receive(bob.create(bob.note("1", to=(PUBLIC,), cc=(ada.uri,))), bob)
    note, stranger = await world.find_post(bob.note("1").uri), await world.known(bob)
    await blocking.report(world.context, ada, stranger.id, [note.id], "Look", forward=True)
    assert await world.told(owner) == [("report", "bob")]
    [body] = await read(_bodies, "Flag")
    flag = orjson.loads(body)
    assert flag["actor"] == "http://hedge.test/actor"
    assert flag["object"] == [bob.uri, note.uri]
    assert "ada" not in str(flag)


def _bodies(db, kind):
    return [row[0] for row in db.execute("SELECT body FROM activities WHERE type = :kind", {"kind": kind}).fetchall()]


async def test_a_report_is_done_with_once(world, ada, eve, read):
    await blocking.report(world.context, ada, eve.id, [], "Look", forward=False)
    [report] = await read(moderation.list_reports, 10)
    await blocking.resolve_report(world.context, report.id)
    [report] = await read(moderation.list_reports, 10)
    assert report.resolved_ms is not None
    with pytest.raises(NotFound):
        await blocking.resolve_report(world.context, report.id)


@pytest.mark.parametrize("text", ["", "https://", "a b.example", "[", "ex ample", "*.example"])
async def test_what_is_no_domain_is_refused_in_words(text):
    with pytest.raises(BadInput):
        blocking.domain_from_text(text)


@pytest.mark.parametrize("text", ["Spam.Example", "spam.example.", "https://spam.example/about", "spam.example:8443", " spam.example "])
async def test_a_domain_is_understood_however_it_is_typed(text):
    assert blocking.domain_from_text(text) == "spam.example"


@pytest.fixture
async def loud(world, ada, bob):
    """Bob's server is silenced; ada follows him."""
    await world.follow(ada, bob)
    await blocking.block_domain(world.context, "127.0.0.1", severity="silence")


async def test_people_of_a_silenced_server_are_heard_by_those_who_follow_them(world, ada, bob, loud):
    await world.receive(bob.create(bob.note("1", cc=(ada.uri,))), bob)
    assert await world.home(ada) == [bob.note("1").uri]
    assert ("mention", "bob") in await world.told(ada)


async def test_people_of_a_silenced_server_are_told_of_to_nobody_else(world, eve, bob, loud):
    post = await world.post(eve, "Primes")
    await world.receive(bob.create(bob.note("1", cc=(eve.uri,))), bob)
    await world.receive(bob.activity("Like", post.uri), bob)
    await world.receive(bob.activity("Announce", post.uri, to=[PUBLIC]), bob)
    await world.receive(bob.activity("Follow", eve.uri), bob)
    assert await world.told(eve) == []


async def test_posts_of_a_silenced_server_are_on_no_page_of_a_hashtag(world, ada, bob):
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1", hashtags=("maths",))), bob)
    assert len((await timelines.tag(world.context, "maths", 0)).entries) == 1
    await blocking.block_domain(world.context, "127.0.0.1", severity="silence")
    await world.receive(bob.create(bob.note("2", hashtags=("maths",))), bob)
    await world.post(ada, "Our own #maths")
    assert [entry.author_id for entry in (await timelines.tag(world.context, "maths", 0)).entries] == [ada.id]


async def test_a_report_about_a_silenced_server_is_told(world, ada, bob, loud):
    owner = await world.account("olga", role="owner")
    await blocking.report(world.context, ada, (await world.known(bob)).id, [], "Look", forward=False)
    assert await world.told(owner) == [("report", "bob")]


async def test_a_server_that_is_cut_off_is_followed_by_nobody(world, ada, bob, read):
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1")), bob)
    await blocking.block_domain(world.context, "127.0.0.1")
    assert await world.home(ada) == []
    assert not await read(kept.is_following, ada.id, (await world.known(bob)).id)


@pytest.mark.parametrize(
    "typed", ["com", "co.uk", "COM.", "https://social/", "xn--p1ai", "рф", "gov.uk", "foo.ck", "hedge.test", "Hedge.Test.", "test"]
)
async def test_a_block_that_would_hit_more_than_one_server_or_this_one_is_refused(world, typed):
    with pytest.raises(BadInput):
        await blocking.block_domain(world.context, typed)
    assert await world.context.database.read(moderation.list_domain_blocks) == []


@pytest.mark.parametrize(
    "typed", ["example.com", "example.co.uk", "user.github.io", "ngrok.io", "other.test", "hedge.test.example", "127.0.0.9", "localhost"]
)
async def test_a_block_of_one_server_and_all_below_it_is_taken(world, typed):
    assert await blocking.block_domain(world.context, typed) == typed
