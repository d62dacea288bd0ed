"""Housekeeping: what is done with goes, and nothing else."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from node.social import blocking, keeping, media, posts
from storage import moderation
from storage import posts as kept
from tests import buckets


def picture(colour):
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


pytestmark = pytest.mark.parametrize("media_store", buckets.STORES)


async def tidy(world):
    """The job, and what it leaves to others."""
    await keeping.tidy(world.context)
    await world.work()


async def test_pictures_without_a_post_go_after_a_day_and_others_stay(world, ada, eve, clock):
    used, loose, shared = [await media.upload(world.context, ada, picture(colour)) for colour in ("red", "green", "blue")]
    face = await media.upload(world.context, ada, picture("white"), purpose="icon")
    await world.post(ada, "Look", media_ids=(used.id,))
    again = await media.upload(world.context, eve, picture("blue"))
    await world.post(eve, "Look", media_ids=(again.id,))
    await tidy(world)
    assert await world.files() == {used.file, loose.file, shared.file, face.file}
    clock.go(days=2)
    await tidy(world)
    assert await world.files() == {used.file, shared.file, face.file}


async def test_a_deleted_posts_picture_goes(world, ada, clock):
    file = await media.upload(world.context, ada, picture("red"))
    post = await world.post(ada, "Look", media_ids=(file.id,))
    await posts.delete(world.context, ada, post.id)
    clock.go(days=2)
    await tidy(world)
    assert await world.files() == set()


async def test_what_was_deleted_stays_known_as_that_whoever_deleted_it(world, ada, clock, read, write):
    mine = await world.post(ada, "Hello")
    await posts.delete(world.context, ada, mine.id)
    await write(kept.add_tombstone, "https://far.example/1", world.context.site.now_ms())
    clock.go(days=1)
    await tidy(world)
    assert await read(kept.find_tombstone, "https://far.example/1") is not None
    clock.go(days=40)
    await tidy(world)
    assert await read(kept.find_tombstone, "https://far.example/1") is not None  # a proof has no end: it may be brought again
    assert await read(kept.find_tombstone, mine.uri) is not None


async def test_a_mute_ends(world, ada, eve, clock, read):
    until = clock.now + timedelta(hours=1)
    await blocking.mute(world.context, ada, eve.id, int(until.timestamp() * 1000))
    await tidy(world)
    assert await read(moderation.is_muted, ada.id, eve.id)
    clock.go(hours=2)
    await tidy(world)
    assert not await read(moderation.is_muted, ada.id, eve.id)


async def test_a_film_that_nobody_makes_goes(world, clock):
    name = f"{'a' * 40}.raw"
    clock.now = datetime.now(UTC)  # the file's own time is the disk's
    await world.context.stores.making.put(name, b"half a film")
    clock.go(days=1)
    await tidy(world)
    assert await world.files("making") == {name}
    clock.go(days=2)
    await tidy(world)
    assert await world.files("making") == set()
