"""A memory of its own for each test, on every engine that we run on."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.connecting import connect
from storage.database import Connection, Database
from storage.migrating import upgrade
from storage.sqlite import open_sqlite


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

    def connect(self) -> Connection:
        return connect(self.file, read_only=False)


ENGINES = {"sqlite": Sqlite}


@pytest.fixture(params=ENGINES)
def engine(request, tmp_path, tmp_path_factory) -> Sqlite:
    return ENGINES[request.param](tmp_path_factory.getbasetemp(), tmp_path)


@pytest.fixture
async def database(engine) -> AsyncIterator[Database]:
    """The two calls, read and write."""
    opened = await engine.open()
    yield opened
    await opened.close()


@pytest.fixture
def db(engine) -> Iterator[Connection]:
    """What a storage function is given: an open connection inside a transaction, which is never committed."""
    connection = engine.connect()
    connection.execute("BEGIN")
    yield connection
    connection.execute("ROLLBACK")
    connection.close()


@pytest.fixture
def file(tmp_path, tmp_path_factory) -> Path:
    """A migrated SQLite file, for what only SQLite does."""
    return Sqlite(tmp_path_factory.getbasetemp(), tmp_path).file
