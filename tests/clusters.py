"""A PostgreSQL server of the tests' own, on a socket in a folder of its own; it ends with the process that started it."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from storage.migrating import upgrade_postgres

FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
)  # nothing here must last
TEMPLATE = "hedgerow_template"
_SPARE: dict[str, list[str]] = {}  # borrowed and given back, by what they are copies of


class Cluster:
    """A running server. durable: as a keeper would run it, for tests in which power fails."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hedgerow-pg-"))
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name  # the server refuses to run as root
        shutil.chown(self.folder, self.user)
        self.folder.chmod(0o700)
        self._run("initdb", "-D", str(self.data), "-E", "UTF8", "--locale=C", "-A", "trust", "-U", self.user, "-N")
        settings = [
            f"-c{setting}" for setting in ("listen_addresses=", f"unix_socket_directories={self.folder}", *(() if durable else FAST))
        ]
        self._process = subprocess.Popen(
            [program("postgres"), "-D", str(self.data), *settings],
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("w"),
        )
        atexit.register(self.stop)
        self._wait()
        self._numbers = count(1)

    @property
    def pid(self) -> int:
        """Of the server, which starts all others."""
        return self._process.pid

    @property
    def data(self) -> Path:
        """Where the server keeps its files."""
        return self.folder / "data"

    def url(self, name: str) -> str:
        """How a database is reached."""
        return f"postgresql://{self.user}@/{name}?host={self.folder}"

    def create(self, template: str = TEMPLATE) -> str:
        """The URL of a new database, migrated unless it is made from another template."""
        if template == TEMPLATE:
            self._migrated()
        name = f"test{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Forgets a database, whoever is connected to it."""
        self._execute(f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")

    @cache  # noqa: B019 - one cluster a process
    def _migrated(self) -> None:
        self._execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        upgrade_postgres(self.url(TEMPLATE))

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as db:
            db.execute(sql.SQL(statement))  # type: ignore[arg-type]  # names are ours

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run([program(name), *arguments], user=self.user, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def _wait(self) -> None:
        waiting = [program("pg_isready"), "-q", "-h", str(self.folder), "-t", "30"]
        while subprocess.run(waiting, check=False).returncode:
            if self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())

    def stop(self) -> None:
        """Ends the server and removes its files."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def program(name: str) -> str:
    """A program of the newest PostgreSQL that is installed; Debian keeps the server's ones out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda each: float(each.parts[-3]))
    return str(found[-1]) if found else shutil.which(name) or name


@cache
def cluster() -> Cluster:
    """The one of this process, started when it is first asked for."""
    return Cluster()


def database_settings() -> str:
    """Lines of hedgerow.toml that put a node's memory onto a new database, where TEST_ENGINE says postgresql."""
    return _settings(cluster().create()) if on_postgres() else ""


def database_environ() -> dict[str, str]:
    """The same as the environment of a node's processes."""
    return {"HEDGEROW_DATABASE_URL": cluster().create(), "HEDGEROW_DATABASE_CONNECTIONS": "4"} if on_postgres() else {}


def on_postgres() -> bool:
    """Whether this run is on PostgreSQL."""
    return os.environ.get("TEST_ENGINE") == "postgresql"


@contextmanager
def copied(url: str) -> Iterator[str]:
    """The same for a copy of a database that nobody uses just now; '' for SQLite, whose file is copied with its folder."""
    if not url.startswith("postgresql"):
        yield ""
        return
    copy = borrow(url)
    yield _settings(copy)
    give_back(copy, url)


def borrow(original: str = "") -> str:
    """The URL of a database with the rows of another that nobody uses just now, or migrated and empty."""
    spare = _SPARE.setdefault(original, [])
    return spare.pop() if spare else cluster().create(template=_name(original) if original else TEMPLATE)


def give_back(copy: str, original: str = "") -> None:
    """Makes a borrowed database as it was, for the next test: making a new one takes ten times as long."""
    try:
        with psycopg.connect(copy) as db:
            _restore(db, _rows(original or cluster().url(TEMPLATE)))
    except psycopg.Error:  # somebody still holds it, or changed its schema
        cluster().drop(copy)
    else:
        _SPARE[original].append(copy)


def _restore(db: psycopg.Connection[tuple[object, ...]], rows: Mapping[str, bytes]) -> None:
    db.execute("SET LOCAL lock_timeout = '5s'")
    db.execute("SET LOCAL session_replication_role = replica")  # tables in any order, and no triggers
    for table in _used(db):
        db.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    for table, copied in rows.items():
        with db.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
            copy.write(copied)


@cache
def _rows(url: str) -> Mapping[str, bytes]:
    """{table: its rows, as COPY writes them} of those that have any."""
    with psycopg.connect(url) as db:
        return {table: _copy_out(db, table) for table in _used(db)}


def _copy_out(db: psycopg.Connection[tuple[object, ...]], table: str) -> bytes:
    with db.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(copy)


def _used(db: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """The tables that have rows."""
    names = [str(row[0]) for row in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    looks = [sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name)) for name in sorted(names)]
    return [str(row[0]) for row in db.execute(sql.SQL(" UNION ALL ").join(looks))]


def _settings(url: str) -> str:
    return f'[database]\nurl = "{url}"\nconnections = 4'


def _name(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
