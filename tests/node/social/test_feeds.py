"""Feeds that people follow: found, fetched again, and given up."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from node.errors import BadInput, NotFound
from node.social import feeds, follows
from storage import feeds as kept
from storage import follows as kept_follows
from storage import posts, search
from storage.records import Follow
from tests.serving import served

ITEM = "<item><guid>{n}</guid><title>Entry {n}</title><link>http://blog.example/{n}</link><description>{said}</description><pubDate>{at}</pubDate></item>"
AT = "Sun, 01 Mar 2026 12:00:00 GMT"


class Blog:
    """A web site with a feed that changes."""

    def __init__(self) -> None:
        self.origin = ""
        self.items = [ITEM.format(n=1, said="Of hedges", at=AT)]
        self.status = 200
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.path == "/":
            return web.Response(text='<link rel="alternate" type="application/rss+xml" href="/feed.xml">', content_type="text/html")
        if request.path != "/feed.xml":
            return web.Response(text="<p>Nothing</p>", content_type="text/html")
        self.asked.append(dict(request.headers))
        if self.status != 200:
            return web.Response(status=self.status)
        etag = f'"{len("".join(self.items))}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        body = f'<rss version="2.0"><channel><title>The blog</title>{"".join(self.items)}</channel></rss>'
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": etag})


@pytest.fixture
async def blog() -> AsyncIterator[Blog]:
    found = Blog()
    async with served(found.answer) as found.origin:
        yield found


@pytest.fixture
async def feed(world, blog, ada):
    """The account of the blog's feed, which ada follows."""
    return await feeds.follow_anything(world.context, ada, f"{blog.origin}/")


async def said(world, account) -> list[str]:
    found = await world.context.database.read(posts.list_all_posts, account.id)
    return [post.content for post in found]


async def state(world, account):
    return await world.context.database.read(kept.find_feed, account.id)


async def look(world, clock, **later: float) -> None:
    """Time goes on, and what is due is fetched."""
    clock.go(**later)
    await feeds.send_for_due(world.context)
    await world.work()


async def test_a_page_with_a_feed_can_be_followed_by_its_address(world, ada, eve, feed, blog):
    assert (feed.type, feed.domain, feed.display_name) == ("Service", "", "The blog")
    (post,) = await world.context.database.read(posts.list_all_posts, feed.id)
    assert (post.type, post.title, post.content, post.url) == ("Article", "Entry 1", "Of hedges", "http://blog.example/1")
    assert post.uri.startswith(f"http://hedge.test/users/{feed.name}/posts/")
    assert post.published.isoformat() == "2026-03-01T12:00:00+00:00"
    assert await world.home(ada) == [post.uri]
    again = await feeds.follow_anything(world.context, eve, f"{blog.origin}/feed.xml")
    assert again.id == feed.id
    assert await world.owed() == []


async def test_new_entries_come_once_and_changed_ones_change(world, clock, ada, feed, blog):
    blog.items[0] = ITEM.format(n=1, said="Of tall hedges", at=AT)
    blog.items.insert(0, ITEM.format(n=2, said="Of walls", at="Wed, 01 Jan 2200 00:00:00 GMT"))
    await look(world, clock, hours=2)
    await look(world, clock, hours=2)
    assert sorted(await said(world, feed)) == ["Of tall hedges", "Of walls"]
    assert len(await world.home(ada)) == 2
    assert blog.asked[-1]["If-None-Match"]
    found = await world.context.database.read(posts.list_all_posts, feed.id)
    assert max(post.published for post in found) <= world.context.site.now()


async def test_entries_are_found_by_their_words(world, ada, feed):
    hits = await world.context.database.read(search.list_hits, search.Question(("hedges",)), ada.id, 5)
    assert len(hits) == 1


async def test_a_feed_is_left_alone_until_it_is_due(world, clock, feed, blog):
    await look(world, clock, minutes=30)
    assert len(blog.asked) == 1
    await look(world, clock, minutes=31)
    assert len(blog.asked) == 2


async def test_one_that_fails_is_tried_less_and_less_often(world, clock, feed, blog):
    blog.status = 500
    waits = []
    for _ in range(4):
        await look(world, clock, days=8)
        found = await state(world, feed)
        waits.append((found.next_ms - world.context.site.now_ms()) // 3_600_000)
    assert waits == [1, 2, 4, 8]
    assert "500" in found.problem
    blog.status = 200
    await look(world, clock, days=8)
    assert (await state(world, feed)).failures == 0


async def test_one_that_is_gone_ends_and_what_it_brought_stays(world, clock, feed, blog):
    blog.status = 410
    await look(world, clock, hours=2)
    await look(world, clock, days=9)
    assert (await state(world, feed)).state == "ended"
    assert len(blog.asked) == 2
    assert len(await said(world, feed)) == 1


async def test_one_that_nobody_follows_is_not_fetched(world, clock, ada, feed, blog):

    await follows.unfollow(world.context, ada, feed.id)
    await look(world, clock, days=2)
    assert len(blog.asked) == 1


async def test_a_feed_becomes_a_bomb(world, clock, feed, blog):
    blog.items = ['<x/></channel></rss><!DOCTYPE x [<!ENTITY a "b">]>']
    await look(world, clock, hours=2)
    assert "entities" in (await state(world, feed)).problem


async def test_followers_elsewhere_get_new_entries(world, clock, feed, blog, bob):
    known = await world.known(bob)
    await world.context.database.write(kept_follows.add_follow, Follow(known.id, feed.id, "accepted", f"{bob.uri}#f", 0))
    blog.items.append(ITEM.format(n=2, said="Of walls", at=AT))
    await look(world, clock, hours=2)
    assert [kind for kind, _ in await world.owed()] == ["Create"]


async def test_what_is_no_feed_says_so(world, ada, blog):
    with pytest.raises(BadInput, match="neither followed as a person nor as a feed"):
        await feeds.follow_anything(world.context, ada, f"{blog.origin}/nothing")
    blog.status = 404
    with pytest.raises(NotFound, match="404"):
        await feeds.follow_anything(world.context, ada, f"{blog.origin}/feed.xml")
    with pytest.raises(NotFound):
        await feeds.follow_anything(world.context, ada, "@nobody")


async def test_an_address_inside_our_network_is_refused(world, ada):
    with pytest.raises(NotFound, match="neither followed"):
        await feeds.follow_anything(world.context, ada, "http://10.0.0.1/feed.xml")
