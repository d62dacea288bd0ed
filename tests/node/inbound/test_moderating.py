"""Block and Flag from other servers."""

from storage import follows as kept
from storage import moderation
from storage.records import loaded


async def test_a_block_ends_follows_both_ways_and_hides_posts(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    await world.receive(bob.activity("Follow", ada.uri), bob)
    await world.receive(bob.activity("Block", ada.uri), bob)
    stranger = await world.known(bob)
    assert not await world.context.database.read(kept.is_following, ada.id, stranger.id)
    assert not await world.context.database.read(kept.is_following, stranger.id, ada.id)


async def test_a_block_taken_back_is_forgotten(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    block = bob.activity("Block", ada.uri)
    await world.receive(block, bob)
    await world.receive(bob.activity("Undo", block["id"]), bob)
    assert not await world.context.database.read(moderation.has_block_between, ada.id, (await world.known(bob)).id)


async def test_a_report_reaches_the_moderators(world):
    olga, ada, bob = await world.account("olga", role="owner"), await world.account("ada"), await world.stranger("bob")
    post = await world.post(ada, "Something")
    await world.receive(bob.activity("Flag", [ada.uri, post.uri], content="Please look"), bob)
    [report] = await world.context.database.read(moderation.list_reports, 10)
    assert report.target_id == ada.id
    assert report.comment == "Please look"
    assert loaded(report.post_uris) == [post.uri]
    assert await world.told(olga) == [("report", "ada")]


async def test_a_report_about_nobody_here_is_not_kept(world):
    bob, carol = await world.stranger("bob"), await world.stranger("carol")
    await world.receive(bob.activity("Flag", [carol.uri]), bob)
    assert await world.context.database.read(moderation.list_reports, 10) == []


async def test_a_block_that_was_taken_back_before_it_came_stays_away(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    block = bob.activity("Block", ada.uri)
    await world.receive(bob.activity("Undo", block), bob)
    await world.receive(block, bob)
    assert not await world.context.database.read(moderation.has_block_between, ada.id, (await world.known(bob)).id)
