from storage import workshops
from storage.learning import facets, paths, portfolios
from storage.learning.facets import Ask
from storage.learning.paths import Done
from storage.learning.portfolios import Arrangement, View
from storage.workshops import Attendance
from tests.storage.rows import add_person, add_post


def test_an_arrangement_is_the_draft_until_it_is_changed(db):
    ada = add_person(db, "ada")
    assert portfolios.find_arrangement(db, ada.id) == Arrangement(ada.id)
    for hidden in (True, False):
        portfolios.save_arrangement(db, Arrangement(ada.id, hidden, "I look at mosses", '{"order": []}'))
        assert portfolios.find_arrangement(db, ada.id) == Arrangement(ada.id, hidden, "I look at mosses", '{"order": []}')


def test_a_view_is_found_by_its_secrets_digest_until_it_is_taken_back(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    view = View(7, ada.id, "The academy", b"digest", None, "[]", "{}")
    portfolios.add_view(db, view)
    assert portfolios.find_view(db, b"digest") == view
    assert portfolios.find_view(db, b"other") is None
    assert [portfolios.revoke_view(db, each, 7, 9) for each in (bob.id, ada.id, ada.id)] == [False, True, False]
    assert (portfolios.list_views(db, ada.id), portfolios.find_view(db, b"digest").revoked_ms) == ([], 9)


def test_the_record_is_read_as_far_as_the_viewer_may_see_it(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    thought, hidden = add_post(db, ada), add_post(db, ada, visibility=3)
    for post in (thought, hidden):
        facets.add_reflection(db, post.id, "")
    question, answer = add_post(db, bob), add_post(db, ada)
    facets.add_ask(db, Ask(question.id, answer.uri, answer.id, ada.id))
    event, path = add_post(db, bob, type="Event"), add_post(db, bob)
    workshops.save_meeting(db, event.id, bob.id, 100, None)
    workshops.add_attendance(db, Attendance(event.id, ada.id, "going", "https://x.example/1", 50))
    facets.add_path(db, path.id)
    paths.start(db, ada.id, path.id, 1)
    assert portfolios.list_walked(db, ada.id, 0, 10) == []
    paths.save_done(db, Done(ada.id, path.id, "a", 77))
    assert [each.post.id for each in portfolios.list_reflections(db, ada.id, 0, 10)] == [thought.id]
    assert [each.post.id for each in portfolios.list_answers(db, ada.id, 0, 10)] == [answer.id]
    assert [(each.post.id, each.moment_ms) for each in portfolios.list_workshops(db, ada.id, 0, 101, 10)] == [(event.id, 100)]
    assert portfolios.list_workshops(db, ada.id, 0, 100, 10) == []
    assert [(each.post.id, each.moment_ms) for each in portfolios.list_walked(db, ada.id, 0, 10)] == [(path.id, 77)]
    assert portfolios.list_questions_of(db, [answer.id]) == {answer.id: question.id}
