"""The memory that the configuration names: made, opened, brought to the newest schema, looked through."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from node import reserve
from node.config import Config
from node.errors import Misconfigured
from node.loading import load
from storage import backups
from storage.database import Database
from storage.errors import Full, StorageError, Unusable
from storage.sqlite import open_sqlite

SMALL_BYTES = 64 << 20  # a database up to this size is looked through before the first answer: a fifth of a second


def create(config: Config) -> None:
    """Makes the database where there is none yet; leaves one that is there alone. Raises StorageError, Misconfigured."""
    if is_there(config):
        return
    if config.sqlite_file is not None:
        config.sqlite_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(config)


def is_there(config: Config) -> bool:
    """Whether there is a database already. Raises StorageError, Misconfigured."""
    file = config.sqlite_file
    return file.exists() if file is not None else not _postgres().is_empty(config.database.url)


def upgrade(config: Config) -> None:
    """Brings the database to this version's schema. Raises StorageError, Misconfigured."""
    if config.sqlite_file is None:
        _postgres()
        load("storage.migrating").upgrade_postgres(config.database.url)
    else:
        load("storage.migrating").upgrade(config.sqlite_file)


async def open_database(config: Config) -> Database:
    """The database, open; on a full disk with what was kept in reserve for it. Raises StorageError, Misconfigured."""
    if config.sqlite_file is None:
        database: Database = await _postgres().open_postgres(config.database.url, config.database.connections)
        return database
    try:
        return await open_sqlite(config.sqlite_file, config.database.readers)
    except Unusable:
        if not reserve.release(config):
            raise
        return await open_sqlite(config.sqlite_file, config.database.readers)


def copy(source_url: str, target_url: str, progress: Callable[[str, int, int], None]) -> Mapping[str, int]:
    """How many rows of each table were copied and found equal. progress: (table, rows done, rows in all).

    Raises as storage.copying.copy, and Misconfigured.
    """
    _postgres()
    sums = load("storage.copying").copy(source_url, target_url, progress)
    return {table: found.rows for table, found in sums.items()}


def check(config: Config) -> str:
    """What was found, in words, after the database was read through as far as its engine does that. Raises StorageError, Misconfigured."""
    if config.sqlite_file is None:
        version: str = _postgres().server_version(config.database.url)
        return f"PostgreSQL {version} answers"
    file: Path = config.sqlite_file
    backups.check_integrity(file)
    return f"{file} reads through"


def check_at_start(config: Config) -> bool:
    """Whether the database was looked through; False where it is too large for that before the first answer.

    Raises Unusable, with the mend.
    """
    if config.sqlite_file is None or config.sqlite_file.stat().st_size > SMALL_BYTES:
        return False
    look_through(config.sqlite_file)
    return True


def look_through(file: Path, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Reads every page of a SQLite database, until it is time to stop. Raises Unusable with the mend where one is damaged."""
    try:
        backups.check_pages(file, is_stopping)
    except Full:  # it cannot be looked at, and it can be read
        return
    except StorageError as error:
        raise Unusable(f"{error}. Move the data folder away and restore the newest backup: hedgerow --data NEW restore FILE") from error


def _postgres() -> ModuleType:
    try:
        return load("storage.postgres")
    except ModuleNotFoundError as error:
        raise Misconfigured("PostgreSQL needs its driver; install it with: pip install 'hedgerow[postgres]'") from error
