from storage import posts
from storage.learning import facets, paths
from storage.learning.facets import Competency
from storage.learning.paths import Done
from tests.storage.rows import add_person, add_post


def lay(db, author, **said):
    post = add_post(db, author, type="Article", **said)
    facets.add_path(db, post.id)
    facets.add_competencies(db, post.id, [Competency("https://x.example/moss", "Moss")])
    return post


def test_a_path_is_started_once_and_left_with_all_that_was_done(db):
    ada = add_person(db, "ada")
    path = lay(db, ada)
    assert [paths.start(db, ada.id, path.id, now) for now in (1, 2)] == [True, False]
    paths.save_done(db, Done(ada.id, path.id, "a", 5))
    paths.save_done(db, Done(ada.id, path.id, "a", 9, "https://x.example/"))
    assert paths.list_done(db, ada.id, path.id) == [Done(ada.id, path.id, "a", 5, "https://x.example/")]
    assert [post.id for post in paths.list_started(db, ada.id, 10)] == [path.id]
    paths.remove_done(db, ada.id, path.id, "a")
    assert paths.list_done(db, ada.id, path.id) == []
    paths.leave(db, ada.id, path.id)
    assert not paths.has_started(db, ada.id, path.id)


def test_only_what_one_may_see_is_listed_and_the_most_walked_is_best(db):
    ada, bob = add_person(db, "ada"), add_person(db, "bob")
    walked, newer, hidden = lay(db, ada), lay(db, ada), lay(db, ada, visibility=2)
    for path in (walked, hidden):
        paths.start(db, bob.id, path.id, 1)
    paths.start(db, ada.id, hidden.id, 1)
    assert [post.id for post in paths.list_paths(db, 0, 10)] == [newer.id, walked.id]
    assert paths.find_best(db, 0, ["moss"]).id == walked.id
    assert paths.find_best(db, 0, ["ferns"]) is None
    assert [post.id for post in paths.list_started(db, bob.id, 10)] == [walked.id]


def test_newcomers_are_offered_one_path_until_it_goes(db):
    ada, garden = add_person(db, "ada"), add_person(db, "garden", type="Group")
    first, second = lay(db, ada), lay(db, ada)
    for path in (first, second):
        paths.set_newcomer_path(db, garden.id, path.id)
    assert (paths.find_newcomer_path(db, garden.id), paths.list_offering(db, first.id)) == (second.id, [])
    assert [each.id for each in paths.list_offering(db, second.id)] == [garden.id]
    posts.delete_post(db, second, 1)
    assert paths.find_newcomer_path(db, garden.id) is None
