"""The memory on PostgreSQL: a pool of connections, each used by one thread at a time; every unit of work is a transaction of its own.

A unit may be run again where that is safe: when the server says that it met another one (serialization failure, deadlock), when a row
that it was about to add was added meanwhile, and when the connection was lost before COMMIT was sent. A unit has no effects but its
statements (DESIGN, "The memory"), so what a caller sees is one run.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import uniform
from typing import Any, Final

import orjson
import psycopg
from psycopg import errors
from psycopg.adapt import Loader
from psycopg.pq.abc import PGconn
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import ConnectionPool, PoolTimeout

from storage import events
from storage.database import NOTHING, Answer, Connection, Cursor, Event, Listener, Parameters, Row, Unit, Values
from storage.errors import Busy, Full, Missing, StorageError, Taken, Unfit, Unusable, WrongSchema
from storage.speaking import COMMIT, Answered, Speaker, translated

log = logging.getLogger(__name__)

LISTEN = "LISTEN hedgerow_events"
READ = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"  # a page is of one moment
WRITE, ROLLBACK = b"BEGIN", b"ROLLBACK"
TRIES = 8
PATIENCE_S = 10.0  # that a server may take to come back
REMEMBERED = 4096  # ids of events that were told
CLOSED = "the database is closed"
KINDS: tuple[tuple[type[psycopg.Error], type[StorageError], str], ...] = (  # the first that fits
    (errors.UniqueViolation, Taken, "a row with that key stands already"),
    (errors.ForeignKeyViolation, Missing, "what the row refers to is not there"),
    (errors.UndefinedTable, WrongSchema, "the database lacks what this version needs: run `hedgerow upgrade`"),
    (errors.UndefinedColumn, WrongSchema, "the database lacks what this version needs: run `hedgerow upgrade`"),
    (errors.DiskFull, Full, "there is no room on the server's disk"),
    (errors.LockNotAvailable, Busy, "another process holds the row"),
    (errors.SerializationFailure, Busy, "too many want to change the same row"),
    (errors.DeadlockDetected, Busy, "too many want to change the same rows"),
    (PoolTimeout, Busy, "every connection is in use"),
    (psycopg.DataError, Unfit, "no column holds such a value"),
    (psycopg.Error, Unusable, "the database cannot be used"),
)
AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)


class _Number(Loader):
    """sum() of 64-bit numbers is `numeric` here; ours are whole numbers or floats."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


class Raw(psycopg.Connection[Row]):
    """A connection of the driver that takes and gives what SQLite's does, and speaks as `storage.speaking` does."""

    def __init__(self, pgconn: PGconn, row_factory: Any = psycopg.rows.tuple_row) -> None:
        super().__init__(pgconn, row_factory)
        self.adapters.register_dumper(int, Int8Dumper)  # one type for all numbers, so one plan for each statement
        self.adapters.register_loader("numeric", _Number)
        self.speaker = Speaker(self)


class PostgresConnection:
    """What a storage function is given; see storage.database.Connection. Keeps the events that its transaction has added."""

    engine: Final = "postgresql"

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker
        self.added: list[Event] = []

    def execute(self, text: str, parameters: Values = NOTHING, /) -> Cursor:
        """Raises StorageError, with the driver's error as its cause."""
        try:
            answered = self._speaker.ask(translated(text), parameters)
        except (psycopg.Error, ValueError, OverflowError) as error:
            raise storage_error(error) from error
        if text is events.ADD:
            self.added.append(Event(answered.rows[0][0], *(parameters[name] for name in ("kind", "subject_id", "payload"))))  # type: ignore[arg-type]  # as add_event gives them
        return answered

    def executemany(self, text: str, parameters: Iterable[Values], /) -> Cursor:
        """Raises StorageError."""
        return Answered(sum(self.execute(text, each).rowcount for each in parameters), ())


def storage_error(error: Exception) -> StorageError:
    """What a fault of the driver means to us."""
    if not isinstance(error, psycopg.Error):
        return Unfit(f"no column holds such a value: {error}")
    kind, said = next((kind, said) for driver, kind, said in KINDS if isinstance(error, driver))
    return kind(f"{said}: {error}")


class PostgresDatabase:
    """A Database on PostgreSQL. Make it with `open_postgres`."""

    engine: Final = "postgresql"

    def __init__(self, url: str, connections: int) -> None:
        self._url = url
        self._pool = ConnectionPool(
            url,
            min_size=min(2, connections),
            max_size=connections,
            timeout=PATIENCE_S,
            kwargs={"autocommit": True},
            connection_class=Raw,
            open=False,
        )
        self._threads = ThreadPoolExecutor(connections, "postgres")
        self._listeners: list[Listener] = []
        self._told: deque[int] = deque(maxlen=REMEMBERED)
        self._hearing: asyncio.Task[None] | None = None
        self._first_id = self._last_id = 0  # of events that were there before, and that NOTIFY told
        self._closed = False
        self._waiting: dict[object, float] = {}  # {a unit that no thread has begun: since when}

    async def open(self) -> None:
        """Raises Unusable where there is no server, or it does not let us in."""
        try:
            await asyncio.to_thread(self._pool.open, wait=True, timeout=PATIENCE_S)
        except psycopg.Error as error:
            await self.close()
            raise Unusable(f"PostgreSQL does not answer at the address in [database] url: {error}") from error

    async def read(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """See Database.read. Raises Busy or Unusable for faults of the server, else what the unit raises."""
        answer, _ = await self._run(READ, lambda db: unit(db, *arguments, **named))
        return answer

    async def write(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """See Database.write."""
        answer, added = await self._run(WRITE, lambda db: unit(db, *arguments, **named))
        if added:
            self._tell(added)
            await asyncio.sleep(0)  # before the caller goes on listeners have heard: caches are right when it looks
        return answer

    async def _run(self, begin: bytes, unit: Callable[[Connection], Answer]) -> tuple[Answer, list[Event]]:
        if self._closed:
            raise Unusable(CLOSED)
        mark = object()
        self._waiting[mark] = time.monotonic()

        def run() -> tuple[Answer, list[Event]]:
            self._waiting.pop(mark, None)
            return run_unit(self._pool, begin, unit)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, run)
        except StopIteration as error:  # a future takes none
            raise RuntimeError("a unit of work raised StopIteration") from error
        finally:
            self._waiting.pop(mark, None)  # whoever stopped waiting takes it back

    def delay_s(self) -> float:
        """See Database.delay_s."""
        try:
            since_s = next(iter(self._waiting.values()), None)
        except RuntimeError:  # a thread has just begun one
            return 0.0
        return 0.0 if since_s is None else time.monotonic() - since_s

    def listen(self, listener: Listener) -> None:
        """See Database.listen. From the first listener on, other processes' commits are heard as well."""
        self._listeners.append(listener)
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._hear())

    async def close(self) -> None:
        """See Database.close. Closing twice changes nothing."""
        if self._closed:
            return
        self._closed = True
        if self._hearing is not None:
            self._hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._hearing
        await asyncio.to_thread(self._threads.shutdown)
        await asyncio.to_thread(self._pool.close)

    def _tell(self, found: Sequence[Event]) -> None:
        fresh = [event for event in found if event.id not in self._told]
        self._told.extend(event.id for event in fresh)
        for listener in self._listeners if fresh else ():
            asyncio.get_running_loop().call_soon(listener, fresh)

    async def _hear(self) -> None:
        """Hears of every commit by NOTIFY; after a lost connection looks for what was said meanwhile."""
        self._first_id = self._last_id = await self.read(events.last_event_id)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as ear:
                    await ear.execute(LISTEN)
                    await self._hear_by(ear.pgconn)
            except (psycopg.Error, StorageError) as error:
                log.warning("cannot hear other processes' commits", extra={"error": str(error)})
                await asyncio.sleep(1)

    async def _hear_by(self, ear: PGconn) -> None:
        """Never returns. Raises psycopg.Error where the connection is lost.

        The driver's own `notifies()` costs the loop as much for each commit as some statements do.
        """
        self._tell(await self.read(events.list_events_after, max(self._first_id, self._last_id - REMEMBERED // 4)))
        loop, something, socket = asyncio.get_running_loop(), asyncio.Event(), ear.socket
        loop.add_reader(socket, something.set)
        try:
            while True:
                await something.wait()
                something.clear()
                ear.consume_input()
                await self._take(said.extra for said in iter(ear.notifies, None))
        finally:
            loop.remove_reader(socket)

    async def _take(self, said: Iterable[bytes]) -> None:
        """What NOTIFY brought: whole events, or ids of events that are too large for it."""
        for each in said:
            stated = orjson.loads(each)
            event_id = stated if isinstance(stated, int) else stated[0]
            self._last_id = max(self._last_id, event_id)
            if event_id not in self._told:
                self._tell(await self.read(events.list_events_at, event_id) if isinstance(stated, int) else [Event(*stated)])


def run_unit(pool: ConnectionPool[Raw], begin: bytes, unit: Callable[[Connection], Answer]) -> tuple[Answer, list[Event]]:
    """What a unit answers and the events that it added, once it is committed. Raises as Database.write."""
    end_s = time.monotonic() + PATIENCE_S
    for tries in range(1, TRIES + 1):
        sent = done = False
        try:
            with pool.connection() as raw:
                db = PostgresConnection(raw.speaker)
                raw.speaker.control(begin)
                try:
                    answer = unit(db)
                    sent = True
                    raw.speaker.control(COMMIT)
                    done = True
                finally:
                    if not done and not raw.closed:
                        raw.speaker.control(ROLLBACK)
                return answer, db.added
        except (StorageError, psycopg.Error) as error:
            cause = error.__cause__ if isinstance(error, StorageError) else error
            if not _is_worth_another_try(cause, sent=sent, tries=tries, late=time.monotonic() > end_s):
                raise error if isinstance(error, StorageError) else storage_error(error) from error
        time.sleep(uniform(0, 0.005) * tries)  # noqa: S311 - so that two that met do not meet again
    raise Busy("too many want to change the same rows")


def _is_worth_another_try(error: BaseException | None, *, sent: bool, tries: int, late: bool) -> bool:
    """A key that stands at the second run as well is no accident; a connection lost while COMMIT was under way may have committed."""
    if late or tries == TRIES:
        return False
    if isinstance(error, errors.UniqueViolation):
        return tries == 1
    return isinstance(error, AGAIN) or (isinstance(error, psycopg.OperationalError) and not isinstance(error, PoolTimeout) and not sent)


async def open_postgres(url: str, connections: int = 8) -> PostgresDatabase:
    """The database behind a postgresql:// URL, which `storage.migrating.upgrade` has made. Raises Unusable where there is none."""
    database = PostgresDatabase(url, connections)
    await database.open()
    return database


@contextlib.contextmanager
def connected(url: str) -> Iterator[PostgresConnection]:
    """One connection outside of any pool, which commits each statement unless told otherwise. Raises Unusable."""
    try:
        with Raw.connect(url, autocommit=True) as raw:
            yield PostgresConnection(raw.speaker)
    except psycopg.Error as error:
        raise Unusable(f"PostgreSQL does not answer at the address in [database] url: {error}") from error


def is_empty(url: str) -> bool:
    """Whether a database has no schema of ours yet. Raises Unusable where it cannot be reached."""
    return _ask(url, "SELECT to_regclass('alembic_version') IS NULL") is True


def server_version(url: str) -> str:
    """Of the server that holds a database. Raises Unusable where it cannot be reached."""
    return str(_ask(url, "SHOW server_version"))


def _ask(url: str, question: str) -> object:
    with connected(url) as db:
        row = db.execute(question).fetchone()
    return row[0] if row else None
