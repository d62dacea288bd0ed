from storage.learning import facets, reflections
from storage.learning.reflections import Unfinished
from tests.storage.rows import add_person, add_post


def test_reflections_are_listed_as_far_as_one_may_see_them(db):
    ada = add_person(db, "ada")
    shown, hidden = add_post(db, ada), add_post(db, ada, visibility=3)
    for post in (shown, hidden):
        facets.add_reflection(db, post.id, "https://x.example/")
    assert [post.id for post in reflections.list_reflections(db, ada.id, ada.id, 10)] == [hidden.id, shown.id]
    assert [post.id for post in reflections.list_reflections(db, ada.id, 0, 10)] == [shown.id]
    assert reflections.list_reflections(db, ada.id, 0, 10, before=shown.id) == []


def test_a_draft_belongs_to_who_wrote_it(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    reflections.save_unfinished(db, Unfinished(1, ada.id, "{}", 5))
    reflections.save_unfinished(db, Unfinished(1, ada.id, '{"text": "x"}', 9))
    reflections.save_unfinished(db, Unfinished(1, bob.id, '{"text": "theirs"}', 11))
    assert reflections.find_unfinished(db, ada.id, 1) == Unfinished(1, ada.id, '{"text": "x"}', 9)
    assert reflections.find_unfinished(db, bob.id, 1) is None
    assert (reflections.list_unfinished(db, ada.id)[0].updated_ms, reflections.count_unfinished(db, ada.id)) == (9, 1)
    reflections.remove_unfinished(db, bob.id, 1)
    assert reflections.count_unfinished(db, ada.id) == 1
    reflections.remove_unfinished(db, ada.id, 1)
    assert reflections.list_unfinished(db, ada.id) == []
