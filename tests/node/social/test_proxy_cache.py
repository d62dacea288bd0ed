"""Others' files through ours: fetched once, safe, within a quota, and nothing but what we gave out ourselves."""

import pytest
from aiohttp import web

from node.errors import NotFound
from node.social import blocking, keeping, proxy_cache, proxying
from tests import buckets
from tests.node.web.mastodon.conftest import picture
from tests.serving import served

pytestmark = pytest.mark.parametrize("media_store", buckets.STORES)
BODIES = {
    "/a.png": picture((300, 200), "PNG"),
    "/b.png": picture((200, 300), "PNG"),
    "/evil.svg": b"<svg><script>1</script></svg>",
    "/film": b"\0\0\0\x18ftypisom" + b"0" * 100,
}


@pytest.fixture
def settings() -> str:
    return "[media]\nproxy_days = 3\nproxy_bytes = 1000\n"


def address(world, url: str) -> tuple[str, str]:
    signed, named = proxying.shown_url(world.context.site, url).rsplit("/", 2)[1:]
    return signed, named


@pytest.fixture
async def far(world, elsewhere):
    """Where another server with files is."""

    async def answer(request: web.Request) -> web.Response:
        elsewhere.asked.append(request.path)
        body = BODIES.get(request.path)
        return web.Response(body=body, content_type="text/html") if body else web.Response(status=404)

    async with served(answer) as origin:
        yield origin


async def tidy(world):
    """The job, and what it leaves to others."""
    await keeping.tidy(world.context)
    await world.work()


async def get(world, url: str):
    found, stored = await proxy_cache.get_file(world.context, *address(world, url))
    assert (stored.name, stored.size_bytes) == (found.file, found.size_bytes)
    return found


async def test_a_picture_is_fetched_once_and_made_anew(world, far, elsewhere):
    found = await get(world, f"{far}/a.png")
    assert (found.media_type, await get(world, f"{far}/a.png")) == ("image/png", found)
    assert elsewhere.asked == ["/a.png"]
    assert await world.files("proxied") == {found.file}


async def test_a_film_goes_through_under_the_type_that_it_is(world, far):
    assert (await get(world, f"{far}/film")).media_type == "video/mp4"


@pytest.mark.parametrize("path", ["/evil.svg", "/nothing"])
async def test_what_is_no_picture_is_not_shown_and_not_asked_for_again_at_once(world, clock, far, elsewhere, path):
    for _ in range(2):
        with pytest.raises(NotFound):
            await get(world, far + path)
    assert elsewhere.asked == [path]
    clock.go(minutes=11)
    with pytest.raises(NotFound):
        await get(world, far + path)
    assert elsewhere.asked == [path, path]


async def test_nothing_is_fetched_that_we_did_not_give_out(world, far, elsewhere):
    signed, named = address(world, f"{far}/a.png")
    other = address(world, f"{far}/b.png")[1]
    for forged in ((signed, other), ("x" * 22, named), (signed, "!!"), ("", named)):
        with pytest.raises(NotFound):
            await proxy_cache.get_file(world.context, *forged)
    assert elsewhere.asked == []


async def test_nothing_is_fetched_of_a_blocked_server(world, far, elsewhere):
    await blocking.block_domain(world.context, "127.0.0.1")
    await blocking.load_rules(world.context)
    with pytest.raises(NotFound):
        await get(world, f"{far}/a.png")
    assert elsewhere.asked == []


async def test_what_nobody_looks_at_goes_after_a_while(world, clock, far):
    found = await get(world, f"{far}/a.png")
    clock.go(days=2)
    await get(world, f"{far}/a.png")
    clock.go(days=2)
    await tidy(world)
    assert await world.files("proxied") == {found.file}
    clock.go(days=2)
    await tidy(world)
    assert await world.files("proxied") == set()


async def test_beyond_the_quota_what_was_looked_at_longest_ago_goes_first(world, clock, far):
    first = await get(world, f"{far}/a.png")
    clock.go(hours=1)
    second = await get(world, f"{far}/b.png")
    assert first.size_bytes + second.size_bytes > 1000 > second.size_bytes
    await tidy(world)
    assert await world.files("proxied") == {second.file}


async def test_our_own_files_are_shown_as_they_are(world):
    site = world.context.site
    assert proxying.shown_url(site, f"{site.origin}/media/x.png") == f"{site.origin}/media/x.png"
    assert proxying.shown_url(site, f"{site.origin}/static/avatar.png") == f"{site.origin}/static/avatar.png"
