"""Who follows whom."""

from storage.database import Connection, one_value
from storage.records import Account, Follow, columns, placeholders, values

_INSERT = f"INSERT INTO follows ({columns(Follow)}) VALUES ({placeholders(Follow)})"
_SELECT = f"SELECT {columns(Follow)} FROM follows "
_ONE = _SELECT + "WHERE follower_id = :follower AND followee_id = :followee"
_OF_BY_URI = _SELECT + "WHERE followee_id = :id AND uri = :uri"
_BY_BY_URI = _SELECT + "WHERE follower_id = :id AND uri = :uri"
_FOLLOWERS = f"""
    SELECT {columns(Account, "a.")} FROM follows f JOIN accounts a ON a.id = f.follower_id
    WHERE f.followee_id = :id AND f.state = :state AND f.follower_id > :after ORDER BY f.follower_id LIMIT :limit"""
_FOLLOWING = f"""
    SELECT {columns(Account, "a.")} FROM follows f JOIN accounts a ON a.id = f.followee_id
    WHERE f.follower_id = :id AND f.state = :state AND f.followee_id > :after ORDER BY f.followee_id LIMIT :limit"""

_FOLLOWING_OF_DOMAIN = f"""
    SELECT {columns(Account, "a.")} FROM follows f JOIN accounts a ON a.id = f.followee_id
    WHERE f.follower_id = :id AND a.domain = :domain"""
_FOLLOWERS_OF_DOMAIN = f"""
    SELECT {columns(Follow, "f.")} FROM follows f JOIN accounts a ON a.id = f.follower_id
    WHERE f.followee_id = :id AND a.domain = :domain"""


def add_follow(db: Connection, follow: Follow) -> bool:
    """True where the follow or request is new; one that stands keeps its state and takes the new URI."""
    known = find_follow(db, follow.follower_id, follow.followee_id)
    if known is not None:
        sql = "UPDATE follows SET uri = :uri WHERE follower_id = :follower_id AND followee_id = :followee_id"
        db.execute(sql, {"uri": follow.uri, "follower_id": follow.follower_id, "followee_id": follow.followee_id})
        return False
    db.execute(_INSERT, values(follow))
    return True


def find_follow(db: Connection, follower_id: int, followee_id: int) -> Follow | None:
    """The follow or request, or None."""
    row = db.execute(_ONE, {"follower": follower_id, "followee": followee_id}).fetchone()
    return None if row is None else Follow(*row)


def set_options(db: Connection, follower_id: int, followee_id: int, *, shows_boosts: bool, notifies: bool, languages: str) -> None:
    """How somebody follows: with boosts, told of each post, in some languages alone."""
    sql = (
        "UPDATE follows SET shows_boosts = :boosts, notifies = :notifies, languages = :languages"
        " WHERE follower_id = :follower AND followee_id = :followee"
    )
    given = {"boosts": shows_boosts, "notifies": notifies, "languages": languages}
    db.execute(sql, {"follower": follower_id, "followee": followee_id, **given})


def list_following_of_domain(db: Connection, account_id: int, domain: str) -> list[Account]:
    """Whom of a server an account follows."""
    return [Account(*row) for row in db.execute(_FOLLOWING_OF_DOMAIN, {"id": account_id, "domain": domain}).fetchall()]


def list_followers_of_domain(db: Connection, account_id: int, domain: str) -> list[Follow]:
    """The follows of an account by people of a server."""
    return [Follow(*row) for row in db.execute(_FOLLOWERS_OF_DOMAIN, {"id": account_id, "domain": domain}).fetchall()]


def accept_follow(db: Connection, follower_id: int, followee_id: int) -> bool:
    """True where a request became a follow just now."""
    sql = "UPDATE follows SET state = 'accepted' WHERE follower_id = :follower AND followee_id = :followee AND state = 'requested'"
    return db.execute(sql, {"follower": follower_id, "followee": followee_id}).rowcount == 1


def ask_again(db: Connection, follower_id: int, followee_id: int) -> None:
    """A follow is a request again."""
    sql = "UPDATE follows SET state = 'requested' WHERE follower_id = :follower AND followee_id = :followee"
    db.execute(sql, {"follower": follower_id, "followee": followee_id})


def remove_follow(db: Connection, follower_id: int, followee_id: int) -> bool:
    """True where there was a follow or request."""
    sql = "DELETE FROM follows WHERE follower_id = :follower AND followee_id = :followee"
    return db.execute(sql, {"follower": follower_id, "followee": followee_id}).rowcount == 1


def is_following(db: Connection, follower_id: int, followee_id: int) -> bool:
    """Whether the follow was accepted."""
    sql = "SELECT 1 FROM follows WHERE follower_id = :follower AND followee_id = :followee AND state = 'accepted'"
    return db.execute(sql, {"follower": follower_id, "followee": followee_id}).fetchone() is not None


def count_followers(db: Connection, account_id: int) -> int:
    """How many follow an account."""
    return int(one_value(db.execute("SELECT count(*) FROM follows WHERE followee_id = :id AND state = 'accepted'", {"id": account_id})))


def count_following(db: Connection, account_id: int) -> int:
    """How many an account follows."""
    return int(one_value(db.execute("SELECT count(*) FROM follows WHERE follower_id = :id AND state = 'accepted'", {"id": account_id})))


def count_requests(db: Connection, account_id: int) -> int:
    """How many ask to follow an account."""
    return int(one_value(db.execute("SELECT count(*) FROM follows WHERE followee_id = :id AND state = 'requested'", {"id": account_id})))


def list_followers(db: Connection, account_id: int, limit: int, after: int = 0, state: str = "accepted") -> list[Account]:
    """Followers (or, with state 'requested', those who ask), by account id upward."""
    parameters = {"id": account_id, "state": state, "after": after, "limit": limit}
    return [Account(*row) for row in db.execute(_FOLLOWERS, parameters).fetchall()]


def list_following(db: Connection, account_id: int, limit: int, after: int = 0, state: str = "accepted") -> list[Account]:
    """Whom an account follows (or has asked), by account id upward."""
    parameters = {"id": account_id, "state": state, "after": after, "limit": limit}
    return [Account(*row) for row in db.execute(_FOLLOWING, parameters).fetchall()]


def list_follower_inboxes(db: Connection, account_id: int) -> list[str]:
    """The distinct inboxes of an account's followers on other servers, shared ones where there are such."""
    sql = (
        "SELECT DISTINCT coalesce(a.shared_inbox, a.inbox) FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.followee_id = :id AND f.state = 'accepted' AND a.domain <> '' AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL"
    )
    return [row[0] for row in db.execute(sql, {"id": account_id}).fetchall()]


def list_movers(db: Connection, old_id: int, new_id: int) -> list[int]:
    """Our people who follow the old account and not yet the new one."""
    sql = (
        "SELECT f.follower_id FROM follows f JOIN users u ON u.account_id = f.follower_id"
        " WHERE f.followee_id = :old AND f.state = 'accepted' AND f.follower_id <> :new"
        " AND NOT EXISTS (SELECT 1 FROM follows g WHERE g.follower_id = f.follower_id AND g.followee_id = :new)"
    )
    return [row[0] for row in db.execute(sql, {"old": old_id, "new": new_id}).fetchall()]


def list_local_followers(db: Connection, account_id: int) -> list[int]:
    """Our people who follow an account."""
    sql = (
        "SELECT f.follower_id FROM follows f JOIN users u ON u.account_id = f.follower_id"
        " WHERE f.followee_id = :id AND f.state = 'accepted'"
    )
    return [row[0] for row in db.execute(sql, {"id": account_id}).fetchall()]


def has_local_follower(db: Connection, account_id: int) -> bool:
    """Whether anybody here follows an account."""
    sql = "SELECT 1 FROM follows f JOIN users u ON u.account_id = f.follower_id WHERE f.followee_id = :id AND f.state = 'accepted' LIMIT 1"
    return db.execute(sql, {"id": account_id}).fetchone() is not None


def find_follow_by_uri(db: Connection, followee_id: int, uri: str) -> Follow | None:
    """The follow of an account that has a URI, or None: for an Accept that names only the Follow."""
    row = db.execute(_OF_BY_URI, {"id": followee_id, "uri": uri}).fetchone()
    return None if row is None else Follow(*row)


def find_followed(db: Connection, follower_id: int, uri: str) -> Follow | None:
    """The follow by an account that has a URI, or None: for an Undo that names only the Follow."""
    row = db.execute(_BY_BY_URI, {"id": follower_id, "uri": uri}).fetchone()
    return None if row is None else Follow(*row)
