"""A node's memory on a SQLite database that lives in this process, and does each unit of work at once, on the spot."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from storage import events
from storage.connecting import SqliteConnection
from storage.database import Listener
from storage.migrating import upgrade
from storage.sqlite import SqliteDatabase

SETTINGS = ("foreign_keys = ON", "temp_store = MEMORY")
STATEMENTS_KEPT = 128
CACHE_KIB = 2048


class _OnTheSpot:
    """In the place of a thread."""

    _under_way = 0
    _began_s = None

    def __init__(self, db: SqliteConnection) -> None:
        self._db = db

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(self._db, *arguments)

    async def close(self) -> None:
        """The database outlives the node that opened it."""


class Memory(SqliteDatabase):
    """The node's own database class: groups, savepoints, events. No other process writes to it, so none is looked for."""

    def __init__(self, db: SqliteConnection) -> None:
        place: Any = _OnTheSpot(db)
        super().__init__(place, [place], events.last_event_id(db))

    def delay_s(self) -> float:
        return 0.0

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)


def make_template(folder: Path) -> bytes:
    """An empty database of the newest schema, as SQLite keeps it in a file."""
    file = folder / "template.sqlite"
    upgrade(file)
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        return db.serialize()


def new_database(template: bytes) -> SqliteConnection:
    """A copy of the template in memory."""
    db = sqlite3.connect(
        ":memory:",
        isolation_level=None,
        cached_statements=STATEMENTS_KEPT,
        detect_types=sqlite3.PARSE_DECLTYPES,
        factory=SqliteConnection,
        check_same_thread=False,
    )
    db.deserialize(template)
    for setting in SETTINGS:
        db.execute(f"PRAGMA {setting}")
    return db
