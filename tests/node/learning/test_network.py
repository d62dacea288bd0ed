"""A learner's network: theirs alone unless they show it."""

import pytest

from node.errors import NotFound
from node.learning import network
from node.learning.network import join_bonds
from storage.learning import learners
from storage.learning.learners import Learner
from storage.learning.network import Bond
from storage.records import PRIVATE


@pytest.fixture
async def friends(world, ada):
    found = [await world.stranger(name) for name in ("bob", "carol", "dave")]
    for friend in found:
        await world.follow(ada, friend)
    return found


async def test_it_shows_who_brings_what_and_who_fell_silent(world, clock, ada, friends):
    bob, carol, _ = friends
    await world.receive(carol.create(carol.note("old")), carol)
    clock.go(days=100)
    await world.receive(bob.create(bob.note("1", hashtags=("Moss",), published=clock.now)), bob)
    found = await network.get_network(world.context, ada, ada.id)
    shown = [(m.account.name, m.kind, m.recent, list(m.topics), m.is_silent, m.heard_ms is None) for m in found.members]
    assert shown[0] == ("bob", "person", 1, ["moss"], False, False)
    assert sorted(shown[1:]) == [("carol", "person", 0, [], True, False), ("dave", "person", 0, [], True, True)]
    assert all(member.place for member in found.members)


async def test_communities_and_feeds_are_told_apart_from_people(world, ada):
    for name, kind in (("garden", "Group"), ("news", "Service")):
        await world.context.database.write(_follow, ada.id, (await world.account(name, kind=kind)).id)
    found = await network.get_network(world.context, ada, ada.id)
    assert sorted(member.kind for member in found.members) == ["community", "feed"]


def _follow(db, follower_id, followee_id):
    db.execute(
        "INSERT INTO follows (follower_id, followee_id, state, uri, created_ms) VALUES (:a, :b, 'accepted', '', 0)",
        {"a": follower_id, "b": followee_id},
    )


async def test_it_is_private_until_the_learner_shows_it_and_then_without_private_posts(world, ada):
    bob = await world.account("bob")
    await world.context.database.write(_follow, ada.id, bob.id)
    await world.post(bob, "For followers", visibility=PRIVATE)
    for viewer_id in (0, bob.id):
        with pytest.raises(NotFound):
            await network.get_network(world.context, ada, viewer_id)
    await world.context.database.write(learners.save_learner, ada.id, Learner(shows_network=True))
    assert (await network.get_network(world.context, ada, 0)).members[0].recent == 0
    assert (await network.get_network(world.context, ada, ada.id)).members[0].recent == 1


async def test_a_supervised_learners_network_is_never_shown(world):
    eve = await world.account("eve", mode="supervised")
    await world.context.database.write(learners.save_learner, eve.id, Learner(shows_network=True))
    with pytest.raises(NotFound):
        await network.get_network(world.context, eve, 0)


def test_what_runs_between_two_is_one_bond():
    bonds = [Bond(7, 9, 1), Bond(9, 7, 2), Bond(9, 9, 5), Bond(7, 8, 1), Bond(7, 100, 1)]
    assert join_bonds([9, 8, 7], bonds) == [(0, 2, 3.0), (1, 2, 1.0)]
