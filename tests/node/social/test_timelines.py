"""Timelines: who sees which posts, page by page."""

import pytest

from node.social import blocking, filters, follows, listing, notifications, reactions, relating, timelines, viewing
from storage import listings
from storage.listings import Kinds, Shown, Window
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


async def seen_by_api(world, viewer, listing, where):
    """The ids that the client API would show of a listing."""

    def load(db):
        ids = listing(db)
        view = viewing.load_view(db, world.context.site, ids, viewer.id)
        return {post_id for post_id in ids if not viewing.is_hidden(view, post_id, where)}

    return await world.context.database.read(load)


async def mute(world, ada, eve):
    await blocking.mute(world.context, ada, eve.id)


async def block(world, ada, eve):
    await blocking.block(world.context, ada, eve.id)


async def other_languages(world, ada, eve):
    await relating.follow(world.context, ada, eve.id, languages="de fr")


async def exclusive_list(world, ada, eve):
    made = await listing.add(world.context, ada, "Friends", "list", exclusive=True)
    await listing.add_members(world.context, ada, made.id, [eve.id])


async def hiding_filter(world, ada, eve):
    wish = filters.Wish("No primes", ["home", "public", "account"], "hide", 0, [filters.Word("primes", whole_word=False)])
    await filters.add(world.context, ada, wish)


async def nothing(world, ada, eve):
    pass


@pytest.mark.parametrize("hide", [mute, block, other_languages, exclusive_list, hiding_filter, nothing])
async def test_pages_and_the_api_show_the_same_posts(world, ada, eve, hide):
    await follows.follow(world.context, ada, eve.id)
    shown = await world.post(eve, "On #primes", language="en")
    await world.post(ada, "My own #primes", language="en")
    await hide(world, ada, eve)
    window, kinds = Window(limit=40), Kinds(local=True)
    listed = {
        "home": (timelines.home(world.context, ada.id), lambda db: listings.list_home(db, ada.id, window), "home"),
        "local": (timelines.local(world.context, ada.id), lambda db: listings.list_public(db, ada.id, kinds, window), "public"),
        "tag": (
            timelines.tag(world.context, "primes", ada.id),
            lambda db: listings.list_tagged(db, ["primes"], [], [], ada.id, Kinds(), window),
            "public",
        ),
        "account": (
            timelines.account_posts(world.context, eve.id, ada.id),
            lambda db: listings.list_of_account(db, eve.id, ada.id, Shown(), window),
            "account",
        ),
    }
    found = {}
    for name, (page, ids, where) in listed.items():
        on_page = {entry.id for entry in (await page).entries}
        assert on_page == await seen_by_api(world, ada, ids, where), name
        found[name] = shown.id in on_page
    assert found["home"] is (hide is nothing)
    assert found["local"] is (hide in (nothing, other_languages, exclusive_list))


async def test_a_post_that_is_filtered_with_a_warning_is_folded_on_pages(world, ada, eve):
    await follows.follow(world.context, ada, eve.id)
    post, own = await world.post(eve, "On primes"), await world.post(ada, "My own primes")
    await filters.add(world.context, ada, filters.Wish("No primes", ["home"], "warn", 0, [filters.Word("primes", whole_word=False)]))
    entries = {entry.id: entry.filtered_by for entry in (await timelines.home(world.context, ada.id)).entries}
    assert entries == {post.id: "No primes", own.id: ""}
    assert [entry.filtered_by for entry in (await timelines.local(world.context, ada.id)).entries] == ["", ""]


@pytest.mark.parametrize(("action", "hidden", "folded"), [("hide", True, ""), ("warn", False, "No primes")])
async def test_notifications_follow_the_filters_for_them(world, ada, eve, clock, action, hidden, folded):
    wish = filters.Wish("No primes", ["notifications"], action, 0, [filters.Word("primes", whole_word=False)])
    await filters.add(world.context, ada, wish)
    await world.post(eve, "@ada primes")
    clock.go(minutes=1)
    await world.post(eve, "@ada moss")
    moss, primes = (await notifications.list_gathered(world.context, ada.id))[0]
    assert (moss.is_hidden, moss.entry.filtered_by) == (False, "")
    assert (primes.is_hidden, primes.entry.filtered_by) == (hidden, folded)
