"""A connection to a SQLite file with the settings on which durability rests, and its errors as ours."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from storage.database import NOTHING, Values
from storage.errors import Busy, Full, Missing, StorageError, Taken, Unfit, Unusable, WrongSchema

BUSY_S = 15.0
PAGE_CACHE_KIB = 16384
LOG_PAGES = 4000  # the write-ahead log is carried over into the database every so many pages (16 MB); often changed ones go once
LOG_KEPT_BYTES = 64 * 1024 * 1024  # a write-ahead log that one great piece of work has blown up is cut back to this
STATEMENTS_KEPT = 512  # prepared ones, per connection
SETTINGS: Final = (
    "PRAGMA synchronous = FULL",  # a commit is on the disk before it is acknowledged
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA cache_size = -{PAGE_CACHE_KIB}",
    f"PRAGMA wal_autocheckpoint = {LOG_PAGES}",
    f"PRAGMA journal_size_limit = {LOG_KEPT_BYTES}",
)
KINDS = {
    "SQLITE_CONSTRAINT_UNIQUE": Taken,
    "SQLITE_CONSTRAINT_PRIMARYKEY": Taken,
    "SQLITE_CONSTRAINT_ROWID": Taken,
    "SQLITE_CONSTRAINT_FOREIGNKEY": Missing,
    "SQLITE_BUSY": Busy,
    "SQLITE_BUSY_SNAPSHOT": Busy,
    "SQLITE_BUSY_RECOVERY": Busy,
    "SQLITE_LOCKED": Busy,
    "SQLITE_FULL": Full,
    "SQLITE_IOERR_SHMSIZE": Full,  # the index of the write-ahead log finds no room
    "SQLITE_IOERR_SHMOPEN": Full,
}
TELLING: dict[type[StorageError], str] = {
    Taken: "a row with that key stands already",
    Missing: "what the row refers to is not there",
    Busy: "another process holds the database",
    Unusable: "the database cannot be used",
    Full: "there is no room on the disk",
}

sqlite3.register_converter("BOOLEAN", b"1".__eq__)


class SqliteConnection(sqlite3.Connection):
    """sqlite3's own, with errors of ours and with booleans that are booleans."""

    engine: Final = "sqlite"

    def execute(self, sql: str, parameters: Values = NOTHING, /) -> sqlite3.Cursor:  # type: ignore[override]  # ours are always named
        """Raises StorageError."""
        try:
            return super().execute(sql, parameters)
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            raise storage_error(error) from error

    def executemany(self, sql: str, parameters: Iterable[Values], /) -> sqlite3.Cursor:  # type: ignore[override]  # ours are always named
        """Raises StorageError."""
        try:
            return super().executemany(sql, parameters)
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            raise storage_error(error) from error


def storage_error(error: sqlite3.Error | OverflowError | UnicodeEncodeError) -> StorageError:
    """What a fault of the driver means to us."""
    if not isinstance(error, sqlite3.Error):
        return Unfit(f"no column holds such a value: {error}")
    if str(error).startswith(("no such table", "no such column")):
        return WrongSchema(f"the database lacks what this version needs ({error}): run `hedgerow upgrade`")
    kind = KINDS.get(getattr(error, "sqlite_errorname", ""), Unusable)
    return kind(f"{TELLING[kind]}: {error}")


def connect(path: Path, *, read_only: bool) -> SqliteConnection:
    """A connection to a file that is there. Raises Unusable where it is not, or is no database."""
    if not path.is_file():
        raise Unusable(f"there is no database at {path}")
    try:
        db = sqlite3.connect(
            path,
            isolation_level=None,
            timeout=BUSY_S,
            check_same_thread=False,
            cached_statements=STATEMENTS_KEPT,
            detect_types=sqlite3.PARSE_DECLTYPES,
            factory=SqliteConnection,
        )
    except sqlite3.Error as error:
        raise storage_error(error) from error
    try:
        if not read_only:
            db.execute("PRAGMA journal_mode = WAL")
        for setting in SETTINGS:
            db.execute(setting)
        if read_only:
            db.execute("PRAGMA query_only = ON")
    except StorageError:
        db.close()
        raise
    return db
