"""Moving away, and coming here."""

from dataclasses import replace

import pytest

from federation.actors import document_from_actor
from node.errors import NotAllowed, NotFound
from node.social import moving
from storage import accounts
from storage.records import loaded


async def test_an_account_moves_to_one_that_names_it_and_followers_are_told(world, ada, bob, read):
    fan = await world.stranger("fan")
    await world.receive(fan.activity("Follow", ada.uri), fan)
    with pytest.raises(NotAllowed):
        await moving.move(world.context, ada, bob.uri)
    world.elsewhere.put(document_from_actor(replace(bob.actor, also_known_as=(ada.uri,))))
    await moving.move(world.context, ada, bob.uri)
    assert (await read(accounts.get_account, ada.id)).moved_to_uri == bob.uri
    assert (await world.owed())[-1] == ("Move", f"{fan.uri}/inbox")


async def test_an_account_from_elsewhere_may_come_here(world, ada, bob, read):
    for _ in range(2):
        await moving.add_alias(world.context, ada, bob.uri)
    assert loaded((await read(accounts.get_account, ada.id)).also_known_as) == [bob.uri]


async def test_nobody_moves_to_a_post(world, ada, eve):
    post = await world.post(eve, "Hello")
    with pytest.raises(NotFound):
        await moving.move(world.context, ada, post.uri)
