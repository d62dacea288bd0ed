"""Add and Remove: what someone elsewhere pins."""

from storage import reactions


async def pinned(world, stranger):
    found = await world.context.database.read(reactions.list_pinned, (await world.known(stranger)).id)
    return [post.uri for post in found]


async def test_a_pinned_post_is_pinned_here_until_it_is_not(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    note = bob.note("1")
    world.elsewhere.put(bob.create(note)["object"] | {"@context": "https://www.w3.org/ns/activitystreams"})
    await world.receive(bob.activity("Add", note.uri, target=bob.actor.featured), bob)
    await world.work()
    assert await pinned(world, bob) == [note.uri]
    await world.receive(bob.activity("Remove", note.uri, target=bob.actor.featured), bob)
    assert await pinned(world, bob) == []


async def test_nobody_pins_to_anothers_profile(world):
    ada, bob, mallory = await world.account("ada"), await world.stranger("bob"), await world.stranger("mallory")
    await world.follow(ada, bob)
    await world.follow(ada, mallory)
    await world.receive(bob.create(bob.note("1")), bob)
    await world.receive(mallory.activity("Add", bob.note("1").uri, target=bob.actor.featured), mallory)
    await world.work()
    assert await pinned(world, bob) == []
    assert await pinned(world, mallory) == []
