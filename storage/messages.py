"""Direct messages as they come and go: which conversations they are the newest of."""

from storage.database import Connection
from storage.ids import free_id

_ADD = """
    INSERT INTO conversations (id, account_id, thread_id, last_id, unread) VALUES (:id, :account, :thread, :last, :unread)
    ON CONFLICT (account_id, thread_id) DO UPDATE SET last_id = excluded.last_id, unread = excluded.unread"""
_LATEST = """
    SELECT max(p.id) FROM posts p WHERE (p.id = :thread OR p.thread_id = :thread) AND p.id <> :gone AND p.visibility = 3
    AND (p.account_id = :account OR EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = p.id AND m.account_id = :account))"""


def note_message(db: Connection, account_id: int, thread_id: int, post_id: int, now_ms: int, *, unread: bool) -> None:
    """A direct message has come, or was sent, in somebody's thread."""
    given = {"account": account_id, "thread": thread_id, "last": post_id, "unread": unread}
    db.execute(_ADD, {"id": free_id(db, "conversation", now_ms), **given})


def forget_message(db: Connection, post_id: int) -> None:
    """A message will be gone: its threads end with the one before it, or are put away."""
    rows = db.execute("SELECT id, account_id, thread_id FROM conversations WHERE last_id = :post", {"post": post_id}).fetchall()
    for conversation_id, account_id, thread_id in rows:
        latest = db.execute(_LATEST, {"thread": thread_id, "gone": post_id, "account": account_id}).fetchone()[0]
        if latest is None:
            db.execute("DELETE FROM conversations WHERE id = :id", {"id": conversation_id})
        else:
            db.execute("UPDATE conversations SET last_id = :last WHERE id = :id", {"last": latest, "id": conversation_id})
