"""Where programs find files: ours under fixed types in a sandbox, others' through ours; and files that attack."""

import io
import zlib

import pytest
from PIL import Image

from federation.records import PUBLIC, Attachment
from tests import buckets
from tests.node.web.mastodon.conftest import picture

pytestmark = pytest.mark.parametrize("media_store", buckets.STORES)
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


@pytest.fixture
def more() -> str:
    return ""


@pytest.fixture
def settings(more: str) -> str:
    return f"[media]\n{more}"


async def test_a_file_of_ours_is_served_so_that_nothing_in_it_can_act(run, ada):
    program = await run(ada)
    media = (await program.ask("POST", "/api/v2/media", data={"file": picture()})).body
    for url in (media["url"], media["preview_url"]):
        async with program.client.get(url.removeprefix("http://hedge.test")) as served:
            assert served.status == 200
            assert served.headers.items() >= SAFE.items()


@pytest.mark.parametrize("more", ['url = "https://files.hedge.test"'])
async def test_programs_find_files_under_another_host_where_the_keeper_says_so(run, ada):
    program = await run(ada)
    media = (await program.ask("POST", "/api/v2/media", data={"file": picture()})).body
    assert media["url"].startswith("https://files.hedge.test/media/")
    post = await program.post("/api/v1/statuses", status="x", media_ids=[media["id"]])
    assert post["media_attachments"][0]["preview_url"].startswith("https://files.hedge.test/media/")


async def remote_post(world, ada):
    far = await world.stranger("far")
    await world.follow(ada, far)
    attached = Attachment("Image", f"{far.uri}/pictures/1.png", "image/png", alt="a wall", width=300, height=200, blurhash="LEHV6nWB2yk8")
    note = far.note("1", to=(PUBLIC,), attachments=(attached,))
    await world.receive(far.create(note), far)
    return attached


async def test_others_files_come_through_us(run, world, ada):
    attached = await remote_post(world, ada)
    program = await run(ada)
    (post,) = await program.get("/api/v1/timelines/home")
    (file,) = post["media_attachments"]
    assert file["url"].startswith("http://hedge.test/proxy/")
    assert (file["remote_url"], file["description"], file["blurhash"]) == (attached.url, "a wall", "LEHV6nWB2yk8")
    assert file["meta"]["original"]["size"] == "300x200"
    async with program.client.get(file["url"].removeprefix("http://hedge.test")) as served:
        assert served.status == 404  # that server has no such file; nothing else than that is asked for
    assert world.elsewhere.asked[-1] == "/users/far/pictures/1.png"


@pytest.mark.parametrize("more", ["proxy = false"])
async def test_or_straight_from_them_where_the_keeper_switched_that_off(run, world, ada):
    attached = await remote_post(world, ada)
    (post,) = await (await run(ada)).get("/api/v1/timelines/home")
    assert post["media_attachments"][0]["url"] == attached.url


def png_that_lies() -> bytes:
    """A head that promises 60,000 × 60,000 points."""
    head = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")


def picture_with_a_page_behind_it() -> bytes:
    return picture() + b"<html><script>alert(1)</script></html>"


def gif_that_is_a_script() -> bytes:
    return b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//"


@pytest.mark.parametrize("body", [png_that_lies(), gif_that_is_a_script(), b"\xff\xd8\xff" + b"\0" * 100, picture()[:200]])
async def test_a_file_that_attacks_is_refused(run, ada, body):
    answered = await (await run(ada)).ask("POST", "/api/v2/media", data={"file": io.BytesIO(body)})
    assert answered.status == 422


async def test_what_hangs_behind_a_picture_is_gone(run, ada):
    program = await run(ada)
    media = (await program.ask("POST", "/api/v2/media", data={"file": io.BytesIO(picture_with_a_page_behind_it())})).body
    async with program.client.get(media["url"].removeprefix("http://hedge.test")) as served:
        assert b"script" not in await served.read()


@pytest.mark.parametrize(
    "path", ["/media/../hedgerow.toml", "/media/..%2fhedgerow.toml", "/media/hedgerow.db", "/proxy/x/y", "/proxy/x/.."]
)
async def test_no_other_file_of_the_folder_is_served(run, path):
    program = await run()
    async with program.client.get(path, allow_redirects=False) as served:
        assert served.status in {400, 404}


@pytest.mark.parametrize("more", ["max_upload_bytes = 20000"])
async def test_a_file_that_is_too_large_is_refused(run, ada):
    noise = io.BytesIO()
    Image.effect_noise((400, 400), 100).save(noise, "PNG")
    for size in (len(noise.getvalue()), 3_000_000):
        answered = await (await run(ada)).ask("POST", "/api/v2/media", data={"file": io.BytesIO(noise.getvalue() + b"0" * size)})
        assert answered.status in {413, 422}
