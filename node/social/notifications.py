"""What people were told, with the posts that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.context import Context
from node.social.timelines import list_entries
from storage import notifications, users
from storage.database import Connection
from storage.events import add_event
from storage.records import Account, Notification
from storage.timelines import BEFORE_ALL, Entry

PAGE = 30


@dataclass(frozen=True, slots=True)
class Told:
    """One notification, who caused it, and the post, where one belongs to it."""

    notification: Notification
    actor: Account
    entry: Entry | None


async def list_told(context: Context, account_id: int, before: int | None = None) -> tuple[Sequence[Told], int | None]:
    """A page of what an account was told, newest first, and the key of the next page or None."""
    return await context.database.read(_list_told, account_id, before or BEFORE_ALL)


def _list_told(db: Connection, account_id: int, before: int) -> tuple[Sequence[Told], int | None]:
    rows = notifications.list_notifications(db, account_id, PAGE + 1, before)
    shown = rows[:PAGE]
    entries = list_entries(db, [notification.post_id for notification, _ in shown if notification.post_id], account_id)
    told = [Told(notification, actor, entries.get(notification.post_id)) for notification, actor in shown]
    return told, shown[-1][0].id if len(rows) > PAGE else None


async def mark_read(context: Context, account_id: int, up_to_id: int) -> None:
    """Everything up to a notification was read."""
    await context.database.write(_mark_read, account_id, up_to_id)


def _mark_read(db: Connection, account_id: int, up_to_id: int) -> None:
    users.set_notifications_read(db, account_id, up_to_id)
    add_event(db, "notification", account_id)


async def count_unread(context: Context, account_id: int) -> int:
    """How many were not read, at most 100."""
    return await context.database.read(users.count_unread, account_id)
