"""Copies a whole database to another engine, in pieces that are kept: one that was interrupted goes on where it was.

Only here and in `storage.migrating` SQLAlchemy is loaded: it knows each engine's types. Until the copy is whole its schema is called
COPYING, so that no node serves it.
"""

import hashlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage import indexing
from storage.connecting import connect
from storage.database import Connection
from storage.errors import Taken, Unusable, WrongSchema
from storage.migrating import engine_for, upgrade, upgrade_postgres
from storage.postgres import connected
from storage.schema import COPYING, HEAD

AT_ONCE = 1000
VERSION = "alembic_version"
INDEX = "post_texts"  # made anew: each engine has its own
SEARCHED = "the full-text index"

Progress = Callable[[str, int, int], None]  # (table, rows done, rows in all)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds: how many rows, and a number that any changed, missing or further row changes."""

    rows: int
    digest: str


def copy(source_url: str, target_url: str, progress: Progress) -> Mapping[str, Sum]:
    """Copies everything, compares both sides, and answers what each table holds. The URLs: sqlite:///FILE or postgresql://...

    Raises Taken where the target holds something else, WrongSchema where the source is newer than this version, Unusable where one
    cannot be used, or where the two differ in the end.
    """
    with ExitStack() as stack:
        source = stack.enter_context(_snapshot(source_url))
        revision = _revision(source)
        target = stack.enter_context(_begun(target_url, revision))
        tables = {table.name: table for table in _tables(target)}
        pairs = [(table, tables[table.name]) for table in _tables(source) if table.name != VERSION]
        for table, copied in pairs:
            _copy_table(source, table, target, copied, progress)
        _fill_index(target_url, progress)
        sums = {table.name: sum_of(source, table) for table, _ in pairs}
        differing = [copied.name for _, copied in pairs if sum_of(target, copied) != sums[copied.name]]
        if differing:
            raise Unusable(f"the copy differs from its source in {', '.join(differing)}: was the node running? Stop it, and copy again")
        _finish(target, revision)
    return sums


def _copy_table(source: sa.Connection, table: sa.Table, target: sa.Connection, copied: sa.Table, progress: Progress) -> None:
    """Rows in the order of their key, each thousand committed. Where the key is one number, what the target has already is passed over."""
    total = _count(source, table)
    key = list(table.primary_key)
    chosen = sa.select(table).order_by(*key)
    done = 0
    if len(key) == 1 and isinstance(key[0].type, sa.Integer):
        last = target.scalar(sa.select(sa.func.max(copied.c[key[0].name])))
        done = _count(target, copied)
        chosen = chosen.where(key[0] > last) if last is not None else chosen
    progress(table.name, done, total)
    for rows in source.execute(chosen.execution_options(yield_per=AT_ONCE)).mappings().partitions(AT_ONCE):
        target.execute(_insert(target, copied), [dict(row) for row in rows])
        target.commit()
        done += len(rows)
        progress(table.name, min(done, total), total)


def _insert(target: sa.Connection, table: sa.Table) -> Any:
    dialect = postgresql if target.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def sum_of(connection: sa.Connection, table: sa.Table) -> Sum:
    """What a table holds, the same on every engine and in every order."""
    chosen = sa.select(*sorted(table.c, key=lambda each: each.name)).execution_options(yield_per=AT_ONCE)
    rows, total = 0, 0
    for part in connection.execute(chosen).partitions(AT_ONCE):
        for row in part:
            text = orjson.dumps([_plain(value) for value in row], option=orjson.OPT_SORT_KEYS)
            total = (total + int.from_bytes(hashlib.blake2b(text, digest_size=16).digest())) % (1 << 128)
            rows += 1
    return Sum(rows, f"{total:032x}")


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return float(value) if isinstance(value, Decimal) else value


def _tables(connection: sa.Connection) -> Sequence[sa.Table]:
    """Every table of ours, those that others refer to first; the full-text index is not among them."""
    metadata = sa.MetaData()
    with warnings.catch_warnings(category=sa.exc.SAWarning, action="ignore"):  # it does not read our expression-based indexes
        metadata.reflect(connection, only=lambda name, _: not name.startswith(INDEX))
    return metadata.sorted_tables


@contextmanager
def _snapshot(url: str) -> Iterator[sa.Connection]:
    """The source as it is at one moment, whatever a node beside us does. Raises Unusable."""
    with _connected(url) as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


@contextmanager
def _begun(url: str, revision: str) -> Iterator[sa.Connection]:
    """The target with the source's schema, marked as half a copy. Raises Taken where it holds something that is none."""
    file = _file(url)
    is_fresh = not file.exists() if file else not _has_schema(url)
    if is_fresh:
        upgrade(file, revision) if file else upgrade_postgres(url, revision)
    with _connected(url) as connection:
        if not is_fresh and connection.scalar(sa.text("SELECT version_num FROM alembic_version")) != COPYING:
            raise Taken("the target holds a database already: name an empty one")
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :copying"), {"copying": COPYING})
        connection.commit()
        yield connection


def _has_schema(url: str) -> bool:
    with _connected(url) as connection:
        return sa.inspect(connection).has_table(VERSION)


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    file = _file(url)
    engine = engine_for(url)
    try:
        with engine.connect() as connection:
            yield connection
    except sa.exc.DatabaseError as error:
        raise Unusable(f"the database at {file or engine.url.render_as_string()} cannot be used: {error.orig}") from error
    finally:
        engine.dispose()


def _file(url: str) -> Path | None:
    kind, _, path = url.partition(":///")
    return Path(path) if kind == "sqlite" else None


def _revision(source: sa.Connection) -> str:
    """The schema that is copied, maybe an older one: an upgrade backs up before it begins. Raises WrongSchema."""
    found = str(source.scalar(sa.text("SELECT version_num FROM alembic_version")))
    if found == COPYING or found > HEAD:
        raise WrongSchema(f"the database to be copied has schema {found}, this version knows {HEAD}: it is half a copy, or too new")
    return found


def _fill_index(url: str, progress: Progress) -> None:
    """The words of every post, in the target's own full-text index."""
    with _storage_connection(url) as db:
        total = int(db.execute("SELECT count(*) FROM posts").fetchone()[0])
        done, last = 0, 0
        while rows := db.execute(
            "SELECT id FROM posts WHERE id > :last ORDER BY id LIMIT :most", {"last": last, "most": AT_ONCE}
        ).fetchall():
            db.execute("BEGIN")
            for (post_id,) in rows:
                if not indexing.is_indexed(db, post_id):
                    indexing.index_text(db, post_id)
            db.execute("COMMIT")
            last, done = rows[-1][0], done + len(rows)
            progress(SEARCHED, done, total)


@contextmanager
def _storage_connection(url: str) -> Iterator[Connection]:
    """A connection for storage functions, which commits where it is told to."""
    file = _file(url)
    if file is None:
        with connected(url) as found:
            yield found
        return
    db = connect(file, read_only=False)
    try:
        yield db
    finally:
        db.close()


def _finish(target: sa.Connection, revision: str) -> None:
    """Numbers that the database gives go on after the highest; from now on a node serves it."""
    if target.dialect.name == "postgresql":
        for table in _tables(target):
            for column in table.primary_key:
                sequence = (
                    target.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))) if column.autoincrement else None
                )
                if sequence:
                    highest = sa.select(sa.func.coalesce(sa.func.max(column), 0) + 1).scalar_subquery()
                    target.execute(sa.select(sa.func.setval(sequence, highest, False)))
    target.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": revision})
    target.commit()
