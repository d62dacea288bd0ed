"""Ids: 63 bits, milliseconds << 16 | 16 random bits; they sort by time as numbers and, at 18 digits, as text."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from storage.database import Connection

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Kind = Literal[
    "account",
    "post",
    "activity",
    "notification",
    "media",
    "report",
    "token",
    "push",
    "guest",
    "cohort",
    "badge",
    "award",
    "mark",
    "transfer",
    "draft",
    "framework",
    "competency",
    "wish",
    "consent",
    "view",
    "app",
    "bookmark",
    "conversation",
    "emoji",
    "featured_tag",
    "filter",
    "filter_keyword",
    "filter_post",
    "list",
    "scheduled",
]
TAKEN: Mapping[Kind, str] = {
    "account": "SELECT 1 FROM accounts WHERE id = :id",
    "post": "SELECT 1 FROM posts WHERE id = :id UNION ALL SELECT 1 FROM activities WHERE id = :id",  # a post's Create has its id
    "activity": "SELECT 1 FROM activities WHERE id = :id",
    "notification": "SELECT 1 FROM notifications WHERE id = :id",
    "push": "SELECT 1 FROM push_subscriptions WHERE id = :id",
    "media": "SELECT 1 FROM media WHERE id = :id",
    "report": "SELECT 1 FROM reports WHERE id = :id",
    "cohort": "SELECT 1 FROM cohorts WHERE id = :id",
    "badge": "SELECT 1 FROM badges WHERE id = :id",
    "award": "SELECT 1 FROM awards WHERE id = :id UNION ALL SELECT 1 FROM endorsements WHERE id = :id",  # they share their addresses
    "transfer": "SELECT 1 FROM transfers WHERE id = :id",
    "mark": "SELECT 1 FROM marks WHERE id = :id",
    "guest": "SELECT 1 FROM guests WHERE id = :id",
    "token": "SELECT 1 FROM tokens WHERE id = :id",
    "draft": "SELECT 1 FROM reflection_drafts WHERE id = :id",
    "framework": "SELECT 1 FROM frameworks WHERE id = :id",
    "competency": "SELECT 1 FROM competencies WHERE id = :id",
    "wish": "SELECT 1 FROM wishes WHERE id = :id",
    "consent": "SELECT 1 FROM consents WHERE id = :id",
    "view": "SELECT 1 FROM portfolio_views WHERE id = :id",
    "app": "SELECT 1 FROM apps WHERE id = :id",
    "bookmark": "SELECT 1 FROM bookmarks WHERE id = :id",
    "conversation": "SELECT 1 FROM conversations WHERE id = :id",
    "emoji": "SELECT 1 FROM emojis WHERE id = :id",
    "featured_tag": "SELECT 1 FROM featured_tags WHERE id = :id",
    "filter": "SELECT 1 FROM filters WHERE id = :id",
    "filter_keyword": "SELECT 1 FROM filter_keywords WHERE id = :id",
    "filter_post": "SELECT 1 FROM filter_posts WHERE id = :id",
    "list": "SELECT 1 FROM lists WHERE id = :id",
    "scheduled": "SELECT 1 FROM scheduled WHERE id = :id",
}
EARLIEST = datetime(2018, 6, 1, tzinfo=UTC)  # from here on an id has 18 decimal digits


def ms_from_datetime(moment: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def datetime_from_ms(milliseconds: int) -> datetime:
    """An aware UTC datetime."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def new_id(moment_ms: int) -> int:
    """An id for a moment; two of the same millisecond meet once in 65,536 times, so see free_id."""
    return moment_ms << 16 | secrets.randbits(16)


def free_id(db: Connection, kind: Kind, moment_ms: int) -> int:
    """An id of that millisecond that nothing of its kind has yet."""
    while True:
        wanted = new_id(moment_ms)
        if db.execute(TAKEN[kind], {"id": wanted}).fetchone() is None:
            return wanted


def ms_from_id(row_id: int) -> int:
    """When the row was made, by its id."""
    return row_id >> 16


def id_range_start(moment_ms: int) -> int:
    """The smallest id of a moment, to page by date."""
    return moment_ms << 16
