"""Who may be asked, and why."""

import pytest

from storage import users
from storage.learning import facets, learners, questions, record
from storage.learning.facets import Ask, Competency
from storage.learning.learners import Learner
from storage.learning.questions import Fact
from storage.reactions import set_tags
from tests.storage.rows import add_person, add_post, add_reply, add_stranger

MOSS = Competency("https://a.example/tags/moss", "Moss")


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def bob(db):
    bob = add_person(db, "bob")
    learners.save_learner(db, bob.id, Learner(answers_questions=True))
    return bob


def answered(db, asker, answerer, **said):
    question = add_post(db, asker, **said)
    answer = add_reply(db, answerer, question)
    facets.add_competencies(db, question.id, [MOSS, Competency("https://b.example/moss", "moss")])
    facets.add_ask(db, Ask(question.id, answer.uri))
    facets.set_answer(db, question.id, answer.id, answerer.id)
    return question, answer


def test_answers_resources_and_hashtags_are_facts(db, ada, bob):
    answered(db, ada, bob)
    shared = add_post(db, bob)
    facets.add_competencies(db, shared.id, [MOSS])
    set_tags(db, add_post(db, bob).id, ["moss", "fern"])
    found = questions.list_facts(db, ada.id, ["moss", "yew"])
    assert found == [Fact(bob.id, kind, "moss", 1) for kind in ("answers", "resources", "posts")]
    assert questions.list_facts(db, bob.id, ["moss"]) == []


def test_to_have_asked_is_not_to_know_and_what_is_private_is_no_fact(db, ada, bob):
    question = add_post(db, bob)
    facets.add_competencies(db, question.id, [MOSS])
    facets.add_ask(db, Ask(question.id))
    facets.add_competencies(db, add_post(db, bob, visibility=2).id, [MOSS])
    answered(db, ada, bob, visibility=2)
    assert questions.list_facts(db, ada.id, ["moss"]) == []


@pytest.mark.parametrize("change", ["mode = 'supervised'", "suspended_ms = 1", "deleted_ms = 1"])
def test_who_cannot_be_asked_is_not(db, ada, bob, change):
    facets.add_competencies(db, add_post(db, bob).id, [MOSS])
    assert questions.list_facts(db, ada.id, ["moss"]) != []
    db.execute(f"UPDATE accounts SET {change} WHERE id = :id", {"id": bob.id})
    assert questions.list_facts(db, ada.id, ["moss"]) == []


def test_people_elsewhere_are_not_asked(db, ada):
    eve = add_stranger(db, "eve")
    facets.add_competencies(db, add_post(db, eve).id, [MOSS])
    assert users.find_user(db, eve.id) is None
    assert questions.list_facts(db, ada.id, ["moss"]) == []


def test_a_question_is_brought_once_with_its_reasons(db, ada, bob):
    question = add_post(db, ada)
    assert [questions.add_asked(db, question.id, bob.id, [("answers", "Moss", number)]) for number in (1, 2)] == [True, False]
    assert [(account.name, why) for account, why in questions.list_asked(db, question.id)] == [("bob", [("answers", "Moss", 1)])]
    assert questions.list_reasons(db, bob.id, [question.id, 7]) == {question.id: [("answers", "Moss", 1)]}
    assert questions.list_reasons(db, ada.id, [question.id]) == {}
    assert [questions.count_brought(db, ada.id, since) for since in (0, question.id)] == [1, 0]


def test_a_record_is_paged_and_shows_what_the_viewer_may_see(db, ada, bob):
    pairs = [answered(db, ada, bob), answered(db, ada, bob), answered(db, ada, bob, visibility=2)]
    shown = record.list_accepted(db, bob.id, 0, 1)
    shown += record.list_accepted(db, bob.id, 0, 5, before=shown[0].id)
    assert [(each.id, each.answer_id, each.asker_id) for each in shown] == [(q.id, a.id, ada.id) for q, a in reversed(pairs[:2])]
    assert len(record.list_accepted(db, bob.id, ada.id, 5)) == 3
