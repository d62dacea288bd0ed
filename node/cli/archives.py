"""`hedgerow backup`, `restore` and `upgrade`."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, TaskID

from node import backups, databases
from node.cli.commands import Answer, Command
from node.cli.opening import StorageFailed
from node.config import Config, load_config
from node.errors import BadInput
from storage.errors import StorageError

BACKUPS = "backups"  # under the data folder: those that `upgrade` takes


@click.command(cls=Command)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(data_dir: Path, file: Path) -> Answer:
    """Write database, keys and media to one file; the node may run."""
    contents = take_backup(load_config(data_dir, os.environ), file)
    return Answer({"file": str(file), "files": contents.files, "bytes": contents.size_bytes}, f"{file} holds {contents.files} files.")


def take_backup(config: Config, file: Path) -> backups.Contents:
    """A backup, with a progress bar where somebody watches."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Backing up", total=None)
        try:
            return backups.write_backup(config, file, lambda name, size: bar.update(task, description=name, advance=size))
        except StorageError as error:
            raise StorageFailed(str(error)) from error


@click.command(cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Only read it through; nothing is written.")
@click.pass_obj
def restore(data_dir: Path, file: Path, *, verify: bool) -> Answer:
    """Put a backup into an empty data folder."""
    try:
        contents = backups.check_backup(file) if verify else backups.restore_backup(file, data_dir)
    except StorageError as error:
        raise StorageFailed(str(error)) from error
    said = f"{file} is whole: {contents.files} files." if verify else f"{data_dir} is as it was when {file} was written."
    return Answer({"files": contents.files, "bytes": contents.size_bytes, "verified": True}, said)


@click.command(cls=Command)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.pass_obj
def copy_database(data_dir: Path, source: str, target: str) -> Answer:
    """Copy the memory from SQLite to PostgreSQL, or back.

    FROM and TO are as [database] url: sqlite:///FILE or postgresql://... Give no password here: it comes from PGPASSWORD or ~/.pgpass.
    Stop the node first. A copy that was interrupted goes on where it was. Then put TO into hedgerow.toml.
    """
    urls = [_checked_url(data_dir, url) for url in (source, target)]
    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=total)
            bar.update(tasks[table], completed=done)

        try:
            rows = databases.copy(urls[0], urls[1], show)
        except StorageError as error:
            raise StorageFailed(str(error)) from error
    said = f"{sum(rows.values()):,} rows of {len(rows)} tables stand at {target}, and are equal to those at {source}."
    return Answer({"tables": rows}, said)


def _checked_url(data_dir: Path, url: str) -> str:
    """A file is relative to the data folder, as in hedgerow.toml."""
    kind, _, path = url.partition(":///")
    if kind == "sqlite" and path:
        return f"sqlite:///{data_dir / path}"
    if not url.startswith("postgresql://"):
        raise BadInput(f"{url} is no database: write sqlite:///FILE or postgresql://...")
    return url


@click.command(cls=Command)
@click.pass_obj
def upgrade(data_dir: Path) -> Answer:
    """Bring the database to this version's schema, after a backup."""
    config = load_config(data_dir, os.environ)
    taken = None
    if databases.is_there(config):
        folder = data_dir / BACKUPS
        folder.mkdir(mode=0o700, exist_ok=True)
        taken = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S}.tar.gz"
        take_backup(config, taken)
        _forget_old(folder, config.retention.backups)
    databases.upgrade(config)
    return Answer({"backup": str(taken) if taken else None}, f"The database is up to date. The backup is {taken}.")


def _forget_old(folder: Path, kept: int) -> None:
    """Keeps the newest backups of those that `upgrade` took; 0 keeps all."""
    found = sorted(folder.glob("*.tar.gz"))
    for file in found[:-kept] if kept else []:
        file.unlink()
