"""Likes, boosts, pins, mentions and hashtags."""

import pytest

from storage import reactions
from storage.records import PRIVATE
from tests.storage.rows import START_MS, add_boost, add_person, add_post, add_stranger


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def bob(db):
    return add_stranger(db, "bob")


@pytest.fixture
def post(db, ada):
    return add_post(db, ada)


def test_a_like_counts_once_and_is_taken_back_once(db, bob, post):
    assert reactions.add_like(db, bob.id, post.id, "https://far.example/likes/1", START_MS)
    assert not reactions.add_like(db, bob.id, post.id, "https://far.example/likes/2", START_MS)
    assert reactions.remove_like(db, bob.id, post.id) == "https://far.example/likes/1"
    assert reactions.remove_like(db, bob.id, post.id) is None


def test_a_like_is_found_by_its_uri_and_who_made_it(db, ada, bob, post):
    reactions.add_like(db, bob.id, post.id, "https://far.example/likes/1", START_MS)
    assert reactions.find_liked_post(db, bob.id, "https://far.example/likes/1") == post.id
    assert reactions.find_liked_post(db, ada.id, "https://far.example/likes/1") is None


def test_who_likes_and_who_boosts_is_listed_by_key(db, ada, post):
    fans = [add_stranger(db, f"fan{number}") for number in range(3)]
    boosts = [add_boost(db, fan, post) for fan in fans]
    for fan in fans:
        reactions.add_like(db, fan.id, post.id, f"{fan.uri}/like", START_MS)
    for listed in (reactions.list_likers, reactions.list_boosters):
        assert listed(db, post.id, 2) == fans[:2]
        assert listed(db, post.id, 2, after=fans[1].id) == fans[2:]
    assert reactions.list_like_uris(db, post.id, 2, after=fans[0].id) == [(fan.id, f"{fan.uri}/like") for fan in fans[1:]]
    assert reactions.list_boost_uris(db, post.id, 2) == [(boost.account_id, boost.uri) for boost in boosts[:2]]


def test_mentions_are_those_of_the_newest_edit(db, ada, bob, post):
    reactions.set_mentions(db, post.id, [bob.id, ada.id, bob.id])
    assert reactions.list_mentioned(db, post.id) == [ada, bob]
    reactions.set_mentions(db, post.id, [])
    assert reactions.list_mentioned(db, post.id) == []


def test_hashtags_are_kept_in_lower_case_and_shared(db, ada, post):
    other = add_post(db, ada)
    reactions.set_tags(db, post.id, ["Maths", "maths", "Art"])
    reactions.set_tags(db, other.id, ["MATHS"])
    assert reactions.list_tags(db, [post.id, other.id]) == {post.id: ["art", "maths"], other.id: ["maths"]}
    reactions.set_tags(db, post.id, ["art"])
    assert reactions.list_tags(db, [post.id]) == {post.id: ["art"]}
    assert reactions.list_tags(db, []) == {}
    assert db.execute("SELECT count(*) FROM tags").fetchone() == (2,)


def test_pins_are_listed_newest_first_and_only_what_is_open(db, ada, post):
    second, private = add_post(db, ada), add_post(db, ada, visibility=PRIVATE)
    assert [reactions.set_pin(db, ada.id, each.id, START_MS + order) for order, each in enumerate((post, second, private))] == [True] * 3
    assert not reactions.set_pin(db, ada.id, post.id, START_MS + 9)
    assert reactions.list_pinned(db, ada.id) == [second, post]
    assert reactions.remove_pin(db, ada.id, second.id)
    assert not reactions.remove_pin(db, ada.id, second.id)
    assert reactions.list_pinned(db, ada.id) == [post]
