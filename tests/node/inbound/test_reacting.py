"""Like, Announce, and either taken back."""

import pytest

from federation.errors import Forbidden
from federation.records import PUBLIC
from node.social import blocking
from storage import posts as kept
from storage.records import PRIVATE


@pytest.fixture
async def bob(world):
    return await world.stranger("bob")


async def likes(world, post):
    return (await world.find_post(post.uri)).likes_count


async def test_a_like_is_counted_once_and_told_once(world, ada, bob):
    post = await world.post(ada, "Primes")
    await world.receive(bob.activity("Like", post.uri, name="1"), bob)
    await world.receive(bob.activity("Like", post.uri, name="2"), bob)
    assert await likes(world, post) == 1
    assert await world.told(ada) == [("like", "bob")]


async def test_a_like_taken_back_leaves_nothing(world, ada, bob):
    post = await world.post(ada, "Primes")
    like = bob.activity("Like", post.uri)
    await world.receive(like, bob)
    await world.receive(bob.activity("Undo", like), bob)
    assert await likes(world, post) == 0
    assert await world.told(ada) == []


async def test_a_like_taken_back_by_its_id_leaves_nothing(world, ada, bob):
    post = await world.post(ada, "Primes")
    like = bob.activity("Like", post.uri)
    await world.receive(like, bob)
    await world.receive(bob.activity("Undo", like["id"]), bob)
    assert await likes(world, post) == 0


async def test_nobody_takes_back_anothers_like(world, ada, bob):
    mallory = await world.stranger("mallory")
    post = await world.post(ada, "Primes")
    like = bob.activity("Like", post.uri)
    await world.receive(like, bob)
    await world.receive(mallory.activity("Undo", like["id"]), mallory)
    assert await likes(world, post) == 1


async def test_what_one_may_not_see_one_cannot_like(world, ada, bob):
    post = await world.post(ada, "For followers", visibility=PRIVATE)
    await world.receive(bob.activity("Like", post.uri), bob)
    assert await likes(world, post) == 0


async def test_a_boost_of_our_post_is_told(world, ada, bob):
    post = await world.post(ada, "Primes")
    await world.receive(bob.activity("Announce", post.uri, to=[PUBLIC]), bob)
    assert await world.told(ada) == [("boost", "bob")]
    assert (await world.find_post(post.uri)).boosts_count == 1


async def test_a_boost_by_someone_followed_brings_the_post(world, ada, bob):
    carol = await world.stranger("carol")
    await world.follow(ada, bob)
    note = carol.note("1")
    world.elsewhere.put(carol.create(note)["object"] | {"@context": "https://www.w3.org/ns/activitystreams"})
    boost = bob.activity("Announce", note.uri, to=[PUBLIC], cc=[f"{bob.uri}/followers"])
    await world.receive(boost, bob)
    await world.work()
    assert await world.home(ada) == [note.uri]
    assert (await world.find_post(note.uri)).content == note.content


async def test_a_boost_by_someone_whom_nobody_follows_fetches_nothing(world, bob):
    carol = await world.stranger("carol")
    note = carol.note("1")
    world.elsewhere.put(carol.create(note)["object"])
    await world.receive(bob.activity("Announce", note.uri, to=[PUBLIC]), bob)
    await world.work()
    assert await world.find_post(note.uri) is None
    assert not [path for path in world.elsewhere.asked if "notes" in path]


async def test_a_boost_taken_back_leaves_the_timeline(world, ada, bob):
    await world.follow(ada, bob)
    post = await world.post(ada, "Primes")
    boost = bob.activity("Announce", post.uri, to=[PUBLIC])
    await world.receive(boost, bob)
    await world.receive(bob.activity("Undo", boost), bob)
    assert await world.home(ada) == [post.uri]
    assert (await world.find_post(post.uri)).boosts_count == 0


async def test_a_boost_that_was_taken_back_before_it_came_stays_away(world, ada, bob):
    post = await world.post(ada, "Primes")
    boost = bob.activity("Announce", post.uri, to=[PUBLIC])
    await world.receive(bob.activity("Undo", boost["id"]), bob)
    await world.receive(boost, bob)
    assert (await world.find_post(post.uri)).boosts_count == 0


async def test_nobody_boosts_what_was_not_said_in_public(world, ada, bob):
    post = await world.post(ada, "For followers", visibility=PRIVATE)
    with pytest.raises(Forbidden):
        await world.receive(bob.activity("Announce", post.uri, to=[PUBLIC]), bob)
    assert await world.context.database.read(kept.find_boost, (await world.known(bob)).id, post.id) is None


async def test_nobody_undoes_what_another_is_about_to_say(world, ada, bob):
    await world.follow(ada, bob)
    mallory = await world.stranger("mallory")
    far = "https://far.example/users/eve/notes/1"
    for number, kind in enumerate(("Like", "Announce", "Follow", "Block")):
        await world.receive(
            mallory.activity("Undo", {"id": far, "type": kind, "actor": mallory.uri, "object": far}, name=str(number)), mallory
        )
    await world.receive(mallory.activity("Undo", far, name="bare"), mallory)
    assert await world.context.database.read(kept.find_tombstone, far) is None


async def test_a_boost_of_anothers_post_by_someone_whom_nobody_follows_is_not_kept(world, ada, bob):
    carol = await world.stranger("carol")
    await world.follow(ada, carol)
    await world.receive(carol.create(carol.note("1")), carol)
    await world.receive(bob.activity("Announce", carol.note("1").uri, to=[PUBLIC]), bob)
    assert (await world.find_post(carol.note("1").uri)).boosts_count == 0


async def test_a_boost_by_someone_whom_the_author_blocks_does_not_count(world, ada, bob):
    post = await world.post(ada, "Primes")
    await blocking.block(world.context, ada, (await world.known(bob)).id)
    await world.receive(bob.activity("Announce", post.uri, to=[PUBLIC]), bob)
    await world.receive(bob.activity("Like", post.uri), bob)
    found = await world.find_post(post.uri)
    assert (found.boosts_count, found.likes_count) == (0, 0)
    assert await world.told(ada) == []
