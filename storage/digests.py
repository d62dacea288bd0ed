"""Who wants a digest, how often, and what could be in it."""

from dataclasses import dataclass

from storage.database import Connection
from storage.posts import ACTIVE, visible
from storage.records import columns, placeholders, values

CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class DigestWish:
    """How somebody wants their digest. serendipity: the share from outside of their own network, 0.0 to 1.0."""

    account_id: int
    every: str = "weekly"  # daily, weekly
    by_mail: bool = False
    serendipity: float = 0.2
    next_ms: int = 0
    since_id: int = 0
    secret: str = ""  # of the link that ends the mails


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that could be in a digest. booster_id: whoever passed it on; is_second: followed by somebody whom the reader follows."""

    post_id: int
    author_id: int
    booster_id: int | None
    score: int
    is_second: bool
    is_within: bool = False  # of the reader's own clusters, though not followed


_SELECT = f"SELECT {columns(DigestWish)} FROM digests "
_BY_ACCOUNT = _SELECT + "WHERE account_id = :id"
_BY_SECRET = _SELECT + "WHERE secret = :secret AND secret <> ''"
_DUE = _SELECT + "WHERE next_ms <= :now AND by_mail ORDER BY next_ms LIMIT :limit"
_SAVE = f"""
    INSERT INTO digests ({columns(DigestWish)}) VALUES ({placeholders(DigestWish)})
    ON CONFLICT (account_id) DO UPDATE SET every = excluded.every, by_mail = excluded.by_mail, serendipity = excluded.serendipity,
    next_ms = excluded.next_ms, since_id = excluded.since_id, secret = excluded.secret"""
_SCORE = "p.likes_count + 2 * p.boosts_count + 2 * p.replies_count"
_WANTED = f"""
    p.account_id <> :viewer AND p.visibility <= 1 AND p.boost_of_id IS NULL AND p.in_reply_to_uri IS NULL AND {ACTIVE} AND {visible("p")}
    AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :viewer AND x.target_id = p.account_id)
    AND NOT EXISTS (SELECT 1 FROM mutes x WHERE x.account_id = :viewer AND x.target_id = p.account_id)"""
_NEAR = f"""
    SELECT p.id, p.account_id, CASE WHEN e.boost_of_id IS NULL THEN NULL ELSE e.account_id END, {_SCORE} AS score, 0
    FROM home h JOIN posts e ON e.id = h.post_id JOIN posts p ON p.id = coalesce(e.boost_of_id, e.id) JOIN accounts a ON a.id = p.account_id
    WHERE h.account_id = :viewer AND h.post_id > :since AND {_WANTED}
    ORDER BY score DESC, p.id DESC LIMIT :limit"""
_FAR = f"""
    SELECT p.id, p.account_id, NULL, {_SCORE} AS score,
        EXISTS (SELECT 1 FROM follows f JOIN follows g ON g.follower_id = f.followee_id AND g.state = 'accepted'
            WHERE f.follower_id = :viewer AND f.state = 'accepted' AND g.followee_id = p.account_id) AS second
    FROM posts p CROSS JOIN accounts a
    WHERE a.id = p.account_id AND p.id > :since AND p.visibility = 0 AND a.discoverable AND {_WANTED}
        AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = :viewer AND f.followee_id = p.account_id)
        AND NOT EXISTS (SELECT 1 FROM home h WHERE h.account_id = :viewer AND h.post_id = p.id)
    ORDER BY second, score DESC, p.id DESC LIMIT :limit"""


def find_wish(db: Connection, account_id: int) -> DigestWish | None:
    """How somebody wants their digest, or None where they never said."""
    return _one(db, _BY_ACCOUNT, {"id": account_id})


def find_wish_by_secret(db: Connection, secret: str) -> DigestWish | None:
    """Whose mails a link ends, or None."""
    return _one(db, _BY_SECRET, {"secret": secret})


def save_wish(db: Connection, wish: DigestWish) -> None:
    """Replaces how somebody wants their digest."""
    db.execute(_SAVE, values(wish))


def list_due(db: Connection, now_ms: int, limit: int) -> list[DigestWish]:
    """Whose mail is due, those first that have waited longest."""
    return [DigestWish(*row) for row in db.execute(_DUE, {"now": now_ms, "limit": limit}).fetchall()]


def list_near(db: Connection, viewer_id: int, since_id: int) -> list[Candidate]:
    """Public and unlisted posts out of the reader's own timeline, what others took to first."""
    return _candidates(db, _NEAR, viewer_id, since_id)


def list_far(db: Connection, viewer_id: int, since_id: int) -> list[Candidate]:
    """Public posts of people whom the reader does not follow and who may be recommended, the furthest from the reader first."""
    return _candidates(db, _FAR, viewer_id, since_id)


def _candidates(db: Connection, sql: str, viewer_id: int, since_id: int) -> list[Candidate]:
    rows = db.execute(sql, {"viewer": viewer_id, "since": since_id, "limit": CANDIDATES}).fetchall()
    return [Candidate(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def _one(db: Connection, sql: str, parameters: dict[str, object]) -> DigestWish | None:
    row = db.execute(sql, parameters).fetchone()
    return None if row is None else DigestWish(*row)
