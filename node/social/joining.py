"""Who belongs to a community of ours: what a Follow of it means, and what comes with it."""

from typing import Literal

from node.site import Site
from storage import communities, follows, stewardship
from storage.communities import MODERATOR, NEWCOMER, Membership
from storage.database import Connection
from storage.records import Account

Answer = Literal["accepted", "requested", "rejected"]
JOIN_MODES = ("open", "request", "invite")


def is_community(account: Account) -> bool:
    """Whether an account is a community of this node."""
    return account.type == "Group" and account.is_local


def answer_for(db: Connection, followee: Account, follower_id: int) -> Answer:
    """How one of ours answers a wish to follow: at once, after somebody has looked, or with a no."""
    if not is_community(followee):
        return "requested" if followee.locked or followee.mode == "supervised" else "accepted"
    if stewardship.is_banned(db, followee.id, follower_id):
        return "rejected"
    community = communities.find_community(db, followee.id)
    if community is None or communities.find_membership(db, followee.id, follower_id) is not None:  # invited
        return "accepted"
    if community.join_mode == "invite":
        return "rejected"
    return "requested" if community.join_mode == "request" or community.is_private else "accepted"


def listeners(db: Connection, followee: Account) -> list[int]:
    """Who is told that somebody follows, or asks to: a community's moderators, else the account itself."""
    if not is_community(followee):
        return [followee.id]
    return [moderator.id for moderator in communities.list_moderators(db, followee.id) if moderator.is_local]


def admit(db: Connection, site: Site, followee: Account, follower_id: int) -> None:
    """Notes a new member, where the account that is followed from now on is a community; an invited one keeps the role given."""
    if is_community(followee) and communities.find_membership(db, followee.id, follower_id) is None:
        communities.save_membership(db, Membership(followee.id, follower_id, NEWCOMER, is_approved=False, joined_ms=site.now_ms()))


def dismiss(db: Connection, followee: Account, follower_id: int) -> None:
    """Forgets a member who no longer follows."""
    if is_community(followee):
        communities.remove_membership(db, followee.id, follower_id)


def is_member(db: Connection, community_id: int, account_id: int) -> bool:
    """Whether someone belongs to a community: they follow it, and it has said yes."""
    return follows.is_following(db, account_id, community_id)


def is_last_moderator(db: Connection, followee: Account, account_id: int) -> bool:
    """Whether nobody would look after a community of ours without someone."""
    if not is_community(followee):
        return False
    return [each.id for each in communities.list_moderators(db, followee.id)] == [account_id]


def role_of(db: Connection, community_id: int, account_id: int) -> str:
    """A member's role, '' for somebody who is none."""
    found = communities.find_membership(db, community_id, account_id) if is_member(db, community_id, account_id) else None
    return found.role if found else ""


def moderates(db: Connection, community_id: int, account_id: int) -> bool:
    """Whether someone looks after a community."""
    return role_of(db, community_id, account_id) == MODERATOR
