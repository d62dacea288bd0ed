"""Copies of the memory that are whole, made while a node runs, and whether a file is one."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from storage.connecting import connect, storage_error
from storage.errors import StorageError, Taken, Unusable

STEPS_BETWEEN = 100_000  # of SQLite's virtual machine between two looks at whether it is time to stop


def back_up(path: Path, target: Path) -> None:
    """Copies the database as it stands at one moment, in one step: in WAL mode nobody waits for it, and nobody disturbs it.

    The copy is one file, readable for its owner only (it holds keys and password hashes); on a fault nothing of it stays.
    Raises Taken where the target is there already, Unusable where either file cannot be used.
    """
    source = connect(path, read_only=True)
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            _copy(source, target)
        except (StorageError, KeyboardInterrupt):
            target.unlink()
            raise
    except FileExistsError as error:
        raise Taken(f"{target} is there already") from error
    except OSError as error:
        raise Unusable(f"cannot write {target}: {error}") from error
    finally:
        source.close()


def _copy(source: sqlite3.Connection, target: Path) -> None:
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
    except sqlite3.Error as error:
        raise storage_error(error) from error
    finally:
        copy.close()


def check_pages(path: Path, is_stopping: Callable[[], bool] = lambda: False) -> None:
    """Nothing where every page of a database has the form that it must have; quicker than `check_integrity`, which compares indexes too.

    is_stopping: asked many times a second; once it says so nothing more is looked at. Raises Unusable where a page is damaged.
    """
    db = connect(path, read_only=True)
    db.set_progress_handler(is_stopping, STEPS_BETWEEN)
    try:
        said = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    except StorageError:
        if is_stopping():
            return
        raise
    except sqlite3.Error as error:
        raise storage_error(error) from error
    finally:
        db.close()
    if said != "ok":
        raise Unusable(f"{path} is damaged: {said}")


def check_integrity(path: Path) -> None:
    """Nothing where a file is a database of ours that reads through, with every reference kept.

    Reads all of it: some seconds per gigabyte. Raises Unusable where it is damaged, WrongSchema where it is none of ours.
    """
    db = connect(path, read_only=True)
    try:
        db.execute("SELECT version_num FROM alembic_version")
        said = "; ".join(row[0] for row in db.execute("PRAGMA integrity_check(10)").fetchall())
        broken = db.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise storage_error(error) from error
    finally:
        db.close()
    if said != "ok":
        raise Unusable(f"{path} is damaged: {said}")
    if broken is not None:
        raise Unusable(f"{path} is damaged: row {broken[1]} of {broken[0]} refers to a row of {broken[2]} that is not there")
