"""The two calls through which everything reaches the memory, `read` and `write`, and what a storage function is given."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
Values = Mapping[str, object]
Row = tuple[Any, ...]
NOTHING: Values = {}
AFRESH = "/*afresh*/"  # in a statement: PostgreSQL plans it for the values of each call, for with others another way would be right


class Cursor(Protocol):
    """What a statement answers; sqlite3's cursor and psycopg's both fit."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


Engine = Literal["sqlite", "postgresql"]


class Connection(Protocol):
    """An open connection inside a transaction. Parameters are named (`:name`); nothing is ever formatted into SQL.

    What stands in `/*pg: ... */` counts on PostgreSQL alone; for SQLite it is a comment.
    """

    @property
    def engine(self) -> Engine: ...

    def execute(self, sql: str, parameters: Values = NOTHING, /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Iterable[Values], /) -> Cursor: ...


@dataclass(frozen=True, slots=True)
class Event:
    """Something that others must hear of, appended in the transaction that did it. ids grow in the order of commits."""

    id: int
    kind: str
    subject_id: int
    payload: str


Unit = Callable[Concatenate[Connection, Parameters], Answer]
Listener = Callable[[Sequence[Event]], None]


class Database(Protocol):
    """A unit of work is a plain function on an open connection: one hop, one transaction."""

    async def read(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """What the unit answers, from a read-only connection."""
        ...

    async def write(self, unit: Unit[Parameters, Answer], *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        """What the unit answers, after it was committed to the disk; nothing of it stays when it raises."""
        ...

    def listen(self, listener: Listener) -> None:
        """Calls the listener on the event loop with what was committed, here or in another process."""
        ...

    def delay_s(self) -> float:
        """How long the first unit in line has waited for its turn; 0.0 where none waits."""
        ...

    async def close(self) -> None:
        """Finishes what waits, then closes every connection."""
        ...


def one_value(cursor: Cursor) -> Any:
    """The first column of the first row, or None where there is no row."""
    row = cursor.fetchone()
    return None if row is None else row[0]


def serialise(db: Connection, *names: str) -> None:
    """Lets no other unit that gives one of these names go on until this one has ended. On SQLite units are one after the other anyway."""
    if db.engine == "postgresql":
        for name in sorted(set(names)):  # in one order everywhere, or two would wait for each other
            db.execute("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))", {"name": name})


def with_list(sql: str, name: str, listed: Iterable[object], /, **others: object) -> tuple[str, Values]:
    """A statement with `(:name)` widened to as many placeholders as a list has values, and its parameters.

    db.execute(*with_list(BY_IDS, "ids", ids, viewer=viewer_id)) where BY_IDS says `id IN (:ids)`. This is the one form in which a
    statement is made at run time. The list is filled up to a power of two with its last value, so that few texts need to be
    prepared; an empty one becomes NULL, which equals nothing.
    """
    given = list(listed)
    given += given[-1:] * (_next_power_of_two(len(given)) - len(given))
    return _widened(sql, name, len(given)), {**others, **{f"{name}{position}": value for position, value in enumerate(given)}}


def _next_power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length() if count else 0


@lru_cache(maxsize=256)
def _widened(sql: str, name: str, count: int) -> str:
    marker = f"(:{name})"
    if marker not in sql:
        raise ValueError(f"the statement has no {marker}")
    return sql.replace(marker, "(" + (", ".join(f":{name}{position}" for position in range(count)) or "NULL") + ")")
