"""Feeds: read by an independent reader, and nothing in them that was not said to everybody."""

import feedparser
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer

from node.assembly import build_app


@pytest.fixture
async def get(world):
    """Asks for a feed: (status, headers, body)."""
    async with TestClient(TestServer(build_app(world.context))) as client:

        async def ask(path: str, **headers: str):
            async with client.get(path, headers=headers) as response:
                return response.status, response.headers, await response.read()

        yield ask


@pytest.fixture
async def ada(world, clock):
    """Somebody with one post of each kind, the last one newest."""
    account = await world.account("ada", display_name="Ada & Co")
    first = await world.post(account, "Of **hedges** & ]]> fields #maths", language="en")
    for said in (
        {"text": "A reply to myself", "in_reply_to_id": first.id},
        {"text": "Unlisted", "visibility": 1},
        {"text": "For followers", "visibility": 2},
        {"text": "For you", "visibility": 3},
        {"text": "The wren", "summary": "Spoiler"},
    ):
        clock.go(minutes=1)
        await world.post(account, said.pop("text"), **said)
    return account


@pytest.mark.parametrize("kind", ["atom", "rss"])
async def test_a_feed_reader_finds_the_public_posts_newest_first(get, ada, kind):
    status, headers, body = await get(f"/@ada.{kind}")
    feed = feedparser.parse(body)
    assert status == 200
    assert headers["Content-Type"] == f"application/{kind}+xml; charset=utf-8"
    assert not feed.bozo
    assert feed.feed.title == "Ada & Co"
    assert [entry.title for entry in feed.entries] == ["Spoiler", "Of hedges & ]]> fields #maths"]
    assert feed.entries[1].link.startswith("http://hedge.test/@ada/")
    assert "<strong>hedges</strong>" in feed.entries[1].summary
    assert feed.entries[0].published_parsed > feed.entries[1].published_parsed


async def test_a_json_feed_says_the_same(get, ada):
    _, headers, body = await get("/@ada.json")
    feed = orjson.loads(body)
    assert headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "http://hedge.test/@ada.json"
    assert [item["title"] for item in feed["items"]] == ["Spoiler", "Of hedges & ]]> fields #maths"]
    assert feed["items"][1]["language"] == "en"


@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
async def test_nothing_narrower_than_public_is_in_a_feed(get, ada, kind):
    for path in (f"/@ada.{kind}", f"/tags/maths.{kind}"):
        _, _, body = await get(path)
        for said in (b"Unlisted", b"For followers", b"For you"):
            assert said not in body


async def test_a_tag_has_a_feed_too(get, ada):
    _, _, body = await get("/tags/Maths.atom")
    assert [entry.title for entry in feedparser.parse(body).entries] == ["Of hedges & ]]> fields #maths"]


async def test_who_asks_again_is_not_sent_the_same_twice(get, ada, world):
    _, headers, _ = await get("/@ada.atom")
    status, _, body = await get("/@ada.atom", **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")
    await world.post(ada, "News")
    status, _, _ = await get("/@ada.atom", **{"If-None-Match": headers["ETag"]})
    assert status == 200


async def test_who_is_not_there_or_is_a_supervised_learner_has_no_feed(get, world):
    await world.account("child", mode="supervised")
    for path in ("/@child.atom", "/@nobody.atom"):
        assert (await get(path))[0] == 404
