"""The memory on SQLite: one writer that commits in groups, a few read-only readers, each on a thread of its own."""

import asyncio
import contextlib
import logging
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite

from storage import events
from storage.database import Answer, Connection, Event, Listener, Parameters, Unit
from storage.errors import Busy, StorageError, Taken, Unusable

log = logging.getLogger(__name__)

BATCH = 200  # units that share one COMMIT at most
BUSY_S = 15.0
POLL_S = 0.2  # how often another process's commits are looked for
PAGE_CACHE_KIB = 8192
FULL_CODES = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY}


class _Thread(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function on its thread: one hop a unit, not one a statement."""

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await self._execute(function, self._conn, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite has no types here


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A unit of work and the caller who waits for it."""

    unit: Callable[[Connection], object]
    caller: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Done:
    """How a unit ended: an answer, or the error that took it back."""

    answer: object = None
    error: BaseException | None = None


class SqliteDatabase:
    """A Database on one SQLite file. Make it with `open_sqlite`."""

    def __init__(self, writer: _Thread, readers: Sequence[_Thread], last_event_id: int) -> None:
        self._writer = writer
        self._readers = readers
        self._turn = 0
        self._waiting: deque[_Waiting] = deque()
        self._committing: asyncio.Task[None] | None = None
        self._listeners: list[Listener] = []
        self._last_event_id = last_event_id
        self._closed = False
        self._poll: asyncio.Task[None] | None = None

    async def read(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """See Database.read. Raises Busy or Unusable for faults of the file, else what the unit raises."""
        self._turn = (self._turn + 1) % len(self._readers)
        answer: Answer = await self._readers[self._turn].run(_read, partial(unit, **named) if named else unit, arguments)
        return answer

    async def write(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """See Database.write. Units that wait while a commit is under way share the next one, each in a SAVEPOINT."""
        if self._closed:
            raise Unusable("the database is closed")
        caller: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(lambda db: unit(db, *arguments, **named), caller))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        return await caller

    def listen(self, listener: Listener) -> None:
        """See Database.listen. From the first listener on, other processes' commits are looked for as well."""
        self._listeners.append(listener)
        if self._poll is None:
            self._poll = asyncio.create_task(self._look_for_others())

    async def close(self) -> None:
        """See Database.close."""
        self._closed = True
        if self._poll is not None:
            self._poll.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poll
        if self._committing is not None:
            await self._committing
        for thread in (*self._readers, self._writer):
            await thread.close()

    async def _commit_waiting(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                outcomes, news = await self._writer.run(_commit, [waiting.unit for waiting in batch], self._last_event_id)
                for waiting, done in zip(batch, outcomes, strict=True):
                    _answer(waiting.caller, done)
                self._tell(news)
        finally:
            self._committing = None

    def _tell(self, news: Sequence[Event]) -> None:
        fresh = [event for event in news if event.id > self._last_event_id]
        if not fresh:
            return
        self._last_event_id = fresh[-1].id
        for listener in self._listeners:
            listener(fresh)

    async def _look_for_others(self) -> None:
        version = None
        while True:
            await asyncio.sleep(POLL_S)
            try:
                version, news = await self._readers[0].run(_news, version, self._last_event_id)
            except StorageError as error:
                log.warning("cannot look for other processes' commits", extra={"error": str(error)})
                continue
            self._tell(news)


def _answer(caller: asyncio.Future[Any], done: _Done) -> None:
    if caller.done():  # the caller was cancelled while it waited; the work stands all the same
        return
    if done.error is not None:
        caller.set_exception(done.error)
    else:
        caller.set_result(done.answer)


def _read(db: sqlite3.Connection, unit: Callable[..., Answer], arguments: tuple[object, ...]) -> Answer:
    try:
        db.execute("BEGIN")
        try:
            return unit(db, *arguments)
        finally:
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise _ours(error) from error


def _commit(db: sqlite3.Connection, units: Sequence[Callable[[Connection], object]], last_event_id: int) -> tuple[list[_Done], list[Event]]:
    """Runs the units in one transaction; a failed one alone is taken back, unless the disk itself failed."""
    try:
        db.execute("BEGIN IMMEDIATE")
        outcomes = [_run(db, unit) for unit in units]
        news = events.list_events_after(db, last_event_id)
        db.execute("COMMIT")
    except sqlite3.Error as error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        return [_Done(error=_ours(error)) for _ in units], []
    return outcomes, news


def _run(db: sqlite3.Connection, unit: Callable[[Connection], object]) -> _Done:
    db.execute("SAVEPOINT unit")
    try:
        done = _Done(unit(db))
    except Exception as error:
        if not db.in_transaction:  # the disk failed and SQLite took everything back
            raise
        db.execute("ROLLBACK TO unit")
        done = _Done(error=_ours(error) if isinstance(error, sqlite3.Error) else error)
    db.execute("RELEASE unit")
    return done


def _news(db: sqlite3.Connection, version: int | None, last_event_id: int) -> tuple[int, list[Event]]:
    """The file's data version, and what was said since, if another connection committed."""
    try:
        now: int = db.execute("PRAGMA data_version").fetchone()[0]
        return now, events.list_events_after(db, last_event_id) if now != version else []
    except sqlite3.Error as error:
        raise _ours(error) from error


def _ours(error: sqlite3.Error) -> StorageError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, sqlite3.IntegrityError):
        return Taken(str(error))
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Busy(f"another process holds the database: {error}")
    return Unusable(f"{'the disk or the file failed' if code in FULL_CODES else 'a statement failed'}: {error}")


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection with the settings on which durability rests: WAL, synchronous=FULL, foreign keys."""
    if not path.exists():
        raise Unusable(f"there is no database at {path}")
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S, check_same_thread=False, cached_statements=512)
    if not read_only:
        db.execute("PRAGMA journal_mode = WAL")
    for pragma in ("synchronous = FULL", "foreign_keys = ON", f"cache_size = -{PAGE_CACHE_KIB}", "temp_store = MEMORY"):
        db.execute("PRAGMA " + pragma)
    if read_only:
        db.execute("PRAGMA query_only = ON")
    return db


async def _thread(path: Path, *, read_only: bool) -> _Thread:
    if not await asyncio.to_thread(path.exists):
        raise Unusable(f"there is no database at {path}")
    thread = _Thread(partial(connect, path, read_only=read_only), 64)
    try:
        await thread
    except sqlite3.Error as error:
        raise _ours(error) from error
    return thread


async def open_sqlite(path: Path, readers: int = 2) -> SqliteDatabase:
    """The database in a file that `storage.migrating.upgrade` has made. Raises Unusable where there is none."""
    writer = await _thread(path, read_only=False)
    threads = [await _thread(path, read_only=True) for _ in range(readers)]
    return SqliteDatabase(writer, threads, await writer.run(events.last_event_id))
