"""Those who look after the communities that somebody belongs to."""

from storage.database import Connection
from storage.records import Account, columns

_MENTORS = f"""
    SELECT DISTINCT {columns(Account, "a.")} FROM follows f JOIN memberships m ON m.community_id = f.followee_id
    JOIN accounts a ON a.id = m.account_id
    WHERE f.follower_id = :id AND f.state = 'accepted' AND m.role IN ('mentor', 'moderator') AND a.id <> :id
      AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :id)
      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :id AND b.target_id = a.id)
    ORDER BY a.id LIMIT :limit"""


def list_mentors(db: Connection, account_id: int, limit: int) -> list[Account]:
    """Mentors and moderators of somebody's communities."""
    return [Account(*row) for row in db.execute(_MENTORS, {"id": account_id, "limit": limit}).fetchall()]
