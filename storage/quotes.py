"""Posts that quote others, and whether they may (FEP-044f)."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Quote:
    """That one post quotes another. stamp_uri: where the quoted author's consent can be looked up."""

    post_id: int
    quoted_id: int | None
    quoted_uri: str
    state: str = "pending"  # pending, accepted, rejected, revoked
    request_uri: str = ""
    stamp_uri: str = ""


_SAVE = f"""
    INSERT INTO quotes ({columns(Quote)}) VALUES ({placeholders(Quote)}) ON CONFLICT (post_id) DO UPDATE SET
    quoted_id = excluded.quoted_id, quoted_uri = excluded.quoted_uri, state = excluded.state, request_uri = excluded.request_uri,
    stamp_uri = excluded.stamp_uri"""
_SELECT = f"SELECT {columns(Quote)} FROM quotes "
_OF = _SELECT + "WHERE post_id IN (:ids)"
_BY_STAMP = _SELECT + "WHERE stamp_uri = :uri"
_BY_REQUEST = _SELECT + "WHERE request_uri = :uri ORDER BY post_id DESC LIMIT 1"
_COUNTS = "SELECT quoted_id, count(*) FROM quotes WHERE state = 'accepted' AND quoted_id IN (:ids) GROUP BY quoted_id"


def save_quote(db: Connection, quote: Quote) -> None:
    """Keeps what is known of a quote, or changes it."""
    db.execute(_SAVE, values(quote))


def list_quotes(db: Connection, post_ids: Sequence[int]) -> dict[int, Quote]:
    """The quotes in some posts, by post id."""
    return {row[0]: Quote(*row) for row in db.execute(*with_list(_OF, "ids", set(post_ids))).fetchall()}


def find_quote(db: Connection, post_id: int) -> Quote | None:
    """The quote in a post, or None."""
    return list_quotes(db, [post_id]).get(post_id)


def find_by_stamp(db: Connection, uri: str) -> Quote | None:
    """The quote that a stamp allows, or None."""
    row = db.execute(_BY_STAMP, {"uri": uri}).fetchone()
    return None if row is None else Quote(*row)


def find_by_request(db: Connection, uri: str) -> Quote | None:
    """The quote that a request was about, or None."""
    row = db.execute(_BY_REQUEST, {"uri": uri}).fetchone()
    return None if row is None else Quote(*row)


def count_quotes(db: Connection, post_ids: Sequence[int]) -> dict[int, int]:
    """How often some posts are quoted with consent, by post id; without those that are not."""
    return {row[0]: row[1] for row in db.execute(*with_list(_COUNTS, "ids", set(post_ids))).fetchall()}
