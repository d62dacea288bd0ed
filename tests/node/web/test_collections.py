"""Collections: complete, in order, and the same while something is added."""

import pytest

from node.social import reactions
from storage import timelines


@pytest.fixture
def settings():
    """More posts at once than anybody may write."""
    return "[limits]\nrates = false"


async def test_an_outbox_holds_every_public_post_once_newest_first(world, door, ada, clock):
    made = []
    for number in range(45):
        clock.go(seconds=15)
        made.append((await world.post(ada, f"Post {number}")).uri)
    assert [item["object"]["id"] for item in await door.items(f"{ada.uri}/outbox")] == made[::-1]


async def test_a_page_stays_the_same_while_posts_are_added(world, door, ada, clock):
    for number in range(30):
        clock.go(seconds=1)
        await world.post(ada, f"Post {number}")
    _, first = await door.get(f"{ada.uri}/outbox?page=true")
    before = await door.get(first["next"])
    clock.go(seconds=1)
    await world.post(ada, "One more")
    assert await door.get(first["next"]) == before


async def test_a_boost_stands_in_the_outbox_as_an_announce(world, door, ada):
    bo = await world.account("bo")
    post = await world.post(bo, "Primes")
    await reactions.boost(world.context, ada, post.id)
    [item] = await door.items(f"{ada.uri}/outbox")
    assert (item["type"], item["object"]) == ("Announce", post.uri)


async def test_followers_are_listed_and_counted(world, door, ada):
    strangers = [await world.stranger(name) for name in ("bob", "carol")]
    for each in strangers:
        await world.receive(each.activity("Follow", ada.uri), each)
    status, collection = await door.get(f"{ada.uri}/followers")
    assert (status, collection["totalItems"]) == (200, 2)
    assert sorted(await door.items(f"{ada.uri}/followers")) == sorted(each.uri for each in strangers)


async def test_whom_a_supervised_learner_knows_is_not_told(world, door):
    child = await world.account("child", mode="supervised")
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Follow", child.uri), bob)
    assert await door.items(f"{child.uri}/followers") == []


async def test_a_conversation_is_told_oldest_first(world, door, ada, clock):
    root = await world.post(ada, "Question")
    clock.go(seconds=1)
    reply = await world.post(ada, "Answer", in_reply_to_id=root.id)
    clock.go(seconds=1)
    deeper = await world.post(ada, "Thanks", in_reply_to_id=reply.id)
    assert deeper.context_uri == root.context_uri
    assert await door.items(root.context_uri) == [root.uri, reply.uri, deeper.uri]


async def test_replies_likes_and_shares_of_a_post(world, door, ada):
    bob = await world.stranger("bob")
    post = await world.post(ada, "Primes")
    reply = await world.post(ada, "More", in_reply_to_id=post.id)
    like, boost = bob.activity("Like", post.uri), bob.activity("Announce", post.uri, to=["as:Public"])
    await world.receive(like, bob)
    await world.receive(boost, bob)
    assert await door.items(f"{post.uri}/replies") == [reply.uri]
    assert await door.items(f"{post.uri}/likes") == [like["id"]]
    assert await door.items(f"{post.uri}/shares") == [boost["id"]]


async def test_pinned_posts_are_featured(world, door, ada):
    post = await world.post(ada, "Primes")
    await reactions.pin(world.context, ada, post.id)
    _, collection = await door.get(f"{ada.uri}/featured?page=true")
    assert [item["id"] for item in collection["orderedItems"]] == [post.uri]


@pytest.mark.parametrize("key", ["", "x", "-1", "9" * 40, "1;DROP"])
async def test_a_key_that_is_none_answers_the_first_page(world, door, ada, key):
    await world.post(ada, "Primes")
    status, page = await door.get(f"{ada.uri}/outbox?page=true&key={key}")
    assert status == 200
    assert page["type"] == "OrderedCollectionPage"
    assert int("9" * 18) < timelines.BEFORE_ALL
