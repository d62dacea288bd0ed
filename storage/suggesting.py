"""Whom somebody may like to follow."""

from dataclasses import dataclass

from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account, and how many speak for it: of those whom one follows, or of everybody known here."""

    account_id: int
    count: int


_OPEN = """
    a.discoverable AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL AND a.moved_to_uri IS NULL AND a.id <> :viewer
    AND a.mode <> 'supervised'
    AND NOT EXISTS (SELECT 1 FROM follows m WHERE m.follower_id = :viewer AND m.followee_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :viewer AND b.target_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :viewer)
    AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = :viewer AND m.target_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM unsuggested x WHERE x.account_id = :viewer AND x.target_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM hidden_domains h WHERE h.account_id = :viewer AND h.domain = a.domain)"""
_FRIENDS = f"""
    SELECT a.id, count(*) FROM follows f JOIN follows g ON g.follower_id = f.followee_id AND g.state = 'accepted'
    JOIN accounts a ON a.id = g.followee_id
    WHERE f.follower_id = :viewer AND f.state = 'accepted' AND {_OPEN}
    GROUP BY a.id ORDER BY count(*) DESC, a.id LIMIT :limit"""
_MOST = f"""
    SELECT a.id, count(*) FROM follows g JOIN accounts a ON a.id = g.followee_id
    WHERE g.state = 'accepted' AND a.domain = '' AND {_OPEN}
    GROUP BY a.id ORDER BY count(*) DESC, a.id LIMIT :limit"""


def list_friends_of_friends(db: Connection, viewer_id: int, limit: int) -> list[Candidate]:
    """Who is followed by those whom somebody follows."""
    return [Candidate(*row) for row in db.execute(_FRIENDS, {"viewer": viewer_id, "limit": limit}).fetchall()]


def list_most_followed(db: Connection, viewer_id: int, limit: int) -> list[Candidate]:
    """Those of this node whom the most follow."""
    return [Candidate(*row) for row in db.execute(_MOST, {"viewer": viewer_id, "limit": limit}).fetchall()]
