"""Notifications: told once, to those who are here and want to hear."""

import pytest

from storage import accounts, moderation, notifications
from tests.storage.rows import START_MS, add_person, add_stranger

ALL = 1 << 62


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def bob(db):
    return add_stranger(db, "bob")


def tell(db, account, actor, kind="like", post_id=7, at=START_MS):
    return notifications.add_notification(db, account.id, kind, actor.id, post_id, at)


def told(db, account):
    return [(notice.kind, actor.name, notice.post_id) for notice, actor in notifications.list_notifications(db, account.id, 20, ALL)]


def test_the_same_is_told_once(db, ada, bob):
    assert tell(db, ada, bob)
    assert not tell(db, ada, bob)
    assert tell(db, ada, bob, kind="boost", at=START_MS + 1)
    assert tell(db, ada, bob, post_id=8, at=START_MS + 2)
    assert told(db, ada) == [("like", "bob", 8), ("boost", "bob", 7), ("like", "bob", 7)]


def test_nobody_is_told_of_themselves_and_nobody_elsewhere_is_told(db, ada, bob):
    assert not tell(db, ada, ada)
    assert not tell(db, bob, ada)


def test_nobody_is_told_of_those_whom_they_block_or_mute(db, ada, bob):
    carl = add_stranger(db, "carl")
    moderation.add_block(db, ada.id, bob.id, "", START_MS)
    moderation.add_mute(db, ada.id, carl.id, None)
    assert not tell(db, ada, bob)
    assert not tell(db, ada, carl)
    assert tell(db, add_person(db, "eve"), bob)


def test_what_was_taken_back_is_told_no_more_and_may_be_told_again(db, ada, bob):
    tell(db, ada, bob)
    tell(db, ada, bob, kind="boost")
    notifications.remove_notification(db, ada.id, "like", bob.id, 7)
    assert told(db, ada) == [("boost", "bob", 7)]
    assert tell(db, ada, bob)


def test_notifications_go_by_key_without_those_of_the_suspended(db, ada, bob):
    carl = add_stranger(db, "carl")
    for order, actor in enumerate((bob, carl, bob, bob)):
        tell(db, ada, actor, post_id=order, at=START_MS + order)
    first, second = notifications.list_notifications(db, ada.id, 2, ALL)
    assert [first[0].post_id, second[0].post_id] == [3, 2]
    assert [notice.post_id for notice, _ in notifications.list_notifications(db, ada.id, 2, second[0].id)] == [1, 0]
    assert first[1] == bob
    accounts.set_suspended(db, carl.id, START_MS)
    assert [post_id for _, _, post_id in told(db, ada)] == [3, 2, 0]
