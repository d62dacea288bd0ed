"""A disk without room: what is there is served, what cannot be kept is refused in words, and nothing half done is left behind.

SQLite alone: the disk of a PostgreSQL server is not the node's.
"""

import asyncio
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from node import reserve
from node.social import authorizing
from tests.nodes import Node, eventually, prepare

SIZE_MB = 48
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f00010401005fe5c34b0000000049454e44ae426082"
)


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(disk: Path) -> None:
    """Not one byte more finds room."""
    for size_bytes in (1 << 16, 1):
        handle = os.open(disk / f"filler{size_bytes}", os.O_CREAT | os.O_WRONLY)
        try:
            while True:
                os.write(handle, b"x" * size_bytes)
        except OSError:
            os.close(handle)


def empty(disk: Path) -> None:
    for file in disk.glob("filler*"):
        file.unlink()


class Caller:
    """Ada's app and browser."""

    def __init__(self, node: Node, token: str, session: aiohttp.ClientSession) -> None:
        self.node, self.session, self.headers = node, session, {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, **sent: object) -> tuple[int, str]:
        async with self.session.request(method, self.node.origin + path, headers=self.headers, **sent) as answer:
            return answer.status, await answer.text()

    async def post(self) -> int:
        return (await self.ask("POST", "/api/v1/statuses", json={"status": "primes " * 50}))[0]

    async def upload(self) -> tuple[int, str]:
        form = aiohttp.FormData()
        form.add_field("file", PICTURE, filename="a.png", content_type="image/png")
        return await self.ask("POST", "/api/v2/media", data=form)

    async def look(self) -> list[int]:
        return [(await self.ask("GET", path))[0] for path in ("/api/v1/timelines/home", "/", "/users/ada", "/health")]


async def refuses_in_words(ada: Caller) -> None:
    """Everything can be read, nothing written, and both say why."""
    while await ada.post() == 200:  # what the log of the database still has room for
        pass
    assert await ada.look() == [200, 200, 200, 200]
    status, said = await ada.ask("POST", "/api/v1/statuses", json={"status": "primes"})
    assert (status, "disk is full" in said) == (507, True)
    status, said = await ada.upload()
    assert (status, "disk is full" in said) == (507, True)
    media = ada.node.data / "media"
    assert [path.name for path in media.iterdir()] == [] if media.is_dir() else True


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_a_node_on_a_full_disk_is_read_only_through_a_restart_until_there_is_room(disk, how, monkeypatch):
    monkeypatch.delenv("TEST_ENGINE", raising=False)
    node = prepare(disk / "data")
    reserve.ensure(node.config)
    async with node.opened():
        account = (await node.person("ada")).account
        token = await authorizing.new_token(node.context, account.id, "app", "read write")
    node.start()
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
            ada = Caller(node, token, session)
            assert await ada.post() == 200
            fill(disk)
            await refuses_in_words(ada)
            node._end(how)
            fill(disk)
            node.start()
            await refuses_in_words(ada)
            empty(disk)
            await eventually(ada.post, lambda status: status == 200)
            assert (await ada.upload())[0] == 200
    finally:
        node.stop()
    with closing(sqlite3.connect(node.config.sqlite_file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small disk")
async def test_a_node_that_was_stopped_in_time_comes_up_with_its_reserve(disk, monkeypatch):
    monkeypatch.delenv("TEST_ENGINE", raising=False)
    node = prepare(disk / "data")
    reserve.ensure(node.config)
    node.start()
    assert node.stop() == 0
    assert not node.config.sqlite_file.with_name("hedgerow.db-wal").exists()
    fill(disk)
    await asyncio.to_thread(node.start)
    assert not (node.data / reserve.NAME).exists()
    assert node.stop() == 0
