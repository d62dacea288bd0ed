"""Pictures: what is kept is a picture, and nothing but it."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from node.errors import BadInput
from node.social import media
from tests import buckets

pytestmark = pytest.mark.parametrize("media_store", buckets.STORES)


def picture(kind="JPEG", size=(64, 48), **said):
    out = BytesIO()
    Image.new("RGB", size, "seagreen").save(out, kind, **said)
    return out.getvalue()


async def kept(world, found):
    return await world.file(found.file)


async def test_where_a_picture_was_taken_is_not_kept(world, ada):
    exif = Image.Exif()
    exif[0x010E] = "at home"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 0.0)
    found = await media.upload(world.context, ada, picture(exif=exif), alt=" A green field ")
    with Image.open(BytesIO(await kept(world, found))) as shown:
        assert not shown.getexif()
    assert b"at home" not in await kept(world, found)
    assert found.alt == "A green field"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
async def test_nothing_hides_beside_the_pixels(world, ada, kind):
    body = picture(kind, icc_profile=b"somebody's name", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0")
    found = await media.upload(world.context, ada, body)
    assert b"somebody's name" not in await kept(world, found)
    assert b"xif" not in await kept(world, found)


async def test_a_picture_lies_upright(world, ada):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    found = await media.upload(world.context, ada, picture(size=(64, 32), exif=exif))
    assert (found.width, found.height) == (32, 64)


async def test_a_large_picture_becomes_smaller(world, ada):
    found = await media.upload(world.context, ada, picture(size=(1000, 500)), purpose="icon")
    assert (found.width, found.height) == (400, 200)


async def test_the_same_picture_twice_is_one_file(world, ada, eve):
    one, other = await media.upload(world.context, ada, picture()), await media.upload(world.context, eve, picture())
    assert one.file == other.file
    assert one.id != other.id
    assert await world.files() == {one.file}


def png(width, height, data=b""):
    """A PNG that claims a size."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", data)


WRONG = {
    "nothing": b"",
    "text": b"Hello",
    "a page": b"<html><script>alert(1)</script>",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a TIFF": picture("TIFF"),
    "a BMP": picture("BMP"),
    "half a JPEG": picture()[:200],
    "half a WebP": picture("WEBP")[:40],
    "half a GIF": picture("GIF")[:20],
    "a bomb": png(30_000, 30_000, zlib.compress(bytes(90_000))),
    "a bigger bomb": png(2**31 - 1, 2**31 - 1),
    "broken pixels": png(64, 64, b"\x00" * 9),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
async def test_what_is_no_picture_that_we_take_is_refused_in_words(world, ada, body):
    with pytest.raises(BadInput):
        await media.upload(world.context, ada, body)
    assert await world.files() == set()


async def test_too_many_bytes_and_too_long_a_description_are_refused(world, ada):
    with pytest.raises(BadInput, match="MB"):
        await media.upload(world.context, ada, bytes(world.context.config.media.max_upload_bytes + 1))
    with pytest.raises(BadInput, match="description"):
        await media.upload(world.context, ada, picture(), alt="x" * 1501)


async def test_a_new_face_is_told_to_followers(world, ada, bob):
    await world.receive(bob.activity("Follow", ada.uri), bob)
    changed = await media.set_picture(world.context, ada, picture(), "Me")
    assert changed.icon_url.startswith("http://hedge.test/media/")
    assert changed.icon_alt == "Me"
    assert (await world.owed())[-1] == ("Update", f"{bob.uri}/inbox")
