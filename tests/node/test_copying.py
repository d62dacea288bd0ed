"""Files move from a folder into a bucket and back: whole, once, and on from where it was interrupted."""

import hashlib

import pytest

from federation.errors import Unreachable
from node.config import config_from_toml
from node.copying import copy_files
from node.errors import Conflict
from node.stores import open_stores
from tests import buckets

BODIES = {f"{hashlib.sha256(body).hexdigest()[:40]}.png": body for body in (b"x" * number for number in range(1, 40))}


def quiet(_done, _total):
    """Nobody watches."""


@pytest.fixture
async def both(tmp_path):
    """(folder, bucket), the folder full; and the line to the bucket."""
    with buckets.line() as line:
        config = config_from_toml('[node]\nurl = "http://hedge.test"\n', tmp_path, buckets.environ(buckets.settings(at=line.address)))
        async with open_stores(config, "folder") as folder, open_stores(config) as bucket:
            for name, body in BODIES.items():
                await folder.media.put(name, body)
            yield folder, bucket, line


async def bodies(stores):
    return {each.name: await stores.media.get(each.name) async for each in stores.media.list()}


async def test_everything_goes_there_and_comes_back(both, tmp_path):
    folder, bucket, _ = both
    await folder.making.put("0" * 40 + ".raw", b"half a film")
    await folder.proxied.put("0" * 40 + ".png", b"somebody else's")
    steps = []
    found = await copy_files(folder, bucket, lambda done, total: steps.append((done, total)))
    assert (found.copied, found.present, found.damaged) == (len(BODIES) + 1, 0, ())
    assert (steps[0], steps[-1]) == ((0, len(BODIES) + 1), (len(BODIES) + 1, len(BODIES) + 1))
    assert await bodies(folder) == await bodies(bucket) == BODIES
    assert await bucket.making.get("0" * 40 + ".raw") == b"half a film"
    assert [each async for each in bucket.proxied.list()] == []
    await folder.media.delete(list(BODIES)[:5])
    assert (await copy_files(bucket, folder, quiet)).copied == 5
    assert await bodies(folder) == BODIES


async def test_once_more_copies_nothing(both):
    folder, bucket, _ = both
    await copy_files(folder, bucket, quiet)
    found = await copy_files(folder, bucket, quiet)
    assert (found.copied, found.present, found.size_bytes) == (0, len(BODIES), 0)


async def test_what_was_interrupted_goes_on_where_it_was(both):
    folder, bucket, line = both

    def cut(done, _total):
        line.is_cut = done >= 16

    with pytest.raises(Unreachable):
        await copy_files(folder, bucket, cut)
    line.is_cut = False
    there = await bodies(bucket)
    assert 16 <= len(there) < len(BODIES)
    assert (await copy_files(folder, bucket, quiet)).present == len(there)
    assert await bodies(bucket) == BODIES


async def test_half_a_file_on_the_other_side_is_copied_again(both):
    folder, bucket, _ = both
    name = list(BODIES)[-1]
    await bucket.media.put(name, BODIES[name][:-1])
    await copy_files(folder, bucket, quiet)
    assert await bodies(bucket) == BODIES


async def test_a_damaged_file_is_named_and_left_where_it_is(both):
    folder, bucket, _ = both
    name = next(iter(BODIES))
    await folder.media.put(name, b"rotten")
    found = await copy_files(folder, bucket, quiet)
    assert (found.damaged, found.copied) == ((name,), len(BODIES) - 1)
    assert name not in await bodies(bucket)
    assert await folder.media.get(name) == b"rotten"


async def test_a_file_that_goes_meanwhile_is_no_fault_and_one_that_comes_is_said(both):
    folder, bucket, _ = both
    first, *_, last = sorted(BODIES)
    body = b"a picture that comes"
    fresh = f"{hashlib.sha256(body).hexdigest()[:40]}.png"

    def change(done, _total):
        if done == 0:
            (folder.media.folder / last).unlink()
        elif done == 8:
            (folder.media.folder / fresh).write_bytes(body)

    with pytest.raises(Conflict, match="copy again"):
        await copy_files(folder, bucket, change)
    assert (await copy_files(folder, bucket, quiet)).copied == 1
    there = await bodies(bucket)
    assert (last in there, first in there, there[fresh]) == (False, True, body)
