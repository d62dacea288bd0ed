"""Backups: one file with database (keys included), media and configuration; taken while the node runs, and put back safely."""

import asyncio
import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from node import __version__, databases
from node.config import FILE_NAME, Config, load_config
from node.errors import BadInput, Conflict
from node.stores import NAME, open_stores
from storage import backups

DATABASE = "hedgerow.db"
MEDIA = re.compile(rf"media/{NAME.pattern}")
MANIFEST = "manifest.json"
MAX_BYTES = 1 << 40
MAX_MANIFEST_BYTES = 1 << 30
CHUNK = 1 << 20
TEMPORARY = "hedgerow-backup-"  # what folders for half-done work are called

Progress = Callable[[str, int], None]  # (what, bytes)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    files: int
    size_bytes: int


def write_backup(config: Config, target: Path, progress: Progress, *, with_bucket: bool = False) -> Contents:
    """Writes the file whole or not at all, readable for its owner only; done once what was written has been read again.

    with_bucket: the files too that lie in S3, which keeps them by itself; those in a folder always. Raises Conflict where the file is
    there already, Unusable for a damaged database, BadInput where the disk gave other bytes back, Unreachable. Not for a thread that
    has a loop.
    """
    if target.exists():
        raise Conflict(f"{target} is there already; name another file.")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)
        contents = _write_part(config, part, progress, with_bucket=with_bucket)
        with tempfile.TemporaryDirectory(dir=part.parent, prefix=TEMPORARY) as folder:
            _read_through(part, Path(folder), keep=frozenset())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)  # there still where something failed, or where somebody stopped it
    return contents


def _write_part(config: Config, part: Path, progress: Progress, *, with_bucket: bool) -> Contents:
    with (
        tempfile.TemporaryDirectory(dir=config.data_dir, prefix=TEMPORARY) as folder,
        tarfile.open(part, "w:gz", compresslevel=3) as archive,
    ):
        copy = Path(folder) / DATABASE
        if config.sqlite_file is None:  # the same file for every engine, so that a backup can be put back on any
            databases.copy(config.database.url, f"sqlite:///{copy}", lambda _table, _done, _total: None)
        else:
            backups.back_up(config.sqlite_file, copy)
        backups.check_integrity(copy)
        written = _Written(archive, progress)
        for file, name in [(copy, DATABASE), (config.data_dir / FILE_NAME, FILE_NAME), *_media(config)]:
            if file.is_file():
                written.add_file(file, name)
        if with_bucket and config.media.store != "folder":
            asyncio.run(_add_bucket(config, written))
        contents = Contents(len(written.files), sum(each["size"] for each in written.files.values()))
        written.add_manifest()
    return contents


class _Written:
    """An archive on its way, and what was put into it: size in bytes and SHA-256 of each member."""

    def __init__(self, archive: tarfile.TarFile, progress: Progress) -> None:
        self.archive, self.progress = archive, progress
        self.files: dict[str, dict[str, Any]] = {}

    def add_file(self, file: Path, name: str) -> None:
        """A file of this machine."""
        with file.open("rb") as source:
            status = os.fstat(source.fileno())
            self.add(name, source, status.st_size, int(status.st_mtime))

    def add(self, name: str, source: IO[bytes], size_bytes: int, modified_s: int) -> None:
        """Bytes under a name."""
        member = tarfile.TarInfo(name)
        member.size, member.mtime = size_bytes, modified_s
        hashed = _Hashed(source)
        self.archive.addfile(member, hashed)
        self.files[name] = {"size": size_bytes, "sha256": hashed.sha256.hexdigest()}
        self.progress(name, size_bytes)

    def add_manifest(self) -> None:
        """What a restore holds every member against; the last member."""
        body = orjson.dumps({"format": 1, "version": __version__, "files": self.files}, option=orjson.OPT_INDENT_2)
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(body)
        self.archive.addfile(member, io.BytesIO(body))


class _Hashed(io.RawIOBase):
    """A reader that hashes what is read through it."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """See io.RawIOBase."""
        body = self._source.read(size)
        self.sha256.update(body)
        return body


async def _add_bucket(config: Config, written: _Written) -> None:
    async with open_stores(config) as stores:
        async for each in stores.media.list():
            body = await stores.media.get(each.name)
            written.add(f"media/{each.name}", io.BytesIO(body), len(body), int(each.modified.timestamp()))


def _media(config: Config) -> Iterator[tuple[Path, str]]:
    if config.media.store == "folder" and config.media_folder.is_dir():
        for file in sorted(config.media_folder.iterdir()):
            if MEDIA.fullmatch(f"media/{file.name}"):
                yield file, f"media/{file.name}"


def check_backup(source: Path) -> Contents:
    """What a backup holds, after every byte and its database were read. Raises BadInput for anything that write_backup does not write."""
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        contents = _read_through(source, Path(folder), keep=frozenset({DATABASE}))
        backups.check_integrity(Path(folder) / DATABASE)
        return contents


def restore_backup(source: Path, data_dir: Path) -> Contents:
    """Puts a backup into an empty data folder; nothing is there until all of it is. Raises Conflict, BadInput."""
    if data_dir.exists() and any(data_dir.iterdir()):
        raise Conflict(f"{data_dir} is not empty; name another folder with --data, or move it away first.")
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir.parent, prefix=TEMPORARY) as folder:
        fresh = Path(folder) / "fresh"
        fresh.mkdir(mode=0o700)
        contents = _read_through(source, fresh, keep=None)
        backups.check_integrity(fresh / DATABASE)
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


def _read_through(source: Path, folder: Path, keep: frozenset[str] | None) -> Contents:
    """Reads a backup to its last byte and holds each member against the manifest. keep: which are written to a folder; None: all.

    Raises BadInput, which names the member at fault. A backup of a version before there were manifests has only gzip's sum.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with gzip.open(source) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    if not _is_ours(member) or sum(each["size"] for each in found.values()) + member.size > MAX_BYTES:
                        raise BadInput(f"{source} holds {member.name!r}, which no backup of ours does.")
                    content = archive.extractfile(member)
                    assert content is not None  # noqa: S101 - _is_ours has seen that it is a file
                    if member.name == MANIFEST:
                        manifest = orjson.loads(content.read(MAX_MANIFEST_BYTES))
                        continue
                    hashed = _Hashed(content)
                    _keep(hashed, folder / member.name if keep is None or member.name in keep else None)
                    found[member.name] = {"size": member.size, "sha256": hashed.sha256.hexdigest()}
            while stream.read(CHUNK):  # to the trailer, where gzip holds the sum of all that came before
                pass
    except (tarfile.TarError, EOFError, OSError, zlib.error, orjson.JSONDecodeError) as error:
        raise BadInput(f"{source} is no backup, or a damaged one: {error}") from error
    if DATABASE not in found:
        raise BadInput(f"{source} is no backup: it holds no {DATABASE}.")
    if manifest is not None:
        _check_manifest(source, manifest, found)
    return Contents(len(found), sum(each["size"] for each in found.values()))


def _check_manifest(source: Path, manifest: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    stated = manifest.get("files") if isinstance(manifest, Mapping) else None
    if not isinstance(stated, Mapping):
        raise BadInput(f"{source} is damaged: its manifest cannot be read.")
    for name in (*stated, *found):
        if stated.get(name) != found.get(name):
            raise BadInput(f"{source} is damaged: {name} is not as it was when the backup was written.")


def _keep(source: _Hashed, target: Path | None) -> None:
    """Reads a member to its end. Only its bytes are taken over: neither its mode nor its owner, and no link."""
    if target is None:
        while source.read(CHUNK):
            pass
        return
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(source, file)


def _is_ours(member: tarfile.TarInfo) -> bool:
    return member.isfile() and (member.name in {DATABASE, FILE_NAME, MANIFEST} or MEDIA.fullmatch(member.name) is not None)
