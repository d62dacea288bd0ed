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
from time import monotonic, sleep
from typing import Any

import aiosqlite

from storage import events
from storage.connecting import BUSY_S, SqliteConnection, connect, storage_error
from storage.database import Answer, Connection, Event, Listener, Parameters, Unit
from storage.errors import Busy, StorageError, Unusable

log = logging.getLogger(__name__)

BATCH = 200  # units that share one COMMIT at most
SLOW_S = 0.02  # a reader that takes longer over one unit gets no further ones while another is there
AGAIN_S = 0.0005  # between two attempts to begin while another process writes
POLL_S = 0.2  # how often another process's commits are looked for
CLOSED = "the database is closed"


class _Thread(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function on its thread: one hop a unit, not one a statement."""

    _under_way = 0  # functions that wait or run
    _began_s: float | None = None  # when the one that runs began

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self._under_way += 1
        try:
            return await self._execute(self._timed, function, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite has no types here
        finally:
            self._under_way -= 1

    def _timed(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self._began_s = monotonic()
        try:
            return function(self._conn, *arguments)
        finally:
            self._began_s = None

    def load(self) -> tuple[bool, int]:
        """How unwilling it is to take one more: whether a slow one is running, and how many wait."""
        began_s = self._began_s
        return began_s is not None and monotonic() - began_s > SLOW_S, self._under_way


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A unit of work and the caller who waits for it since a moment (monotonic)."""

    unit: Callable[[Connection], object]
    caller: asyncio.Future[Any]
    since_s: float


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
        self._waiting: deque[_Waiting] = deque()
        self._committing: asyncio.Task[None] | None = None
        self._listeners: list[Listener] = []
        self._last_event_id = last_event_id
        self._closed = False
        self._poll: asyncio.Task[None] | None = None

    async def read(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """See Database.read. Raises Busy or Unusable for faults of the file, else what the unit raises."""
        if self._closed:
            raise Unusable(CLOSED)
        idlest = min(self._readers, key=_Thread.load)
        answer: Answer = await idlest.run(_read, partial(unit, **named) if named else unit, arguments)
        return answer

    async def write(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """See Database.write. Units that wait while a commit is under way share the next one, each in a SAVEPOINT.

        Whoever stops waiting before the unit's turn has come takes it back; from then on it stands or falls by itself.
        """
        if self._closed:
            raise Unusable(CLOSED)
        caller: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(lambda db: unit(db, *arguments, **named), caller, monotonic()))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        return await caller

    def listen(self, listener: Listener) -> None:
        """See Database.listen. From the first listener on, other processes' commits are looked for as well."""
        self._listeners.append(listener)
        if self._poll is None:
            self._poll = asyncio.create_task(self._look_for_others())

    def delay_s(self) -> float:
        """See Database.delay_s: of the writes."""
        return monotonic() - self._waiting[0].since_s if self._waiting else 0.0

    async def close(self) -> None:
        """See Database.close. Closing twice changes nothing."""
        if self._closed:
            return
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
        batch: list[_Waiting] = []
        try:
            while batch := self._next_batch():
                outcomes, news = await self._writer.run(_commit, [waiting.unit for waiting in batch], self._last_event_id)
                self._tell(news)  # before the callers go on: caches are right when they look
                for waiting, done in zip(batch, outcomes, strict=True):
                    _answer(waiting.caller, done)
        finally:
            self._committing = None
            for waiting in (*batch, *self._waiting):  # there are some only where the loop itself ends
                waiting.caller.cancel()

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._waiting and len(batch) < BATCH:
            waiting = self._waiting.popleft()
            if not waiting.caller.done():  # nobody waits for it any more
                batch.append(waiting)
        return batch

    def _tell(self, news: Sequence[Event]) -> None:
        fresh = [event for event in news if event.id > self._last_event_id]
        if not fresh:
            return
        self._last_event_id = fresh[-1].id
        for listener in self._listeners:  # each by itself, in the order of commits; an error of one is the loop's to log
            asyncio.get_running_loop().call_soon(listener, fresh)

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
    if caller.done():  # the caller was cancelled meanwhile; the work stands all the same
        return
    if done.error is not None:
        caller.set_exception(done.error)
    else:
        caller.set_result(done.answer)


def _read(db: SqliteConnection, unit: Callable[..., Answer], arguments: tuple[object, ...]) -> Answer:
    try:
        db.execute("BEGIN")
        try:
            return unit(db, *arguments)
        finally:
            if db.in_transaction:  # a fault of the file ends it by itself
                db.execute("COMMIT")
    except (sqlite3.Error, StopIteration) as error:
        raise _told(error) from error


def _commit(db: SqliteConnection, units: Sequence[Callable[[Connection], object]], last_event_id: int) -> tuple[list[_Done], list[Event]]:
    """Runs the units in one transaction; a failed one alone is taken back, unless the disk itself failed. Never raises."""
    try:
        _begin(db)
        outcomes = [_run(db, unit) for unit in units]
        news = events.list_events_after(db, last_event_id)
        db.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - whatever it was, all of it is taken back, and every caller must hear so
        with contextlib.suppress(sqlite3.Error, StorageError):
            if db.in_transaction:
                db.execute("ROLLBACK")
        return [_Done(error=_told(error)) for _ in units], []
    return outcomes, news


def _begin(db: SqliteConnection) -> None:
    """Begins to write once no other process does. SQLite itself would look again after up to 100 ms, and let others by meanwhile."""
    until_s = monotonic() + BUSY_S
    while True:
        try:
            db.execute("BEGIN IMMEDIATE")
        except Busy:
            if monotonic() > until_s:
                raise
            sleep(AGAIN_S)
        else:
            return


def _run(db: SqliteConnection, unit: Callable[[Connection], object]) -> _Done:
    db.execute("SAVEPOINT unit")
    try:
        done = _Done(unit(db))
    except BaseException as error:
        if not db.in_transaction:  # the disk failed and SQLite took everything back
            raise
        db.execute("ROLLBACK TO unit")
        done = _Done(error=_told(error))
    db.execute("RELEASE unit")
    return done


def _told(error: BaseException) -> BaseException:
    """An error as its caller hears it. A future takes no StopIteration, and the driver's errors are ours from here on."""
    if isinstance(error, sqlite3.Error):
        return storage_error(error)
    return RuntimeError("a unit of work raised StopIteration") if isinstance(error, StopIteration) else error


def _news(db: SqliteConnection, version: int | None, last_event_id: int) -> tuple[int, list[Event]]:
    """The file's data version, and what was said since, if another connection committed."""
    try:
        now: int = db.execute("PRAGMA data_version").fetchone()[0]
        return now, events.list_events_after(db, last_event_id) if now != version else []
    except sqlite3.Error as error:
        raise storage_error(error) from error


async def _thread(path: Path, *, read_only: bool) -> _Thread:
    db = await asyncio.to_thread(connect, path, read_only=read_only)  # not by aiosqlite, whose thread outlives a connection that fails
    thread = _Thread(lambda: db, 64)
    await thread
    return thread


def _look_often(db: SqliteConnection) -> None:
    db.execute("PRAGMA busy_timeout = 0")  # see _begin; nothing else in a transaction that writes can meet another one


async def open_sqlite(path: Path, readers: int = 2) -> SqliteDatabase:
    """The database in a file that `storage.migrating.upgrade` has made. Raises Unusable where there is none."""
    threads: list[_Thread] = []
    try:
        for read_only in (False, *[True] * readers):
            threads.append(await _thread(path, read_only=read_only))
        last_event_id = await threads[0].run(events.last_event_id)
        await threads[0].run(_look_often)
        return SqliteDatabase(threads[0], threads[1:], last_event_id)
    except BaseException:
        for thread in threads:
            await thread.close()
        raise
