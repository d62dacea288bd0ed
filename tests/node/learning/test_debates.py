"""Threads as arguments: who answers what, in which role, and where it is drawn."""

import pytest

from federation.facets import Turn, document_from_facet
from node.errors import NotFound
from node.learning import debates
from node.learning.debates import COLUMN, DEEPEST, ROW
from storage.records import PRIVATE


def role(name):
    return (document_from_facet(Turn(name)),)


async def test_an_argument_is_the_thread_with_its_roles(world, clock, ada, bob):
    root = await world.post(ada, "Mosses feel", facets=role("claim"))
    clock.go(seconds=1)
    for_it = await world.post(bob, "They turn", in_reply_to_id=root.id, facets=role("support"))
    plain = await world.post(ada, "Nice", in_reply_to_id=for_it.id)
    clock.go(seconds=1)
    against = await world.post(bob, "No nerves", in_reply_to_id=root.id, facets=role("counter"))
    argument = await debates.get_argument(world.context, root.id, 0)
    found = [(point.post.id, point.role, point.depth) for point in argument.root.walk()]
    assert found == [(root.id, "claim", 0), (for_it.id, "support", 1), (plain.id, "", 2), (against.id, "counter", 1)]
    assert argument.counts == {"support": 1, "": 1, "counter": 1}


async def test_answers_are_drawn_to_the_right_and_never_over_one_another(world, clock, ada):
    root = await world.post(ada, "Root")
    first = await world.post(ada, "First", in_reply_to_id=root.id)
    await world.post(ada, "Below", in_reply_to_id=first.id)
    clock.go(seconds=1)
    await world.post(ada, "Second", in_reply_to_id=root.id)
    points = (await debates.get_argument(world.context, root.id, 0)).root.walk()
    places = [(point.x, point.y) for point in points]
    assert len(set(places)) == len(places)
    assert [x // COLUMN for x, _ in places] == [0, 1, 2, 1]
    assert abs(places[1][1] - places[3][1]) >= ROW


async def test_a_deep_thread_stays_within_the_drawing(world, ada):
    post = root = await world.post(ada, "0")
    for number in range(DEEPEST + 3):
        post = await world.post(ada, str(number + 1), in_reply_to_id=post.id)
    points = (await debates.get_argument(world.context, root.id, 0)).root.walk()
    assert (len(points), max(point.depth for point in points)) == (DEEPEST + 4, DEEPEST)


async def test_what_is_not_for_the_viewer_is_no_part_of_it(world, ada, bob):
    root = await world.post(ada, "Root")
    await world.post(ada, "Hidden", in_reply_to_id=root.id, visibility=PRIVATE)
    assert len((await debates.get_argument(world.context, root.id, bob.id)).root.walk()) == 1
    hidden = await world.post(ada, "Hidden too", visibility=PRIVATE)
    with pytest.raises(NotFound):
        await debates.get_argument(world.context, hidden.id, 0)
