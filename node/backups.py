"""Backups: one file with database (keys included), media and configuration; taken while the node runs, and put back safely."""

import asyncio
import io
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from node import databases
from node.config import FILE_NAME, Config, load_config
from node.errors import BadInput, Conflict
from node.stores import NAME, open_stores
from storage import backups

DATABASE = "hedgerow.db"
MEDIA = re.compile(rf"media/{NAME.pattern}")
MOST_BYTES = 1 << 40

Progress = Callable[[str, int], None]  # (what, bytes)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    files: int
    size_bytes: int


def write_backup(config: Config, target: Path, progress: Progress, *, with_bucket: bool = False) -> Contents:
    """Writes the file whole or not at all, readable for its owner only. Raises Conflict where it is there already.

    with_bucket: the files too that lie in S3, which keeps them by itself; those in a folder always. Raises Unreachable. Not for a thread
    that has a loop.
    """
    if target.exists():
        raise Conflict(f"{target} is there already; name another file.")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with tempfile.TemporaryDirectory(dir=config.data_dir) as folder, tarfile.open(part, "w:gz", compresslevel=3) as archive:
        copy = Path(folder) / DATABASE
        if config.sqlite_file is None:  # the same file for every engine, so that a backup can be put back on any
            databases.copy(config.database.url, f"sqlite:///{copy}", lambda _table, _done, _total: None)
        else:
            backups.back_up(config.sqlite_file, copy)
        found = [(copy, DATABASE), (config.data_dir / FILE_NAME, FILE_NAME), *_media(config)]
        present = [(file, name) for file, name in found if file.is_file()]
        for file, name in present:
            archive.add(file, name)
            progress(name, file.stat().st_size)
        contents = Contents(len(present), sum(file.stat().st_size for file, _ in present))
        if with_bucket and config.media.store != "folder":
            contents = asyncio.run(_add_bucket(config, archive, contents, progress))
    part.replace(target)
    return contents


async def _add_bucket(config: Config, archive: tarfile.TarFile, contents: Contents, progress: Progress) -> Contents:
    files, size_bytes = contents.files, contents.size_bytes
    async with open_stores(config) as stores:
        async for each in stores.media.list():
            body = await stores.media.get(each.name)
            member = tarfile.TarInfo(f"media/{each.name}")
            member.size, member.mtime = len(body), int(each.modified.timestamp())
            archive.addfile(member, io.BytesIO(body))
            files, size_bytes = files + 1, size_bytes + len(body)
            progress(member.name, len(body))
    return Contents(files, size_bytes)


def _media(config: Config) -> Iterator[tuple[Path, str]]:
    if config.media.store == "folder" and config.media_folder.is_dir():
        for file in sorted(config.media_folder.iterdir()):
            if MEDIA.fullmatch(f"media/{file.name}"):
                yield file, f"media/{file.name}"


def check_backup(source: Path) -> Contents:
    """What a backup holds, after its database was read through. Raises BadInput for anything that write_backup does not write."""
    with tempfile.TemporaryDirectory() as folder:
        return _unpack(source, Path(folder))


def restore_backup(source: Path, data_dir: Path) -> Contents:
    """Puts a backup into an empty data folder; nothing is there until all of it is. Raises Conflict, BadInput."""
    if data_dir.exists() and any(data_dir.iterdir()):
        raise Conflict(f"{data_dir} is not empty; name another folder with --data, or move it away first.")
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir.parent) as folder:
        fresh = Path(folder) / "fresh"
        fresh.mkdir(mode=0o700)
        contents = _unpack(source, fresh)
        _fill_server(fresh)
        if data_dir.exists():
            data_dir.rmdir()
        fresh.rename(data_dir)
    return contents


def _fill_server(folder: Path) -> None:
    """Puts the memory onto PostgreSQL where the node's own configuration says that it is there. Raises Taken where that is not empty."""
    config = load_config(folder, os.environ) if (folder / FILE_NAME).is_file() else None
    if config is not None and config.sqlite_file is None:
        databases.copy(f"sqlite:///{folder / DATABASE}", config.database.url, lambda _table, _done, _total: None)
        (folder / DATABASE).unlink()


def _unpack(source: Path, folder: Path) -> Contents:
    files, size_bytes, names = 0, 0, set()
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                if not _is_ours(member) or size_bytes + member.size > MOST_BYTES:
                    raise BadInput(f"{source} holds {member.name!r}, which no backup of ours does.")
                target = folder / member.name
                target.parent.mkdir(mode=0o700, exist_ok=True)
                _write(archive, member, target)
                files, size_bytes = files + 1, size_bytes + member.size
                names.add(member.name)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadInput(f"{source} is no backup, or a damaged one: {error}") from error
    if DATABASE not in names:
        raise BadInput(f"{source} is no backup: it holds no {DATABASE}.")
    backups.check_integrity(folder / DATABASE)
    return Contents(files, size_bytes)


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Only a member's bytes are taken over: neither its mode nor its owner, and no link."""
    source = archive.extractfile(member)
    assert source is not None  # noqa: S101 - _is_ours has seen that it is a file
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(source, file)


def _is_ours(member: tarfile.TarInfo) -> bool:
    return member.isfile() and (member.name in {DATABASE, FILE_NAME} or MEDIA.fullmatch(member.name) is not None)
