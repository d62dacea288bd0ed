"""Housekeeping: what is done with goes."""

import asyncio
from datetime import datetime, timedelta

from node import reserve
from node.config import Config
from node.context import Context
from node.site import Site
from node.social import cohorts, dropping, proxy_cache
from node.stores import remove_parts
from storage import deliveries, events, media, moderation, previews, programs, rates, scheduled, seen, users
from storage.database import Connection
from storage.ids import id_range_start

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
EVENTS_KEPT = 10_000
PREVIEWS_MS = 30 * DAY_MS
LOOSE_AT_ONCE = 200
HALF_DONE = timedelta(hours=1)  # after which nobody writes a file any more
MAKING = timedelta(days=2)  # after which nobody waits for a film any more


async def tidy(context: Context) -> None:
    """A job, once an hour: forgets deliveries that ended long ago, old dedupe rows, expired sessions, links and
    mutes, old events, pictures that have belonged to no post for a day, and films that nobody makes; ends cohorts whose last day is over.
    """
    retention = context.config.retention
    await context.database.write(_tidy, context.site, retention.delivered_days, retention.received_days)
    await proxy_cache.tidy(context)
    await context.database.write(_forget_loose, context.site)
    before = context.site.now() - MAKING
    await context.stores.making.delete([each.name async for each in context.stores.making.list() if each.modified < before])
    await asyncio.to_thread(_look_after_folders, context.config, context.site.now())


def _look_after_folders(config: Config, now: datetime) -> None:
    """Removes what writers that were killed have left half done, and keeps a little room for the day on which there is none."""
    reserve.ensure(config)
    for folder in (config.media_folder, *(config.data_dir / name for name in ("making", "proxied", "archives"))):
        remove_parts(folder, (now - HALF_DONE).timestamp())


def _forget_loose(db: Connection, site: Site) -> None:
    """Forgets pictures whose post was never written, or is gone, and their files."""
    found = media.list_loose_media(db, id_range_start(site.now_ms() - DAY_MS), LOOSE_AT_ONCE)
    for each in found:
        media.remove_media(db, each.id)
    dropping.drop(db, site, dropping.MEDIA, {file for each in found for file in (each.file, each.preview) if file})


def _tidy(db: Connection, site: Site, delivered_days: int, received_days: int) -> None:
    now_ms = site.now_ms()
    deliveries.forget_delivered(db, now_ms - delivered_days * DAY_MS)
    seen.forget_seen(db, now_ms - max(received_days, 2) * DAY_MS)
    users.forget_expired(db, now_ms)
    moderation.forget_mutes(db, now_ms)
    programs.forget_codes(db, now_ms)
    scheduled.forget_made(db, now_ms - HOUR_MS)
    previews.forget_previews(db, now_ms - PREVIEWS_MS)
    rates.forget_past(db, now_ms)
    events.forget_events(db, EVENTS_KEPT)
    cohorts.end_due(db, site)
