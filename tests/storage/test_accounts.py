"""Accounts: found by every name that they have, changed, moved, emptied; keys and whose they are."""

from dataclasses import replace

import pytest

from storage import accounts, follows, moderation, notifications, posts, reactions, users
from storage.errors import Missing, Taken
from storage.records import Key
from tests.storage.rows import START_MS, add_follow, add_person, add_post, add_stranger, id_at, next_ms


@pytest.fixture
def ada(db):
    return add_person(db, "Ada")


@pytest.fixture
def bob(db):
    return add_stranger(db, "bob", url="https://far.example/@bob", locked=True)


def key_of(account, name="main-key", private_pem=None):
    return Key(f"{account.uri}#{name}", account.id, "rsa", "PEM", private_pem, START_MS)


def test_an_account_is_found_by_id_address_page_and_handle(db, bob):
    assert accounts.find_account(db, bob.id) == bob
    assert accounts.get_account(db, bob.id) == bob
    assert accounts.find_account_by_uri(db, bob.uri) == bob
    assert accounts.find_account_by_address(db, bob.uri) == bob
    assert accounts.find_account_by_address(db, "https://far.example/@bob") == bob
    assert accounts.find_account_by_handle(db, "BOB", "far.example") == bob
    assert bob.locked is True


def test_who_is_not_there_is_not_found(db, bob):
    assert accounts.find_account(db, 17) is None
    assert accounts.find_account_by_uri(db, "https://far.example/@bob") is None
    assert accounts.find_account_by_address(db, "https://far.example/@bo") is None
    assert accounts.find_account_by_handle(db, "bob") is None
    with pytest.raises(Missing):
        accounts.get_account(db, 17)


def test_a_name_of_ours_is_given_out_once_whatever_its_case(db, ada):
    assert accounts.find_account_by_handle(db, "ada") == ada
    with pytest.raises(Taken):
        add_person(db, "aDA", uri="https://here.example/other")


def test_elsewhere_a_person_and_a_group_may_share_a_handle(db, bob):
    group = add_stranger(db, "bob", type="Group", uri="https://far.example/c/bob")
    assert accounts.find_account_by_handle(db, "bob", "far.example") == bob
    assert accounts.find_account_by_uri(db, group.uri) == group


def test_an_actor_id_is_kept_once(db, bob):
    with pytest.raises(Taken):
        add_stranger(db, "bobby", uri=bob.uri)


def test_accounts_are_listed_by_id(db, ada, bob):
    assert accounts.list_accounts(db, [ada.id, bob.id, bob.id, 17]) == {ada.id: ada, bob.id: bob}
    assert accounts.list_accounts(db, []) == {}


def test_an_update_changes_looks_and_nothing_that_is_ours_to_decide(db, bob):
    accounts.set_suspended(db, bob.id, START_MS)
    accounts.set_mode(db, bob.id, "guided")
    accounts.update_account(db, replace(bob, display_name="Bob", locked=False, uri="https://evil.example/", domain="", mode="open"))
    assert accounts.get_account(db, bob.id) == replace(bob, display_name="Bob", locked=False, suspended_ms=START_MS, mode="guided")


def test_a_suspension_ends(db, bob):
    accounts.set_suspended(db, bob.id, START_MS)
    assert not accounts.get_account(db, bob.id).is_active
    accounts.set_suspended(db, bob.id, None)
    assert accounts.get_account(db, bob.id).is_active


def test_a_deleted_account_is_empty_and_keeps_its_name(db, ada):
    accounts.update_account(
        db, replace(ada, display_name="Ada", summary="<p>Me</p>", icon_url="https://here.example/a.png", indexable=True)
    )
    accounts.set_deleted(db, ada.id, START_MS)
    assert accounts.get_account(db, ada.id) == replace(ada, deleted_ms=START_MS, revision_ms=START_MS)
    assert accounts.list_local_accounts(db) == []
    with pytest.raises(Taken):
        add_person(db, "ada", uri="https://here.example/other")


def test_an_accounts_relations_end_and_those_of_others_stay(db, ada, bob):
    eve = add_person(db, "eve")
    add_follow(db, ada, bob)
    add_follow(db, bob, ada)
    add_follow(db, eve, ada)
    moderation.add_block(db, eve.id, bob.id, "", START_MS)
    post = add_post(db, ada)
    reactions.add_like(db, bob.id, post.id, "x", START_MS)
    notifications.add_notification(db, ada.id, "like", bob.id, post.id, START_MS)
    accounts.save_key(db, key_of(bob))

    accounts.remove_relations(db, bob.id)
    assert [follow.id for follow in follows.list_followers(db, ada.id, 10)] == [eve.id]
    assert follows.list_following(db, ada.id, 10) == []
    assert moderation.list_blocked(db, eve.id) == []
    assert reactions.list_likers(db, post.id, 10) == []
    assert notifications.list_notifications(db, ada.id, 10, 1 << 62) == []
    assert accounts.find_key(db, key_of(bob).uri) is None
    assert posts.find_post(db, post.id) is not None


def test_our_own_keys_outlive_the_relations(db, ada):
    key = key_of(ada, private_pem="SECRET")
    accounts.save_key(db, key)
    accounts.remove_relations(db, ada.id)
    assert accounts.list_keys(db, ada.id) == [key]


def test_an_account_moves_and_gets_another_picture(db, bob):
    accounts.set_moved(db, bob.id, "https://new.example/bob", START_MS + 1)
    accounts.set_icon(db, bob.id, "https://far.example/b.png", "Bob", START_MS + 2)
    assert accounts.get_account(db, bob.id) == replace(
        bob, moved_to_uri="https://new.example/bob", icon_url="https://far.example/b.png", icon_alt="Bob", revision_ms=START_MS + 2
    )


def test_a_key_leads_to_its_owner(db, bob):
    accounts.save_key(db, key_of(bob))
    assert accounts.find_key(db, key_of(bob).uri) == (key_of(bob), bob)
    assert accounts.find_key(db, f"{bob.uri}#other") is None


def test_a_key_is_replaced_by_its_owner_and_by_nobody_else(db, ada, bob):
    accounts.save_key(db, key_of(bob))
    accounts.save_key(db, replace(key_of(bob), account_id=ada.id, public_key="STOLEN"))
    assert accounts.find_key(db, key_of(bob).uri) == (key_of(bob), bob)
    rotated = replace(key_of(bob), public_key="ROTATED", fetched_ms=START_MS + 1)
    accounts.save_key(db, rotated)
    assert accounts.find_key(db, rotated.uri) == (rotated, bob)


def test_keys_that_are_listed_no_more_are_dropped(db, bob):
    for name in ("main-key", "ed25519-key"):
        accounts.save_key(db, key_of(bob, name))
    accounts.remove_other_keys(db, bob.id, [f"{bob.uri}#main-key"])
    assert [key.uri for key in accounts.list_keys(db, bob.id)] == [f"{bob.uri}#main-key"]


def test_people_are_counted_and_who_is_active(db, ada, bob):
    eve = add_person(db, "eve")
    add_post(db, bob)
    since = id_at(next_ms())
    add_post(db, ada)
    assert (accounts.count_local_people(db), accounts.count_active_people(db, since)) == (2, 1)
    accounts.set_suspended(db, eve.id, START_MS)
    accounts.set_deleted(db, ada.id, START_MS)
    assert (accounts.count_local_people(db), accounts.count_active_people(db, since)) == (0, 0)
    assert [account.id for account in accounts.list_local_accounts(db)] == [eve.id]
    assert users.has_users(db)
