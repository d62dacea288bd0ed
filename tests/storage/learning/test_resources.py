"""The library shows what the reader may see, and narrows it as asked."""

import pytest

from storage.learning import facets
from storage.learning.facets import Competency, Resource
from storage.learning.resources import Wanted, find_best, list_resources
from tests.storage.rows import DAY, START_MS, add_person, add_post, add_stranger

GARDEN = "https://here.example/users/garden"
NOW = START_MS + 100 * DAY


def shelve(db, author, name, label="Moss", license="", minutes=None, review_by_ms=None, superseded_by_uri=None, **said):
    post = add_post(db, author, type="Page", title=name, **said)
    facets.add_resource(db, Resource(post.id, f"https://x.example/{name}", license, minutes, review_by_ms, superseded_by_uri))
    facets.add_competencies(db, post.id, [Competency(f"https://x.example/c/{label}", label)])
    return post


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def shelf(db, ada):
    shelve(db, ada, "a", audience_uri=GARDEN, license="CC0", minutes=5)
    shelve(db, ada, "b", "Plant ecology", minutes=50, review_by_ms=NOW - 1)
    shelve(db, ada, "c", review_by_ms=NOW + DAY, superseded_by_uri="https://x.example/a")
    shelve(db, ada, "d", visibility=2)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), "cba"),
        (Wanted(community_uri=GARDEN), "a"),
        (Wanted(label="plantecology"), "b"),
        (Wanted(license="CC0"), "a"),
        (Wanted(most_minutes=10), "a"),
        (Wanted(most_minutes=60), "ba"),
        (Wanted(only_stale=True), "cb"),
        (Wanted(label="moss", only_stale=True), "c"),
    ],
)
def test_filters_narrow_the_shelf(db, shelf, wanted, found):
    assert "".join(each.title for each in list_resources(db, 0, wanted, NOW, 10)) == found


def test_what_is_for_some_is_shown_to_them_alone(db, ada, shelf):
    assert [each.title for each in list_resources(db, ada.id, Wanted(), NOW, 10)] == ["d", "c", "b", "a"]


def test_pages_go_by_key(db, shelf):
    first = list_resources(db, 0, Wanted(), NOW, 2)
    rest = list_resources(db, 0, Wanted(), NOW, 2, first[-1].resource.post_id)
    assert [each.title for each in (*first, *rest)] == ["c", "b", "a"]


def test_the_best_is_what_still_holds_and_was_liked(db, ada):
    stale = shelve(db, ada, "stale", review_by_ms=NOW - 1, likes_count=90)
    liked = shelve(db, ada, "liked", likes_count=3)
    shelve(db, ada, "plain")
    shelve(db, ada, "superseded", superseded_by_uri=liked.uri, likes_count=99)
    shelve(db, ada, "hidden", visibility=2, likes_count=99)
    assert find_best(db, 0, ["moss"], NOW).title == "liked"
    assert find_best(db, 0, ["ferns"], NOW) is None
    assert stale.id != liked.id


def test_what_blocked_people_shared_is_not_there(db, ada):
    eve = add_stranger(db, "eve")
    shelve(db, eve, "x")
    db.execute("INSERT INTO blocks (account_id, target_id, created_ms) VALUES (:a, :b, 0)", {"a": ada.id, "b": eve.id})
    assert list_resources(db, ada.id, Wanted(), NOW, 10) == []
    assert find_best(db, ada.id, ["moss"], NOW) is None
