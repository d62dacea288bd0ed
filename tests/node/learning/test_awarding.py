"""Achievements on one node, and to people of servers that know none."""

import asyncio
import time
from dataclasses import replace

import orjson
import pytest

from federation import keys
from federation.actors import document_from_actor
from federation.baking import credential_in
from federation.credentials import Badge, Issuer, Outcome, credential_from_document, document_from_credential
from federation.facets import Alignment
from federation.identities import identity_statement, succession_statement
from federation.keys import ProofSigner
from federation.linked_data import OB, VC
from federation.rdf_proofs import add_rdf_proof
from federation.records import KeyDocument, Mention
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import answering, awarding, badges, endorsing, judging, marking, persons, rekeying, revoking, taking
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from node.learning.marking import Line, Marking
from node.social import communities, remote
from node.social import posts as writing
from node.social.communities import Settings
from node.web.pages import languages, meanings
from storage import posts, wards
from storage.learning import awards, endorsements, evidence
from tests import buckets
from tests.federation.badges import NOON, achievement

GOOD = dict.fromkeys(("proof", "schema", "dates", "status", "issuer", "recipient"), "pass")


@pytest.fixture
async def bo(world):
    return await world.account("bo")


async def give(world, giver, recipient_id, **said):
    badge = await badges.define(world.context, giver, BadgeDraft("Knows mosses", "Ten of them.", "Name them.", "Moss", valid_days=30))
    return await awarding.award(world.context, giver, Gift(badge.id, recipient_id, "Well done", **said))


async def kept(world, award):
    return await world.context.database.read(awards.find_award, award.id)


async def post_of(world, award):
    return await world.context.database.read(posts.find_post, award.post_id)


async def outcomes(world, award):
    verdict = await judging.verdict_on_award(world.context, await kept(world, award))
    return {part.name: part.outcome for part in verdict.parts}


async def test_it_is_offered_to_the_recipient_alone_and_shown_when_they_say_so(world, ada, bo):
    cleo = await world.account("cleo")
    given = await give(world, ada, bo.id)
    assert (given.state, (await post_of(world, given)).visibility) == ("offered", 3)
    assert await world.told(bo) == [("awarded", "ada")]
    for viewer, may in ((ada.id, True), (bo.id, True), (cleo.id, False), (0, False)):
        assert await world.context.database.read(judging.may_see, given, viewer) is may
    with pytest.raises(NotFound):
        await answering.answer(world.context, cleo, given.id, "public")
    for state, visibility in (("accepted", 3), ("public", 0), ("accepted", 3), ("declined", 3)):
        await answering.answer(world.context, bo, given.id, state)
        assert ((await kept(world, given)).state, (await post_of(world, given)).visibility) == (state, visibility)
    assert await world.context.database.read(judging.may_see, await kept(world, given), 0) is False


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_it_is_signed_bound_and_in_its_picture(world, ada, bo):
    given = await give(world, ada, bo.id, links=("https://x.example/photo",), outcomes=(Outcome("Quiz", "9", "RawScore", "10"),))
    assert await outcomes(world, given) == GOOD
    credential = credential_from_document(orjson.loads(given.credential))
    assert (credential.badge.name, credential.outcomes[0].value, credential.evidence[0].url) == (
        "Knows mosses",
        "9",
        "https://x.example/photo",
    )
    file = (await post_of(world, given)).files[0]
    picture = await world.file(file["url"].rpartition("/")[2])
    assert credential_in(picture) == given.credential.encode()


async def test_a_supervised_learner_is_given_nothing_by_strangers_and_shows_nothing_to_everybody(world, ada):
    kim = await world.account("kim", mode="supervised")
    with pytest.raises(NotAllowed):
        await give(world, ada, kim.id)
    await world.context.database.write(wards.add_guardian, kim.id, ada.id, 1)
    given = await give(world, ada, kim.id)
    with pytest.raises(NotAllowed):
        await answering.answer(world.context, kim, given.id, "public")
    assert (await answering.answer(world.context, kim, given.id, "accepted")).state == "accepted"


async def test_what_one_records_oneself_needs_no_answer(world, ada):
    assert (await give(world, ada, ada.id)).state == "accepted"
    own = await give(world, ada, ada.id, is_public=True)
    assert (own.state, (await post_of(world, own)).visibility) == ("public", 0)
    assert await outcomes(world, own) == GOOD


async def test_a_community_gives_through_those_who_look_after_it(world, ada, bo):
    moss = await communities.create(world.context, "moss", Settings("Moss"), [ada])
    draft = BadgeDraft("Member of the year", giver_id=moss.id)
    with pytest.raises(NotAllowed):
        await badges.define(world.context, bo, draft)
    badge = await badges.define(world.context, ada, draft)
    given = await awarding.award(world.context, ada, Gift(badge.id, bo.id))
    assert given.issuer_id == moss.id
    assert await outcomes(world, given) == GOOD
    with pytest.raises(NotAllowed):
        await revoking.revoke(world.context, bo, given.id, "x")
    await revoking.revoke(world.context, ada, given.id, "by mistake")
    assert await outcomes(world, given) == GOOD | {"status": "fail"}


async def test_a_badge_needs_a_name_and_is_given_until_it_is_retired(world, ada, bo):
    for draft in (BadgeDraft(""), BadgeDraft("x", kind="Nonsense"), BadgeDraft("x", valid_days=0), BadgeDraft("x", "y" * 6000)):
        with pytest.raises(BadInput):
            await badges.define(world.context, ada, draft)
    badge = await badges.define(world.context, ada, BadgeDraft("x"))
    with pytest.raises(NotAllowed):
        await awarding.award(world.context, bo, Gift(badge.id, ada.id))
    await badges.retire(world.context, ada, badge.id)
    with pytest.raises(NotAllowed):
        await awarding.award(world.context, ada, Gift(badge.id, bo.id))


async def test_it_expires(world, clock, ada, bo):
    given = await give(world, ada, bo.id)
    clock.go(days=31)
    assert await outcomes(world, given) == GOOD | {"dates": "fail"}


async def test_revoking_says_why_and_touches_no_other(world, ada, bo):
    first, second = await give(world, ada, bo.id), await give(world, ada, bo.id)
    with pytest.raises(BadInput):
        await revoking.revoke(world.context, ada, first.id, " ")
    with pytest.raises(NotAllowed):
        await revoking.revoke(world.context, bo, first.id, "x")
    assert await outcomes(world, first) == GOOD
    found = await revoking.revoke(world.context, ada, first.id, "It was a fern")
    assert found.reason == "It was a fern"
    assert await outcomes(world, first) == GOOD | {"status": "fail"}
    assert await outcomes(world, second) == GOOD
    assert ("revoked", "ada") in await world.told(bo)


async def test_who_vouches_is_seen_until_they_take_it_back(world, ada, bo):
    cleo = await world.account("cleo")
    given = await answering.answer(world.context, bo, (await give(world, ada, bo.id)).id, "public")
    with pytest.raises(NotAllowed):
        await endorsing.endorse(world.context, bo, Word("I am good", award_id=given.id))
    made = await endorsing.endorse(world.context, cleo, Word("I was there", award_id=given.id))
    reply = await world.context.database.read(posts.find_post, made.post_id)
    assert (reply.in_reply_to_id, reply.visibility) == (given.post_id, 0)
    verdict = await judging.verdict_on_endorsement(world.context, made)
    assert {part.name for part in verdict.parts if part.outcome == "pass"} >= {"proof", "schema", "dates", "status", "issuer"}
    with pytest.raises(NotAllowed):
        await endorsing.withdraw(world.context, bo, made.id)
    await endorsing.withdraw(world.context, cleo, made.id)
    assert await world.context.database.read(endorsements.list_for_award, given.id) == []
    verdict = await judging.verdict_on_endorsement(world.context, made)
    assert verdict.part("status").outcome == "fail"


async def test_a_person_is_vouched_for_by_competency(world, ada, bo):

    moss = Alignment("https://x.example/moss", "Moss")
    made = await endorsing.endorse(world.context, ada, Word("Knows them all", person_id=bo.id, competency=moss))
    assert (made.competency, made.award_id, made.recipient_id) == (moss.url, None, bo.id)
    assert ("endorsed", "ada") in await world.told(bo)


async def test_a_mark_becomes_an_achievement_with_its_snapshot(world, ada, bo):
    post = await world.post(bo, "Mosses drink through their leaves.")
    with pytest.raises(BadInput):
        await marking.mark(world.context, ada, post.id, Marking(()))
    with pytest.raises(NotAllowed):
        await marking.mark(world.context, bo, post.id, Marking((Line("Moss", "4"),)))
    mark = await marking.mark(world.context, ada, post.id, Marking((Line("Moss", "4", "5"),), "Well seen"))
    assert ("marked", "ada") in await world.told(bo)
    badge = await badges.define(world.context, ada, BadgeDraft("Explains mosses"))
    given = await marking.award_mark(world.context, ada, mark.id, badge.id)
    credential = credential_from_document(orjson.loads(given.credential))
    assert [(each.name, each.value, each.most) for each in credential.outcomes] == [("Moss", "4", "5")]
    (stated,) = credential.evidence
    snapshot = (await world.context.database.read(evidence.list_snapshots, [stated.digest]))[stated.digest]
    assert orjson.loads(snapshot.body)["content"] == post.content
    assert await outcomes(world, given) == GOOD
    with pytest.raises(NotAllowed):
        await marking.award_mark(world.context, ada, mark.id, badge.id)
    await writing.delete(world.context, bo, post.id)
    snapshot = (await world.context.database.read(evidence.list_snapshots, [stated.digest]))[stated.digest]
    assert (snapshot.body, snapshot.taken_ms > 0) == (None, True)
    assert await outcomes(world, given) == GOOD


async def test_what_is_private_cannot_be_marked_by_somebody_it_was_not_written_to(world, ada, bo):
    follower = await world.post(bo, "for followers", visibility=2)
    with pytest.raises((NotAllowed, NotFound)):
        await marking.mark(world.context, ada, follower.id, Marking((Line("Moss", "4"),)))
    addressed = await world.post(bo, "@ada what do you think?", visibility=3)
    await marking.mark(world.context, ada, addressed.id, Marking((Line("Moss", "4"),)))


async def test_somebody_elsewhere_accepts_with_a_reply_in_words(world, ada):
    stranger = await world.stranger("sue")
    given = await give(world, ada, (await world.known(stranger)).id)
    post = await post_of(world, given)
    assert "/achievements/answer/" in post.content
    other = await world.stranger("otto")
    for person, state in ((other, "offered"), (stranger, "accepted")):
        note = person.note("yes", "<p>Yes, thank you!</p>", to=(ada.uri,), cc=(), in_reply_to_uri=post.uri)
        await world.receive(person.create(note), person)
        assert (await kept(world, given)).state == state
    assert ("award_accepted", "sue") in await world.told(ada)


async def test_somebody_elsewhere_answers_by_accept_and_reject(world, ada):
    stranger, other = await world.stranger("sue"), await world.stranger("otto")
    given = await give(world, ada, (await world.known(stranger)).id)
    uri = (await post_of(world, given)).uri
    await world.receive(other.activity("Accept", {"id": uri, "type": "Note"}), other)
    assert (await kept(world, given)).state == "offered"
    await world.receive(stranger.activity("Accept", uri, "1"), stranger)
    assert (await kept(world, given)).state == "accepted"
    public = "https://www.w3.org/ns/activitystreams#Public"
    await world.receive(stranger.activity("Accept", {"id": uri, "type": "Note"}, "2", cc=[public]), stranger)
    assert (await kept(world, given)).state == "public"
    assert "/achievements/answer/" not in (await post_of(world, given)).content
    await world.receive(stranger.activity("Reject", {"id": uri, "type": "Note"}, "3"), stranger)
    assert (await kept(world, given)).state == "declined"


async def test_a_link_answers_once(world, ada):
    stranger = await world.stranger("sue")
    given = await give(world, ada, (await world.known(stranger)).id)
    content = (await post_of(world, given)).content
    secret = content.partition("/achievements/answer/")[2].partition('"')[0]
    await answering.answer_by_link(world.context, secret, "public")
    assert (await kept(world, given)).state == "public"
    with pytest.raises(NotFound):
        await answering.answer_by_link(world.context, secret, "declined")


async def test_badgefeds_open_badges_2_are_claims_for_whom_they_name(world, bo):
    stranger = await world.stranger("feed", kind="Organization")
    cleo = await world.account("cleo")
    assertion = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": f"{stranger.uri}/assertions/1",
        "recipient": {"type": "url", "identity": bo.url},
        "badge": f"{stranger.uri}/badges/1",
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-11-01T12:00:00Z",
        "image": f"{stranger.uri}/badge.png",
    }
    note = stranger.note("1", "<h1>Speaker</h1><p>Issued to Bo</p>", cc=(bo.uri, cleo.uri), mentions=(Mention(bo.uri), Mention(cleo.uri)))
    activity = stranger.create(note)
    activity["object"]["attachment"] = [assertion]
    await world.receive(activity, stranger)
    (found,) = await world.context.database.read(awards.list_received, bo.id, ("offered",))
    assert (found.name, found.proof, found.image_url) == ("Speaker", "claim", f"{stranger.uri}/badge.png")
    assert await world.context.database.read(awards.list_received, cleo.id, ("offered",)) == []
    verdict = await judging.verdict_on_award(world.context, found)
    assert (verdict.outcome, verdict.part("proof").outcome, found.issuer_id) == ("unknown", "unknown", None)


async def test_a_credential_in_anothers_name_is_not_taken(world, ada, bo):
    stranger = await world.stranger("eve")
    given = await give(world, ada, bo.id)
    forged = orjson.loads(given.credential)
    forged["id"] = f"{stranger.uri}/achievements/1"

    note = replace(stranger.note("1", to=(bo.uri,), cc=()), learning=({"type": "Achievement", "credential": forged},))
    await world.receive(stranger.create(note), stranger)
    assert [each.id for each in await world.context.database.read(awards.list_received, bo.id, ("offered",))] == [given.id]
    assert (await world.find_post(note.uri)) is not None
    with pytest.raises(NotFound):
        await taking.award_of_post(world.context, (await world.find_post(note.uri)).id)


async def test_a_crafted_graph_ends_as_a_proof_that_does_not_hold_and_the_node_goes_on(world, bo):
    stranger = await world.stranger("eve")
    nodes = [{"id": f"_:b{number}", "type": ["Profile"], "parentOrg": [{"id": f"_:b{other}", "type": ["Profile"]} for other in range(30)]}
             for number in range(30)]  # fmt: skip
    did = f"did:key:{stranger.actor.keys[1].encoded}"
    poison = {
        "@context": [VC, OB],
        "id": f"{stranger.uri}/achievements/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": did, "type": ["Profile"], "url": stranger.uri, "parentOrg": nodes},
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialSubject": {"id": bo.uri, "type": ["AchievementSubject"], "achievement": {"type": ["Achievement"], "name": "x"}},
        "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod",
                  "verificationMethod": f"{did}#{did.removeprefix('did:key:')}", "proofValue": "z" + "2" * 87},
    }  # fmt: skip
    note = replace(stranger.note("1", to=(bo.uri,), cc=()), learning=({"type": "Achievement", "credential": poison},))
    await world.receive(stranger.create(note), stranger)
    slowest, looking = 0.0, asyncio.create_task(world.work())
    while not looking.done():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        slowest = max(slowest, time.perf_counter() - began)
    await looking
    (found,) = await world.context.database.read(awards.list_received, bo.id, ("offered",))
    assert found.proof == "fail"
    assert slowest < 2.0


async def test_what_a_former_key_signed_or_was_given_stays_with_whom_it_was(world, ada, bo):
    given = await give(world, ada, bo.id)
    old, new = await give(world, ada, bo.id), await rekeying.replace_key(world.context, ada)
    await rekeying.replace_key(world.context, bo)
    assert credential_from_document(orjson.loads(given.credential)).issuer.did != new
    assert await outcomes(world, given) == GOOD
    fresh = await give(world, ada, bo.id)
    assert credential_from_document(orjson.loads(fresh.credential)).issuer.did == new
    assert await outcomes(world, fresh) == GOOD
    await revoking.revoke(world.context, ada, old.id, "a fern")
    assert await outcomes(world, old) == GOOD | {"status": "fail"}
    assert await outcomes(world, given) == GOOD


async def test_another_server_follows_the_change_of_a_key(world, bo):
    stranger = await world.stranger("sue")
    first, second = stranger.proof_signer, ProofSigner(stranger.proof_signer.verification_method, keys.generate_ed25519())
    did = f"did:key:{stranger.actor.keys[1].encoded}"
    badge, issuer = Badge(f"{stranger.uri}/badges/1", "Moss", "Moss"), Issuer(did, "Sue", stranger.uri)
    said = {"subject_id": bo.uri, "status": (), "evidence": (), "badge": badge, "valid_until": None}
    credential = achievement(uri=f"{stranger.uri}/achievements/1", issuer=issuer, **said)
    document = add_rdf_proof(document_from_credential(credential), first, NOON)
    moved = KeyDocument(second.verification_method, stranger.uri, "ed25519", keys.multibase_from_public(second.key.public_key()))
    actor = replace(stranger.actor, keys=(stranger.actor.keys[0], moved), statements=(succession_statement(first, second, NOON),))
    world.elsewhere.put(document_from_actor(actor))
    note = replace(stranger.note("1", to=(bo.uri,), cc=()), learning=({"type": "Achievement", "credential": document},))
    await world.receive(stranger.create(note), stranger)
    await world.work()
    (found,) = await world.context.database.read(awards.list_received, bo.id, ("offered",))
    assert await outcomes(world, found) == GOOD


async def test_who_lists_somebody_elses_key_gets_nothing_that_was_given_to_it(world, ada):
    """Eve's actor lists Sue's public key as her own; Sue has proven that it is hers."""
    eve, sue = await world.stranger("eve"), await world.stranger("sue", is_known=False)
    listed = KeyDocument(f"{eve.uri}#k", eve.uri, "ed25519", sue.actor.keys[1].encoded)
    await world.context.database.write(remote.save_actor, world.context.site, replace(eve.actor, keys=(eve.actor.keys[0], listed)))
    statement = identity_statement(sue.uri, sue.proof_signer, NOON)
    await world.context.database.write(remote.save_actor, world.context.site, replace(sue.actor, statements=(statement,)))
    known = {person.uri: await world.known(person) for person in (eve, sue)}
    did = f"did:key:{sue.actor.keys[1].encoded}"
    assert await world.context.database.read(persons.subject_of, known[eve.uri]) == eve.uri
    assert await world.context.database.read(persons.subject_of, known[sue.uri]) == did
    assert (await world.context.database.read(persons.find_person, did)).uri == sue.uri
    assert did not in await world.context.database.read(persons.all_names, known[eve.uri])


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ((), "Knows mosses</strong> 🏅"),
        ((Outcome("Paper", "0", "RawScore", "100"),), "Knows mosses</strong> (0 of 100, not passed) 🏅"),
        ((Outcome("Paper", "17", "RawScore", "20"),), "Knows mosses</strong> (17 of 20) 🏅"),
    ],
)
async def test_the_post_that_tells_of_it_says_the_result(world, ada, bo, outcomes, expected):
    given = await give(world, ada, bo.id, outcomes=outcomes)
    assert expected in (await post_of(world, given)).content
    await answering.answer(world.context, bo, given.id, "public")
    assert expected in (await post_of(world, given)).content


async def test_the_post_says_that_it_is_recorded_by_themselves(world, ada):
    given = await give(world, ada, ada.id, is_public=True)
    post = await post_of(world, given)
    assert "recorded by themselves" in post.content
    [mark] = meanings.marks(post, ada, languages.language("en"))
    assert (mark.kind, mark.text) == ("achievement own", "Recorded by themselves")
