"""What people keep for themselves: bookmarks, and threads of which they want to hear no more."""

from storage.database import Connection
from storage.ids import free_id


def add_bookmark(db: Connection, account_id: int, post_id: int, now_ms: int) -> bool:
    """True where the bookmark is new."""
    sql = "INSERT INTO bookmarks (id, account_id, post_id) VALUES (:id, :account, :post) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"id": free_id(db, "bookmark", now_ms), "account": account_id, "post": post_id}).rowcount == 1


def remove_bookmark(db: Connection, account_id: int, post_id: int) -> None:
    """The bookmark is taken out."""
    db.execute("DELETE FROM bookmarks WHERE account_id = :account AND post_id = :post", {"account": account_id, "post": post_id})


def mute_thread(db: Connection, account_id: int, thread_id: int) -> None:
    """Somebody wants to hear no more of a thread, named by its first post."""
    sql = "INSERT INTO muted_threads (account_id, thread_id) VALUES (:account, :thread) ON CONFLICT DO NOTHING"
    db.execute(sql, {"account": account_id, "thread": thread_id})


def unmute_thread(db: Connection, account_id: int, thread_id: int) -> None:
    """Somebody wants to hear of a thread again."""
    db.execute(
        "DELETE FROM muted_threads WHERE account_id = :account AND thread_id = :thread", {"account": account_id, "thread": thread_id}
    )
