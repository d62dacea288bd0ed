"""Fills a database with an archive: whole pieces of each table at once, on either engine; and what each table takes in the end."""

import asyncio
import random
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import psycopg

from node import databases
from node.assembly import open_context, utc_now
from node.config import Config, config_from_toml
from storage.ids import ms_from_datetime
from tests.bench.growth.archive import COLUMNS, TAGS, Archive, Teller, draw_archive
from tests.bench.growth.crowd import Crowd, Scale, add_people, draw_crowd

SEED = 1
AT_ONCE = 5000
ORIGIN = "https://hedge.example"
FAST = ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -1000000", "locking_mode = EXCLUSIVE")
WORDS_INDEX = "CREATE INDEX post_texts_words ON post_texts USING gin (words)"
FILL_WORDS = """
    INSERT INTO post_texts (id, words) SELECT id, setweight(to_tsvector('simple', tags), 'C') || to_tsvector('simple', body) FROM told"""
TALLIES = """
    INSERT INTO tallies (account_id, posts, boosts, open_posts, last_ms)
    SELECT account_id, count(*), count(boost_of_id), sum(CASE WHEN visibility <= 1 THEN 1 ELSE 0 END), max(published_ms)
    FROM posts WHERE true GROUP BY account_id ON CONFLICT DO NOTHING"""
PIECES = "SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name"
INDEXES_OF = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'"
RELATIONS = """
    SELECT c.relname, coalesce(i.relname, c.relname), pg_total_relation_size(c.oid) FROM pg_class c
    LEFT JOIN pg_index x ON x.indexrelid = c.oid LEFT JOIN pg_class i ON i.oid = x.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')"""


class Bulk(Protocol):
    """A connection that takes many rows at once."""

    def put(self, table: str, rows: Sequence[tuple[object, ...]]) -> None: ...
    def run(self, statement: str) -> None: ...


class SqliteBulk:
    """Nothing here must last until it is whole."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def put(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        columns = COLUMNS[table].replace("id,", "rowid,", 1) if table == "post_texts" else COLUMNS[table]
        marks = ", ".join("?" * (columns.count(",") + 1))
        with self._db:
            self._db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)

    def run(self, statement: str) -> None:
        with self._db:
            self._db.execute(statement)


class PostgresBulk:
    """COPY, without the checks of foreign keys."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self._db = db

    def put(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        into = "told" if table == "post_texts" else table
        with self._db.cursor() as cursor:
            if into == "told":
                cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS told (id bigint, body text, tags text)")
            with cursor.copy(f"COPY {into} ({COLUMNS[table]}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            if into == "told":
                cursor.execute(FILL_WORDS)
                cursor.execute("TRUNCATE told")
        self._db.commit()

    def run(self, statement: str) -> None:
        self._db.execute(statement)
        self._db.commit()


@contextmanager
def bulk(config: Config) -> Iterator[Bulk]:
    """A connection for filling."""
    if config.sqlite_file is not None:
        db = sqlite3.connect(config.sqlite_file)
        for setting in FAST:
            db.execute(f"PRAGMA {setting}")
        yield SqliteBulk(db)
        db.close()
        return
    with psycopg.connect(config.database.url) as raw:
        raw.execute("SET session_replication_role = replica")
        raw.execute("SET synchronous_commit = off")
        raw.execute("SET maintenance_work_mem = '512MB'")
        yield PostgresBulk(raw)


def make_config(folder: Path, url: str = "") -> Config:
    """A node of the bench in a folder, rate limits off. url: of its database, else a file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    memory = f'[database]\nurl = "{url}"\nconnections = 4\n' if url else ""
    return config_from_toml(f'[node]\nurl = "{ORIGIN}"\n[limits]\nrates = false\n[log]\nlevel = "error"\n{memory}', folder, {})


def fill(config: Config, scale: Scale, count: int) -> Archive:
    """A node's database with so many posts, the last of them an hour ago; answers what is in it."""
    databases.create(config)
    end_ms = ms_from_datetime(utc_now() - timedelta(hours=1))
    chance = random.Random(SEED)
    crowd = draw_crowd(scale, ORIGIN, end_ms, chance)
    asyncio.run(_fill_people(config, crowd))
    archive = draw_archive(crowd, count, end_ms, chance)
    with bulk(config) as db:
        _fill_posts(db, archive, chance, is_postgres=config.sqlite_file is None)
    if config.sqlite_file is None:
        with psycopg.connect(config.database.url, autocommit=True) as raw:
            raw.execute("VACUUM ANALYZE")  # autovacuum does this for a node
    return archive


async def _fill_people(config: Config, crowd: Crowd) -> None:
    async with open_context(config) as context:
        await add_people(context, crowd)


def _fill_posts(db: Bulk, archive: Archive, chance: random.Random, *, is_postgres: bool) -> None:
    follows = [(each.follower_id, each.followee_id, each.state, each.uri, each.created_ms) for each in archive.crowd.follows]
    db.put("follows", follows)
    db.put("tags", [(number, f"tag{number}") for number in range(1, TAGS + 1)])
    if is_postgres:
        db.run("DROP INDEX post_texts_words")
    for told, rows in Teller(archive, chance).tell(AT_ONCE):
        for table, some in rows.items():
            db.put(table, some)
        show_progress(f"{archive.count:,} posts", told, archive.count)
    if is_postgres:
        db.run(WORDS_INDEX)
        db.run("SELECT setval(pg_get_serial_sequence('tags', 'id'), (SELECT max(id) FROM tags))")
    db.run(TALLIES)


def show_progress(what: str, done: int, total: int) -> None:
    """A bar on stderr, in place where somebody looks."""
    if sys.stderr.isatty() or done == total:
        width = 40 * done // max(total, 1)
        end = "\n" if done == total else ""
        print(f"\r  {what} [{'#' * width:<40}] {done:,}", file=sys.stderr, end=end, flush=True)


def sizes(config: Config) -> dict[str, tuple[int, int]]:
    """Bytes of each table and of its indexes, by table; the full-text index counts as a table of its own."""
    found: dict[str, list[int]] = {}
    for name, table, size in _pieces(config):
        whole = "post_texts" if table.startswith("post_texts") else table
        part = found.setdefault(whole, [0, 0])
        part[0 if name == table else 1] += size
    return {table: (part[0], part[1]) for table, part in sorted(found.items(), key=lambda each: -sum(each[1]))}


def _pieces(config: Config) -> list[tuple[str, str, int]]:
    """(index or table, table, bytes)."""
    if config.sqlite_file is None:
        with psycopg.connect(config.database.url) as raw:
            return [(row[0], row[1], int(row[2])) for row in raw.execute(RELATIONS).fetchall()]
    with sqlite3.connect(config.sqlite_file) as db:
        table_of = dict(db.execute(INDEXES_OF).fetchall())
        return [(name, table_of.get(name, name), int(size)) for name, size in db.execute(PIECES).fetchall()]
