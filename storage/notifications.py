"""What people are told of."""

from storage.database import Connection, one_value
from storage.ids import free_id
from storage.records import Account, Notification, columns

_LIST = f"""
    SELECT {columns(Notification, "n.")}, {columns(Account, "a.")} FROM notifications n JOIN accounts a ON a.id = n.actor_id
    WHERE n.account_id = :id AND n.id < :before AND a.suspended_ms IS NULL ORDER BY n.id DESC LIMIT :limit"""
_WIDTH = len(Notification.__slots__)


def add_notification(db: Connection, account_id: int, kind: str, actor_id: int, post_id: int, now_ms: int) -> bool:
    """True where one of ours is told something new; nobody is told of themselves, or of those whom they block or mute."""
    sql = (
        "INSERT INTO notifications (id, account_id, kind, actor_id, post_id)"
        " SELECT :id, u.account_id, :kind, :actor, :post FROM users u WHERE u.account_id = :account AND u.account_id <> :actor"
        " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :account AND b.target_id = :actor)"
        " AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = :account AND m.target_id = :actor)"
        " ON CONFLICT DO NOTHING"
    )
    values = {"id": free_id(db, "notification", now_ms), "account": account_id, "kind": kind, "actor": actor_id, "post": post_id}
    return db.execute(sql, values).rowcount == 1


def add_news_of_web(db: Connection, post_id: int, server_id: int, now_ms: int) -> int | None:
    """Tells a post's author that a page of the web speaks of it, in place of what was told before. Answers whom; None: not one of ours."""
    sql = "SELECT u.account_id FROM users u JOIN posts p ON p.account_id = u.account_id WHERE p.id = :post"
    author_id: int | None = one_value(db.execute(sql, {"post": post_id}))
    if author_id is None:
        return None
    remove_notification(db, author_id, "webmention", server_id, post_id)
    add_notification(db, author_id, "webmention", server_id, post_id, now_ms)
    return author_id


def remove_notification(db: Connection, account_id: int, kind: str, actor_id: int, post_id: int) -> None:
    """Takes a notification back (a like undone)."""
    sql = "DELETE FROM notifications WHERE account_id = :account AND actor_id = :actor AND post_id = :post AND kind = :kind"
    db.execute(sql, {"account": account_id, "kind": kind, "actor": actor_id, "post": post_id})


def list_notifications(db: Connection, account_id: int, limit: int, before: int) -> list[tuple[Notification, Account]]:
    """What someone was told and who did it, newest first."""
    rows = db.execute(_LIST, {"id": account_id, "before": before, "limit": limit}).fetchall()
    return [(Notification(*row[:_WIDTH]), Account(*row[_WIDTH:])) for row in rows]
