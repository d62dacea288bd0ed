"""Reflections: for oneself first, an Article where that reads well elsewhere, shared later with their own date, drafts, history."""

from datetime import timedelta

import orjson
import pytest

from federation.facets import Reflection
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import goals, paths, reflections, walks
from node.learning.goals import Aim
from node.learning.reflections import Thought
from node.social import describing, posts, sharing
from node.social.facets import facets_of
from storage import posts as kept_posts
from storage.learning import reflections as kept
from storage.records import DIRECT, PRIVATE, PUBLIC, UNLISTED
from tests.node.conftest import NOON
from tests.node.learning.test_goals import PATH, sent

LONG = "word " * 120


async def document(world, author, post):
    return await world.context.database.read(describing.post_document, world.context.site, author, post)


@pytest.mark.parametrize(
    ("visibility", "title", "text", "kind"),
    [
        (PUBLIC, "Moss", "Wet", "Article"),
        (UNLISTED, "", LONG, "Article"),
        (PUBLIC, "", "Wet", "Note"),
        (PRIVATE, "Moss", LONG, "Note"),
        (DIRECT, "Moss", LONG, "Note"),
    ],
)
async def test_its_type_is_the_one_whose_text_others_show(world, ada, visibility, title, text, kind):
    post = await reflections.write(world.context, ada, Thought(text, title, visibility=visibility))
    assert (post.type, post.visibility, post.title) == (kind, visibility, title)


async def test_an_article_has_a_preview_for_those_who_show_notes_alone(world, ada):
    post = await reflections.write(world.context, ada, Thought(LONG, "Moss & <fern>", "They drink.", visibility=PUBLIC))
    stated = await document(world, ada, post)
    assert (stated["type"], stated["name"], stated["summary"], stated["sensitive"]) == ("Article", "Moss & <fern>", "They drink.", False)
    assert stated["preview"] == {
        "type": "Note",
        "attributedTo": ada.uri,
        "content": "<p><strong>Moss &amp; &lt;fern&gt;</strong></p><p>They drink.</p>",
        "published": stated["published"],
    }
    assert stated["source"]["content"].startswith("word")


async def test_a_note_carries_its_title_in_its_text(world, ada):
    post = await reflections.write(world.context, ada, Thought("Wet", "Moss", visibility=PRIVATE))
    stated = await document(world, ada, post)
    assert stated["content"] == "<p><strong>Moss</strong></p><p>Wet</p>"
    assert "name" not in stated
    assert "preview" not in stated


async def test_it_belongs_to_a_goal_a_resource_and_a_prompt(world, ada):
    goal = await goals.set_goal(world.context, ada, Aim("Moss", visibility=PUBLIC))
    thought = Thought("Wet", "", "", "What surprised me?", "https://moss.example/", goal.id, visibility=PUBLIC)
    post = await reflections.write(world.context, ada, thought)
    assert facets_of(post) == (Reflection("https://moss.example/", goal.uri, "What surprised me?"),)
    assert await world.context.database.read(reflections.own_thought, ada, post.id) == thought


async def test_a_reflection_names_no_goal_that_its_readers_may_not_see(world, ada):
    goal = await goals.set_goal(world.context, ada, Aim("Secret"))
    post = await reflections.write(world.context, ada, Thought("Wet", goal_id=goal.id, visibility=PUBLIC))
    assert facets_of(post) == (Reflection(),)
    assert (await world.context.database.read(goals.get_view, goal.id, ada.id)).measure.reflections == 1


async def test_a_reflection_on_a_step_marks_it_done(world, ada, bob):
    path = await paths.write_path(world.context, bob, PATH)
    post = await reflections.write(world.context, ada, Thought("I saw ten", path_id=path.id, step=0))
    walk = await paths.get_walk(world.context, path.id, ada.id)
    assert {number: done.reflection_id for number, done in walk.done.items()} == {0: post.id}
    assert facets_of(post) == (Reflection(path.uri),)
    await walks.undo_step(world.context, ada, path.id, 0)
    assert await world.find_post(post.uri) is not None


async def test_it_is_shared_with_followers_and_later_with_everybody_and_keeps_its_date(world, ada, bob, clock):
    carol = await world.stranger("carol")
    await world.receive(carol.activity("Follow", ada.uri), carol)
    post = await reflections.write(world.context, ada, Thought("Wet", "Moss"))
    assert await sent(world, "Create") == []
    clock.go(days=3)
    shared = await reflections.share(world.context, ada, post.id, PRIVATE)
    assert (shared.published, shared.visibility, shared.type) == (NOON, PRIVATE, "Note")
    [created] = await sent(world, "Create")
    assert (created["to"], created["object"]["published"]) == ([f"{ada.uri}/followers"], "2026-11-23T12:00:00Z")
    assert not await world.context.database.read(kept_posts.is_visible, post.id, bob.id)
    clock.go(days=3)
    shared = await reflections.share(world.context, ada, post.id, PUBLIC)
    assert (shared.published, shared.type) == (NOON, "Article")
    [*_, update] = await sent(world, "Update")
    assert update["object"]["published"] == "2026-11-23T12:00:00Z"
    assert "https://www.w3.org/ns/activitystreams#Public" in update["to"]
    assert update["object"]["proof"]
    assert await world.context.database.read(kept_posts.is_visible, post.id, 0)


async def test_sharing_goes_one_way_and_is_the_authors(world, ada, bob):
    post = await reflections.write(world.context, ada, Thought("Wet", visibility=PRIVATE))
    for visibility in (PRIVATE, DIRECT, 9, -1):
        with pytest.raises(BadInput):
            await reflections.share(world.context, ada, post.id, visibility)
    with pytest.raises(NotFound):
        await reflections.share(world.context, bob, post.id, PUBLIC)
    shared = await reflections.share(world.context, ada, post.id, UNLISTED)
    with pytest.raises(NotAllowed):
        await reflections.share(world.context, bob, post.id, PUBLIC)
    assert shared.visibility == UNLISTED


async def test_an_answer_is_never_shared_wider_than_what_it_answers(world, ada):
    private = await world.post(ada, "Private", visibility=PRIVATE)
    answer = await world.post(ada, "Answer", in_reply_to_id=private.id, visibility=DIRECT)
    with pytest.raises(NotAllowed):
        await sharing.share(world.context, ada, answer.id, PUBLIC)
    assert (await sharing.share(world.context, ada, answer.id, PRIVATE)).visibility == PRIVATE


async def test_what_it_said_while_it_was_private_stays_its_authors(world, ada, bob, clock):
    post = await reflections.write(world.context, ada, Thought("I was afraid"))
    clock.go(minutes=1)
    await reflections.change(world.context, ada, post.id, Thought("I was careful"))
    clock.go(minutes=1)
    await reflections.share(world.context, ada, post.id, PUBLIC)
    clock.go(minutes=1)
    await reflections.change(world.context, ada, post.id, Thought("I was bold", visibility=PUBLIC))

    async def said(viewer_id):
        return [content for *_, content in await world.context.database.read(kept_posts.list_edits, post.id, viewer_id)]

    assert await said(bob.id) == ["<p>I was careful</p>"]  # what it said when everybody could read it first
    assert await said(0) == ["<p>I was careful</p>"]
    assert await said(ada.id) == ["<p>I was afraid</p>", "<p>I was careful</p>"]


async def test_a_draft_is_kept_as_far_as_it_is_written_and_goes_when_it_is_finished(world, ada, bob, clock):
    draft_id = await reflections.keep_draft(world.context, ada, Thought("", "Moss"))
    clock.go(minutes=1)
    assert await reflections.keep_draft(world.context, ada, Thought("Half", "Moss"), draft_id) == draft_id
    assert await world.context.database.read(reflections.find_draft, ada, draft_id) == Thought("Half", "Moss")
    with pytest.raises(NotFound):
        await world.context.database.read(reflections.find_draft, bob, draft_id)
    with pytest.raises(NotFound):
        await reflections.keep_draft(world.context, bob, Thought("Theirs"), draft_id)
    assert await world.home(ada) == []
    await reflections.write(world.context, ada, Thought("Whole", "Moss"), draft_id)
    assert await world.context.database.read(kept.list_unfinished, ada.id) == []


@pytest.mark.parametrize(
    "thought",
    [
        Thought(""),
        Thought("x", "y" * 201),
        Thought("x", summary="y" * 501),
        Thought("x", resource="javascript:1"),
        Thought("x", visibility=4),
    ],
)
async def test_what_cannot_be_used_is_refused(world, ada, thought):
    with pytest.raises(BadInput):
        await reflections.write(world.context, ada, thought)


async def test_anothers_goal_and_a_post_that_is_none_are_refused(world, ada, bob):
    theirs = await goals.set_goal(world.context, bob, Aim("Mine", visibility=PUBLIC))
    plain = await world.post(ada, "Hello")
    with pytest.raises(NotAllowed):
        await reflections.write(world.context, ada, Thought("x", goal_id=theirs.id))
    with pytest.raises(NotFound):
        await reflections.write(world.context, ada, Thought("x", goal_id=plain.id))
    with pytest.raises(NotFound):
        await reflections.change(world.context, ada, plain.id, Thought("x"))


async def test_a_goal_that_somebody_elses_reflection_names_is_not_nearer(world, ada):
    carol = await world.stranger("carol")
    await world.follow(ada, carol)
    goal = await goals.set_goal(world.context, ada, Aim("Open", visibility=PUBLIC))
    note = carol.note("r", learning=({"type": "Reflection", "goal": goal.uri},), published=NOON - timedelta(minutes=1))
    await world.receive(carol.create(note), carol)
    assert facets_of(await world.find_post(note.uri)) == (Reflection(None, goal.uri),)
    assert (await world.context.database.read(goals.get_view, goal.id, ada.id)).measure.reflections == 0


async def test_whom_it_names_does_not_get_it_by_any_edit_and_not_when_it_is_shared(world, ada, bob):
    post = await reflections.write(world.context, ada, Thought("What would @bob say?"))
    await posts.edit(world.context, ada, post.id, posts.Draft("What would @bob say to that?"))
    await reflections.change(world.context, ada, post.id, Thought("What would @bob say now?"))
    assert not await world.context.database.read(kept_posts.is_visible, post.id, bob.id)
    await reflections.share(world.context, ada, post.id, PRIVATE)
    assert not await world.context.database.read(kept_posts.is_visible, post.id, bob.id)
    assert await world.told(bob) == []


async def test_a_content_warning_of_a_note_stays_one(world, ada):
    post = await posts.publish(world.context, ada, posts.Draft("Spider", summary="Spiders"))
    assert (post.sensitive, orjson.loads(orjson.dumps(await document(world, ada, post)))["sensitive"]) == (True, True)
