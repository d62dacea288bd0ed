"""A memory of its own for each test, on every engine that we run on."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.connecting import connect
from storage.database import NOTHING, Connection, Database
from storage.errors import StorageError
from storage.migrating import upgrade
from storage.postgres import PostgresConnection, Raw, open_postgres
from storage.sqlite import open_sqlite
from tests import clusters


class Sqlite:
    """A file of its own, copied from one that was migrated once."""

    template: Path | None = None

    def __init__(self, session: Path, folder: Path) -> None:
        if Sqlite.template is None:
            Sqlite.template = session / "template.sqlite"
            upgrade(Sqlite.template)
        self.file = Path(shutil.copy(Sqlite.template, folder / "hedgerow.sqlite"))

    async def open(self) -> Database:
        return await open_sqlite(self.file)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection inside a transaction, which is never committed."""
        connection = connect(self.file, read_only=False)
        connection.execute("BEGIN")
        yield connection
        connection.execute("ROLLBACK")
        connection.close()

    def remove(self) -> None:
        """pytest removes the folder."""


class Forgiving(PostgresConnection):
    """As on SQLite, a statement that fails does not end the transaction: tests look at what stands after a refusal."""

    def execute(self, text, parameters=NOTHING, /):
        self._speaker.control(b"SAVEPOINT statement")
        try:
            found = super().execute(text, parameters)
        except StorageError:
            self._speaker.control(b"ROLLBACK TO statement")
            raise
        self._speaker.control(b"RELEASE statement")
        return found


class Postgres:
    """A database of its own where a test opens it, else the one that no test ever writes into for good."""

    shared: str = ""

    def __init__(self, _session: Path, _folder: Path) -> None:
        self.url = ""

    async def open(self) -> Database:
        self.url = self.url or clusters.borrow()
        return await open_postgres(self.url, 4)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        Postgres.shared = Postgres.shared or clusters.borrow()
        with Raw.connect(self.url or Postgres.shared, autocommit=True) as raw:
            raw.execute("BEGIN")
            yield Forgiving(raw.speaker)
            raw.execute("ROLLBACK")

    def remove(self) -> None:
        if self.url:
            clusters.give_back(self.url)


ENGINES = {"sqlite": Sqlite, "postgresql": Postgres}


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path, tmp_path_factory) -> Iterator[Sqlite | Postgres]:
    made = ENGINES[request.param](tmp_path_factory.getbasetemp(), tmp_path)
    yield made
    made.remove()


@pytest.fixture
async def database(engine) -> AsyncIterator[Database]:
    """The two calls, read and write."""
    opened = await engine.open()
    yield opened
    await opened.close()


@pytest.fixture
def db(engine) -> Iterator[Connection]:
    """What a storage function is given: an open connection inside a transaction, which is never committed."""
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def file(tmp_path, tmp_path_factory) -> Path:
    """A migrated SQLite file, for what only SQLite does."""
    return Sqlite(tmp_path_factory.getbasetemp(), tmp_path).file
