"""What a node can say of itself in numbers."""

from dataclasses import dataclass

from storage.database import Connection, one_value
from storage.records import Account, columns


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people and posts there are here, and servers that are known."""

    users: int
    posts: int
    domains: int


_USERS = "SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.deleted_ms IS NULL AND a.suspended_ms IS NULL"
_POSTS = "SELECT coalesce(sum(t.posts - t.boosts), 0) FROM tallies t JOIN users u ON u.account_id = t.account_id"
_DOMAINS = "SELECT count(DISTINCT domain) FROM accounts WHERE domain <> ''"
_PEERS = "SELECT DISTINCT domain FROM accounts WHERE domain <> '' ORDER BY domain LIMIT :limit"
_CONTACT = f"""
    SELECT {columns(Account, "a.")} FROM users u JOIN accounts a ON a.id = u.account_id
    WHERE u.role = 'owner' AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL ORDER BY a.id LIMIT 1"""
_WRITTEN = """
    SELECT count(*) FROM posts p JOIN users u ON u.account_id = p.account_id
    WHERE p.id >= :after AND p.id < :before AND p.boost_of_id IS NULL"""
_LOGINS = """
    SELECT count(DISTINCT p.account_id) FROM posts p JOIN users u ON u.account_id = p.account_id WHERE p.id >= :after AND p.id < :before"""
_JOINED = "SELECT count(*) FROM users WHERE created_ms >= :after AND created_ms < :before"


def get_figures(db: Connection) -> Figures:
    """The node in three numbers."""
    return Figures(*(int(one_value(db.execute(sql))) for sql in (_USERS, _POSTS, _DOMAINS)))


def list_peers(db: Connection, limit: int = 10_000) -> list[str]:
    """Servers whose people are known here."""
    return [row[0] for row in db.execute(_PEERS, {"limit": limit}).fetchall()]


def find_contact(db: Connection) -> Account | None:
    """Who keeps the node, or None."""
    row = db.execute(_CONTACT).fetchone()
    return None if row is None else Account(*row)


def count_week(db: Connection, after_id: int, before_id: int) -> tuple[int, int]:
    """How many posts were written here within a span of ids, and by how many people."""
    span = {"after": after_id, "before": before_id}
    return int(one_value(db.execute(_WRITTEN, span))), int(one_value(db.execute(_LOGINS, span)))


def count_joined(db: Connection, after_ms: int, before_ms: int) -> int:
    """How many accounts were made here within a span of time."""
    return int(one_value(db.execute(_JOINED, {"after": after_ms, "before": before_ms})))
