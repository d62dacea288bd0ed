"""Other servers' files that were asked for here, kept for a while."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, one_value, with_list
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Proxied:
    """A file of another server's as it is kept here."""

    url: str
    file: str
    media_type: str
    size_bytes: int
    used_ms: int


_SAVE = f"""
    INSERT INTO proxied ({columns(Proxied)}) VALUES ({placeholders(Proxied)}) ON CONFLICT (url) DO UPDATE SET
    file = excluded.file, media_type = excluded.media_type, size_bytes = excluded.size_bytes, used_ms = excluded.used_ms"""
_ONE = f"SELECT {columns(Proxied)} FROM proxied WHERE url = :url"
_SOME = f"SELECT {columns(Proxied)} FROM proxied WHERE url IN (:urls)"
_OLDEST = f"SELECT {columns(Proxied)} FROM proxied WHERE used_ms < :before ORDER BY used_ms LIMIT :limit"
_REMOVE = "DELETE FROM proxied WHERE url IN (:urls)"
_HELD = "SELECT DISTINCT file FROM proxied WHERE file IN (:files)"


def find_proxied(db: Connection, url: str) -> Proxied | None:
    """The file from an address, or None."""
    row = db.execute(_ONE, {"url": url}).fetchone()
    return None if row is None else Proxied(*row)


def list_proxied(db: Connection, urls: Sequence[str]) -> list[Proxied]:
    """Those files that came from some addresses."""
    return [Proxied(*row) for row in db.execute(*with_list(_SOME, "urls", urls)).fetchall()]


def save_proxied(db: Connection, proxied: Proxied) -> None:
    """Notes a file that was fetched."""
    db.execute(_SAVE, values(proxied))


def note_use(db: Connection, url: str, now_ms: int) -> None:
    """Somebody looked at a file."""
    db.execute("UPDATE proxied SET used_ms = :now WHERE url = :url", {"now": now_ms, "url": url})


def total_bytes(db: Connection) -> int:
    """How much all of them take."""
    return int(one_value(db.execute("SELECT coalesce(sum(size_bytes), 0) FROM proxied")))


def list_oldest(db: Connection, before_ms: int, limit: int) -> list[Proxied]:
    """Those that were looked at last before a moment, longest ago first."""
    return [Proxied(*row) for row in db.execute(_OLDEST, {"before": before_ms, "limit": limit}).fetchall()]


def remove_proxied(db: Connection, gone: Sequence[Proxied]) -> set[str]:
    """Forgets some, and answers the files of which nothing is known any more: two addresses may bring the same bytes."""
    if not gone:
        return set()
    db.execute(*with_list(_REMOVE, "urls", [each.url for each in gone]))
    files = {each.file for each in gone}
    return files - list_held_files(db, list(files))


def list_held_files(db: Connection, files: Sequence[str]) -> set[str]:
    """Those of some files of which something is still known."""
    return {row[0] for row in db.execute(*with_list(_HELD, "files", files)).fetchall()}
