"""`hedgerow backup`, `restore`, `copy-database`, `copy-media` and `upgrade`."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, TaskID

from node import backups, copying, databases
from node.cli.commands import Answer, Command
from node.cli.opening import StorageFailed
from node.config import FILE_NAME, Config, load_config
from node.errors import BadInput
from node.stores import open_stores
from storage.errors import StorageError

BACKUPS = "backups"  # under the data folder: those that `upgrade` takes


@click.command(cls=Command)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-bucket", is_flag=True, help="The files too where they lie in S3; else they stay there alone.")
@click.pass_obj
def backup(data_dir: Path, file: Path, *, with_bucket: bool) -> Answer:
    """Write database, keys and media to one file; the node may run."""
    config = load_config(data_dir, os.environ)
    contents = take_backup(config, file, with_bucket=with_bucket)
    elsewhere = "" if with_bucket or config.media.store == "folder" else config.media.bucket
    said = f"{file} holds {contents.files} files."
    if elsewhere:
        said += f" Pictures and documents stay in the bucket {elsewhere}; to have them too: hedgerow backup --with-bucket FILE"
    return Answer({"file": str(file), "files": contents.files, "bytes": contents.size_bytes, "bucket": elsewhere or None}, said)


def take_backup(config: Config, file: Path, *, with_bucket: bool = False) -> backups.Contents:
    """A backup, with a progress bar where somebody watches."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Backing up", total=None)
        try:
            return backups.write_backup(
                config, file, lambda name, size: bar.update(task, description=name, advance=size), with_bucket=with_bucket
            )
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
    if not verify:
        said += _about_bucket(data_dir)
    return Answer({"files": contents.files, "bytes": contents.size_bytes, "verified": True}, said)


def _about_bucket(data_dir: Path) -> str:
    """What is left to do where the node that came back has its files in S3."""
    config = load_config(data_dir, os.environ) if (data_dir / FILE_NAME).is_file() else None
    if config is None or config.media.store == "folder":
        return ""
    if config.media_folder.is_dir():
        return " It has its files in S3; put those of the backup there, beside what is there, with: hedgerow copy-media folder s3"
    return f" Its files are those in the bucket {config.media.bucket}."


@click.command(cls=Command)
@click.argument("source", metavar="FROM", type=click.Choice(["folder", "s3"]))
@click.argument("target", metavar="TO", type=click.Choice(["folder", "s3"]))
@click.pass_obj
def copy_media(data_dir: Path, source: str, target: str) -> Answer:
    """Copy pictures and documents from the folder to S3, or back.

    FROM and TO are folder or s3, as [media] names them; nothing is taken away from FROM. The node may run; copy once more after it has
    stopped, which takes up where this ended. Then put TO into hedgerow.toml: [media] store.
    """
    if source == target:
        raise BadInput("FROM and TO are the same: write folder s3, or s3 folder.")
    config = load_config(data_dir, os.environ)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Copying files", total=None)

        async def run() -> copying.Copied:
            async with open_stores(config, source) as one, open_stores(config, target) as other:
                return await copying.copy_files(one, other, lambda done, total: bar.update(task, completed=done, total=total))

        found = asyncio.run(run())
    said = f"{found.copied} files ({found.size_bytes:,} bytes) were copied, {found.present} were there; {source} still has them all."
    if found.damaged:
        said += f" Damaged, and left where they are: {', '.join(found.damaged)}."
    if config.media.store == source:
        said += f' Now stop the node, copy once more, write store = "{target}" below [media] in hedgerow.toml, and start it.'
    value = {"copied": found.copied, "present": found.present, "bytes": found.size_bytes, "damaged": list(found.damaged)}
    return Answer(value, said, code=1 if found.damaged else 0)


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
