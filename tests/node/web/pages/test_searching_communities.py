"""What is said in communities, and who finds it."""

import feedparser
import pytest

from node.social import communities, follows, posts
from node.social.communities import Settings
from node.social.posts import Draft
from storage.follows import find_follow

PLACES = {"open": Settings("Gardeners"), "private": Settings("Gardeners", is_private=True)}


@pytest.fixture(params=PLACES)
async def place(request, world):
    """A community that is open or private, its founder, a member and what the founder said there."""
    founder, member = await world.account("founder"), await world.account("member")
    group = await communities.create(world.context, "gardeners", PLACES[request.param], [founder])
    await follows.follow(world.context, member, group.id)
    follow = await world.context.database.read(_state, member.id, group.id)
    if follow == "requested":
        await communities.answer_request(world.context, founder, group.id, member.id, is_accepted=True)
    await world.context.database.write(_disagree)
    await posts.publish(world.context, founder, Draft("hedge inside", community_id=group.id))
    return request.param, group, member


def _state(db, follower_id, followee_id):

    return find_follow(db, follower_id, followee_id).state


def _disagree(db):
    db.execute("UPDATE accounts SET indexable = false")


async def test_members_find_it_by_its_words_though_its_author_agreed_to_nothing_wider(surf, place):
    _, _, member = place
    assert "inside" in (await (await surf(member)).get("/search?q=hedge")).text
    assert "inside" in (await (await surf(member)).get("/search?q=hedge+in:@gardeners")).text


async def test_nobody_else_does(world, surf, place):
    outsider = await surf(await world.account("outsider"))
    for browser in (outsider, await surf()):
        for query in ("hedge", "in:@gardeners", "from:founder", "inside"):
            assert "hedge</mark> inside" not in (await browser.get(f"/search?q={query}")).text
            assert "post found" not in (await browser.get(f"/search?q={query}")).text
        assert "inside" not in (await browser.get("/search.atom?q=hedge")).text


async def test_the_feed_of_a_private_community_is_empty(surf, place):
    kind, _, _ = place
    feed = feedparser.parse((await (await surf()).get("/@gardeners.atom")).text)
    assert [entry.title for entry in feed.entries] == (["hedge inside"] if kind == "open" else [])
