"""Statements of ours put to PostgreSQL over one connection, by libpq's blocking calls: a third of what the driver's cursors cost.

The driver still makes the connections, and turns values and rows into what the server and Python want. What its cursors add, waiting for
the socket in Python and taking the interpreter's lock several times a statement, serves nobody here: each connection is one thread's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult

from storage.database import AFRESH, Row, Values

GOOD = frozenset({int(ExecStatus.TUPLES_OK), int(ExecStatus.COMMAND_OK)})
COMMIT = b"COMMIT"
KEPT = 512  # prepared statements of a connection; what comes after them is planned each time
_LITERAL = re.compile(r"('(?:[^']|'')*')")
_NAME = re.compile(r"(?<![:\w]):([a-z]\w*)")
_OURS_ONLY = re.compile(r"/\*pg: ([^*]*)\*/")


@dataclass(frozen=True, slots=True)
class Statement:
    """As the server takes it. names: of the values for $1, $2 ..."""

    text: bytes
    names: tuple[str, ...]
    formats: Sequence[PyFormat]
    is_kept: bool


@lru_cache(maxsize=2048)
def translated(text: str) -> Statement:
    """A statement of ours as the server takes it: each `:name` becomes a number, and what stands in `/*pg: ... */` counts."""
    names: dict[str, int] = {}
    parts = _LITERAL.split(_OURS_ONLY.sub(r"\1", text))
    said = "".join(
        part if part.startswith("'") else _NAME.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", part) for part in parts
    )
    return Statement(said.encode(), tuple(names), [PyFormat.AUTO] * len(names), AFRESH not in text)


@dataclass(slots=True)
class Answered:
    """What a statement answered; see storage.database.Cursor."""

    rowcount: int
    rows: Sequence[Row]
    _next: int = 0

    def fetchone(self) -> Row | None:
        self._next += 1
        return self.rows[self._next - 1] if self._next <= len(self.rows) else None

    def fetchall(self) -> list[Row]:
        begun, self._next = self._next, len(self.rows)
        return list(self.rows[begun:])

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement that the server has taken apart already. types: of its values, as OIDs; 0 where only NULL or text was given so far."""

    name: bytes
    types: tuple[int, ...]

    def takes(self, types: Sequence[int]) -> bool:
        """Whether values of such types fit: NULL fits everywhere."""
        return self.types == types or all(given in {0, known} for given, known in zip(types, self.types, strict=True))


class Speaker:
    """One connection's. Its prepared statements last as long as it does, whatever becomes of the transaction that made them."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self._server = raw.pgconn
        self._values = Transformer(raw)
        self._kept: dict[bytes, _Prepared] = {}
        self._numbers = count()

    def ask(self, statement: Statement, parameters: Values) -> Answered:
        """What the server answers. Raises psycopg.Error, and ValueError for what the driver cannot put into words."""
        values = self._values
        given = values.dump_sequence([parameters[name] for name in statement.names], statement.formats)
        name = self._name(statement.text, tuple(values.types or ())) if statement.is_kept else None
        if name is None:
            result = self._server.exec_params(statement.text, given, values.types, values.formats)
        else:
            result = self._server.exec_prepared(name, given, values.formats)  # type: ignore[arg-type]  # None is NULL there as well
        self._check(result)
        if not result.nfields:
            return Answered(result.command_tuples or 0, ())
        values.set_pgresult(result)
        return Answered(result.ntuples, values.load_rows(0, result.ntuples, tuple))

    def control(self, command: bytes) -> None:
        """Begins or ends a transaction. Raises psycopg.Error, also where COMMIT found that a statement had failed and nothing was kept."""
        result = self._server.exec_(command)
        self._check(result)
        if command == COMMIT and result.command_status != COMMIT:
            raise errors.InFailedSqlTransaction("a statement of the unit failed, so nothing of it was kept")

    def _name(self, text: bytes, types: tuple[int, ...]) -> bytes | None:
        """Under which a statement is prepared for values of such types; None where it is not."""
        kept = self._kept.get(text)
        if kept is not None and kept.takes(types):
            return kept.name
        if kept is not None:  # what was NULL has a value now
            types = tuple(given or known for given, known in zip(types, kept.types, strict=True))
            self._check(self._server.exec_(b"DEALLOCATE " + kept.name))
            del self._kept[text]
        elif len(self._kept) == KEPT:
            return None
        name = b"s%d" % next(self._numbers)
        self._check(self._server.prepare(name, text, types))
        self._kept[text] = _Prepared(name, types)
        return name

    def _check(self, result: PGresult) -> None:
        if result.status in GOOD:
            return
        if self._server.status == ConnStatus.BAD:
            raise psycopg.OperationalError(f"the connection is lost: {self._server.get_error_message()}")
        raise errors.error_from_result(result)
