"""Goals are the learner's own, come nearer by what is done and shown, and say so to whom they were shown."""

import orjson
import pytest

from federation.facets import Goal, Step
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import answering, awarding, badges, goals, paths, questions, reflections, revoking, walks
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.goals import Aim
from node.learning.paths import PathDraft
from node.learning.questions import Question
from node.learning.reflections import Thought
from node.learning.walks import Proof
from node.social import posts
from node.social.posts import Draft
from storage import deliveries
from storage import posts as kept_posts
from storage.records import DIRECT, PRIVATE, PUBLIC

AIM = Aim("Know ten mosses\n\nBecause they are everywhere.", "Moss", "2027-03-01")
PATH = PathDraft("Meet the mosses", "", (Step("Look"), Step("Draw"), Step("Grow", is_stretch=True)))


@pytest.fixture
async def goal(world, ada):
    return await goals.set_goal(world.context, ada, AIM)


async def view(world, goal, viewer):
    return await world.context.database.read(goals.get_view, goal.id, viewer.id)


async def sent(world, kind):
    """The activities of a kind that were said to others."""
    found = await world.context.database.read(lambda db: db.execute("SELECT type, body FROM activities ORDER BY id").fetchall())
    return [orjson.loads(body) for type_, body in found if type_ == kind]


async def test_a_goal_is_for_nobody_else_and_has_what_was_said_of_it(world, ada, bob, goal):
    found = await view(world, goal, ada)
    assert (goal.type, goal.visibility, goals.statement_of(goal)) == ("Note", DIRECT, "Know ten mosses")
    assert (found.goal.status, found.goal.due.date().isoformat(), [each.name for each in found.goal.alignment]) == (
        "active", "2027-03-01", ["Moss"],
    )  # fmt: skip
    with pytest.raises(NotFound):
        await view(world, goal, bob)
    assert await world.owed() == []


async def test_whom_a_goal_names_does_not_get_it(world, ada, bob):
    carol = await world.stranger("carol")
    goal = await goals.set_goal(world.context, ada, Aim(f"Be as good as @bob and @carol@{carol.uri.split('/')[2]}"))
    assert await world.owed() == []
    assert await world.told(bob) == []
    assert not await world.context.database.read(kept_posts.is_visible, goal.id, bob.id)


@pytest.mark.parametrize("aim", [Aim(""), Aim("x" * 5001), Aim("x", due="soon"), Aim("x", status="done"), Aim("x", visibility=7)])
async def test_what_cannot_be_used_is_refused(world, ada, aim):
    with pytest.raises(BadInput):
        await goals.set_goal(world.context, ada, aim)


async def test_it_comes_nearer_with_steps_competencies_and_a_reflection(world, ada, bob, goal):
    path = await paths.write_path(world.context, bob, PATH)
    await goals.link(world.context, ada, goal.id, path.id)
    assert (await view(world, goal, ada)).measure.percent == 0
    await walks.do_step(world.context, ada, path.id, 0, Proof())
    assert (await view(world, goal, ada)).goal.progress == 25
    await walks.do_step(world.context, ada, path.id, 2, Proof())  # a stretch is not needed
    assert (await view(world, goal, ada)).goal.progress == 25
    await reflections.write(world.context, ada, Thought("They drink with their leaves", goal_id=goal.id))
    assert (await view(world, goal, ada)).goal.progress == 50
    question = await questions.ask(world.context, bob, Question(Draft("How?"), "moss"))
    answer = await world.post(ada, "Like this", in_reply_to_id=question.id)
    await questions.accept_answer(world.context, bob, answer.id)
    await walks.do_step(world.context, ada, path.id, 1, Proof())
    found = await view(world, goal, ada)
    assert (found.goal.progress, found.shown, len(found.walks), len(found.reflections)) == (100, {"moss"}, 1, 1)
    await walks.undo_step(world.context, ada, path.id, 1)
    assert (await view(world, goal, ada)).goal.progress == 75
    await goals.unlink(world.context, ada, goal.id, path.id)
    assert (await view(world, goal, ada)).goal.progress == 100
    await goals.change_goal(world.context, ada, goal.id, Aim("Know ten mosses"))
    assert (await view(world, goal, ada)).goal.progress == 0  # there is nothing to count by


async def test_whom_it_is_shown_to_hear_of_it_as_it_changes(world, ada, clock):
    carol = await world.stranger("carol")
    await world.receive(carol.activity("Follow", ada.uri), carol)
    goal = await goals.set_goal(world.context, ada, Aim("Know ten mosses", "Moss", visibility=PRIVATE))
    await reflections.write(world.context, ada, Thought("Wet", goal_id=goal.id, visibility=DIRECT))
    clock.go(seconds=1)
    await goals.set_status(world.context, ada, goal.id, "reached")
    updates = await sent(world, "Update")
    assert [update["object"]["learning"][0]["status"] for update in updates] == ["active", "reached"]
    assert [update["object"]["learning"][0]["progress"] for update in updates] == [50, 50]
    assert updates[0]["to"] == [f"{ada.uri}/followers"]
    assert "proof" not in updates[0]


async def test_it_is_changed_by_its_author_alone_and_keeps_its_audience(world, ada, bob, goal):
    changed = await goals.change_goal(world.context, ada, goal.id, Aim("Know twenty", "", "", "paused", PUBLIC))
    assert (changed.visibility, goals.goal_of(changed)) == (DIRECT, Goal("paused"))
    shown = await goals.set_goal(world.context, ada, Aim("Open", visibility=PUBLIC))
    plain = await world.post(ada, "Hello")
    for deed in (
        lambda: goals.change_goal(world.context, bob, shown.id, AIM),
        lambda: goals.set_status(world.context, bob, shown.id, "dropped"),
        lambda: goals.link(world.context, bob, shown.id, plain.id),
        lambda: goals.unlink(world.context, bob, shown.id, plain.id),
    ):
        with pytest.raises(NotAllowed):
            await deed()
    with pytest.raises(NotFound):
        await goals.set_status(world.context, ada, plain.id, "dropped")
    assert goals.goal_of(await world.find_post(shown.uri)).status == "active"


async def test_only_a_path_or_something_of_ones_own_speaks_for_it(world, ada, bob, goal):
    theirs, mine = await world.post(bob, "Mine"), await world.post(ada, "My herbarium")
    for post in (theirs, goal):
        with pytest.raises(BadInput):
            await goals.link(world.context, ada, goal.id, post.id)
    await goals.link(world.context, ada, goal.id, mine.id)
    assert [post.id for post in (await view(world, goal, ada)).others] == [mine.id]


async def test_who_sees_a_goal_sees_of_its_evidence_what_is_for_them(world, ada, bob):
    goal = await goals.set_goal(world.context, ada, Aim("Open", visibility=PUBLIC))
    await reflections.write(world.context, ada, Thought("Secret", goal_id=goal.id))
    await reflections.write(world.context, ada, Thought("For all", goal_id=goal.id, visibility=PUBLIC))
    found = await view(world, goal, bob)
    assert [post.source for post in found.reflections] == ["For all"]
    assert found.measure.reflections == 2


async def test_open_goals_come_first_and_the_next_due_before_others(world, ada):
    for text, due, status in (
        ("a", "", "active"),
        ("b", "2027-05-01", "active"),
        ("c", "2027-01-01", "reached"),
        ("d", "2027-02-01", "active"),
    ):
        await goals.set_goal(world.context, ada, Aim(text, "", due, status))
    views = await world.context.database.read(goals.list_views, ada, ada.id)
    assert [view.post.source for view in views] == ["d", "b", "a", "c"]
    assert await world.context.database.read(goals.list_views, ada, 0) == []


async def test_a_deleted_goal_takes_its_links_along(world, ada, goal):
    note = await reflections.write(world.context, ada, Thought("Wet", goal_id=goal.id))
    await posts.delete(world.context, ada, goal.id)
    assert await world.find_post(note.uri) is not None
    assert await world.context.database.read(deliveries.list_owed, None, 10) == []


async def test_an_achievement_that_is_accepted_speaks_for_a_competency(world, ada, bob, goal):
    badge = await badges.define(world.context, bob, BadgeDraft("Knows mosses", "Ten of them", "Name ten", "Moss"))
    given = await awarding.award(world.context, bob, Gift(badge.id, ada.id, "Well looked at"))
    assert (await view(world, goal, ada)).shown == set()
    await answering.answer(world.context, ada, given.id, "accepted")
    assert ((await view(world, goal, ada)).shown, (await view(world, goal, ada)).goal.progress) == ({"moss"}, 50)
    await revoking.revoke(world.context, bob, given.id, "A mistake")
    assert (await view(world, goal, ada)).shown == set()
    assert (await view(world, goal, ada)).goal.progress == 0
