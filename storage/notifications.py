"""What people are told of."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.database import Connection, one_value, with_list
from storage.ids import free_id
from storage.listings import Window, both_ways
from storage.records import Account, Notification, columns

_LIST = f"""
    SELECT {columns(Notification, "n.")}, {columns(Account, "a.")} FROM notifications n JOIN accounts a ON a.id = n.actor_id
    WHERE n.account_id = :id AND n.id < :before AND a.suspended_ms IS NULL AND NOT n.filtered ORDER BY n.id DESC LIMIT :limit"""
_PLAIN = f"""
    SELECT {columns(Notification, "n.")} FROM notifications n JOIN accounts a ON a.id = n.actor_id
    WHERE n.account_id = :id AND n.id < :before AND a.suspended_ms IS NULL AND NOT n.filtered ORDER BY n.id DESC LIMIT :limit"""
_WIDTH = len(Notification.__slots__)
_NEWS = f"""
    SELECT {columns(Notification, "n.")} FROM notifications n JOIN accounts a ON a.id = n.actor_id
    WHERE n.account_id = :account AND a.suspended_ms IS NULL AND (:actor = 0 OR n.actor_id = :actor)
      AND (:kept OR NOT n.filtered)
      AND NOT EXISTS (SELECT 1 FROM mutes x WHERE x.account_id = :account AND x.target_id = n.actor_id AND x.hides_news)
      AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :account AND x.target_id = n.actor_id)"""
_ONLY = both_ways(f"{_NEWS} AND n.kind IN (:kinds)", "n.id")
_WITHOUT = both_ways(
    f"{_NEWS} AND (n.post_id <> 0 OR n.kind IN ('follow', 'follow_request', 'report', 'sign_up')) AND n.kind NOT IN (:kinds)", "n.id"
)
_ONE = f"SELECT {columns(Notification)} FROM notifications WHERE id = :id AND account_id = :account"
_SOME = f"SELECT {columns(Notification)} FROM notifications WHERE account_id = :account AND id IN (:ids)"
_REQUESTS = """
    SELECT n.actor_id, count(*), min(n.id), max(n.id), max(n.post_id) FROM notifications n
    WHERE n.account_id = :account AND n.filtered AND (:actor = 0 OR n.actor_id = :actor) GROUP BY n.actor_id"""
_REMOVE_SOME = "DELETE FROM notifications WHERE account_id = :account AND id IN (:ids)"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which notifications are asked for: only some kinds, or all without some; of one account; also those that were kept aside."""

    only: Sequence[str] = ()
    without: Sequence[str] = ()
    actor_id: int = 0
    with_filtered: bool = False
    window: Window = field(default_factory=Window)


@dataclass(frozen=True, slots=True)
class NewsRequest:
    """Notifications of one account that were kept aside."""

    actor_id: int
    count: int
    first_id: int
    last_id: int
    post_id: int


def add_notification(
    db: Connection, account_id: int, kind: str, actor_id: int, post_id: int, now_ms: int, *, filtered: bool = False
) -> int:
    """Its id where one of ours is told something new, else 0; nobody is told of themselves, of those whom they block or mute, or of a
    thread of which they want to hear no more. filtered: kept aside."""
    sql = (
        "INSERT INTO notifications (id, account_id, kind, actor_id, post_id, filtered)"
        " SELECT :id, u.account_id, :kind, :actor, :post, :filtered FROM users u"
        " WHERE u.account_id = :account AND (u.account_id <> :actor OR :kind = 'poll')"
        " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :account AND b.target_id = :actor)"
        " AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = :account AND m.target_id = :actor AND m.hides_news)"
        " AND NOT EXISTS (SELECT 1 FROM muted_threads t JOIN posts p ON p.id = :post AND t.thread_id = coalesce(p.thread_id, p.id)"
        " WHERE t.account_id = :account AND :kind <> 'report')"
        " AND NOT EXISTS (SELECT 1 FROM hidden_domains h JOIN accounts a ON a.domain = h.domain"
        " WHERE h.account_id = :account AND a.id = :actor AND :kind <> 'report')"
        " ON CONFLICT DO NOTHING"
    )
    told = {"account": account_id, "kind": kind, "actor": actor_id, "post": post_id, "filtered": filtered}
    notification_id = free_id(db, "notification", now_ms)
    return notification_id if db.execute(sql, {"id": notification_id, **told}).rowcount == 1 else 0


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


def list_plain(db: Connection, account_id: int, limit: int, before: int) -> list[Notification]:
    """What someone was told, newest first."""
    return [Notification(*row) for row in db.execute(_PLAIN, {"id": account_id, "before": before, "limit": limit}).fetchall()]


def list_news(db: Connection, account_id: int, asked: Asked) -> list[Notification]:
    """What somebody was told, as a program asks for it."""
    statement, kinds = (_ONLY, asked.only) if asked.only else (_WITHOUT, asked.without or ("",))
    window = asked.window
    sql, given = with_list(
        statement[window.upward],
        "kinds",
        kinds,
        account=account_id,
        actor=asked.actor_id,
        kept=asked.with_filtered,
        before=window.before,
        after=window.after,
        limit=window.limit,
    )
    found = [Notification(*row) for row in db.execute(sql, given).fetchall()]
    return found[::-1] if window.upward else found


def find_notification(db: Connection, account_id: int, notification_id: int) -> Notification | None:
    """One thing that somebody was told, or None."""
    row = db.execute(_ONE, {"id": notification_id, "account": account_id}).fetchone()
    return None if row is None else Notification(*row)


def find_notifications(db: Connection, account_id: int, ids: Sequence[int]) -> list[Notification]:
    """Those of some things that somebody was told that are still there."""
    return [Notification(*row) for row in db.execute(*with_list(_SOME, "ids", ids, account=account_id)).fetchall()]


def remove_notifications(db: Connection, account_id: int, ids: Sequence[int]) -> None:
    """Forgets some of what somebody was told."""
    db.execute(*with_list(_REMOVE_SOME, "ids", ids, account=account_id))


def clear_notifications(db: Connection, account_id: int) -> None:
    """Forgets all of it."""
    db.execute("DELETE FROM notifications WHERE account_id = :account AND NOT filtered", {"account": account_id})


def list_requests(db: Connection, account_id: int, actor_id: int = 0) -> list[NewsRequest]:
    """What was kept aside, by whom it is of, the newest first."""
    rows = db.execute(_REQUESTS, {"account": account_id, "actor": actor_id}).fetchall()
    return sorted((NewsRequest(*row) for row in rows), key=lambda each: each.last_id, reverse=True)


def count_kept_aside(db: Connection, account_id: int) -> int:
    """How many notifications were kept aside."""
    return int(one_value(db.execute("SELECT count(*) FROM notifications WHERE account_id = :id AND filtered", {"id": account_id})))


def welcome(db: Connection, account_id: int, actor_id: int) -> None:
    """Somebody wants to be told of an account from now on, and sees what was kept aside."""
    given = {"account": account_id, "actor": actor_id}
    db.execute("INSERT INTO welcomed (account_id, target_id) VALUES (:account, :actor) ON CONFLICT DO NOTHING", given)
    db.execute("UPDATE notifications SET filtered = false WHERE account_id = :account AND actor_id = :actor AND filtered", given)


def dismiss_kept_aside(db: Connection, account_id: int, actor_id: int) -> None:
    """Forgets what was kept aside of an account."""
    sql = "DELETE FROM notifications WHERE account_id = :account AND actor_id = :actor AND filtered"
    db.execute(sql, {"account": account_id, "actor": actor_id})


def is_welcome(db: Connection, account_id: int, actor_id: int) -> bool:
    """Whether somebody has said that they want to be told of an account."""
    sql = "SELECT 1 FROM welcomed WHERE account_id = :account AND target_id = :actor"
    return db.execute(sql, {"account": account_id, "actor": actor_id}).fetchone() is not None
