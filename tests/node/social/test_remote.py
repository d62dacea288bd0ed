"""Other servers' actors: their keys, their domains, and what is not theirs to say."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from federation.actors import document_from_actor
from federation.errors import Forbidden, Gone, Unreachable, Unverified
from node.social import blocking, remote
from storage import accounts
from tests.node.conftest import make_stranger


async def test_a_key_withdrawn_verifies_nothing_more(world, bob):
    ada = await world.account("ada")
    await world.receive(bob.activity("Follow", ada.uri), bob)  # the key is remembered from now on
    later = make_stranger(world.elsewhere.origin, "bob")
    listed = tuple(replace(key, uri=f"{bob.uri}#new-{key.algorithm}") for key in later.actor.keys)
    world.elsewhere.put(document_from_actor(replace(later.actor, keys=listed)))
    await remote.get_account(world.context, bob.uri, fresh=True)
    with pytest.raises(Unverified):
        await world.receive(bob.activity("Undo", bob.activity("Follow", ada.uri)), bob)


async def test_one_of_ours_does_not_come_from_elsewhere(world, ada):
    claimed = make_stranger("http://hedge.test", "ada").actor
    with pytest.raises(Forbidden):
        await world.context.database.write(remote.save_actor, world.context.site, claimed)
    with pytest.raises(Gone):
        await remote.get_account(world.context, "http://hedge.test/users/nobody")
    assert (await remote.get_account(world.context, ada.uri)).id == ada.id


async def test_what_was_unreachable_is_not_asked_again_for_a_minute(world, clock):
    uri = f"{world.elsewhere.origin}/users/late"
    with pytest.raises(Gone):
        await remote.fetch(world.context, uri)
    late = make_stranger(world.elsewhere.origin, "late")
    world.elsewhere.put(document_from_actor(late.actor))
    with pytest.raises(Unreachable):
        await remote.fetch(world.context, uri)
    clock.go(minutes=2)
    assert (await remote.fetch(world.context, uri))["id"] == uri


async def test_an_address_does_not_lead_around_a_block(world, bob):
    await blocking.block_domain(world.context, "127.0.0.1")
    await world.context.database.read(accounts.find_account, 1)
    world.context.domains.replace({"127.0.0.1": "suspend"})
    with pytest.raises(Forbidden):
        await remote.fetch(world.context, bob.uri)


async def test_a_profile_changes_but_not_what_is_ours_to_say_of_it(world, bob):
    known = await world.known(bob)
    await world.context.database.write(accounts.set_suspended, known.id, 5)
    world.elsewhere.put(document_from_actor(replace(bob.actor, display_name="Bobby")))
    fresh = await remote.get_account(world.context, bob.uri, fresh=True)
    assert (fresh.id, fresh.display_name, fresh.suspended_ms) == (known.id, "Bobby", 5)


@pytest.fixture
def dora(world):
    """Someone whose handle is at `localhost` while their actor is at 127.0.0.1 (FEP-2c59)."""
    found = make_stranger(world.elsewhere.origin, "dora")
    port = world.elsewhere.origin.rpartition(":")[2]
    return replace(found, actor=replace(found.actor, webfinger=f"dora@localhost:{port}"))


def confirm(world, dora, self_uri):
    link = {"rel": "self", "type": "application/activity+json", "href": self_uri}
    path = f"/.well-known/webfinger?resource={quote(f'acct:{dora.actor.webfinger}', safe='')}"
    document = {"subject": f"acct:{dora.actor.webfinger}", "links": [link]}
    world.elsewhere.documents[path] = document
    world.elsewhere.documents[path.replace("%3A", ":").replace("%40", "@")] = document


async def test_a_domain_that_points_back_is_the_handles(world, dora):
    world.elsewhere.put(document_from_actor(dora.actor))
    confirm(world, dora, dora.uri)
    account = await remote.get_account(world.context, dora.uri)
    assert account.handle == dora.actor.webfinger


async def test_a_domain_confirmed_later_is_taken_over(world, dora):
    world.elsewhere.put(document_from_actor(dora.actor))
    first = await remote.get_account(world.context, dora.uri)
    assert first.domain.startswith("127.0.0.1")
    confirm(world, dora, dora.uri)
    await remote.get_account(world.context, dora.uri, fresh=True)
    assert (await remote.get_account(world.context, dora.uri)).handle == dora.actor.webfinger


@pytest.mark.parametrize("claimed", ["dora@hedge.test", "somebody@localhost", "dora@far.example"])
async def test_a_domain_that_does_not_know_the_actor_is_not_believed(world, dora, claimed):
    port = world.elsewhere.origin.rpartition(":")[2]
    liar = replace(dora, actor=replace(dora.actor, webfinger=f"{claimed}:{port}" if claimed.endswith("localhost") else claimed))
    world.elsewhere.put(document_from_actor(liar.actor))
    confirm(world, liar, "https://victim.example/users/dora" if "far" in claimed else liar.uri)
    assert (await remote.get_account(world.context, dora.uri)).domain == f"127.0.0.1:{port}"
