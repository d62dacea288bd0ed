"""What people like to have as it is: how they post, what they are told of, how far they have read."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Preferences:
    """Somebody's defaults. news_policy is JSON: what happens to notifications of whom."""

    account_id: int
    visibility: int = 0
    sensitive: bool = False
    language: str = ""
    quote_policy: str = "public"
    hides_network: bool = False
    news_policy: str = "{}"


@dataclass(frozen=True, slots=True)
class Marker:
    """Up to where somebody has read a timeline, as one of their programs says."""

    account_id: int
    timeline: str  # home, notifications
    last_read_id: int
    version: int
    updated_ms: int


_ONE = f"SELECT {columns(Preferences)} FROM preferences WHERE account_id = :id"
_SOME = f"SELECT {columns(Preferences)} FROM preferences WHERE account_id IN (:ids)"
_SAVE = f"""
    INSERT INTO preferences ({columns(Preferences)}) VALUES ({placeholders(Preferences)}) ON CONFLICT (account_id) DO UPDATE SET
    visibility = excluded.visibility, sensitive = excluded.sensitive, language = excluded.language, quote_policy = excluded.quote_policy,
    hides_network = excluded.hides_network, news_policy = excluded.news_policy"""
_MARKERS = f"SELECT {columns(Marker)} FROM markers WHERE account_id = :id"
_SAVE_MARKER = """
    INSERT INTO markers (account_id, timeline, last_read_id, version, updated_ms) VALUES (:account, :timeline, :read, 1, :now)
    ON CONFLICT (account_id, timeline) DO UPDATE SET
    last_read_id = excluded.last_read_id, version = markers.version + 1, updated_ms = excluded.updated_ms"""


def find_preferences(db: Connection, account_id: int) -> Preferences:
    """Somebody's defaults, or those of everybody who has chosen none."""
    row = db.execute(_ONE, {"id": account_id}).fetchone()
    return Preferences(account_id) if row is None else Preferences(*row)


def list_preferences(db: Connection, account_ids: Sequence[int]) -> dict[int, Preferences]:
    """The defaults of those who have chosen some, by account id."""
    rows = db.execute(*with_list(_SOME, "ids", set(account_ids))).fetchall()
    return {row[0]: Preferences(*row) for row in rows}


def save_preferences(db: Connection, preferences: Preferences) -> None:
    """Keeps somebody's defaults."""
    db.execute(_SAVE, values(preferences))


def list_markers(db: Connection, account_id: int) -> dict[str, Marker]:
    """How far somebody has read, by timeline."""
    return {row[1]: Marker(*row) for row in db.execute(_MARKERS, {"id": account_id}).fetchall()}


def save_marker(db: Connection, account_id: int, timeline: str, last_read_id: int, now_ms: int) -> None:
    """Somebody has read that far."""
    db.execute(_SAVE_MARKER, {"account": account_id, "timeline": timeline, "read": last_read_id, "now": now_ms})
