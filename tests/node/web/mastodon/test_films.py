"""Films and sounds over the API: made anew by ffmpeg, and refused where they attack."""

import io
import subprocess
from pathlib import Path

import pytest

from node.social import films
from tests import buckets

pytestmark = [
    pytest.mark.skipif(not films.is_here(), reason="needs ffmpeg"),
    pytest.mark.parametrize("media_store", buckets.STORES),
]
SOURCE = ["-f", "lavfi", "-i", "testsrc=duration=1:size=322x240:rate=5", "-f", "lavfi", "-i", "sine=duration=1"]
TOLD = ["-metadata", "location=+53.3498-006.2603/", "-metadata", "comment=secret place"]


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> bytes:
    return made(tmp_path_factory.mktemp("film") / "a.mp4", [*SOURCE, *TOLD, "-pix_fmt", "yuv420p"])


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    return made(tmp_path_factory.mktemp("sound") / "a.ogg", [*SOURCE[4:], *TOLD])


def made(file: Path, arguments: list[str]) -> bytes:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, str(file)], check=True, timeout=60)
    return file.read_bytes()


async def upload(program, body: bytes):
    return await program.ask("POST", "/api/v2/media", data={"file": io.BytesIO(body), "description": "a test"})


async def test_a_film_is_made_anew_while_its_program_waits(run, world, ada, film):
    program = await run(ada)
    answered = await upload(program, film)
    assert (answered.status, answered.body["type"], answered.body["url"]) == (202, "video", None)
    path = f"/api/v1/media/{answered.body['id']}"
    assert (await program.ask("GET", path)).status == 206
    assert (await program.refused("POST", "/api/v1/statuses", status="x", media_ids=[answered.body["id"]]))[0] == 422
    await world.work()
    ready = await program.get(path)
    assert (ready["description"], ready["meta"]["original"]["width"], len(ready["blurhash"])) == ("a test", 322, 28)
    assert 0.8 < ready["meta"]["original"]["duration"] < 1.5
    async with program.client.get(ready["url"].removeprefix("http://hedge.test")) as served:
        body = await served.read()
        assert (served.headers["Content-Type"], served.headers["Content-Security-Policy"]) == ("video/mp4", "default-src 'none'; sandbox")
        assert b"secret place" not in body
        assert b"+53.3498" not in body
    async with program.client.get(ready["preview_url"].removeprefix("http://hedge.test")) as served:
        assert served.headers["Content-Type"].startswith("image/")
    post = await program.post("/api/v1/statuses", status="look", media_ids=[ready["id"]])
    assert [(file["type"], file["preview_url"]) for file in post["media_attachments"]] == [("video", ready["preview_url"])]
    assert await world.files("making") == set()


async def test_a_sound_becomes_one_that_every_browser_plays(run, world, ada, sound):
    program = await run(ada)
    answered = await upload(program, sound)
    await world.work()
    ready = await program.get(f"/api/v1/media/{answered.body['id']}")
    assert (ready["type"], ready["url"].rpartition(".")[2]) == ("audio", "mp3")


PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"


@pytest.mark.parametrize(
    "body",
    [
        b"\0\0\0\x18ftypisom" + PLAYLIST,  # a list of other files that calls itself a film
        b"\x1a\x45\xdf\xa3" + b"\0" * 500,
        b"OggS" + b"\xff" * 500,
        b"RIFF\0\0\0\0WAVE" + PLAYLIST,
    ],
)
async def test_what_only_looks_like_a_film_fails_and_is_said_so(run, world, ada, body):
    program = await run(ada)
    answered = await upload(program, body)
    assert answered.status == 202
    await world.work()
    assert (await program.ask("GET", f"/api/v1/media/{answered.body['id']}")).status == 422
    assert (await program.refused("POST", "/api/v1/statuses", status="x", media_ids=[answered.body["id"]]))[0] == 422
    assert await world.files("making") == set()


@pytest.mark.parametrize("body", [PLAYLIST, b"ffconcat version 1.0\nfile '/etc/passwd'\n", b"<?xml version='1.0'?><MPD/>"])
async def test_a_list_of_files_is_no_film_at_all(run, ada, body):
    assert (await upload(await run(ada), body)).status == 422


async def test_where_there_is_no_ffmpeg_films_are_refused_with_a_sentence(run, ada, film, monkeypatch):
    monkeypatch.setattr(films, "is_here", lambda: False)
    answered = await upload(await run(ada), film)
    assert (answered.status, answered.body["error"]) == (422, "Validation failed: This server takes pictures only.")
