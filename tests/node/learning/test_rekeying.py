"""Another key: what waits is signed anew, and every former key leads to its owner."""

import orjson
import pytest

from federation.errors import Unverified
from federation.keys import public_from_multibase
from federation.proofs import verify_proof
from node.learning import persons, rekeying
from node.social import describing
from storage import accounts, deliveries


@pytest.fixture
async def fan(world, ada):
    found = await world.stranger("fan")
    await world.receive(found.activity("Follow", ada.uri), found)
    return found


async def proof_key(world, account):
    [key] = [key for key in await world.context.database.read(accounts.list_keys, account.id) if key.algorithm == "ed25519"]
    return key


async def test_what_waits_to_be_delivered_carries_proofs_of_the_new_key(world, ada, fan):
    post = await world.post(ada, "Before")
    old = await proof_key(world, ada)
    await rekeying.replace_key(world.context, ada)
    new = await proof_key(world, ada)
    assert new.uri != old.uri
    bodies = [orjson.loads(body) for _, body in await world.context.database.read(deliveries.list_waiting_bodies, ada.id)]
    create = next(body for body in bodies if body["type"] == "Create")
    for document in (create, create["object"]):
        assert document["proof"]["verificationMethod"] == new.uri
    verify_proof(create, public_from_multibase(new.public_key), world.context.site.now())
    with pytest.raises(Unverified):
        verify_proof(create, public_from_multibase(old.public_key), world.context.site.now())
    assert create["object"]["id"] == post.uri


async def test_every_former_key_leads_to_its_owner_and_nobody_elses_does(world, ada, bob, clock):
    former = []
    for _ in range(3):
        former.append(f"did:key:{(await proof_key(world, ada)).public_key}")
        await rekeying.replace_key(world.context, ada)
        clock.go(days=1)
    others = f"did:key:{(await proof_key(world, bob)).public_key}"
    found = [await world.context.database.read(persons.find_person, did) for did in (*former, others)]
    assert [account and account.name for account in found] == ["ada", "ada", "ada", "bob"]
    assert await world.context.database.read(persons.find_person, "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp") is None


async def test_the_statements_of_a_new_key_are_of_the_moment_in_which_it_was_made(world, ada, clock):
    clock.go(days=30)
    await rekeying.replace_key(world.context, ada)
    changed = await world.context.database.read(accounts.get_account, ada.id)
    document = await world.context.database.read(describing.actor_document, world.context.site, changed)
    made = {item["type"]: item["proof"]["created"] for item in document["attachment"] if "proof" in item}
    assert made == dict.fromkeys(("VerifiableIdentityStatement", "KeySuccession"), "2026-12-23T12:00:00Z")
    assert document["proof"]["created"] == "2026-12-23T12:00:00Z"
