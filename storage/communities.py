"""Communities, who belongs to them, and what stands in them.

A community is an account of the type Group. A row in `communities` says how one of ours is run; `community_posts` knows what stands in
ours and in those of other servers.
"""

from dataclasses import dataclass

from storage.database import Connection, one_value
from storage.records import Account, columns, placeholders, values

NEWCOMER, MEMBER, MENTOR, ALUMNUS, EMPLOYER, GUEST, MODERATOR = ROLES = (
    "newcomer", "member", "mentor", "alumnus", "employer", "guest", "moderator",
)  # fmt: skip
SHOWN, WAITING, REMOVED = "shown", "waiting", "removed"


@dataclass(frozen=True, slots=True)
class Community:
    """How a community of ours is run."""

    account_id: int
    join_mode: str  # open, request, invite
    is_private: bool
    approves_first: bool
    created_ms: int
    members_shown_to: str = ""  # everyone, members; '' is members for a class, everyone for others


@dataclass(frozen=True, slots=True)
class Membership:
    """Someone's part in a community of ours. Without a follow beside it, it is an invitation."""

    community_id: int
    account_id: int
    role: str
    is_approved: bool  # a first post of theirs was let in
    joined_ms: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands. activity: what brought a waiting post (JSON), to be passed on unchanged."""

    community_id: int
    post_id: int
    state: str
    locked: bool
    added_ms: int
    activity: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A community in a list."""

    account: Account
    members: int
    is_private: bool
    join_mode: str


_COMMUNITY = f"SELECT {columns(Community)} FROM communities WHERE account_id = :id"
_SAVE = f"""
    INSERT INTO communities ({columns(Community)}) VALUES ({placeholders(Community)})
    ON CONFLICT (account_id) DO UPDATE SET
    join_mode = excluded.join_mode, is_private = excluded.is_private, approves_first = excluded.approves_first,
    members_shown_to = excluded.members_shown_to"""
_MEMBERS = "(SELECT count(*) FROM follows f WHERE f.followee_id = a.id AND f.state = 'accepted')"
_ALL = f"""
    SELECT {columns(Account, "a.")}, {_MEMBERS}, c.is_private, c.join_mode FROM communities c JOIN accounts a ON a.id = c.account_id
    WHERE a.suspended_ms IS NULL AND a.deleted_ms IS NULL AND c.account_id > :after ORDER BY c.account_id LIMIT :limit"""
_JOINED = f"""
    SELECT {columns(Account, "a.")} FROM follows f JOIN accounts a ON a.id = f.followee_id
    WHERE f.follower_id = :id AND f.state = 'accepted' AND a.type = 'Group' AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL
    ORDER BY f.followee_id LIMIT :limit"""
_MEMBERSHIP = f"SELECT {columns(Membership)} FROM memberships WHERE community_id = :community AND account_id = :account"
_ADD_MEMBER = f"""
    INSERT INTO memberships ({columns(Membership)}) VALUES ({placeholders(Membership)})
    ON CONFLICT (community_id, account_id) DO UPDATE SET role = excluded.role, is_approved = excluded.is_approved"""
_IS_MEMBER = (
    "EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = m.account_id AND f.followee_id = m.community_id AND f.state = 'accepted')"
)
_LIST_MEMBERS = f"""
    SELECT m.role, {columns(Account, "a.")} FROM memberships m JOIN accounts a ON a.id = m.account_id
    WHERE m.community_id = :community AND m.account_id > :after AND {_IS_MEMBER} ORDER BY m.account_id LIMIT :limit"""
_MODERATORS = f"""
    SELECT {columns(Account, "a.")} FROM memberships m JOIN accounts a ON a.id = m.account_id
    WHERE m.community_id = :community AND m.role = 'moderator' ORDER BY m.joined_ms, m.account_id"""
_PLACE = f"SELECT {columns(Place)} FROM community_posts WHERE community_id = :community AND post_id = :post"
_PLACES = f"SELECT {columns(Place)} FROM community_posts WHERE post_id = :post ORDER BY community_id"
_ADD_PLACE = f"INSERT INTO community_posts ({columns(Place)}) VALUES ({placeholders(Place)}) ON CONFLICT DO NOTHING"
_WAITING = (
    f"SELECT {columns(Place)} FROM community_posts WHERE community_id = :community AND state = 'waiting' ORDER BY post_id LIMIT :limit"
)


def save_community(db: Connection, community: Community) -> None:
    """Keeps how a community is run, new or changed."""
    db.execute(_SAVE, values(community))


def find_community(db: Connection, account_id: int) -> Community | None:
    """How a community of ours is run, or None where the account is none."""
    row = db.execute(_COMMUNITY, {"id": account_id}).fetchone()
    return None if row is None else Community(row[0], row[1], bool(row[2]), bool(row[3]), row[4], row[5])


def list_communities(db: Connection, limit: int, after: int = 0) -> list[Listed]:
    """The communities of this node, oldest first."""
    rows = db.execute(_ALL, {"after": after, "limit": limit}).fetchall()
    return [Listed(Account(*row[:-3]), int(row[-3]), bool(row[-2]), str(row[-1])) for row in rows]


def list_joined(db: Connection, account_id: int, limit: int = 100) -> list[Account]:
    """The communities, here and elsewhere, that someone belongs to."""
    return [Account(*row) for row in db.execute(_JOINED, {"id": account_id, "limit": limit}).fetchall()]


def save_membership(db: Connection, membership: Membership) -> None:
    """Gives someone a part in a community, or another one."""
    db.execute(_ADD_MEMBER, values(membership))


def find_membership(db: Connection, community_id: int, account_id: int) -> Membership | None:
    """Someone's part in a community, or None."""
    row = db.execute(_MEMBERSHIP, {"community": community_id, "account": account_id}).fetchone()
    return None if row is None else Membership(row[0], row[1], row[2], bool(row[3]), row[4])


def remove_membership(db: Connection, community_id: int, account_id: int) -> bool:
    """True where there was one."""
    sql = "DELETE FROM memberships WHERE community_id = :community AND account_id = :account"
    return db.execute(sql, {"community": community_id, "account": account_id}).rowcount == 1


def is_moderator(db: Connection, community_id: int, account_id: int) -> bool:
    """Whether someone moderates a community."""
    sql = "SELECT 1 FROM memberships WHERE community_id = :community AND account_id = :account AND role = 'moderator'"
    return db.execute(sql, {"community": community_id, "account": account_id}).fetchone() is not None


def list_members(db: Connection, community_id: int, limit: int, after: int = 0) -> list[tuple[Account, str]]:
    """Members of a community of ours with their roles, by account id upward."""
    rows = db.execute(_LIST_MEMBERS, {"community": community_id, "after": after, "limit": limit}).fetchall()
    return [(Account(*row[1:]), row[0]) for row in rows]


def list_moderators(db: Connection, community_id: int) -> list[Account]:
    """Who moderates a community of ours, longest first."""
    return [Account(*row) for row in db.execute(_MODERATORS, {"community": community_id}).fetchall()]


def add_place(db: Connection, place: Place) -> bool:
    """True where the post stands in the community only now."""
    return db.execute(_ADD_PLACE, values(place)).rowcount == 1


def find_place(db: Connection, community_id: int, post_id: int) -> Place | None:
    """Where a post stands in a community, or None."""
    row = db.execute(_PLACE, {"community": community_id, "post": post_id}).fetchone()
    return None if row is None else _place(row)


def list_places(db: Connection, post_id: int) -> list[Place]:
    """In which communities a post stands."""
    return [_place(row) for row in db.execute(_PLACES, {"post": post_id}).fetchall()]


def list_waiting(db: Connection, community_id: int, limit: int) -> list[Place]:
    """What waits for a moderator, oldest first."""
    return [_place(row) for row in db.execute(_WAITING, {"community": community_id, "limit": limit}).fetchall()]


def set_state(db: Connection, community_id: int, post_id: int, state: str) -> bool:
    """True where a post was in another state before; what brought it is kept only while it is held."""
    sql = (
        "UPDATE community_posts SET state = :state,"
        " activity = CASE WHEN EXISTS (SELECT 1 FROM held_posts h WHERE h.post_id = :post) THEN activity ELSE NULL END"
        " WHERE community_id = :community AND post_id = :post AND state <> :state"
    )
    return db.execute(sql, {"state": state, "community": community_id, "post": post_id}).rowcount == 1


def set_locked(db: Connection, community_id: int, post_id: int, *, locked: bool) -> bool:
    """True where the thread was not locked (or unlocked) before."""
    sql = "UPDATE community_posts SET locked = :locked WHERE community_id = :community AND post_id = :post AND locked <> :locked"
    return db.execute(sql, {"locked": locked, "community": community_id, "post": post_id}).rowcount == 1


def is_locked(db: Connection, community_id: int, post_ids: tuple[int, int]) -> bool:
    """Whether one of two posts, what is answered and the beginning of its thread, is locked in a community."""
    sql = "SELECT 1 FROM community_posts WHERE community_id = :community AND post_id IN (:one, :other) AND locked"
    return db.execute(sql, {"community": community_id, "one": post_ids[0], "other": post_ids[1]}).fetchone() is not None


def add_invite(db: Connection, secret_hash: bytes, community_id: int, role: str, expires_ms: int) -> None:
    """A link by which people join; it holds until it expires."""
    sql = "INSERT INTO community_invites (hash, community_id, role, expires_ms) VALUES (:hash, :community, :role, :expires)"
    db.execute(sql, {"hash": secret_hash, "community": community_id, "role": role, "expires": expires_ms})


def find_invite(db: Connection, secret_hash: bytes, now_ms: int) -> tuple[int, str] | None:
    """(community id, role) of an invitation that still holds, or None."""
    sql = "SELECT community_id, role FROM community_invites WHERE hash = :hash AND expires_ms > :now"
    row = db.execute(sql, {"hash": secret_hash, "now": now_ms}).fetchone()
    return None if row is None else (row[0], row[1])


def count_shown(db: Connection, community_id: int) -> int:
    """How many posts stand in a community."""
    sql = "SELECT count(*) FROM community_posts WHERE community_id = :community AND state = 'shown'"
    return int(one_value(db.execute(sql, {"community": community_id})))


def _place(row: tuple[int, int, str, int, int, str | None]) -> Place:
    return Place(row[0], row[1], row[2], bool(row[3]), row[4], row[5])
