"""Timelines: who sees which posts, page by page."""

from node.social import follows, reactions, timelines
from storage.records import PRIVATE, UNLISTED


async def uris(world, page, viewer_id=0):
    return [card.post.uri for card in await timelines.cards(world.context, page.entries, viewer_id)]


async def test_pages_go_on_where_the_last_one_ended(world, ada, clock):
    for number in range(timelines.PAGE + 5):
        clock.go(minutes=1)
        await world.post(ada, f"Post {number}")
    first = await timelines.home(world.context, ada.id)
    second = await timelines.home(world.context, ada.id, first.before)
    assert (len(first.entries), len(second.entries), second.before) == (timelines.PAGE, 5, None)
    assert len({entry.id for entry in (*first.entries, *second.entries)}) == timelines.PAGE + 5


async def test_the_local_timeline_is_what_our_people_say_in_public(world, ada, bob):
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1")), bob)
    post = await world.post(ada, "Hello")
    await world.post(ada, "Quiet", visibility=UNLISTED)
    await world.post(ada, "Private", visibility=PRIVATE)
    assert await uris(world, await timelines.local(world.context, 0)) == [post.uri]


async def test_a_profile_shows_each_reader_what_is_for_them(world, ada, eve):
    public, private = await world.post(ada, "Hello"), await world.post(ada, "Private", visibility=PRIVATE)
    assert await uris(world, await timelines.account_posts(world.context, ada.id, 0)) == [public.uri]
    await follows.follow(world.context, eve, ada.id)
    found = await uris(world, await timelines.account_posts(world.context, ada.id, eve.id), eve.id)
    assert set(found) == {public.uri, private.uri}


async def test_an_answer_to_somebody_unknown_is_not_in_followers_timelines(world, ada, eve):
    near = await world.account("near")
    await follows.follow(world.context, near, eve.id)
    post = await world.post(ada, "Primes")
    await world.post(eve, "Indeed", in_reply_to_id=post.id)
    assert await world.home(near) == []
    own = await world.post(eve, "Hello")
    assert await world.home(near) == [own.uri]


async def test_a_boost_shows_who_boosted(world, ada, eve):
    await follows.follow(world.context, eve, ada.id)
    near = await world.account("near")
    post = await world.post(near, "Primes")
    await reactions.boost(world.context, ada, post.id)
    [card] = await timelines.cards(world.context, (await timelines.home(world.context, eve.id)).entries, eve.id)
    assert (card.post.uri, card.author.id, card.booster.id) == (post.uri, near.id, ada.id)


async def test_a_tag_is_the_same_in_any_case(world, ada):
    post = await world.post(ada, "#Maths")
    assert await uris(world, await timelines.tag(world.context, "MATHS", 0)) == [post.uri]
