"""What people were told, with the posts that belong to it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from node.context import Context
from node.errors import NotFound
from node.site import Site
from node.social import filtering, viewing
from node.social.filtering import HIDDEN
from node.social.timelines import list_entries
from node.social.viewing import View
from storage import accounts, listings, users
from storage import notifications as stored
from storage.database import Connection
from storage.events import add_event
from storage.listings import Window
from storage.notifications import Asked
from storage.records import Account, Notification
from storage.timelines import BEFORE_ALL, Entry

PAGE = 30
GATHERED = {"like", "boost"}
MOST_GATHERED = 1000  # notifications that one page looks at
NAMED = 8  # people of a group who are named


@dataclass(frozen=True, slots=True)
class Told:
    """One notification, who caused it, and the post, where one belongs to it."""

    notification: Notification
    actor: Account
    entry: Entry | None
    others: int = 0  # who did the same before
    is_hidden: bool = False  # a filter of theirs takes the post away: it is not shown, and counts as read with the others


async def list_told(context: Context, account_id: int, before: int | None = None) -> tuple[Sequence[Told], int | None]:
    """A page of what an account was told, newest first, and the key of the next page or None."""
    return await context.database.read(_list_told, context.site, account_id, before or BEFORE_ALL)


def _list_told(db: Connection, site: Site, account_id: int, before: int) -> tuple[Sequence[Told], int | None]:
    rows = stored.list_notifications(db, account_id, PAGE + 1, before)
    shown = rows[:PAGE]
    entries = list_entries(db, [notification.post_id for notification, _ in shown if notification.post_id], account_id)
    told = [Told(notification, actor, entries.get(notification.post_id)) for notification, actor in shown]
    return _screened(db, site, account_id, told), shown[-1][0].id if len(rows) > PAGE else None


def _screened(db: Connection, site: Site, account_id: int, told: Sequence[Told]) -> list[Told]:
    """What was told, marked as the account's filters for notifications say, which the client API follows too."""
    met = filtering.screen(db, site, [each.entry.post_id for each in told if each.entry], account_id, "notifications")
    return [
        replace(
            each,
            entry=replace(each.entry, filtered_by=met[each.entry.post_id] or ""),
            is_hidden=met[each.entry.post_id] is HIDDEN,
        )
        if each.entry and each.entry.post_id in met
        else each
        for each in told
    ]


async def list_gathered(context: Context, account_id: int, before: int | None = None) -> tuple[Sequence[Told], int | None]:
    """A page of what an account was told, newest first, where all who liked or boosted one post are one; and the key of the next page."""
    return await context.database.read(_list_gathered, context.site, account_id, before or BEFORE_ALL)


def _list_gathered(db: Connection, site: Site, account_id: int, before: int) -> tuple[Sequence[Told], int | None]:
    def read_part(window: Window) -> Sequence[Notification]:
        return stored.list_plain(db, account_id, window.limit, window.before)

    rows = _enough(read_part, Window(before=before, limit=PAGE), _gathering_key, MOST_GATHERED)
    others = Counter(map(_gathering_key, rows))
    heads = {_gathering_key(each): each for each in reversed(rows)}
    shown = sorted(heads.values(), key=lambda each: -each.id)
    people = accounts.list_accounts(db, [each.actor_id for each in shown])
    entries = list_entries(db, [each.post_id for each in shown if each.post_id], account_id)
    told = [Told(each, people[each.actor_id], entries.get(each.post_id), others[_gathering_key(each)] - 1) for each in shown]
    is_last = not rows or not stored.list_plain(db, account_id, 1, rows[-1].id)
    return _screened(db, site, account_id, told), None if is_last else rows[-1].id


def _gathering_key(told: Notification) -> str:
    return f"{told.kind} {told.post_id}" if told.kind in GATHERED else str(told.id)


def load_news(db: Connection, site: Site, account_id: int, asked: Asked) -> tuple[Sequence[Notification], View]:
    """What an account was told, as a program asks for it, with all that showing it takes."""
    told = stored.list_news(db, account_id, asked)
    return told, _view(db, site, account_id, told)


def _view(db: Connection, site: Site, account_id: int, told: Sequence[Notification]) -> View:
    shown = listings.list_visible(db, [each.post_id for each in told if each.post_id], account_id)
    return viewing.load_view(db, site, list(shown), account_id, also=[each.actor_id for each in told])


def load_groups(
    db: Connection, site: Site, account_id: int, asked: Asked, key_of: Callable[[Notification], str], read_at_most: int
) -> tuple[Sequence[Notification], View]:
    """As much of what an account was told as makes so many groups as are asked for, each of one key, or as is read at most.

    However many liked a post, other news does not stand behind all of them. The view knows those who come first in each group.
    """

    def read_part(window: Window) -> Sequence[Notification]:
        return stored.list_news(db, account_id, replace(asked, window=window))

    told = _enough(read_part, asked.window, key_of, read_at_most)
    named: dict[str, dict[int, Notification]] = {}
    for each in told:
        members = named.setdefault(key_of(each), {})
        if len(members) < NAMED:
            members.setdefault(each.actor_id, each)
    return told, _view(db, site, account_id, [each for members in named.values() for each in members.values()])


def _enough(
    read_part: Callable[[Window], Sequence[Notification]], asked: Window, key_of: Callable[[Notification], str], read_at_most: int
) -> Sequence[Notification]:
    """Newest first, of as many keys as the window's limit. Reads twice as much each time: mostly the first is enough."""
    window, keys, found = asked, set[str](), list[Notification]()
    step = 2 * window.limit
    while True:
        read = read_part(replace(window, limit=step))
        for each in reversed(read) if window.upward else read:
            key = key_of(each)
            if key not in keys and len(keys) == asked.limit:
                return found[::-1] if window.upward else found
            keys.add(key)
            found.append(each)
        if len(read) < step or len(found) >= read_at_most:
            return found[::-1] if window.upward else found
        edge, step = found[-1].id, min(2 * step, read_at_most - len(found))
        window = replace(window, after=edge) if window.upward else replace(window, before=edge)


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
