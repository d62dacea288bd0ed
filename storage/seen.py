"""Which activities were taken in already, by a hash of (actor, activity id)."""

from hashlib import blake2b

from storage.database import Connection


def add_seen(db: Connection, actor_uri: str, activity_uri: str, now_ms: int) -> bool:
    """True where the activity is new; from now on it is not."""
    digest = blake2b(f"{actor_uri} {activity_uri}".encode(), digest_size=16).digest()
    sql = "INSERT INTO seen (hash, seen_ms) VALUES (:hash, :now) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"hash": digest, "now": now_ms}).rowcount == 1


def forget_seen(db: Connection, before_ms: int) -> None:
    """Drops what was taken in before a moment; the date window of signatures keeps it from coming again."""
    db.execute("DELETE FROM seen WHERE seen_ms < :before", {"before": before_ms})
