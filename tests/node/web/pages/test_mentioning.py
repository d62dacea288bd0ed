"""Webmentions between this node and the web: taken, shown, withdrawn, sent."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from node.social import posts
from node.social.posts import Draft
from storage import users, webmentions
from tests.serving import served


class Web:
    """A web site with pages that a test writes, and an endpoint of its own."""

    def __init__(self) -> None:
        self.origin = ""
        self.pages: dict[str, tuple[int, str]] = {}
        self.told: list[tuple[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "POST":
            form = await request.post()
            self.told.append((str(form["source"]), str(form["target"])))
            return web.Response(status=202)
        status, text = self.pages.get(request.path, (404, ""))
        return web.Response(status=status, text=text, content_type="text/html")

    def put(self, path: str, text: str, status: int = 200) -> str:
        self.pages[path] = (status, text)
        return f"{self.origin}{path}"


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    found = Web()
    async with served(found.answer) as found.origin:
        yield found


@pytest.fixture
async def post(world, ada):
    return await world.post(ada, "Of hedges")


def reply(target: str, said: str = "Well said.") -> str:
    author = '<span class="p-author">Bob &lt;3</span>'
    return f'<div class="h-entry">{author}<a class="u-in-reply-to" href="{target}">re</a><p class="e-content">{said}</p></div>'


async def tell(world, browser, source: str, target: str) -> int:
    seen = await browser.send_raw("/webmention", {"source": source, "target": target})
    await world.work()
    return seen.status


async def test_a_reply_from_the_web_stands_below_the_post(world, surf, site, post):
    browser = await surf()
    assert await tell(world, browser, site.put("/re", reply(post.url)), post.url) == 202
    page = await browser.get(f"/@ada/{post.id}")
    assert "Replies from the web" in page.text
    assert "Bob &lt;3" in page.text
    assert "Well said." in page.text
    assert page.headers["Link"] == '<http://hedge.test/webmention>; rel="webmention"'
    assert '<link rel="webmention" href="http://hedge.test/webmention">' in page.text


async def test_its_author_is_told_of_each_page_once(world, clock, surf, site, ada, post):
    browser = await surf()
    source = site.put("/re", reply(post.url))
    await tell(world, browser, source, post.url)
    assert "has found a page on the web that speaks of your post" in (await (await surf(ada)).get("/notifications")).text
    await tell(world, browser, source, post.url)
    assert [kind for kind, _ in await world.told(ada)] == ["webmention"]
    read_id = (await world.context.database.read(users.get_user, ada.id)).notifications_read_id
    clock.go(minutes=1)
    await tell(world, browser, site.put("/other", reply(post.url)), post.url)
    assert [kind for kind, _ in await world.told(ada)] == ["webmention"]
    assert await world.context.database.read(users.count_unread, ada.id) == 1
    assert (await world.context.database.read(users.get_user, ada.id)).notifications_read_id == read_id


async def test_sent_again_it_changes_and_what_is_gone_goes(world, surf, site, post):
    browser = await surf()
    source = site.put("/re", reply(post.url))
    await tell(world, browser, source, post.url)
    site.put("/re", reply(post.url, "Or was it?"))
    await tell(world, browser, source, post.url)
    page = (await browser.get(f"/@ada/{post.id}")).text
    assert "Or was it?" in page
    assert "Well said." not in page
    site.put("/re", "", status=410)
    await tell(world, browser, source, post.url)
    assert "Replies from the web" not in (await browser.get(f"/@ada/{post.id}")).text


async def test_a_page_that_does_not_link_is_not_shown(world, surf, site, post):
    browser = await surf()
    await tell(world, browser, site.put("/re", f"<!-- {post.url} -->"), post.url)
    assert "Replies from the web" not in (await browser.get(f"/@ada/{post.id}")).text


async def test_what_is_no_public_post_of_ours_is_refused(world, surf, site, ada, post):
    browser = await surf()
    source = site.put("/re", "x")
    secret = await world.post(ada, "Quietly", visibility=2)
    for target in (
        secret.url,
        secret.uri,
        "http://hedge.test/",
        "http://hedge.test/@bob/1",
        "https://other.example/@ada/1",
        post.url + "1",
        "",
    ):
        assert await tell(world, browser, source, target) == 400
    for bad in ("", "javascript:x", post.url, "http://hedge.test/about"):
        assert await tell(world, browser, bad, post.url) == 400
    assert await tell(world, browser, source, post.uri) == 202


async def test_too_many_are_refused(world, surf, site, post):
    browser = await surf()
    found = [(await browser.send_raw("/webmention", {"source": site.put(f"/{n}", ""), "target": post.url})).status for n in range(31)]
    assert found[-1] == 429
    assert set(found[:-1]) == {202}


async def test_the_author_takes_one_away_and_it_does_not_come_again(world, surf, site, ada, post):
    eve = await world.account("eve")
    browser, source = await surf(ada), site.put("/re", reply(post.url))
    await tell(world, browser, source, post.url)
    (mention,) = await world.context.database.read(webmentions.list_mentions, post.id)
    assert (await (await surf(eve)).send(f"/webmentions/{mention.id}/hide")).status == 403
    assert (await browser.send(f"/webmentions/{mention.id}/hide")).status == 303
    await tell(world, browser, source, post.url)
    assert await world.context.database.read(webmentions.list_mentions, post.id) == []


async def test_a_pingback_does_the_same(world, surf, site, post):
    browser, source = await surf(), site.put("/re", reply(post.url))
    value = "<param><value><string>{}</string></value></param>"
    call = f"<methodCall><methodName>pingback.ping</methodName><params>{value}{value}</params></methodCall>"
    seen = await browser.send_raw("/pingback", call.format(source, post.url).encode())
    assert (seen.status, "fault" in seen.text) == (200, False)
    await world.work()
    assert "Well said." in (await browser.get(f"/@ada/{post.id}")).text
    assert "<int>33</int>" in (await browser.send_raw("/pingback", call.format(source, "http://hedge.test/x").encode())).text


async def test_a_public_post_tells_the_pages_that_it_links_to(world, site, ada):
    page = site.put("/page", '<link rel="webmention" href="/endpoint">')
    site.put("/deaf", "no endpoint")
    post = await world.post(ada, f"See {page} and {site.origin}/deaf and {site.origin}/gone")
    await world.work()
    assert site.told == [(post.url, page)]
    await posts.edit(world.context, ada, post.id, Draft("Nothing to see"))
    await world.work()
    assert site.told == [(post.url, page)] * 2
    await posts.delete(world.context, ada, post.id)
    await world.work()
    assert site.told == [(post.url, page)] * 3


async def test_a_post_for_followers_tells_nobody(world, site, ada):
    page = site.put("/page", '<link rel="webmention" href="/endpoint">')
    await world.post(ada, f"See {page}", visibility=2)
    await world.work()
    assert site.told == []
