"""Posts of others: created, changed, deleted; votes in our polls."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.errors import Forbidden
from federation.objects import document_from_post
from federation.records import PUBLIC
from node.social import posts as use_cases
from node.social import reactions, remote, remote_posts, voting
from node.social.describing import VISIBILITIES
from storage import polls
from storage.records import loaded
from tests.node.conftest import NOON, make_stranger


@pytest.fixture
async def bob(world, ada):
    found = await world.stranger("bob")
    await world.follow(ada, found)
    return found


async def test_remote_html_is_made_safe(world, bob):
    note = bob.note("1", content='<p onclick="x()">Hi<script>alert(1)</script> <a href="javascript:x()">there</a></p>')
    await world.receive(bob.create(note), bob)
    kept = await world.find_post(note.uri)
    assert "script" not in kept.content
    assert "onclick" not in kept.content
    assert "Hi" in kept.content


async def test_a_post_that_was_fetched_before_it_was_sent_comes_to_its_authors_followers_once_it_is(world, ada, bob):
    note = bob.note("1", content="<p>To @ada</p>", cc=(f"{bob.uri}/followers", ada.uri))
    world.elsewhere.put(document_from_post(note))
    await remote_posts.get_post(world.context, note.uri)
    assert note.uri not in await world.home(ada)
    await world.receive(bob.create(note), bob)
    assert await world.home(ada) == [note.uri]
    assert await world.told(ada) == [("mention", "bob")]


async def test_an_edit_of_a_post_that_was_only_fetched_comes_to_nobodys_timeline(world, ada, bob):
    note = bob.note("1")
    world.elsewhere.put(document_from_post(note))
    await remote_posts.get_post(world.context, note.uri)
    edited = bob.note("1", content="<p>Better</p>", updated=NOON)
    await world.receive(bob.activity("Update", bob.create(edited)["object"]), bob)
    assert (await world.find_post(note.uri)).content == "<p>Better</p>"
    assert await world.home(ada) == []


@pytest.mark.parametrize(("is_proven", "told"), [(True, ["Undo", "Delete"]), (False, ["Undo"])])
async def test_those_who_have_a_post_by_a_boost_of_ours_hear_that_it_is_gone(world, ada, bob, is_proven, told):
    carol, eve = make_stranger("http://third.test", "carol"), await world.account("eve")
    await world.context.database.write(remote.save_actor, world.context.site, carol.actor)
    await world.receive(carol.activity("Follow", ada.uri), carol)
    note = bob.note("1")
    await world.receive(bob.create(note), bob)
    for booster in (ada, eve):
        await reactions.boost(world.context, booster, (await world.find_post(note.uri)).id)
    deletion = bob.activity("Delete", note.uri)
    await world.receive(bob.proven(deletion) if is_proven else deletion, bob)
    assert await world.find_post(note.uri) is None
    assert [kind for kind, inbox in await world.owed() if inbox == f"{carol.uri}/inbox"] == ["Accept", "Announce", *told]


async def test_those_who_have_our_post_by_a_boost_of_ours_hear_that_it_is_gone(world, ada, bob):
    eve, carol = await world.account("eve"), await world.stranger("carol")
    await world.receive(carol.activity("Follow", eve.uri), carol)
    post = await world.post(ada, "Soon gone")
    await reactions.boost(world.context, eve, post.id)
    await use_cases.delete(world.context, ada, post.id)
    assert [kind for kind, inbox in await world.owed() if inbox == f"{carol.uri}/inbox"] == ["Accept", "Delete"]


async def test_an_edit_changes_what_is_read_and_keeps_what_was(world, bob):
    note = bob.note("1")
    await world.receive(bob.create(note), bob)
    edited = bob.note("1", content="<p>Better</p>", updated=NOON)
    await world.receive(bob.activity("Update", bob.create(edited)["object"]), bob)
    kept = await world.find_post(note.uri)
    assert kept.content == "<p>Better</p>"
    assert kept.edited == NOON


async def test_an_older_edit_that_comes_late_changes_nothing(world, bob):
    await world.receive(bob.create(bob.note("1")), bob)
    for name, text, minutes in (("2", "<p>Newest</p>", 2), ("1", "<p>Older</p>", 1)):
        edited = bob.note("1", content=text, updated=NOON + timedelta(minutes=minutes))
        await world.receive(bob.activity("Update", bob.create(edited)["object"], name=name), bob)
    assert (await world.find_post(bob.note("1").uri)).content == "<p>Newest</p>"


async def test_nobody_edits_anothers_post(world, ada, bob):
    mallory = await world.stranger("mallory")
    await world.follow(ada, mallory)
    await world.receive(bob.create(bob.note("1")), bob)
    theirs = {**bob.create(bob.note("1", content="<p>Mine now</p>", updated=NOON))["object"], "attributedTo": mallory.uri}
    with pytest.raises(Forbidden):
        await world.receive(mallory.activity("Update", theirs), mallory)
    assert (await world.find_post(bob.note("1").uri)).content == "<p>Hello</p>"


async def test_a_deleted_post_is_gone_everywhere(world, ada, bob):
    await world.receive(bob.create(bob.note("1")), bob)
    await world.receive(bob.activity("Delete", {"id": bob.note("1").uri, "type": "Tombstone"}), bob)
    assert await world.home(ada) == []
    assert await world.find_post(bob.note("1").uri) is None


async def test_a_deletion_that_comes_first_wins(world, ada, bob):
    await world.receive(bob.activity("Delete", bob.note("1").uri), bob)
    await world.receive(bob.create(bob.note("1")), bob)
    assert await world.home(ada) == []


async def test_nobody_deletes_anothers_post(world, ada, bob):
    mallory = await world.stranger("mallory")
    await world.receive(bob.create(bob.note("1")), bob)
    with pytest.raises(Forbidden):
        await world.receive(mallory.activity("Delete", bob.note("1").uri), mallory)
    assert await world.home(ada) == [bob.note("1").uri]


async def test_an_actor_that_ends_takes_its_posts_along(world, ada, bob):
    await world.receive(bob.create(bob.note("1")), bob)
    await world.receive(bob.activity("Delete", bob.uri), bob)
    assert await world.home(ada) == []
    assert not (await world.known(bob)).is_active


async def test_a_reply_before_its_parent_finds_its_place_later(world, bob):
    parent, reply = bob.note("1"), bob.note("2", in_reply_to_uri=bob.note("1").uri)
    await world.receive(bob.create(reply), bob)
    await world.receive(bob.create(parent), bob)
    kept_parent, kept_reply = await world.find_post(parent.uri), await world.find_post(reply.uri)
    assert kept_reply.in_reply_to_id == kept_parent.id
    assert kept_reply.root_id == kept_parent.id
    assert kept_parent.replies_count == 1


async def test_the_thread_above_a_reply_is_fetched(world, bob):
    chain = [bob.note("0")] + [bob.note(str(n), in_reply_to_uri=bob.note(str(n - 1)).uri) for n in range(1, 5)]
    for note in chain[:-1]:
        world.elsewhere.put(bob.create(note)["object"] | {"@context": "https://www.w3.org/ns/activitystreams"})
    await world.receive(bob.create(chain[-1]), bob)
    await world.work()
    root = await world.find_post(chain[0].uri)
    assert [(await world.find_post(note.uri)).root_id for note in chain] == [root.id] * 5


async def test_a_chain_without_end_costs_no_more_than_its_limit(world, bob):
    for number in range(80):
        note = bob.note(str(number), in_reply_to_uri=bob.note(str(number - 1)).uri)
        world.elsewhere.put(bob.create(note)["object"] | {"@context": "https://www.w3.org/ns/activitystreams"})
    await world.receive(bob.create(bob.note("new", in_reply_to_uri=bob.note("79").uri)), bob)
    await world.work()
    assert len([path for path in world.elsewhere.asked if "/notes/" in path]) == 50


async def test_a_vote_counts_once_and_is_no_post(world, ada, bob):
    poll = await world.post(ada, "Tea or coffee?", poll=use_cases.PollDraft(("Tea", "Coffee"), 3600))
    for name, answer in (("1", "Tea"), ("2", "Coffee"), ("3", "Milk")):
        vote = bob.note(name, content="", to=(ada.uri,), cc=(), in_reply_to_uri=poll.uri, vote=answer)
        await world.receive(bob.create(vote), bob)
    kept = (await world.context.database.read(polls.list_polls, [poll.id]))[poll.id]
    assert loaded(kept.options) == [{"title": "Tea", "votes": 1}, {"title": "Coffee", "votes": 0}]
    assert kept.voters == 1
    assert await world.find_post(bob.note("1").uri) is None


async def test_a_vote_after_the_end_does_not_count(world, ada, bob, clock):
    poll = await world.post(ada, "Tea or coffee?", poll=use_cases.PollDraft(("Tea", "Coffee"), 3600))
    clock.go(hours=2)
    await world.receive(bob.create(bob.note("1", content="", to=(ada.uri,), cc=(), in_reply_to_uri=poll.uri, vote="Tea")), bob)
    kept = (await world.context.database.read(polls.list_polls, [poll.id]))[poll.id]
    assert loaded(kept.options)[0]["votes"] == 0


async def test_our_vote_goes_to_the_author_alone(world, ada, bob):
    from federation.records import Poll, PollOption

    question = bob.note("1", poll=Poll((PollOption("Tea", 3), PollOption("Coffee", 4)), multiple=False, closes=NOON + timedelta(days=1)))
    activity = bob.create(question)
    activity["object"] = {**activity["object"], "type": "Question"}
    await world.receive(activity, bob)
    kept = await world.find_post(question.uri)
    await voting.vote(world.context, ada, kept.id, [1])
    assert (await world.owed())[-1] == ("Create", f"{bob.uri}/inbox")


async def test_a_private_note_is_seen_by_those_it_names_alone(world, ada, bob):
    eve = await world.account("eve")
    note = bob.note("1", to=(ada.uri,), cc=())
    await world.receive(bob.create(note), bob)
    from storage.posts import is_visible

    kept = await world.find_post(note.uri)
    assert await world.context.database.read(is_visible, kept.id, ada.id)
    assert not await world.context.database.read(is_visible, kept.id, eve.id)
    assert await world.home(ada) == []


async def test_a_change_of_a_post_that_we_keep_is_taken_although_nobody_here_follows_its_author(world):
    carol = await world.stranger("carol")
    note = carol.note("kept")
    await world.context.database.write(remote_posts.save_post, world.context.site, await world.known(carol), note, arrives=False)
    changed = replace(note, content="<p>Changed</p>", updated=NOON)
    await world.receive(carol.activity("Update", document_from_post(changed)), carol)
    assert (await world.find_post(note.uri)).content == "<p>Changed</p>"


async def test_a_post_whose_audience_stands_on_its_create_alone_is_what_the_create_says(world, ada, bob):
    await world.follow(ada, bob)
    for name, to, visibility in (("1", [PUBLIC], "public"), ("2", [f"{bob.uri}/followers"], "private"), ("3", [ada.uri], "direct")):
        note = document_from_post(bob.note(name))
        bare = {key: value for key, value in note.items() if key not in {"to", "cc", "attributedTo"}}
        await world.receive(bob.activity("Create", bare, name=name, to=to), bob)
        post = await world.find_post(note["id"])
        assert VISIBILITIES[post.visibility] == visibility


async def test_an_edit_that_names_nobody_leaves_the_audience_as_it_was(world, ada, bob):
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1")), bob)
    note = document_from_post(bob.note("1", content="<p>Better</p>", updated=NOON))
    bare = {key: value for key, value in note.items() if key not in {"to", "cc"}}
    await world.receive(bob.activity("Update", bare), bob)
    post = await world.find_post(note["id"])
    assert (post.content, post.visibility) == ("<p>Better</p>", 0)
