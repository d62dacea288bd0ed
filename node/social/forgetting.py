"""Others' posts, people and files that nobody here has to do with are forgotten after a while, so that a small node stays small.

In small steps: posts are looked at without holding the writer, and go a few at a time, newest first, answers before what they answer. Each
step is a transaction with the place that was reached, so that a kill loses nothing; the next run goes on there.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from node.context import Context
from node.errors import BadInput
from node.site import Site
from node.social import dropping
from storage import forgetting, proxied, settings
from storage.database import Connection
from storage.events import add_event
from storage.forgetting import Forgotten
from storage.ids import id_range_start

WINDOW = 500  # rows that are looked at in one read
AT_ONCE = 10  # rows that go in one write
PAUSE_S = 0.005  # after each, for whoever waits
MOST_S = 60.0  # of one run; the next one goes on
DAY_MS = 24 * 3600 * 1000
PLACE = "forgetting"  # the setting that knows how far we are

Progress = Callable[[int], None]  # (rows looked at since the last call)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a round is. before_id: posts below it are still to be looked at, None where that is done; after_id: the same of accounts,
    above it. next_ms: when the next round begins, once this one is over.
    """

    before_id: int | None = None
    after_id: int = 0
    next_ms: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What went, or would."""

    posts: int = 0
    accounts: int = 0

    def plus(self, posts: int = 0, accounts: int = 0) -> "Counts":
        """The sum."""
        return Counts(self.posts + posts, self.accounts + accounts)


async def forget_due(context: Context) -> None:
    """A job, once an hour: a round a day, a minute at a time."""
    days, now_ms = context.config.retention.remote_days, context.site.now_ms()
    if not days:
        return
    place = await context.database.read(_find_place)
    if place is not None and place.next_ms > now_ms:
        return
    if place is None or place.next_ms:
        place = Place(id_range_start(now_ms - days * DAY_MS))
    until = asyncio.get_running_loop().time() + MOST_S
    while not place.next_ms and asyncio.get_running_loop().time() < until:
        place, _ = await step(context, place, days)


async def forget_all(context: Context, days: int, progress: Progress) -> Counts:
    """A whole round at once. Raises BadInput."""
    place, counts = Place(first_id(context, days)), Counts()
    while not place.next_ms:
        place, found = await step(context, place, days, progress)
        counts = counts.plus(found.posts, found.accounts)
    return counts


async def count_all(context: Context, days: int, progress: Progress) -> Counts:
    """What a round would forget; people who would then be unknown are not foreseen. Nothing is changed. Raises BadInput."""
    before_id, after_id, gone, accounts = first_id(context, days), 0, set[int](), 0
    while ids := await context.database.read(forgetting.list_window, before_id, WINDOW):
        gone.update(await context.database.read(forgetting.list_forgettable, ids, gone))
        before_id = ids[-1]
        progress(len(ids))
    while ids := await context.database.read(forgetting.list_accounts, after_id, WINDOW):
        accounts += len(await context.database.read(forgetting.list_unknown, ids, _before_ms(context, days)))
        after_id = ids[-1]
        progress(len(ids))
    return Counts(len(gone), accounts)


def first_id(context: Context, days: int) -> int:
    """Where a round begins: above all posts that are older. Raises BadInput for fewer days than the configuration takes."""
    if days < 1:
        raise BadInput("Say after how many days, with --days, or [retention] remote_days in hedgerow.toml.")
    return id_range_start(_before_ms(context, days))


def _before_ms(context: Context, days: int) -> int:
    return context.site.now_ms() - days * DAY_MS


async def step(context: Context, place: Place, days: int, progress: Progress = lambda _: None) -> tuple[Place, Counts]:
    """Looks at some rows, and forgets what can be; answers where to go on."""
    if place.before_id is not None:
        return await _step_of_posts(context, place.before_id, progress)
    ids = await context.database.read(forgetting.list_accounts, place.after_id, WINDOW)
    before_ms = _before_ms(context, days)
    going = await context.database.read(forgetting.list_unknown, ids, before_ms)
    accounts = 0
    for start in range(0, len(going), AT_ONCE):
        accounts += await context.database.write(_forget_accounts, context.site, going[start : start + AT_ONCE], before_ms)
        await asyncio.sleep(PAUSE_S)
    reached = Place(None, ids[-1]) if ids else Place(next_ms=context.site.now_ms() + DAY_MS)
    await context.database.write(_save_place, reached)
    progress(len(ids))
    return reached, Counts(0, accounts)


async def _step_of_posts(context: Context, before_id: int, progress: Progress) -> tuple[Place, Counts]:
    ids = await context.database.read(forgetting.list_window, before_id, WINDOW)
    going = await context.database.read(forgetting.list_forgettable, ids) if ids else []
    posts = 0
    for start in range(0, len(going), AT_ONCE):
        posts += await context.database.write(_forget_posts, context.site, going[start : start + AT_ONCE])
        await asyncio.sleep(PAUSE_S)
    reached = Place(ids[-1] if ids else None)
    await context.database.write(_end_window, ids, reached)
    progress(len(ids))
    return reached, Counts(posts)


def _forget_posts(db: Connection, site: Site, ids: list[int]) -> int:
    forgotten = forgetting.forget_posts(db, ids)
    _drop_files(db, site, forgotten)
    return len(forgotten.ids)


def _forget_accounts(db: Connection, site: Site, ids: list[int], before_ms: int) -> int:
    forgotten = forgetting.forget_accounts(db, ids, before_ms)
    _drop_files(db, site, forgotten)
    if forgotten.ids:
        add_event(db, "keys")  # memories of keys name accounts
    return len(forgotten.ids)


def _drop_files(db: Connection, site: Site, forgotten: Forgotten) -> None:
    """Files of others that were kept to be shown with what is gone."""
    kept = proxied.list_proxied(db, forgotten.file_urls) if forgotten.file_urls else []
    dropping.drop(db, site, dropping.PROXIED, proxied.remove_proxied(db, kept))


def _end_window(db: Connection, ids: list[int], reached: Place) -> None:
    if ids:
        forgetting.forget_home(db, ids[-1], ids[0])
    _save_place(db, reached)


def _find_place(db: Connection) -> Place | None:
    known = settings.find_setting(db, PLACE)
    return Place(*orjson.loads(known)) if known else None


def _save_place(db: Connection, place: Place) -> None:
    settings.save_setting(db, PLACE, orjson.dumps([place.before_id, place.after_id, place.next_ms]).decode())
