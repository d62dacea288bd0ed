"""Follows: requested, accepted, ended, listed, and where their inboxes are."""

import dataclasses

import pytest

from storage import accounts, follows
from storage.errors import Missing
from storage.records import Follow
from tests.storage.rows import START_MS, add_follow, add_person, add_stranger


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def bob(db):
    return add_stranger(db, "bob")


def test_a_request_becomes_a_follow_once(db, ada, bob):
    add_follow(db, ada, bob, state="requested")
    assert not follows.is_following(db, ada.id, bob.id)
    assert follows.accept_follow(db, ada.id, bob.id)
    assert not follows.accept_follow(db, ada.id, bob.id)
    assert follows.is_following(db, ada.id, bob.id)
    assert not follows.is_following(db, bob.id, ada.id)


def test_following_again_keeps_the_state_and_takes_the_new_uri(db, ada, bob):
    first = add_follow(db, ada, bob)
    assert not follows.add_follow(db, dataclasses.replace(first, state="requested", uri="https://here.example/f/2", shows_boosts=False))
    assert follows.find_follow(db, ada.id, bob.id) == dataclasses.replace(first, uri="https://here.example/f/2")
    assert follows.find_follow(db, ada.id, bob.id).shows_boosts is True


def test_a_follow_of_nobody_is_refused(db, ada):
    with pytest.raises(Missing):
        follows.add_follow(db, Follow(ada.id, 17, "requested", "x", START_MS))


def test_a_follow_ends_once(db, ada, bob):
    add_follow(db, ada, bob)
    assert follows.remove_follow(db, ada.id, bob.id)
    assert not follows.remove_follow(db, ada.id, bob.id)
    assert follows.find_follow(db, ada.id, bob.id) is None


def test_a_follow_is_found_by_its_uri_from_either_side_only(db, ada, bob):
    follow = add_follow(db, ada, bob)
    assert follows.find_follow_by_uri(db, bob.id, follow.uri) == follow
    assert follows.find_followed(db, ada.id, follow.uri) == follow
    assert follows.find_follow_by_uri(db, ada.id, follow.uri) is None
    assert follows.find_followed(db, bob.id, follow.uri) is None


def test_followers_and_following_are_counted_and_listed_by_key_without_those_who_ask(db, ada, bob):
    fans = [add_stranger(db, f"fan{number}") for number in range(3)]
    for fan in fans:
        add_follow(db, fan, ada)
    add_follow(db, bob, ada, state="requested")
    assert follows.count_followers(db, ada.id) == 3
    assert follows.count_following(db, bob.id) == 0
    assert follows.count_following(db, fans[0].id) == 1
    assert follows.list_followers(db, ada.id, 2) == fans[:2]
    assert follows.list_followers(db, ada.id, 2, after=fans[1].id) == fans[2:]
    assert follows.list_followers(db, ada.id, 2, state="requested") == [bob]
    assert follows.list_following(db, fans[0].id, 10) == [ada]
    assert follows.list_following(db, bob.id, 10) == []
    assert follows.list_following(db, bob.id, 10, state="requested") == [ada]


def test_followers_of_one_server_share_an_inbox(db, ada, bob):
    add_follow(db, bob, ada)
    add_follow(db, add_stranger(db, "carl"), ada)
    add_follow(db, add_stranger(db, "lone", "lone.example", shared_inbox=None), ada)
    add_follow(db, add_stranger(db, "asks", "asks.example"), ada, state="requested")
    add_follow(db, add_person(db, "eve"), ada)
    gone, suspended = add_stranger(db, "gone", "gone.example"), add_stranger(db, "bad", "bad.example")
    add_follow(db, gone, ada)
    add_follow(db, suspended, ada)
    accounts.set_deleted(db, gone.id, START_MS)
    accounts.set_suspended(db, suspended.id, START_MS)
    assert sorted(follows.list_follower_inboxes(db, ada.id)) == ["https://far.example/inbox", "https://lone.example/users/lone/inbox"]


def test_those_of_ours_who_follow_the_old_account_and_not_the_new_are_to_be_moved(db, ada, bob):
    new, eve, carl = add_stranger(db, "bobnew"), add_person(db, "eve"), add_stranger(db, "carl")
    for follower in (ada, eve, carl):
        add_follow(db, follower, bob)
    add_follow(db, eve, new, state="requested")
    assert follows.list_movers(db, bob.id, new.id) == [ada.id]


def test_whether_anybody_here_follows(db, ada, bob):
    add_follow(db, add_stranger(db, "carl"), bob)
    add_follow(db, ada, bob, state="requested")
    assert not follows.has_local_follower(db, bob.id)
    follows.accept_follow(db, ada.id, bob.id)
    assert follows.has_local_follower(db, bob.id)
