"""What people were told, with the posts that belong to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.context import Context
from node.errors import NotFound
from node.site import Site
from node.social import viewing
from node.social.timelines import list_entries
from node.social.viewing import View
from storage import listings, users
from storage import notifications as stored
from storage.database import Connection
from storage.events import add_event
from storage.notifications import Asked
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
    rows = stored.list_notifications(db, account_id, PAGE + 1, before)
    shown = rows[:PAGE]
    entries = list_entries(db, [notification.post_id for notification, _ in shown if notification.post_id], account_id)
    told = [Told(notification, actor, entries.get(notification.post_id)) for notification, actor in shown]
    return told, shown[-1][0].id if len(rows) > PAGE else None


def load_news(db: Connection, site: Site, account_id: int, asked: Asked) -> tuple[Sequence[Notification], View]:
    """What an account was told, as a program asks for it, with all that showing it takes."""
    told = stored.list_news(db, account_id, asked)
    return told, _view(db, site, account_id, told)


def _view(db: Connection, site: Site, account_id: int, told: Sequence[Notification]) -> View:
    shown = listings.list_visible(db, [each.post_id for each in told if each.post_id], account_id)
    return viewing.load_view(db, site, list(shown), account_id, also=[each.actor_id for each in told])


def get_one(db: Connection, site: Site, account_id: int, notification_id: int) -> tuple[Notification, View]:
    """One thing that an account was told. Raises NotFound."""
    told = stored.find_notification(db, account_id, notification_id)
    if told is None:
        raise NotFound("There is no such notification.")
    return told, _view(db, site, account_id, [told])


async def dismiss(context: Context, account: Account, ids: Sequence[int]) -> None:
    """Forgets some of what an account was told."""
    await context.database.write(_dismiss, account.id, ids)


def _dismiss(db: Connection, account_id: int, ids: Sequence[int]) -> None:
    stored.remove_notifications(db, account_id, ids)
    add_event(db, "notification", account_id)


async def clear(context: Context, account: Account) -> None:
    """Forgets all that an account was told."""
    await context.database.write(_clear, account.id)


def _clear(db: Connection, account_id: int) -> None:
    stored.clear_notifications(db, account_id)
    add_event(db, "notification", account_id)


async def mark_read(context: Context, account_id: int, up_to_id: int) -> None:
    """Everything up to a notification was read."""
    await context.database.write(_mark_read, account_id, up_to_id)


def _mark_read(db: Connection, account_id: int, up_to_id: int) -> None:
    users.set_notifications_read(db, account_id, up_to_id)
    add_event(db, "notification", account_id)


async def count_unread(context: Context, account_id: int) -> int:
    """How many were not read, at most 100."""
    return await context.database.read(users.count_unread, account_id)
