"""Files over HTTP: the same answers out of a folder and out of a bucket, and clear ones when the bucket is away."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation.records import Attachment
from node.assembly import build_app, open_context
from node.cli import doctor
from node.config import config_from_toml
from node.social import accounts, documents, films, media, posts
from node.social.posts import Draft
from node.stores import open_stores
from storage import jobs, proxied
from storage import media as kept
from storage.proxied import Proxied
from tests import buckets
from tests.node.conftest import NOON, ORIGIN, World
from tests.node.web.mastodon.conftest import picture

TEXT = "".join(f"{number}\n" for number in range(30_000)).encode()
LATE, EARLY = "Fri, 01 Jan 2100 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:10 GMT"


@pytest.fixture
async def client(world: World) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(build_app(world.context))) as found:
        yield found


ASKED: dict[str, tuple[dict[str, str], int, slice | None]] = {
    "all": ({}, 200, slice(None)),
    "the first byte": ({"Range": "bytes=0-0"}, 206, slice(0, 1)),
    "a part": ({"Range": "bytes=70000-139999"}, 206, slice(70_000, 140_000)),
    "from a byte on": ({"Range": "bytes=100000-"}, 206, slice(100_000, None)),
    "the last bytes": ({"Range": "bytes=-500"}, 206, slice(-500, None)),
    "more than there is": ({"Range": "bytes=5-99999999"}, 206, slice(5, None)),
    "more of the end than there is": ({"Range": "bytes=-99999999"}, 206, slice(None)),
    "past the end": ({"Range": "bytes=99999999-"}, 416, None),
    "no range": ({"Range": "bytes=x"}, 416, None),
    "two ranges": ({"Range": "bytes=0-1,4-5"}, 416, None),
    "a part of what has not changed": ({"Range": "bytes=0-0", "If-Range": LATE}, 206, slice(0, 1)),
    "a part of what has changed": ({"Range": "bytes=0-0", "If-Range": EARLY}, 200, slice(None)),
    "unless it is that": ({"If-None-Match": "{etag}"}, 304, None),
    "unless it is that, weakly": ({"If-None-Match": "W/{etag}"}, 304, None),
    "unless it is anything": ({"If-None-Match": "*"}, 304, None),
    "unless it is another": ({"If-None-Match": '"another"'}, 200, slice(None)),
    "if it has changed": ({"If-Modified-Since": LATE}, 304, None),
    "if it has changed since long ago": ({"If-Modified-Since": EARLY}, 200, slice(None)),
    "another, whenever": ({"If-None-Match": '"another"', "If-Modified-Since": LATE}, 200, slice(None)),
    "only that": ({"If-Match": "{etag}"}, 200, slice(None)),
    "only that, weakly": ({"If-Match": "W/{etag}"}, 412, None),
    "only another": ({"If-Match": '"another"'}, 412, None),
    "only if unchanged": ({"If-Unmodified-Since": LATE}, 200, slice(None)),
    "only if unchanged since long ago": ({"If-Unmodified-Since": EARLY}, 412, None),
}
SAME = ("Content-Type", "Content-Length", "Content-Range", "Content-Disposition", "Cache-Control", "Content-Security-Policy",
        "X-Content-Type-Options", "Access-Control-Allow-Origin", "Accept-Ranges")  # fmt: skip


@pytest.fixture
async def document(world) -> str:
    ada = await world.account("ada")
    return f"/media/{(await documents.upload(world.context, ada, TEXT, 'numbers')).file}"


@pytest.fixture
async def twin(empty_data, tmp_path, document, world) -> AsyncIterator[TestClient[Any, Any]]:
    """A node with the same file in a folder: what it answers, by aiohttp's own hand, is right."""
    text = f'[node]\nurl = "{ORIGIN}"\n[database]\nurl = "{world.context.config.database.url}"'
    async with open_context(config_from_toml(text, world.context.config.data_dir, {"HEDGEROW_MEDIA_FOLDER": "twin"})) as context:
        await context.stores.media.put(document.rpartition("/")[2], TEXT)
        async with TestClient(TestServer(build_app(context))) as found:
            yield found


async def ask(client, method, path, headers):
    """(status, headers that are the same everywhere, body), asked with the tag that the file has there."""
    async with client.head(path) as known:
        tag = known.headers["ETag"]
    async with client.request(method, path, headers={name: value.replace("{etag}", tag) for name, value in headers.items()}) as answered:
        shown = {name: answered.headers.get(name) for name in SAME}
        has_tag = answered.headers.get("ETag") == tag if answered.status < 400 else None
        return answered.status, shown, has_tag, "Last-Modified" in answered.headers, await answered.read()


@pytest.mark.parametrize("media_store", ["s3"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_bucket_answers_as_a_folder_does(client, twin, document, method):
    for name, (headers, status, part) in ASKED.items():
        answered = await ask(client, method, document, headers)
        assert answered[0] == status, name
        assert answered[-1] == (TEXT[part] if part is not None and method == "GET" else b""), name
        assert answered == await ask(twin, method, document, headers), name


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_what_is_not_there_or_no_name_of_ours_is_not_found(client, document):
    for path in (f"/media/{'0' * 40}.png", "/media/x.png", "/media/..%2Fhedgerow.db", f"{document}.part"):
        assert (await client.get(path)).status == 404
    assert (await client.get(document)).status == 200


@dataclass
class Away:
    """A node whose bucket can be cut off."""

    world: World
    line: buckets.Line
    client: TestClient[Any, Any]


@pytest.fixture
async def away(empty_data, tmp_path, clock, elsewhere, world) -> AsyncIterator[Away]:
    text = f'[node]\nurl = "{ORIGIN}"\n[database]\nurl = "{world.context.config.database.url}"'
    with buckets.line() as line:
        environ = buckets.environ(buckets.settings(at=line.address))
        config = config_from_toml(text, world.context.config.data_dir, environ)
        async with open_context(config, clock) as context, TestClient(TestServer(build_app(context))) as client:
            yield Away(World(context, elsewhere), line, client)


def count_media(db) -> int:
    return db.execute("SELECT count(*) FROM media").fetchone()[0]


async def test_a_file_out_of_reach_is_said_so_and_nothing_is_lost(away):
    ada = await away.world.account("ada")
    found = await media.upload(away.world.context, ada, picture())
    away.line.is_cut = True
    async with away.client.get(f"/media/{found.file}", headers={"Accept": "application/json"}) as answered:
        assert (answered.status, (await answered.json())["error"]) == (503, "The files cannot be reached just now. Try again in a while.")
        assert answered.headers["Retry-After"] == "60"
        assert answered.headers["Cache-Control"] == "no-cache"
    assert await away.world.context.database.read(kept.find_media, ada.id, found.id) == found
    away.line.is_cut = False
    assert (await away.client.get(f"/media/{found.file}")).status == 200


async def test_what_cannot_be_kept_is_not_noted(away):
    ada = await away.world.account("ada")
    away.line.is_cut = True
    with pytest.raises(Exception, match="cannot be reached just now"):
        await media.upload(away.world.context, ada, picture())
    assert await away.world.context.database.read(count_media) == 0
    away.line.is_cut = False
    await media.upload(away.world.context, ada, picture())
    assert await away.world.context.database.read(count_media) == 1


async def test_the_doctor_tries_where_files_lie(away):
    well = await doctor.look_at_files(away.world.context)
    assert (well.is_good, await away.world.files("making")) == (True, set())
    missing = replace(away.world.context.config, media=replace(away.world.context.config.media, bucket="no-such-bucket"))
    async with open_stores(missing) as stores:
        wrong = await doctor.look_at_files(replace(away.world.context, config=missing, stores=stores))
    assert (wrong.is_good, "NoSuchBucket" in wrong.said) == (False, True)
    away.line.is_cut = True
    ill = await doctor.look_at_files(away.world.context)
    assert (ill.is_good, "the bucket hedge-" in ill.said, "[media]" in ill.mend) == (False, True, True)
    assert "a secret" not in ill.said


async def test_half_an_answer_is_never_taken_for_a_whole_one(away):
    ada = await away.world.account("ada")
    found = await documents.upload(away.world.context, ada, TEXT, "numbers")
    away.line.most_bytes = 60_000
    with pytest.raises(aiohttp.ClientPayloadError):
        await (await away.client.get(f"/media/{found.file}")).read()
    away.line.most_bytes = None
    assert await (await away.client.get(f"/media/{found.file}")).read() == TEXT


async def test_a_file_that_was_taken_away_goes_once_the_bucket_is_back(away, clock):
    ada = await away.world.account("ada")
    found = await media.upload(away.world.context, ada, picture())
    away.line.is_cut = True
    await media.remove(away.world.context, ada, found.id)
    await away.world.work()
    away.line.is_cut = False
    assert await away.world.files() != set()
    clock.go(minutes=1)
    await away.world.work()
    assert await away.world.files() == set()
    assert await away.world.context.database.read(jobs.next_job_ms) is None


@pytest.mark.skipif(not films.is_here(), reason="needs ffmpeg")
async def test_a_film_waits_for_a_bucket_that_is_away(away, clock, tmp_path):
    ada = await away.world.account("ada")
    body = await sound(tmp_path)
    found = await films.take(away.world.context, ada, body, "")
    away.line.is_cut = True
    await away.world.work()
    assert (await away.world.context.database.read(kept.find_media, ada.id, found.id)).state == "waiting"
    away.line.is_cut = False
    clock.go(minutes=1)
    await away.world.work()
    made = await away.world.context.database.read(kept.find_media, ada.id, found.id)
    assert (made.state, await away.world.files()) == ("done", {made.file})


async def sound(folder: Path) -> bytes:
    process = await asyncio.create_subprocess_exec("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=1", str(folder / "a.ogg"))
    assert await process.wait() == 0
    return (folder / "a.ogg").read_bytes()


@pytest.mark.parametrize("act", ["post", "post written anew", "account", "profile"])
async def test_a_file_is_shown_no_longer_than_what_it_belongs_to(world, client, ada, act):
    made = await media.upload(world.context, ada, picture(), "A hedge")
    post = await posts.publish(world.context, ada, Draft("with a picture", media_ids=(made.id,)))
    path = f"/media/{made.file}"
    answer = await client.get(path)
    assert answer.status == 200
    assert re.fullmatch(r"public, max-age=(\d|1\d), must-revalidate", answer.headers["Cache-Control"])
    if act == "account":
        await accounts.delete(world.context, "ada")
    elif act != "profile":
        await posts.delete(world.context, ada, post.id)
    assert (await client.get(path)).status == (200 if act == "profile" else 404)
    if act == "post written anew":
        await posts.publish(world.context, ada, Draft("anew", media_ids=(made.id,)))
        assert (await client.get(path)).status == 200


@pytest.mark.parametrize("left", [0, 1])
async def test_a_file_that_an_edit_takes_out_is_shown_no_longer_and_comes_back_with_another_edit(world, client, ada, clock, left):
    made = [await media.upload(world.context, ada, picture((side, side))) for side in (8, 9)]
    paths = [f"/media/{each.file}" for each in made]
    post = await posts.publish(world.context, ada, Draft("with pictures", media_ids=tuple(each.id for each in made)))
    assert [(await client.get(path)).status for path in paths] == [200, 200]
    await posts.edit(world.context, ada, post.id, Draft("with fewer", media_ids=tuple(each.id for each in made[:left])))
    assert [(await client.get(path)).status for path in paths] == [200, 404] if left else [404, 404]
    async with client.get(f"/api/v1/statuses/{post.id}/history") as answer:
        history = await answer.json()
    shown = [[each["url"] for each in version["media_attachments"]] for version in history]
    assert shown == [[f"{ORIGIN}{path}" for path in paths[:left]]] * 2
    await posts.edit(world.context, ada, post.id, Draft("as before", media_ids=tuple(each.id for each in made)))
    assert [(await client.get(path)).status for path in paths] == [200, 200]


async def test_a_file_that_an_edit_keeps_is_shown_on(world, client, ada):
    made = await media.upload(world.context, ada, picture())
    post = await posts.publish(world.context, ada, Draft("one", media_ids=(made.id,)))
    await posts.edit(world.context, ada, post.id, Draft("two", media_ids=(made.id,)))
    assert (await client.get(f"/media/{made.file}")).status == 200
    async with client.get(f"/api/v1/statuses/{post.id}/history") as answer:
        assert [len(version["media_attachments"]) for version in await answer.json()] == [1, 1]


async def test_a_file_of_two_posts_is_shown_until_an_edit_takes_it_out_of_both(world, client, ada, bob):
    made = [await media.upload(world.context, each, picture()) for each in (ada, bob)]
    said = [await posts.publish(world.context, each, Draft("x", media_ids=(file.id,))) for each, file in zip((ada, bob), made, strict=True)]
    for author, post, status in zip((ada, bob), said, (200, 404), strict=True):
        await posts.edit(world.context, author, post.id, Draft("without"))
        assert (await client.get(f"/media/{made[0].file}")).status == status


async def test_the_copy_of_another_servers_file_goes_when_an_edit_takes_it_out(world, client, ada):
    far = await world.stranger("far")
    await world.follow(ada, far)
    urls = [f"{world.elsewhere.origin}/{name}.png" for name in ("kept", "removed")]
    files = tuple(Attachment("Image", url, "image/png") for url in urls)
    note = far.note("1", attachments=files)
    await world.receive(far.create(note), far)
    for number, url in enumerate(urls):
        name = f"{number}" * 40 + ".png"
        await world.context.stores.proxied.put(name, picture())
        await world.context.database.write(proxied.save_proxied, Proxied(url, name, "image/png", 10, 1))
    changed = replace(note, content="<p>without</p>", attachments=files[:1], updated=NOON)
    await world.receive(far.activity("Update", far.create(changed)["object"]), far)
    await world.work()
    assert await world.files("proxied") == {"0" * 40 + ".png"}
    post = await world.find_post(note.uri)
    async with client.get(f"/api/v1/statuses/{post.id}/history") as answer:
        history = await answer.json()
    assert [[each["remote_url"] for each in version["media_attachments"]] for version in history] == [urls[:1]] * 2


async def test_a_file_of_two_posts_is_shown_until_both_are_deleted(world, client, ada):
    bob = await world.account("bob")
    made = [await media.upload(world.context, each, picture(), "A hedge") for each in (ada, bob)]
    assert made[0].file == made[1].file
    said = [
        (each, await posts.publish(world.context, each, Draft("x", media_ids=(file.id,))))
        for each, file in zip((ada, bob), made, strict=True)
    ]
    for (author, post), status in zip(said, (200, 404), strict=True):
        await posts.delete(world.context, author, post.id)
        assert (await client.get(f"/media/{made[0].file}")).status == status


async def test_the_copy_of_another_servers_file_goes_with_its_post(world, ada):
    far = await world.stranger("far")
    await world.follow(ada, far)
    url = f"{world.elsewhere.origin}/hedge.png"
    note = far.note("1", attachments=(Attachment("Image", url, "image/png"),))
    await world.receive(far.create(note), far)
    await world.context.stores.proxied.put("a" * 40 + ".png", picture())
    await world.context.database.write(proxied.save_proxied, Proxied(url, "a" * 40 + ".png", "image/png", 10, 1))
    assert await world.files("proxied") != set()
    await world.receive(far.activity("Delete", note.uri), far)
    await world.work()
    assert await world.context.database.read(proxied.find_proxied, url) is None
    assert await world.files("proxied") == set()
