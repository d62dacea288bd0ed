"""Housekeeping: what is done with goes."""

from node.context import Context
from node.site import Site
from storage import deliveries, events, moderation, seen, users
from storage.database import Connection

DAY_MS = 24 * 3600 * 1000
EVENTS_KEPT = 10_000


async def tidy(context: Context) -> None:
    """A job, once an hour: forgets deliveries that ended long ago, old dedupe rows, expired sessions, links and mutes, old events."""
    retention = context.config.retention
    await context.database.write(_tidy, context.site, retention.delivered_days, retention.received_days)


def _tidy(db: Connection, site: Site, delivered_days: int, received_days: int) -> None:
    now_ms = site.now_ms()
    deliveries.forget_delivered(db, now_ms - delivered_days * DAY_MS)
    seen.forget_seen(db, now_ms - max(received_days, 2) * DAY_MS)
    users.forget_expired(db, now_ms)
    moderation.forget_mutes(db, now_ms)
    events.forget_events(db, EVENTS_KEPT)
