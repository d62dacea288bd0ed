"""Conversations, within limits."""

import pytest

from node.errors import NotFound
from node.social import threads
from storage.records import DIRECT, Post

CONTEXT = {"@context": "https://www.w3.org/ns/activitystreams"}


def row(number, parent=None):
    return Post(number, f"https://x/{number}", 1, "Note", 0, number, in_reply_to_id=parent)


def test_a_thread_is_arranged_around_a_post():
    rows = [row(1), row(2, 1), row(3, 2), row(4, 3), row(5, 2)]
    thread = threads.arrange(rows[1], rows)
    assert [post.id for post in thread.ancestors] == [1]
    assert [(depth, post.id) for depth, post in thread.replies] == [(1, 3), (2, 4), (1, 5)]


def test_a_circle_ends():
    rows = [row(1, 3), row(2, 1), row(3, 2)]
    thread = threads.arrange(rows[0], rows)
    assert sorted(post.id for post in thread.ancestors) == [2, 3]
    assert sorted(post.id for _, post in thread.replies) == [2, 3]


def test_a_very_deep_thread_is_no_trouble():
    rows = [row(1), *(row(number, number - 1) for number in range(2, 3000))]
    assert threads.arrange(rows[0], rows).replies[-1][0] == 2998


async def test_what_one_may_not_see_is_not_in_a_thread(world, ada, eve):
    root = await world.post(ada, "Primes")
    await world.post(ada, "To myself", in_reply_to_id=root.id, visibility=DIRECT)
    assert (await threads.get_thread(world.context, root.id, eve.id)).replies == []
    with pytest.raises(NotFound):
        await threads.get_thread(world.context, 5, eve.id)


def serve(world, bob, note, **more):
    world.elsewhere.put(bob.create(note)["object"] | CONTEXT | more)


async def test_missing_replies_are_fetched_once_in_a_while_and_within_the_limit(world, ada, bob, clock):
    await world.follow(ada, bob)
    replies = f"{bob.uri}/notes/0/replies"
    await world.receive(bob.create(bob.note("0", replies_uri=replies)), bob)
    for number in range(1, 150):
        serve(world, bob, bob.note(str(number), in_reply_to_uri=bob.note("0").uri))
    items = [bob.note(str(number)).uri for number in range(1, 150)]
    world.elsewhere.put(CONTEXT | {"id": replies, "type": "Collection", "items": items})
    root = await world.find_post(bob.note("0").uri)
    await threads.get_thread(world.context, root.id, ada.id)
    await threads.get_thread(world.context, root.id, ada.id)
    await world.work()
    assert len([path for path in world.elsewhere.asked if "/notes/" in path]) == 99  # the hundredth is kept for an author
    assert len((await threads.get_thread(world.context, root.id, ada.id)).replies) == 98
    assert await world.jobs_waiting() == 0
    clock.go(minutes=11)
    await threads.get_thread(world.context, root.id, ada.id)
    assert await world.jobs_waiting() == 1


async def test_pages_without_end_cost_no_more_than_the_limit(world, ada, bob):
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("0", replies_uri=f"{bob.uri}/pages/0")), bob)
    for number in range(150):
        page = {"id": f"{bob.uri}/pages/{number}", "type": "CollectionPage", "items": [], "next": f"{bob.uri}/pages/{number + 1}"}
        world.elsewhere.put(CONTEXT | page)
    root = await world.find_post(bob.note("0").uri)
    await threads.fetch_replies(world.context, root.id)
    assert len([path for path in world.elsewhere.asked if "/pages/" in path]) == 100


async def test_two_posts_that_answer_each_other_are_no_trap(world, ada, bob):
    await world.follow(ada, bob)
    one, two = bob.note("1", in_reply_to_uri=bob.note("2").uri), bob.note("2", in_reply_to_uri=bob.note("1").uri)
    serve(world, bob, two)
    await world.receive(bob.create(one), bob)
    await world.work()
    found = await threads.get_thread(world.context, (await world.find_post(one.uri)).id, ada.id)
    assert {post.uri for post in found.ancestors} | {post.uri for _, post in found.replies} == {two.uri}
