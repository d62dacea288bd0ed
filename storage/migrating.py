"""Brings a database to the newest schema. The only module that loads Alembic and SQLAlchemy; only `hedgerow upgrade` and `init` do."""

from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config

from storage.connecting import connect
from storage.errors import Unusable

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(path: Path, revision: str = "head") -> None:
    """The SQLite file at a path, made if need be, at the newest schema; each migration commits as a whole or not at all.

    Raises Unusable where the file is no database or cannot be written.
    """
    path.touch(mode=0o600)
    connect(path, read_only=False).close()  # from here on the file is in WAL mode
    engine = engine_for(f"sqlite:///{path}")
    sqlalchemy.event.listen(engine, "connect", _leave_transactions_to_us)
    sqlalchemy.event.listen(engine, "begin", _begin)
    _upgrade(engine, str(path), revision)


def upgrade_postgres(url: str, revision: str = "head") -> None:
    """The database behind a postgresql:// URL at the newest schema; two that try at once wait for each other.

    Raises Unusable where there is none, or it does not let us.
    """
    engine = engine_for(url)
    sqlalchemy.event.listen(engine, "begin", _wait_for_others)
    _upgrade(engine, engine.url.render_as_string(), revision)


def engine_for(url: str) -> sqlalchemy.Engine:
    """SQLAlchemy's way to a database: sqlite:///FILE, or postgresql:// by psycopg 3."""
    if url.startswith("sqlite:///"):
        place = sqlalchemy.URL.create("sqlite", database=url.removeprefix("sqlite:///"))
    else:
        place = sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
    return sqlalchemy.create_engine(place, poolclass=sqlalchemy.NullPool)


def _upgrade(engine: sqlalchemy.Engine, where: str, revision: str) -> None:
    try:
        with engine.connect() as connection:
            command.upgrade(_config(connection), revision)
    except sqlalchemy.exc.DatabaseError as error:
        raise Unusable(f"the database at {where} cannot be upgraded: {error.orig}") from error
    finally:
        engine.dispose()


def _wait_for_others(connection: sqlalchemy.Connection) -> None:
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(842000)")


def _config(connection: sqlalchemy.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _leave_transactions_to_us(dbapi_connection: sqlalchemy.engine.interfaces.DBAPIConnection, _record: object) -> None:
    """Python's sqlite3 begins no transaction before CREATE TABLE by itself: half a schema could stay (SQLAlchemy, "pysqlite")."""
    dbapi_connection.isolation_level = None


def _begin(connection: sqlalchemy.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
