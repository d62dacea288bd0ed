"""Writing, changing and deleting posts: limits, audiences, and who is told."""

from datetime import UTC, datetime

import pytest

from federation.objects import post_from_document
from federation.records import EventDetails
from node.errors import BadInput, NotAllowed, NotFound
from node.social import accounts, describing, follows, posts
from storage import posts as kept
from storage import reactions
from storage.records import DIRECT, PRIVATE, PUBLIC, UNLISTED

POLL = posts.PollDraft(("Tea", "Coffee"), 3600)


@pytest.fixture
def settings():
    return "[limits]\npost_characters = 100\nmentions = 2\ntags = 2\nattachments = 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {}),
        (" \n", {}),
        ("x" * 101, {}),
        ("x" * 60, {"summary": "y" * 41}),
        ("#a #b #c", {}),
        ("x", {"visibility": 4}),
        ("x", {"visibility": -1}),
        ("x", {"media_ids": (1, 2)}),
        ("x", {"poll": posts.PollDraft(("Tea",), 3600)}),
        ("x", {"poll": posts.PollDraft(("Tea", "Tea "), 3600)}),
        ("x", {"poll": posts.PollDraft(("Tea", ""), 3600)}),
        ("x", {"poll": posts.PollDraft(("Tea", "Coffee"), 10)}),
    ],
)
async def test_what_is_over_a_limit_is_refused_in_words(world, ada, text, said):
    with pytest.raises(BadInput):
        await world.post(ada, text, **said)
    assert await world.home(ada) == []


async def test_too_many_names_are_refused(world, ada):
    for name in ("bea", "cem", "dan"):
        await world.account(name)
    await world.post(ada, "@bea @cem")
    written = await world.post(ada, "@bea @cem @dan")
    assert "/@dan" not in written.content  # looked up no further than the limit


async def test_anothers_file_is_not_attached(world, ada):
    with pytest.raises(NotFound):
        await world.post(ada, "x", media_ids=(5,))


async def test_an_answer_names_whom_it_answers_and_tells_them(world, ada, eve):
    post = await world.post(ada, "Primes")
    answer = await world.post(eve, "Indeed", in_reply_to_id=post.id)
    assert answer.in_reply_to_id == post.id
    assert answer.context_uri == post.context_uri
    assert await world.told(ada) == [("mention", "eve")]


@pytest.mark.parametrize(
    ("parent", "wished", "allowed"),
    [(DIRECT, PUBLIC, DIRECT), (PRIVATE, PUBLIC, PRIVATE), (UNLISTED, PUBLIC, PUBLIC), (PUBLIC, DIRECT, DIRECT)],
)
async def test_an_answer_is_never_wider_than_what_was_said_in_private(world, ada, eve, parent, wished, allowed):
    await follows.follow(world.context, eve, ada.id)
    post = await world.post(ada, "@eve hello", visibility=parent)
    assert (await world.post(eve, "Hello", in_reply_to_id=post.id, visibility=wished)).visibility == allowed


async def test_what_a_supervised_learner_writes_stays_among_followers(world, read):
    kit = await world.account("kit", mode="supervised")
    post = await world.post(kit, "Hello")
    assert post.visibility == PRIVATE
    assert not await read(kept.is_visible, post.id, 0)


@pytest.mark.parametrize(("visibility", "seen_by"), [(PUBLIC, "far stranger"), (UNLISTED, "far stranger"), (PRIVATE, "far"), (DIRECT, "")])
async def test_who_sees_what(world, ada, eve, read, visibility, seen_by):
    near, far = await world.account("near"), await world.account("far")
    await follows.follow(world.context, far, ada.id)
    post = await world.post(ada, "@near hello", visibility=visibility)
    assert await read(kept.is_visible, post.id, near.id)
    assert await read(kept.is_visible, post.id, ada.id)
    assert await read(kept.is_visible, post.id, far.id) == ("far" in seen_by)
    assert await read(kept.is_visible, post.id, eve.id) == ("stranger" in seen_by)
    assert await read(kept.is_visible, post.id, 0) == ("stranger" in seen_by)


async def test_an_edit_keeps_what_was_said_and_the_audience(world, ada, read):
    post = await world.post(ada, "Frist", visibility=PRIVATE)
    edited = await posts.edit(world.context, ada, post.id, posts.Draft("First #maths", visibility=PUBLIC))
    assert (edited.content.startswith("<p>First"), edited.visibility) == (True, PRIVATE)
    assert [content for *_, content in await read(kept.list_edits, post.id)] == ["<p>Frist</p>"]
    assert await read(reactions.list_tags, [post.id]) == {post.id: ["maths"]}


async def test_an_edit_of_a_poll_keeps_the_poll(world, ada):
    post = await world.post(ada, "Which?", poll=POLL)
    edited = await posts.edit(world.context, ada, post.id, posts.Draft("Which one?"))
    assert edited.type == "Question"


async def test_nobody_edits_or_deletes_anothers_post(world, ada, eve):
    post = await world.post(ada, "Mine")
    for deed in (posts.edit(world.context, eve, post.id, posts.Draft("Yours")), posts.delete(world.context, eve, post.id)):
        with pytest.raises(NotAllowed):
            await deed
    hidden = await world.post(ada, "Mine", visibility=DIRECT)
    with pytest.raises(NotFound):
        await posts.delete(world.context, eve, hidden.id)


async def test_a_deleted_post_is_gone_and_its_answers_stay(world, ada, eve, read):
    post = await world.post(ada, "Primes")
    answer = await world.post(eve, "Indeed", in_reply_to_id=post.id)
    await posts.delete(world.context, ada, post.id)
    assert await world.find_post(post.uri) is None
    assert await read(kept.find_tombstone, post.uri) is not None
    assert (await world.find_post(answer.uri)).in_reply_to_id is None
    with pytest.raises(NotFound):
        await posts.delete(world.context, ada, post.id)


async def test_a_page_goes_to_a_community_with_what_it_is_about(world, ada, eve):
    club = await accounts.create_account(world.context, accounts.NewAccount("club", "Club", kind="Group"))
    facet = {"type": "Resource", "minutes": 20}
    said = {"type": "Page", "title": "On primes", "link": "https://primes.example/", "facets": (facet,), "community_id": club.id}
    page = await world.post(ada, "Read this", **said)
    document = await world.context.database.read(describing.post_document, world.context.site, ada, page)
    assert (document["type"], document["name"], document["learning"]) == ("Page", "On primes", [facet])
    assert document["audience"] == club.uri
    assert club.uri in document["cc"]
    assert document["attachment"] == [{"type": "Link", "href": "https://primes.example/"}]
    reply = await world.post(eve, "I did", in_reply_to_id=page.id)
    assert reply.audience_uri == club.uri
    changed = await posts.edit(world.context, ada, page.id, posts.Draft("Read this twice"))
    assert (changed.title, changed.facets, changed.attachments) == (page.title, page.facets, page.attachments)
    with pytest.raises(NotFound):
        await world.post(ada, "x", community_id=eve.id)


async def test_an_event_says_when_and_where_it_is(world, ada):
    event = EventDetails(datetime(2026, 12, 1, 17, tzinfo=UTC), None, "Library", "free")
    post = await world.post(ada, "Bring paper", type="Event", title="Folding", event=event)
    document = await world.context.database.read(describing.post_document, world.context.site, ada, post)
    assert post_from_document(document).event == event
