"""A question goes to those who know and agreed to be asked; who asked accepts an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.errors import Forbidden
from federation.facets import Alignment, Ask, Resource, document_from_facet
from federation.objects import document_from_post
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import questions
from node.learning.questions import MOST_A_DAY, Question
from node.social import blocking, communities, posts, stewarding
from node.social.posts import Draft
from storage.learning import facets, learners, record
from storage.learning import questions as kept
from storage.learning.learners import Learner
from storage.records import DIRECT, PRIVATE
from tests.node.conftest import NOON, ORIGIN

MOSS = Alignment(f"{ORIGIN}/tags/moss", "Moss")


@pytest.fixture
async def bob(world):
    """Someone who teaches moss and agreed to be asked."""
    bob = await world.account("bob")
    await agree(world, bob)
    await teach(world, bob)
    return bob


async def agree(world, account):
    await world.context.database.write(learners.save_learner, account.id, Learner(answers_questions=True))


async def teach(world, account, **said):
    return await world.post(account, "Look", facets=(document_from_facet(Resource((MOSS,))),), **said)


async def ask(world, author, text="How do mosses drink?", about="Moss", **said):
    return await questions.ask(world.context, author, Question(Draft(text, **said), about))


async def asked(world, post):
    found = await world.context.database.read(kept.list_asked, post.id)
    return [(account.name, reasons) for account, reasons in found]


async def test_who_knows_is_told_with_the_reason(world, ada, bob):
    post = await ask(world, ada)
    assert await asked(world, post) == [("bob", [("resources", "Moss", 1)])]
    assert await world.told(bob) == [("asked", "ada")]


async def test_a_hashtag_in_the_question_counts_as_well(world, ada, bob):
    await world.post(bob, "Another #moss")
    post = await ask(world, ada, "Who knows #moss?", about="")
    assert await asked(world, post) == [("bob", [("resources", "moss", 1), ("posts", "moss", 1)])]


async def test_who_did_not_agree_is_left_alone(world, ada):
    carol = await world.account("carol")
    await teach(world, carol)
    assert await asked(world, await ask(world, ada)) == []
    assert await world.told(carol) == []


@pytest.mark.parametrize("deed", [blocking.block, blocking.mute])
@pytest.mark.parametrize("by_asker", [True, False])
async def test_nobody_is_asked_across_a_block_or_mute(world, ada, bob, deed, by_asker):
    one, other = (ada, bob) if by_asker else (bob, ada)
    await deed(world.context, one, other.id)
    assert await asked(world, await ask(world, ada)) == []


async def test_private_posts_are_no_reason_and_private_questions_go_to_nobody_who_cannot_read_them(world, ada):
    carol = await world.account("carol")
    await agree(world, carol)
    await teach(world, carol, visibility=PRIVATE)
    assert await asked(world, await ask(world, ada)) == []
    await teach(world, carol)
    assert await asked(world, await ask(world, ada, visibility=PRIVATE)) == []
    assert await world.told(carol) == []


async def test_at_most_five_are_asked_and_nobody_asks_themselves(world, ada):
    for number in range(7):
        each = await world.account(f"p{number}")
        await agree(world, each)
        await teach(world, each)
    await agree(world, ada)
    await teach(world, ada)
    found = [name for name, _ in await asked(world, await ask(world, ada))]
    assert len(found) == 5
    assert "ada" not in found


async def test_the_eleventh_question_of_a_day_is_brought_to_nobody(world, ada, bob):
    posts_asked = [await ask(world, ada, f"{number}?") for number in range(MOST_A_DAY + 1)]
    assert [len(await asked(world, post)) for post in posts_asked] == [1] * MOST_A_DAY + [0]


async def test_an_empty_question_is_none(world, ada):
    with pytest.raises(BadInput):
        await ask(world, ada, "  ")


async def test_an_accepted_answer_enters_the_record_and_is_the_next_reason(world, ada, bob):
    post = await ask(world, ada)
    answer = await world.post(bob, "Through their leaves", in_reply_to_id=post.id)
    await questions.accept_answer(world.context, ada, answer.id)
    await questions.accept_answer(world.context, ada, answer.id)
    assert (await world.told(bob)).count(("accepted", "ada")) == 1
    found = await world.context.database.read(record.list_accepted, bob.id, 0, 10)
    assert [(each.id, each.answer_id, each.asker_id) for each in found] == [(post.id, answer.id, ada.id)]
    carol = await world.account("carol")
    assert (await asked(world, await ask(world, carol)))[0] == ("bob", [("answers", "Moss", 1), ("resources", "Moss", 1)])
    await questions.withdraw_answer(world.context, ada, answer.id)
    assert await world.context.database.read(record.list_accepted, bob.id, 0, 10) == []
    assert ("accepted", "ada") not in await world.told(bob)


async def test_what_the_viewer_may_not_see_is_not_in_the_record_they_see(world, ada, bob):
    post = await ask(world, ada, visibility=PRIVATE)
    await world.context.database.write(_befriend, bob.id, ada.id)
    answer = await world.post(bob, "Psst", in_reply_to_id=post.id)
    await questions.accept_answer(world.context, ada, answer.id)
    assert len(await world.context.database.read(record.list_accepted, bob.id, bob.id, 10)) == 1
    assert await world.context.database.read(record.list_accepted, bob.id, 0, 10) == []


def _befriend(db, follower_id, followee_id):
    db.execute(
        "INSERT INTO follows (follower_id, followee_id, state, uri, created_ms) VALUES (:a, :b, 'accepted', '', 0)",
        {"a": follower_id, "b": followee_id},
    )


async def test_only_who_asked_accepts_and_only_somebody_elses_answer(world, ada, bob):
    post = await ask(world, ada)
    answer = await world.post(bob, "So", in_reply_to_id=post.id)
    with pytest.raises(NotAllowed):
        await questions.accept_answer(world.context, bob, answer.id)
    own = await world.post(ada, "Found it", in_reply_to_id=post.id)
    with pytest.raises(BadInput):
        await questions.accept_answer(world.context, ada, own.id)
    plain = await world.post(ada, "Hello")
    reply = await world.post(bob, "Hello you", in_reply_to_id=plain.id)
    with pytest.raises(NotFound):
        await questions.accept_answer(world.context, ada, reply.id)
    secret = await world.post(bob, "Only you", in_reply_to_id=post.id, visibility=DIRECT)
    with pytest.raises(BadInput):
        await questions.accept_answer(world.context, ada, secret.id)


async def test_an_edit_keeps_what_was_accepted(world, ada, bob):
    post = await ask(world, ada)
    answer = await world.post(bob, "So", in_reply_to_id=post.id)
    await questions.accept_answer(world.context, ada, answer.id)
    await posts.edit(world.context, ada, post.id, Draft("How do they drink?"))
    assert (await world.context.database.read(facets.find_ask, post.id)).accepted_id == answer.id


async def test_the_acceptance_goes_to_whoever_answered_elsewhere(world, ada):
    carol = await world.stranger("carol")
    post = await ask(world, ada)
    answer = carol.note("a", in_reply_to_uri=post.uri)
    await world.receive(carol.create(answer), carol)
    await questions.accept_answer(world.context, ada, (await world.find_post(answer.uri)).id)
    assert ("Update", carol.actor.inbox) in await world.owed()


async def test_a_question_from_elsewhere_is_taken_in_and_only_its_author_accepts(world, ada):
    carol = await world.stranger("carol")
    await world.follow(ada, carol)
    question = carol.note("q", learning=(document_from_facet(Ask((MOSS,))),))
    await world.receive(carol.create(question), carol)
    answer = await world.post(ada, "So", in_reply_to_id=(await world.find_post(question.uri)).id)
    later = replace(question, learning=(document_from_facet(Ask((MOSS,), answer.uri)),), updated=NOON + timedelta(seconds=5))
    dave = await world.stranger("dave")
    with pytest.raises(Forbidden):
        await world.receive(dave.activity("Update", document_from_post(later)), dave)
    assert await world.context.database.read(record.list_accepted, ada.id, 0, 10) == []
    await world.receive(carol.activity("Update", document_from_post(later), name="2"), carol)
    assert len(await world.context.database.read(record.list_accepted, ada.id, 0, 10)) == 1
    assert ("accepted", "carol") in await world.told(ada)


async def test_a_question_from_elsewhere_reaches_people_here_in_a_community_of_the_asker_alone(world, bob):
    group = await communities.create(world.context, "garden", communities.Settings("Garden"), [bob])
    carol, dave = await world.stranger("carol"), await world.stranger("dave")
    await world.receive(carol.activity("Follow", group.uri), carol)
    for person in (carol, dave):
        note = person.note("q", learning=(document_from_facet(Ask((MOSS,))),), audience_uri=group.uri, cc=(group.uri,))
        await world.receive(person.create(note), person)
    assert [told for told in await world.told(bob) if told[0] == "asked"] == [("asked", "carol")]


async def test_a_question_that_waited_for_a_moderator_is_brought_once_it_is_approved(world, ada, bob):
    settings = communities.Settings("Circle", is_private=True, approves_first=True)
    circle, carl = await communities.create(world.context, "circle", settings, [ada]), await world.account("carl")
    for member in (bob, carl):
        secret = await communities.invite(world.context, ada, circle.id)
        await communities.join_by_link(world.context, member, secret)
    post = await ask(world, carl, community_id=circle.id)
    assert await asked(world, post) == []
    await stewarding.on_post(world.context, ada, circle.id, post.id, "approve")
    await world.work()
    assert await asked(world, post) == [("bob", [("resources", "Moss", 1)])]
    assert ("asked", "carl") in await world.told(bob)
