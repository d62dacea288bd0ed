"""Move: our people follow along, if the target names the one that moves."""

from dataclasses import replace

import pytest

from federation.actors import document_from_actor
from node.social import blocking
from storage import follows as kept


async def test_followers_come_along_when_the_target_names_the_old_account(world):
    ada, old, new = await world.account("ada"), await world.stranger("old"), await world.stranger("new", is_known=False)
    await world.follow(ada, old)
    world.elsewhere.put(document_from_actor(replace(new.actor, also_known_as=(old.uri,))))
    await world.receive(old.activity("Move", old.uri, target=new.uri), old)
    await world.work()
    target = await world.known(new)
    assert (await world.context.database.read(kept.find_follow, ada.id, target.id)).state == "requested"
    assert await world.context.database.read(kept.find_follow, ada.id, (await world.known(old)).id) is None
    assert (await world.known(old)).moved_to_uri == new.uri


async def test_nobody_is_led_to_an_account_that_does_not_name_the_old_one(world):
    ada, old, new = await world.account("ada"), await world.stranger("old"), await world.stranger("new", is_known=False)
    await world.follow(ada, old)
    await world.receive(old.activity("Move", old.uri, target=new.uri), old)
    await world.work()
    assert await world.context.database.read(kept.is_following, ada.id, (await world.known(old)).id)
    assert await world.context.database.read(kept.find_follow, ada.id, (await world.known(new)).id) is None


@pytest.mark.parametrize("name", ["old", "new"])
async def test_nobody_moves_another(world, name):
    ada, old, new = await world.account("ada"), await world.stranger("old"), await world.stranger("new")
    mallory = await world.stranger("mallory")
    await world.follow(ada, old)
    moved = {"old": old, "new": new}[name]
    await world.receive(mallory.activity("Move", moved.uri, target=new.uri), mallory)
    await world.work()
    assert await world.context.database.read(kept.is_following, ada.id, (await world.known(old)).id)


async def test_nobody_is_led_to_somebody_whom_they_block(world):
    ada, old, new = await world.account("ada"), await world.stranger("old"), await world.stranger("new")
    await world.follow(ada, old)
    await blocking.block(world.context, ada, (await world.known(new)).id)
    world.elsewhere.put(document_from_actor(replace(new.actor, also_known_as=(old.uri,))))
    await world.receive(old.activity("Move", old.uri, target=new.uri), old)
    await world.work()
    assert await world.context.database.read(kept.find_follow, ada.id, (await world.known(new)).id) is None
