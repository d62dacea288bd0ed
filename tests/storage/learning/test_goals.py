from storage.learning import facets, goals
from storage.learning.facets import Ask, Competency
from tests.storage.rows import add_person, add_post


def set_goal(db, author, status="active", due_ms=None, **said):
    post = add_post(db, author, **said)
    facets.add_goal(db, post.id, status, due_ms, 0)
    return post


def test_open_goals_come_first_and_the_next_due_before_others(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    plain, reached, late, soon = (set_goal(db, ada, *said) for said in ((), ("reached", 1), ("active", 9), ("active", 5)))
    hidden = set_goal(db, ada, visibility=3)
    assert [post.id for post in goals.list_goals(db, ada.id, bob.id, 10)] == [soon.id, late.id, plain.id, reached.id]
    assert hidden.id in {post.id for post in goals.list_goals(db, ada.id, ada.id, 10)}
    assert {post.id for post in goals.list_open(db, ada.id)} == {plain.id, late.id, soon.id, hidden.id}


def test_what_is_linked_is_shown_to_whom_may_see_it(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    goal, note, secret = set_goal(db, ada), add_post(db, ada), add_post(db, ada, visibility=3)
    assert [goals.add_link(db, goal.id, note.id, now) for now in (1, 2)] == [True, False]
    goals.add_link(db, goal.id, secret.id, 3)
    assert [(each.post.id, each.added_ms) for each in goals.list_linked(db, goal.id, ada.id)] == [(note.id, 1), (secret.id, 3)]
    assert [each.post.id for each in goals.list_linked(db, goal.id, bob.id)] == [note.id]
    assert [post.id for post in goals.list_goals_of(db, note.id, 0)] == [goal.id]
    assert [goals.remove_link(db, goal.id, note.id) for _ in range(2)] == [True, False]


def test_an_accepted_answer_speaks_for_what_was_asked(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    question, answer = add_post(db, bob), add_post(db, ada)
    facets.add_competencies(db, question.id, [Competency("https://x.example/moss", "Moss")])
    facets.add_ask(db, Ask(question.id, answer.uri, answer.id, ada.id))
    assert goals.list_shown(db, ada.id, ["moss", "ferns"]) == {"moss"}
    assert goals.list_shown(db, ada.id, []) == set()
    assert goals.list_shown(db, bob.id, ["moss"]) == set()
