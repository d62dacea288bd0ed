"""Where files lie, by what name: a small protocol, the folder that keeps it, and a choice; `node/buckets` keeps it in S3.

A name is the hash of its bytes (of what is being made: drawn) and an extension, so that it never comes to mean other bytes.
"""

import asyncio
import contextlib
import errno
import os
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Collection, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from federation.errors import Unreachable
from node.config import Config
from node.errors import Misconfigured, NotFound
from node.loading import load
from storage.errors import Full

NAME = re.compile(r"[0-9a-f]{40}\.[a-z0-9]{2,5}")
CHUNK = 65_536
PART = ".part"  # how the name of a file ends that is being written

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Stored:
    """What a store knows of a file. path: where it lies on this machine, for a door that hands files over by itself; None in a bucket."""

    name: str
    size_bytes: int
    modified: datetime
    path: Path | None = None


class Store(Protocol):
    """Files. What cannot be reached raises Unreachable, whatever is asked; what is put is durable when `put` returns.

    `put` raises Full where the disk has no room; then nothing of the file stays.
    """

    async def put(self, name: str, body: bytes) -> None:
        """Keeps a file whole; the same once more changes nothing."""

    async def get(self, name: str) -> bytes:
        """All of a file. Raises NotFound."""

    async def find(self, name: str) -> Stored | None:
        """What is known of a file, None where there is none."""

    def open(self, name: str, first: int, count: int) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """A part of a file, in pieces: `count` bytes, one at least, from the byte `first`. Raises NotFound."""

    async def delete(self, names: Collection[str]) -> None:
        """Some files are there no longer; those that were not are no fault."""

    def list(self) -> AsyncIterator[Stored]:
        """Every file, by its name."""


@dataclass(frozen=True, slots=True)
class Stores:
    """All that the node keeps in files."""

    media: Store  # what people here have given, and what is made of it
    making: Store  # films and sounds before they are made anew
    proxied: Store  # other servers' files, for a while

    def area(self, name: str) -> Store:
        """One of them by its name."""
        found: Store = getattr(self, name)
        return found


@asynccontextmanager
async def open_stores(config: Config, kind: str = "") -> AsyncIterator[Stores]:
    """The stores that the configuration names. kind: the others, where a keeper moves. Raises Misconfigured."""
    if (kind or config.media.store) == "folder":
        yield Stores(Folder(config.media_folder), Folder(config.data_dir / "making"), Folder(config.data_dir / "proxied"))
        return
    if not config.media.bucket:
        raise Misconfigured("[media] bucket must name the bucket")
    try:
        buckets = load("node.buckets")
    except ModuleNotFoundError as error:
        raise Misconfigured("Files in S3 need a library; install it with: pip install 'hedgerow[s3]'") from error
    async with buckets.open_bucket(config.media) as area:
        yield Stores(area("media"), area("making"), area("proxied"))


async def all_of(asked: Iterable[Awaitable[Answer]]) -> list[Answer]:
    """What each answers, at once; where one fails, its error, once none is under way any more."""
    answers = await asyncio.gather(*asked, return_exceptions=True)
    found = []
    for each in answers:
        if isinstance(each, BaseException):
            raise each
        found.append(each)
    return found


class Folder:
    """Files in a folder of this machine, or of a disk that several share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, name: str, body: bytes) -> None:
        """See Store."""
        await asyncio.to_thread(_write, self.folder, name, body)

    async def get(self, name: str) -> bytes:
        """See Store."""
        try:
            return await asyncio.to_thread((self.folder / name).read_bytes)
        except FileNotFoundError as error:
            raise NotFound("There is no such file.") from error

    async def find(self, name: str) -> Stored | None:
        """See Store. One look at a directory: not worth a thread."""
        path = self.folder / name
        return _stored(path) if NAME.fullmatch(name) and path.is_file() else None

    @asynccontextmanager
    async def open(self, name: str, first: int, count: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """See Store."""
        body = await self.get(name)
        yield _pieces(body[first : first + count])

    async def delete(self, names: Collection[str]) -> None:
        """See Store."""
        await asyncio.to_thread(_remove, self.folder, names)

    async def list(self) -> AsyncIterator[Stored]:
        """See Store."""
        for path in await asyncio.to_thread(_paths, self.folder):
            yield _stored(path)


def _write(folder: Path, name: str, body: bytes) -> None:
    """Under another name first, so that nobody ever sees half of it; done when file and folder are on the disk."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=folder, suffix=PART)
    except OSError as error:
        raise refusal(error, folder) from error
    try:
        _write_through(handle, body)
        Path(part).replace(folder / name)
    except OSError as error:
        Path(part).unlink(missing_ok=True)
        raise refusal(error, folder) from error
    folder_handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(folder_handle)
    finally:
        os.close(folder_handle)


def _write_through(handle: int, body: bytes) -> None:
    """All of a file, on the disk when this returns."""
    with open(handle, "wb", buffering=0) as file:
        rest = memoryview(body)
        while rest:
            rest = rest[file.write(rest) :]
        os.fsync(handle)


def refusal(error: OSError, folder: Path) -> Exception:
    """What a file that could not be written means to callers."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Full(f"there is no room for files in {folder}")
    return Unreachable(f"files cannot be written in {folder}: {error.strerror}")


def remove_parts(folder: Path, before_s: float) -> None:
    """Removes what writers that were killed have left half done. before_s: seconds since 1970; younger ones may still be written."""
    for path in folder.glob(f"*{PART}") if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before_s:
                path.unlink()


def _remove(folder: Path, names: Collection[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name) and path.is_file()) if folder.is_dir() else []


def _stored(path: Path) -> Stored:
    status = path.stat()
    return Stored(path.name, status.st_size, datetime.fromtimestamp(int(status.st_mtime), UTC), path)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]
