"""What somebody likes to have as it is: defaults for posts, and how far they have read."""

from collections.abc import Mapping
from dataclasses import replace

from node.context import Context
from node.errors import BadInput
from storage import preferences, relations
from storage.database import Connection
from storage.events import add_event
from storage.listings import Window
from storage.preferences import Marker, Preferences
from storage.records import Account

TIMELINES = ("home", "notifications")
QUOTE_POLICIES = ("public", "followers", "nobody")


async def change(context: Context, account: Account, chosen: Mapping[str, object]) -> Preferences:
    """Somebody's defaults with some of them changed. Raises BadInput."""
    if chosen.get("quote_policy", "public") not in QUOTE_POLICIES:
        raise BadInput(f"Who may quote is one of {', '.join(QUOTE_POLICIES)}.")
    return await context.database.write(_change, account.id, chosen)


def _change(db: Connection, account_id: int, chosen: Mapping[str, object]) -> Preferences:
    changed = replace(preferences.find_preferences(db, account_id), **chosen)  # type: ignore[arg-type]  # the names are the record's own
    preferences.save_preferences(db, changed)
    return changed


async def mark_read(context: Context, account: Account, read: Mapping[str, int]) -> dict[str, Marker]:
    """How far somebody has read some timelines, by name."""
    return await context.database.write(_mark_read, account.id, read, context.site.now_ms())


def _mark_read(db: Connection, account_id: int, read: Mapping[str, int], now_ms: int) -> dict[str, Marker]:
    for timeline, last_read_id in read.items():
        preferences.save_marker(db, account_id, timeline, last_read_id, now_ms)
    add_event(db, "marker", account_id)
    found = preferences.list_markers(db, account_id)
    return {timeline: found[timeline] for timeline in read}


def list_featured(db: Connection, account_id: int, window: Window) -> list[Account]:
    """Whom somebody recommends on their profile."""
    return relations.list_featured(db, account_id, window)
