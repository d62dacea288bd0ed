"""Files keep to one protocol, in a folder and in a bucket of a real server."""

import hashlib
import logging
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from federation.errors import Unreachable
from node.config import config_from_toml
from node.errors import Misconfigured, NotFound
from node.stores import open_stores, remove_parts
from storage.errors import Full
from tests import buckets
from tests.nodes import CHECKOUT

BODY = bytes(range(256)) * 600


def name_of(body: bytes, extension: str = "png") -> str:
    return f"{hashlib.sha256(body).hexdigest()[:40]}.{extension}"


NAME = name_of(BODY)


@pytest.fixture
def config(tmp_path):
    def made(kind, **changes):
        keys = {**buckets.settings(kind), **changes}
        return config_from_toml('[node]\nurl = "http://hedge.test"\n', tmp_path, buckets.environ(keys))

    return made


@pytest.fixture(params=buckets.STORES)
async def stores(request, config):
    async with open_stores(config(request.param)) as found:
        yield found


async def read(store, name, first, count):
    async with store.open(name, first, count) as pieces:
        return b"".join([piece async for piece in pieces])


async def test_a_file_is_kept_found_read_in_parts_and_taken_away(stores):
    assert await stores.media.find(NAME) is None
    await stores.media.put(NAME, BODY)
    await stores.media.put(NAME, BODY)
    found = await stores.media.find(NAME)
    assert (found.name, found.size_bytes, found.modified.microsecond) == (NAME, len(BODY), 0)
    assert await stores.media.get(NAME) == BODY
    for first, count in ((0, len(BODY)), (0, 1), (70_000, 70_000), (len(BODY) - 1, 1)):
        assert await read(stores.media, NAME, first, count) == BODY[first : first + count]
    assert [each.name async for each in stores.media.list()] == [NAME]
    await stores.media.delete([NAME, name_of(b"never was")])
    assert await stores.media.find(NAME) is None
    assert [each async for each in stores.media.list()] == []


async def test_what_is_not_there_is_not_found(stores):
    with pytest.raises(NotFound):
        await stores.media.get(NAME)
    with pytest.raises(NotFound):
        await read(stores.media, NAME, 0, 1)


@pytest.mark.parametrize("name", ["../hedgerow.db", "", ".", "a.png", f"{NAME}/x", f"x/{NAME}"])
async def test_no_other_name_is_ever_found(stores, name):
    assert await stores.media.find(name) is None


async def test_areas_know_nothing_of_each_other(stores):
    await stores.media.put(NAME, BODY)
    assert await stores.proxied.find(NAME) is None
    await stores.making.delete([NAME])
    assert await stores.media.get(NAME) == BODY


async def test_many_files_are_listed_in_the_order_of_their_names_and_go_at_once(stores):
    names = sorted(name_of(bytes([number])) for number in range(60))
    for name in reversed(names):
        await stores.media.put(name, b"x")
    assert [each.name async for each in stores.media.list()] == names
    await stores.media.delete(names)
    assert [each async for each in stores.media.list()] == []


async def test_half_a_file_in_the_folder_is_none(config, tmp_path):
    async with open_stores(config("folder")) as stores:
        await stores.media.put(NAME, BODY)
        (tmp_path / "media" / "x.part").write_bytes(b"half")
        assert [each.name async for each in stores.media.list()] == [NAME]


async def test_a_bucket_that_is_away_is_said_so_whatever_is_asked_and_secrets_are_not(config, caplog):
    caplog.set_level(logging.INFO)
    with buckets.line() as line:
        stated = config("s3", endpoint=line.address)
        async with open_stores(stated) as stores:
            await stores.media.put(NAME, BODY)
            line.is_cut = True
            for asked in (
                stores.media.put(NAME, BODY),
                stores.media.get(NAME),
                stores.media.find(NAME),
                stores.media.delete([NAME]),
                read(stores.media, NAME, 0, 1),
                anext(stores.media.list()),
            ):
                with pytest.raises(Unreachable, match="cannot be reached just now"):
                    await asked
            line.is_cut = False
            assert await stores.media.get(NAME) == BODY
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert "the bucket does not answer" in said
    assert "a secret" not in said


async def test_a_file_that_breaks_off_is_no_file(config):
    with buckets.line() as line:
        async with open_stores(config("s3", endpoint=line.address)) as stores:
            await stores.media.put(NAME, BODY)
            line.most_bytes = 50_000
            with pytest.raises(Unreachable):
                await stores.media.get(NAME)
            with pytest.raises(Unreachable):
                await read(stores.media, NAME, 0, len(BODY))


async def test_a_bucket_that_is_not_there_is_no_missing_file(config):
    async with open_stores(config("s3", bucket="no-such-bucket")) as stores:
        for asked in (stores.media.put(NAME, BODY), stores.media.get(NAME), anext(stores.media.list())):
            with pytest.raises(Unreachable):
                await asked


def test_s3_needs_a_bucket_and_an_address_that_is_one(config):
    wrong = (({"bucket": ""}, "bucket must name"), ({"endpoint": "s3.example"}, "endpoint must be"), ({"store": "S3"}, "one of"))
    for changes, said in wrong:
        with pytest.raises(Misconfigured, match=said):
            config("s3", **changes)


async def test_where_the_library_is_missing_the_keeper_is_told_what_to_install(config, monkeypatch):
    stated = config("s3")

    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("node.stores.load", missing)
    with pytest.raises(Misconfigured, match=r"hedgerow\[s3\]"):
        async with open_stores(stated):
            pass
    async with open_stores(replace(stated, media=replace(stated.media, store="folder"))) as stores:
        await stores.media.put(NAME, BODY)


def test_a_folder_needs_nothing_of_s3(tmp_path):
    (tmp_path / "hedgerow.toml").write_text('[node]\nurl = "http://hedge.test"\n')
    program = (
        "import asyncio, sys; from pathlib import Path; from node import databases; from node.assembly import open_context;"
        "from node.config import load_config; config = load_config(Path(sys.argv[1]), {}); databases.create(config)\n"
        "async def main():\n    async with open_context(config) as context: await context.stores.media.put('x', b'x')\n"
        "asyncio.run(main()); print(sorted({'aiobotocore', 'botocore'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


@pytest.mark.parametrize(("number", "refused"), [(28, Full), (122, Full), (30, Unreachable), (5, Unreachable)])
async def test_a_file_that_finds_no_room_is_refused_and_nothing_of_it_stays(config, tmp_path, monkeypatch, number, refused):
    def fail(handle, _body):
        os.write(handle, b"half")
        os.close(handle)
        raise OSError(number, "the disk refuses")

    async with open_stores(config("folder")) as stores:
        monkeypatch.setattr("node.stores._write_through", fail)
        with pytest.raises(refused):
            await stores.media.put(NAME, BODY)
        assert list((tmp_path / "media").iterdir()) == []
        monkeypatch.undo()
        await stores.media.put(NAME, BODY)
        assert await stores.media.get(NAME) == BODY


def test_what_a_killed_writer_left_is_removed_once_nobody_can_be_writing_it(tmp_path):
    old, young, whole = (tmp_path / name for name in ("old.part", "young.part", NAME))
    for number, path in enumerate((old, young, whole)):
        path.write_bytes(b"x")
        os.utime(path, (1000 + 100 * number, 1000 + 100 * number))
    remove_parts(tmp_path, 1050)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["young.part", NAME])
