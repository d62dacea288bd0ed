"""Who signs in, and by what: sessions, tokens, one-time links."""

import dataclasses

import pytest

from storage import accounts, notifications, users
from storage.errors import Missing, Taken
from storage.records import User
from storage.users import Link, Token
from tests.storage.rows import START_MS, add_person, add_stranger

SOON, LATE = START_MS + 1000, START_MS + 2000


@pytest.fixture
def ada(db):
    return add_stranger(db, "ada", "")


@pytest.fixture
def user(db, ada):
    user = User(ada.id, "Ada@Mail.example", "argon2", "owner", "en", START_MS)
    users.add_user(db, user)
    return user


def test_a_user_is_found_by_name_and_by_address_whatever_the_case(db, ada, user):
    assert users.find_user(db, ada.id) == user
    assert users.get_user(db, ada.id) == user
    for login in ("ada", "ADA", "ada@mail.example"):
        assert users.find_user_by_login(db, login) == user
    assert users.find_user_by_login(db, "ada@far.example") is None
    with pytest.raises(Missing):
        users.get_user(db, 17)


def test_a_name_elsewhere_signs_nobody_in(db, user):
    add_stranger(db, "bob")
    assert users.find_user_by_login(db, "bob") is None


def test_whoever_was_deleted_signs_in_no_more(db, ada, user):
    accounts.set_deleted(db, ada.id, START_MS)
    assert users.find_user_by_login(db, "ada") is None


def test_an_address_and_an_account_sign_in_once(db, ada, user):
    eve = add_stranger(db, "eve", "")
    for taken in (dataclasses.replace(user, email=None), dataclasses.replace(user, account_id=eve.id, email="ADA@mail.example")):
        with pytest.raises(Taken):
            users.add_user(db, taken)


def test_whether_there_is_anybody_yet(db):
    assert not users.has_users(db)
    add_person(db, "ada")
    assert users.has_users(db)


def test_password_and_language_change(db, ada, user):
    users.set_password(db, ada.id, "other")
    users.set_language(db, ada.id, "de")
    assert users.get_user(db, ada.id) == dataclasses.replace(user, password_hash="other", language="de")


def test_a_session_holds_until_it_ends(db, ada, user):
    users.add_session(db, b"cookie", ada.id, "csrf", START_MS, LATE)
    session = users.find_session(db, b"cookie", SOON)
    assert (session.account, session.role, session.language, session.csrf, session.expires_ms) == (ada, "owner", "en", "csrf", LATE)
    assert users.find_session(db, b"cookie", LATE) is None
    assert users.find_session(db, b"other", SOON) is None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts SET suspended_ms = 1 WHERE id = :id",
        "UPDATE accounts SET deleted_ms = 1 WHERE id = :id",
        "UPDATE users SET disabled_ms = 1 WHERE account_id = :id",
    ],
)
def test_neither_session_nor_token_holds_for_an_account_that_may_not_act(db, ada, user, sql):
    users.add_session(db, b"cookie", ada.id, "csrf", START_MS, LATE)
    users.add_token(db, b"token", Token(1, ada.id, "cli", "read", START_MS))
    assert users.find_session(db, b"cookie", SOON) is not None
    assert users.find_token(db, b"token") is not None
    db.execute(sql, {"id": ada.id})
    assert users.find_session(db, b"cookie", SOON) is None
    assert users.find_token(db, b"token") is None


def test_sessions_end_one_by_one_and_all_at_once(db, ada, user):
    for cookie in (b"1", b"2", b"3"):
        users.add_session(db, cookie, ada.id, "csrf", START_MS, LATE)
    users.remove_session(db, b"1")
    assert [users.find_session(db, cookie, SOON) is not None for cookie in (b"1", b"2", b"3")] == [False, True, True]
    users.end_sessions(db, ada.id)
    assert users.find_session(db, b"2", SOON) is None


def test_a_token_acts_for_its_account_until_that_removes_it(db, ada, user):
    eve = add_person(db, "eve")
    token = Token(1, ada.id, "cli", "read write", START_MS)
    users.add_token(db, b"secret", token)
    assert users.find_token(db, b"secret") == (token, ada)
    assert users.list_tokens(db, ada.id) == [token]
    assert not users.remove_token(db, eve.id, token.id)
    assert users.remove_token(db, ada.id, token.id)
    assert users.find_token(db, b"secret") is None


def test_whoever_is_removed_leaves_neither_session_nor_token(db, ada, user):
    users.add_session(db, b"cookie", ada.id, "csrf", START_MS, LATE)
    users.add_token(db, b"token", Token(1, ada.id, "cli", "read", START_MS))
    users.remove_user(db, ada.id)
    assert users.find_user(db, ada.id) is None
    assert users.find_session(db, b"cookie", SOON) is None
    assert users.find_token(db, b"token") is None


def test_a_link_is_used_once_and_in_time(db):
    users.add_link(db, b"invitation", Link("invite", None), LATE)
    assert users.find_link(db, b"invitation", SOON) == Link("invite", None)
    assert users.find_link(db, b"invitation", LATE) is None
    assert users.use_link(db, b"other", SOON) is None
    assert users.use_link(db, b"invitation", SOON) == Link("invite", None)
    assert users.use_link(db, b"invitation", SOON) is None


def test_links_of_a_purpose_are_called_back(db):
    users.add_link(db, b"1", Link("owner", None), LATE)
    users.add_link(db, b"2", Link("invite", None), LATE)
    users.remove_links(db, "owner")
    assert users.find_link(db, b"1", SOON) is None
    assert users.find_link(db, b"2", SOON) is not None


def test_what_expired_is_forgotten(db, ada, user):
    for secret, expires in ((b"old", SOON), (b"new", LATE)):
        users.add_session(db, secret, ada.id, "csrf", START_MS, expires)
        users.add_link(db, secret, Link("invite", None), expires)
    users.forget_expired(db, SOON)
    assert db.execute("SELECT hash FROM sessions").fetchall() == [(b"new",)]
    assert db.execute("SELECT hash FROM links").fetchall() == [(b"new",)]


def test_unread_notifications_are_counted_up_to_a_hundred(db, ada, user):
    bob = add_stranger(db, "bob")
    for number in range(120):
        notifications.add_notification(db, ada.id, "like", bob.id, number, START_MS + number)
    assert users.count_unread(db, ada.id) == 100
    newest = [notice.id for notice, _ in notifications.list_notifications(db, ada.id, 6, 1 << 62)]
    users.set_notifications_read(db, ada.id, newest[5])
    assert users.count_unread(db, ada.id) == 5
    users.set_notifications_read(db, ada.id, newest[0])
    users.set_notifications_read(db, ada.id, 1)
    assert users.count_unread(db, ada.id) == 0


def test_moderators_are_owners_and_moderators_who_may_sign_in(db, ada, user):
    eve, mallory = add_person(db, "eve"), add_person(db, "mallory")
    db.execute("UPDATE users SET role = 'moderator', disabled_ms = 1 WHERE account_id = :id", {"id": mallory.id})
    assert users.list_moderators(db) == [ada.id]
    db.execute("UPDATE users SET role = 'moderator' WHERE account_id = :id", {"id": eve.id})
    assert users.list_moderators(db) == [ada.id, eve.id]
