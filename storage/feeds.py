"""Feeds of the web that people here follow, and which of their entries came already."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and the account that brings its entries; etag and last_modified as its server gave them."""

    account_id: int
    address: str
    etag: str = ""
    last_modified: str = ""
    fetched_ms: int = 0
    next_ms: int = 0
    failures: int = 0
    state: str = "active"  # active, ended
    problem: str = ""


_SELECT = f"SELECT {columns(Feed)} FROM feeds "
_BY_ID = _SELECT + "WHERE account_id = :id"
_BY_ADDRESS = _SELECT + "WHERE address = :address"
_INSERT = f"INSERT INTO feeds ({columns(Feed)}) VALUES ({placeholders(Feed)})"
_UPDATE = (
    "UPDATE feeds SET etag = :etag, last_modified = :last_modified, fetched_ms = :fetched_ms, next_ms = :next_ms,"
    " failures = :failures, state = :state, problem = :problem WHERE account_id = :account_id"
)
_ENTRIES = "SELECT guid, post_id, digest FROM feed_entries WHERE account_id = :account AND guid IN (:guids)"
_FOLLOWED = f"""
    SELECT {columns(Feed, "d.")} FROM follows f JOIN feeds d ON d.account_id = f.followee_id
    WHERE f.follower_id = :id AND f.state = 'accepted' ORDER BY d.account_id"""


def add_feed(db: Connection, feed: Feed) -> None:
    """Keeps a new feed. Raises Taken where its address is known."""
    db.execute(_INSERT, values(feed))


def update_feed(db: Connection, feed: Feed) -> None:
    """Notes how a fetch ended."""
    db.execute(_UPDATE, values(feed))


def find_feed(db: Connection, account_id: int) -> Feed | None:
    """The feed that an account brings, or None."""
    row = db.execute(_BY_ID, {"id": account_id}).fetchone()
    return None if row is None else Feed(*row)


def find_feed_by_address(db: Connection, address: str) -> Feed | None:
    """The feed at an address, or None."""
    row = db.execute(_BY_ADDRESS, {"address": address}).fetchone()
    return None if row is None else Feed(*row)


def list_due_feeds(db: Connection, now_ms: int, limit: int) -> list[int]:
    """The accounts of feeds that somebody follows and that are to be fetched, those first that have waited longest."""
    sql = (
        "SELECT d.account_id FROM feeds d WHERE d.state = 'active' AND d.next_ms <= :now"
        " AND EXISTS (SELECT 1 FROM follows f WHERE f.followee_id = d.account_id AND f.state = 'accepted')"
        " ORDER BY d.next_ms LIMIT :limit"
    )
    return [row[0] for row in db.execute(sql, {"now": now_ms, "limit": limit}).fetchall()]


def list_followed_feeds(db: Connection, follower_id: int) -> list[Feed]:
    """The feeds that somebody follows."""
    return [Feed(*row) for row in db.execute(_FOLLOWED, {"id": follower_id}).fetchall()]


def list_entries(db: Connection, account_id: int, guids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Which of some entries came already: (post id, digest of what they said), by GUID."""
    rows = db.execute(*with_list(_ENTRIES, "guids", guids, account=account_id)).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}


def save_entry(db: Connection, account_id: int, guid: str, post_id: int, digest: str) -> None:
    """Remembers an entry, or what it says now."""
    db.execute(
        "INSERT INTO feed_entries (account_id, guid, post_id, digest) VALUES (:account, :guid, :post, :digest)"
        " ON CONFLICT (account_id, guid) DO UPDATE SET digest = excluded.digest",
        {"account": account_id, "guid": guid, "post": post_id, "digest": digest},
    )
