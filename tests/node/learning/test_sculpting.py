"""A network looked at by goals: who feeds which, what nobody feeds, whom to follow or ask and why, and which follow gives nothing."""

import pytest

from node.learning import awarding, badges, endorsing, goals, questions, resources, sculpting
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from node.learning.goals import Aim
from node.learning.questions import Question
from node.learning.resources import Sharing
from node.social import accounts as profiles
from node.social import blocking, follows, reactions
from node.social.posts import Draft
from storage.learning import learners
from storage.learning.learners import Learner
from storage.records import PRIVATE


@pytest.fixture
async def ada(world):
    ada = await world.account("ada")
    await goals.set_goal(world.context, ada, Aim("Know mosses", "Moss, Ferns"))
    return ada


async def look(world, account):
    return await world.context.database.read(sculpting.sculpt, world.context.site, account)


async def need(world, account, number=0):
    [(_, needs)] = (await look(world, account)).goals
    return needs[number]


def names(found):
    return [(account.name, list(reasons)) for account, reasons in found]


async def friend(world, ada, name):
    made = await world.account(name)
    await follows.follow(world.context, ada, made.id)
    return made


async def test_who_brings_something_is_named_with_what(world, ada):
    bob, eve = await friend(world, ada, "bob"), await friend(world, ada, "eve")
    await world.post(bob, "Look #moss")
    await world.post(bob, "Again #moss", visibility=PRIVATE)
    await resources.share(world.context, eve, Sharing("Mosses", "https://moss.example/", teaches="Moss"))
    assert names((await need(world, ada)).fed_by) == [("eve", [("resources", "Moss", 1)]), ("bob", [("posts", "Moss", 2)])]
    assert (await need(world, ada, 1)).fed_by == []


async def test_an_answer_and_an_endorsement_count(world, ada):
    bob = await friend(world, ada, "bob")
    question = await questions.ask(world.context, ada, Question(Draft("How?"), "Moss"))
    answer = await world.post(bob, "So", in_reply_to_id=question.id)
    await questions.accept_answer(world.context, ada, answer.id)
    badge = await badges.define(world.context, ada, BadgeDraft("Mosses", "Ten", "Name ten", "Ferns"))
    mine = await awarding.award(world.context, ada, Gift(badge.id, ada.id, "Done", is_public=True))
    await endorsing.endorse(world.context, bob, Word("I saw it", award_id=mine.id))
    assert names((await need(world, ada)).fed_by) == [("bob", [("answers", "Moss", 1)])]
    assert names((await need(world, ada, 1)).fed_by) == [("bob", [("endorsements", "Ferns", 1)])]


async def test_what_nobody_brings_comes_with_whom_to_follow_and_ask(world, ada):
    bob, eve, shy = [await world.account(name) for name in ("bob", "eve", "shy")]
    await profiles.edit_profile(world.context, shy, profiles.ProfileEdit("", "", locked=False, discoverable=False, indexable=False))
    for each in (bob, shy):
        await world.post(each, "Look #moss")
    await resources.share(world.context, eve, Sharing("Mosses", "https://moss.example/", teaches="Moss"))
    await world.context.database.write(learners.save_learner, eve.id, Learner(answers_questions=True))
    found = await need(world, ada)
    assert found.fed_by == []
    assert names(found.follow) == [("eve", [("resources", "Moss", 1)]), ("bob", [("posts", "Moss", 1)])]
    assert names(found.ask) == [("eve", [("resources", "Moss", 1)])]
    await blocking.block(world.context, bob, ada.id)
    assert [account.name for account, _ in (await need(world, ada)).follow] == ["eve"]


async def test_a_follow_that_gives_nothing_is_named_and_one_that_is_dear_is_not(world, ada, clock):
    bob, eve, _ = [await friend(world, ada, name) for name in ("bob", "eve", "kim")]
    await world.post(bob, "Look #moss")
    post = await world.post(eve, "Cats")
    await reactions.like(world.context, ada, post.id)
    assert [account.name for account in (await look(world, ada)).idle] == ["kim"]
    clock.go(days=91)
    assert {account.name for account in (await look(world, ada)).idle} == {"bob", "eve", "kim"}


async def test_without_an_open_goal_nothing_is_said_of_anybody(world):
    bob = await world.account("bob")
    await friend(world, bob, "eve")
    found = await look(world, bob)
    assert (found.goals, found.idle) == ([], [])
    await goals.set_goal(world.context, bob, Aim("Done", "Moss", status="reached"))
    assert (await look(world, bob)).goals == []
