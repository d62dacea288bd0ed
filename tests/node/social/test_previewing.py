"""Pages that posts link to are asked once, later, and never for what is nobody else's business."""

from collections import Counter

import pytest
from aiohttp import web

from node.social import posts, previewing
from node.social.posts import Draft
from storage import previews
from storage.records import DIRECT
from tests.serving import served


@pytest.fixture
async def site():
    """A web site that counts who asks; `status` is what it answers."""
    asked: Counter[str] = Counter()

    async def answer(request):
        asked[request.path] += request.headers["Accept"] == previewing.HTML  # webmentions ask as well, otherwise
        return web.Response(status=says["status"], text=f"<title>Page {request.path}</title>", content_type="text/html")

    says = {"status": 200}
    async with served(answer) as origin:
        yield origin, asked, says


async def shown(world, post):
    found = await world.context.database.read(previews.list_previews, [post.id])
    return found[post.id].title if post.id in found else None


async def later(world, clock, **by):
    clock.go(**by or {"minutes": 1})
    await world.work()


async def test_a_page_is_asked_some_time_later_and_once_for_all_posts(world, clock, ada, site):
    origin, asked, _ = site
    written = [await world.post(ada, f"{n}: {origin}/moss") for n in range(3)]
    assert [await shown(world, post) for post in written] == [None] * 3
    await later(world, clock)
    assert [await shown(world, post) for post in written] == ["Page /moss"] * 3
    assert asked["/moss"] == 1
    await world.post(ada, f"again {origin}/moss")
    await later(world, clock)
    assert asked["/moss"] == 1
    await world.post(ada, f"much later {origin}/moss")
    clock.go(days=20)
    await world.post(ada, f"weeks later {origin}/moss")
    await later(world, clock)
    assert asked["/moss"] == 2


async def test_a_post_that_changes_shows_another_page_or_none(world, clock, ada, site):
    origin, _, _ = site
    post = await world.post(ada, f"{origin}/one")
    await later(world, clock)
    await posts.edit(world.context, ada, post.id, Draft(f"{origin}/two"))
    await later(world, clock)
    assert await shown(world, post) == "Page /two"
    await posts.edit(world.context, ada, post.id, Draft("nothing"))
    assert await shown(world, post) is None


async def test_what_a_stranger_posts_is_previewed_as_well(world, clock, ada, site):
    origin, _, _ = site
    zoe = await world.stranger("zoe")
    await world.follow(ada, zoe)
    note = zoe.note("1", f'<p><a href="{zoe.uri}" class="u-url mention">@zoe</a> <a href="{origin}/far">far</a></p>')
    await world.receive(zoe.create(note), zoe)
    await later(world, clock)
    assert await shown(world, await world.find_post(note.uri)) == "Page /far"


@pytest.mark.parametrize("said", [{"visibility": DIRECT}, {"summary": "careful"}])
async def test_a_private_word_and_a_warning_have_no_preview(world, clock, ada, site, said):
    origin, asked, _ = site
    await world.post(ada, f"{origin}/moss", **said)
    await later(world, clock)
    assert not asked.total()


async def test_a_page_that_refuses_is_left_alone_and_one_that_is_broken_has_no_preview(world, clock, ada, site):
    origin, asked, says = site
    says["status"] = 404
    post = await world.post(ada, f"{origin}/gone")
    await later(world, clock)
    await later(world, clock, hours=1)
    assert (await shown(world, post), asked["/gone"]) == (None, 1)
