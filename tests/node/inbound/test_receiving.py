"""What reaches an inbox: who may say what, and that it counts once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpsig
import orjson
import pytest

from federation.actors import document_from_actor
from federation.errors import Forbidden, Malformed, Unverified
from federation.records import PUBLIC
from node.inbound import receiving
from node.inbound.receiving import receive
from storage import accounts as kept_accounts
from tests.node.conftest import ORIGIN, make_stranger


async def test_a_note_of_someone_followed_arrives_in_the_timeline(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    note = bob.note("1")
    await world.receive(bob.create(note), bob)
    assert await world.home(ada) == [note.uri]


async def test_the_same_activity_twice_has_one_effect(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    note = bob.note("1", to=(ada.uri,), cc=())
    for _ in range(3):
        await world.receive(bob.create(note), bob)
    assert await world.told(ada) == [("mention", "bob")]


async def test_a_note_that_concerns_nobody_here_is_not_kept(world):
    bob = await world.stranger("bob")
    await world.receive(bob.create(bob.note("1")), bob)
    assert await world.find_post(bob.note("1").uri) is None


async def test_a_changed_body_is_refused(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    changed = orjson.dumps(bob.create(bob.note("1", content="<p>Not what Bob said</p>")))
    with pytest.raises(Unverified):
        await world.receive(bob.create(bob.note("1")), bob, body=changed)
    assert await world.home(ada) == []


async def test_a_request_of_yesterday_is_refused(world, clock):
    bob = await world.stranger("bob")
    request = world.request(bob.create(bob.note("1")), bob)
    clock.go(hours=13)
    with pytest.raises(Unverified):
        await receive(world.context, request)


async def test_an_unsigned_request_is_refused(world):
    bob = await world.stranger("bob")
    request = world.request(bob.create(bob.note("1")), bob)
    unsigned = {name: value for name, value in request.headers.items() if name != "signature"}
    with pytest.raises(Unverified):
        await world.receive(bob.create(bob.note("1")), bob, headers=unsigned)


async def test_the_forgery_keyed_by_the_public_key_is_refused(world):
    """httpsig trusts the sender's `algorithm`; the victim's public PEM then serves as an HMAC secret."""
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    pem = bob.actor.keys[0].encoded
    honest = world.request(bob.create(bob.note("1")), bob)
    covered = ["(request-target)", "host", "date", "digest"]
    forger = httpsig.HeaderSigner(bob.signer.key_uri, pem, algorithm="hmac-sha256", headers=covered, sign_header="signature")
    bare = {name: value for name, value in honest.headers.items() if name != "signature"}
    forged = {name.lower(): value for name, value in forger.sign(bare, method="POST", path="/inbox").items()}
    assert httpsig.HeaderVerifier(forged, pem, method="POST", path="/inbox", sign_header="signature").verify()
    with pytest.raises(Unverified):
        await world.receive(bob.create(bob.note("1")), bob, headers=forged)
    assert await world.home(ada) == []
    await world.receive(bob.create(bob.note("1")), bob)
    assert await world.home(ada) == [bob.note("1").uri]


async def test_nobody_speaks_for_another(world):
    ada, bob, mallory = await world.account("ada"), await world.stranger("bob"), await world.stranger("mallory")
    await world.follow(ada, bob)
    with pytest.raises(Forbidden):
        await world.receive(bob.activity("Follow", ada.uri), mallory)
    assert await world.told(ada) == []


async def test_what_another_brings_is_asked_for_at_its_own_server(world):
    ada, bob, carol = await world.account("ada"), await world.stranger("bob"), await world.stranger("carol")
    await world.follow(ada, bob)
    true_note = bob.note("1", content="<p>What Bob said</p>")
    world.elsewhere.put(bob.create(true_note)["object"] | {"@context": "https://www.w3.org/ns/activitystreams"})
    await world.receive(bob.create(bob.note("1", content="<p>What Carol says he said</p>")), carol)
    await world.work()
    kept = await world.find_post(true_note.uri)
    assert kept is not None
    assert kept.content == "<p>What Bob said</p>"


async def test_what_carries_its_authors_proof_may_be_brought_by_anybody(world):
    ada, bob, carol = await world.account("ada"), await world.stranger("bob"), await world.stranger("carol")
    await world.follow(ada, bob)
    await world.receive(bob.proven(bob.create(bob.note("1"))), carol)
    assert await world.home(ada) == [bob.note("1").uri]


async def test_a_proof_that_does_not_hold_is_refused_whoever_brings_it(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    tampered = bob.proven(bob.create(bob.note("1")))
    tampered["object"] = {**tampered["object"], "content": "<p>Changed on the way</p>"}
    with pytest.raises(Unverified):
        await world.receive(tampered, bob)
    assert await world.home(ada) == []


async def test_anothers_proof_proves_nothing(world):
    ada, bob, mallory = await world.account("ada"), await world.stranger("bob"), await world.stranger("mallory")
    await world.follow(ada, bob)
    with pytest.raises(Unverified):
        await world.receive(mallory.proven(bob.create(bob.note("1"))), mallory)
    assert await world.home(ada) == []


async def test_a_proof_by_a_key_that_stands_at_no_address_is_as_good_as_none(world):
    ada, bob, carol = await world.account("ada"), await world.stranger("bob"), await world.stranger("carol")
    await world.follow(ada, bob)
    by_did = replace(
        bob, proof_signer=replace(bob.proof_signer, verification_method="did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")
    )
    await world.receive(by_did.proven(bob.create(bob.note("1"))), bob)
    assert await world.home(ada) == [bob.note("1").uri]
    await world.receive(by_did.proven(bob.create(bob.note("2"))), carol)  # who is no witness: we ask bob's own server
    await world.work()
    assert await world.home(ada) == [bob.note("1").uri]


async def test_an_object_of_another_server_is_refused(world):
    bob = await world.stranger("bob")
    activity = bob.create(bob.note("1"))
    activity["object"] = {**activity["object"], "id": "http://other.test/notes/1"}
    with pytest.raises(Forbidden):
        await world.receive(activity, bob)


async def test_an_activity_id_of_another_server_is_refused(world):
    bob = await world.stranger("bob")
    with pytest.raises(Forbidden):
        await world.receive({**bob.create(bob.note("1")), "id": "http://other.test/activity"}, bob)


async def test_our_own_accounts_do_not_speak_from_elsewhere(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    with pytest.raises(Forbidden):
        await world.receive({**bob.activity("Follow", ada.uri), "actor": ada.uri, "id": f"{ada.uri}/follow"}, bob)


async def test_a_sender_we_never_met_is_looked_up_once(world):
    ada, bob = await world.account("ada"), await world.stranger("bob", is_known=False)
    await world.receive(bob.activity("Follow", ada.uri), bob)
    await world.receive(bob.activity("Follow", ada.uri, name="2"), bob)
    assert await world.told(ada) == [("follow", "bob")]
    assert world.elsewhere.asked == ["/users/bob"]


async def test_a_key_that_rotated_is_fetched_anew_and_only_then(world):
    ada, _bob = await world.account("ada"), await world.stranger("bob")
    newer = await world.stranger("bob", is_known=False)
    await world.receive(newer.activity("Follow", ada.uri), newer)
    assert await world.told(ada) == [("follow", "bob")]
    await world.receive(newer.activity("Like", ada.uri), newer)
    assert world.elsewhere.asked == ["/users/bob"]


@pytest.mark.parametrize("bad", [1, 3, 20])
async def test_bad_signatures_in_somebodys_name_do_not_keep_their_new_key_out(world, bad):
    world.context.caches.refreshes.pause_s = 0.001
    ada, _bob, mallory = await world.account("ada"), await world.stranger("bob"), make_stranger(world.elsewhere.origin, "bob")
    for number in range(bad):
        with pytest.raises(Unverified):
            await world.receive(mallory.activity("Like", ada.uri, name=str(number)), mallory)
    newer = await world.stranger("bob", is_known=False)
    await world.receive(newer.activity("Follow", ada.uri), newer)
    assert await world.told(ada) == [("follow", "bob")]


async def test_many_bad_messages_at_once_are_one_fetch_and_the_next(world):
    ada, _, mallory = await world.account("ada"), await world.stranger("bob"), make_stranger(world.elsewhere.origin, "bob")
    said = [world.receive(mallory.activity("Like", ada.uri, name=str(number)), mallory) for number in range(30)]
    assert {type(each) for each in await asyncio.gather(*said, return_exceptions=True)} == {Unverified}
    assert len(world.elsewhere.asked) <= 3


async def test_a_proof_by_a_new_key_under_the_old_id_is_checked_with_the_key_fetched_anew(world):
    ada, bob, carol = await world.account("ada"), await world.stranger("bob"), await world.stranger("carol")
    await world.receive(bob.proven(bob.activity("Follow", ada.uri)), carol)
    newer = make_stranger(world.elsewhere.origin, "bob")
    rekeyed = replace(bob.actor, keys=(bob.actor.keys[0], newer.actor.keys[1]))
    world.elsewhere.put(document_from_actor(rekeyed))
    bob = replace(bob, proof_signer=newer.proof_signer)
    post = await world.post(ada, "Hello")
    await world.receive(bob.proven(bob.activity("Like", post.uri)), bob)
    assert ("like", "bob") in await world.told(ada)


async def test_the_end_of_an_actor_we_never_met_asks_nobody(world):
    bob = await world.stranger("bob", is_known=False)
    await world.receive(bob.activity("Delete", bob.uri), bob)
    assert world.elsewhere.asked == []


async def test_a_blocked_server_is_refused_before_anything_is_asked(world):
    from node.social import blocking

    bob = await world.stranger("bob", is_known=False)
    await blocking.block_domain(world.context, "127.0.0.1")
    await blocking.load_rules(world.context)
    with pytest.raises(Forbidden):
        await world.receive(bob.create(bob.note("1")), bob)
    assert world.elsewhere.asked == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"type":"Create"}', b'{"id":"x","type":[],"actor":{},"object":1}', b"[" * 5000]
)
async def test_what_is_no_activity_is_malformed(world, body):
    bob = await world.stranger("bob")
    with pytest.raises(Malformed):
        await world.receive({}, bob, body=body)


async def test_an_activity_that_we_do_not_understand_is_taken_and_does_nothing(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.receive(bob.activity("Bite", ada.uri), bob)
    assert await world.told(ada) == []


async def test_what_comes_late_within_the_window_is_taken(world, clock):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    request = world.request(bob.activity("Follow", ada.uri), bob)
    clock.now += timedelta(hours=11)
    await receive(world.context, request)
    assert await world.told(ada) == [("follow", "bob")]
    assert request.headers["host"] == ORIGIN.removeprefix("http://")


async def test_an_end_that_is_told_twice_asks_for_no_key_that_is_gone(world):
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Delete", bob.uri), bob)
    del world.elsewhere.documents["/users/bob"]
    asked = len(world.elsewhere.asked)
    await world.receive(bob.activity("Delete", bob.uri, name="2"), bob)
    assert len(world.elsewhere.asked) == asked


async def test_what_waits_for_a_fetch_is_dropped_when_its_server_is_blocked_meanwhile(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    await world.follow(ada, bob)
    post = await world.post(ada, "Hello")
    await world.context.database.write(kept_accounts.set_suspended, (await world.known(bob)).id, 1)
    await receiving.take_in_later(world.context, bob.activity("Announce", post.uri, to=[PUBLIC]))
    assert (await world.find_post(post.uri)).boosts_count == 0
