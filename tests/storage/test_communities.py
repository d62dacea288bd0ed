"""Communities in the database: who belongs, what stands where, who sees it."""

import pytest

from storage import communities, follows, posts, stewardship, timelines
from storage.communities import Community, Membership, Place
from storage.records import DIRECT, PRIVATE
from storage.stewardship import Deed
from tests.storage.rows import add_boost, add_follow, add_person, add_post, add_stranger, next_ms


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


@pytest.fixture
def bo(db):
    return add_person(db, "bo")


@pytest.fixture
def club(db):
    found = add_stranger(db, "club", "", type="Group")
    communities.save_community(db, Community(found.id, "open", is_private=False, approves_first=False, created_ms=1))
    return found


def place(db, group, post, state="shown"):
    communities.add_place(db, Place(group.id, post.id, state, locked=False, added_ms=next_ms(), activity="{}"))


def join(db, group, account, role="member"):
    add_follow(db, account, group)
    communities.save_membership(db, Membership(group.id, account.id, role, is_approved=True, joined_ms=next_ms()))


def test_a_community_is_kept_and_changed(db, club):
    assert communities.find_community(db, club.id) == Community(club.id, "open", False, False, 1)
    communities.save_community(db, Community(club.id, "invite", True, True, 5))
    assert communities.find_community(db, club.id) == Community(club.id, "invite", True, True, 1)
    assert communities.find_community(db, club.id + 1) is None


def test_members_are_those_who_follow(db, club, ada, bo):
    join(db, club, ada, "moderator")
    communities.save_membership(db, Membership(club.id, bo.id, "mentor", is_approved=False, joined_ms=1))
    assert [(account.name, role) for account, role in communities.list_members(db, club.id, 10)] == [("ada", "moderator")]
    assert [listed.members for listed in communities.list_communities(db, 10)] == [1]
    assert [account.name for account in communities.list_joined(db, ada.id)] == ["club"]
    assert communities.list_joined(db, bo.id) == []
    assert [communities.is_moderator(db, club.id, each.id) for each in (ada, bo)] == [True, False]


@pytest.mark.parametrize("visibility", [PRIVATE, DIRECT])
def test_members_see_what_stands_in_a_closed_community_and_moderators_what_waits(db, club, ada, bo, visibility):
    cleo, author = add_person(db, "cleo"), add_person(db, "author")
    join(db, club, ada, "moderator")
    join(db, club, bo)
    add_follow(db, cleo, club, state="requested")
    post = add_post(db, author, visibility=visibility)
    place(db, club, post, "waiting")
    readers = (author.id, ada.id, bo.id, cleo.id, 0)
    assert [posts.is_visible(db, post.id, reader) for reader in readers] == [True, True, False, False, False]
    communities.set_state(db, club.id, post.id, "shown")
    assert [posts.is_visible(db, post.id, reader) for reader in readers] == [True, True, True, False, False]
    communities.set_state(db, club.id, post.id, "removed")
    assert [posts.is_visible(db, post.id, reader) for reader in readers] == [True, False, False, False, False]


def test_the_timeline_of_a_closed_community_is_its_members(db, club, ada, bo):
    author = add_person(db, "author")
    join(db, club, ada)
    post = add_post(db, author, visibility=DIRECT)
    place(db, club, post)
    add_boost(db, club, post, visibility=PRIVATE)
    assert [entry.post_id for entry in timelines.list_account_posts(db, club.id, ada.id, 10)] == [post.id]
    assert timelines.list_account_posts(db, club.id, bo.id, 10) == []
    follows.remove_follow(db, ada.id, club.id)
    assert timelines.list_account_posts(db, club.id, ada.id, 10) == []


def test_what_brought_a_post_is_kept_while_it_waits(db, club, ada):
    post = add_post(db, ada)
    place(db, club, post, "waiting")
    assert [each.activity for each in communities.list_waiting(db, club.id, 10)] == ["{}"]
    assert communities.set_state(db, club.id, post.id, "shown")
    assert not communities.set_state(db, club.id, post.id, "shown")
    assert communities.find_place(db, club.id, post.id).activity is None
    assert communities.list_waiting(db, club.id, 10) == []
    assert communities.count_shown(db, club.id) == 1


def test_a_lock_holds_for_the_thread(db, club, ada):
    root, other = add_post(db, ada), add_post(db, ada)
    place(db, club, root)
    assert communities.set_locked(db, club.id, root.id, locked=True)
    assert not communities.set_locked(db, club.id, root.id, locked=True)
    assert communities.is_locked(db, club.id, (other.id, root.id))
    assert not communities.is_locked(db, club.id, (other.id, other.id))


def test_an_invitation_holds_until_it_ends(db, club):
    communities.add_invite(db, b"hash", club.id, "mentor", 1000)
    assert communities.find_invite(db, b"hash", 999) == (club.id, "mentor")
    assert communities.find_invite(db, b"hash", 1000) is None
    assert communities.find_invite(db, b"other", 1) is None


def test_bans_and_the_log(db, club, ada, bo):
    assert stewardship.add_ban(db, club.id, bo.id, "spam", 1)
    assert not stewardship.add_ban(db, club.id, bo.id, "spam", 1)
    assert [(account.name, reason) for account, reason in stewardship.list_bans(db, club.id)] == [("bo", "spam")]
    for number in (1, 2, 3):
        stewardship.add_deed(db, Deed(number, club.id, ada.id, "ban", bo.id, None, bo.uri, "spam", 1))
    assert [deed.id for deed in stewardship.list_deeds(db, club.id, 2, 1 << 62)] == [3, 2]
    assert [deed.id for deed in stewardship.list_deeds(db, club.id, 2, 2)] == [1]
    assert stewardship.remove_ban(db, club.id, bo.id)
    assert not stewardship.is_banned(db, club.id, bo.id)
