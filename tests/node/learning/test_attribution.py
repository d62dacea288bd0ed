"""Nothing is an actor's that its own key did not sign: by archive and by federation, for achievements and endorsements, with controls."""

from dataclasses import replace
from typing import NamedTuple

import orjson
import pytest

from federation import keys
from federation.actors import document_from_actor
from federation.credentials import ENDORSEMENT, Badge, Credential, Issuer, digest_of, document_from_credential
from federation.identities import identity_statement, succession_statement
from federation.keys import KeyDocument, ProofSigner
from federation.rdf_proofs import add_rdf_proof, did_key_of
from node.learning import (
    answering,
    attribution,
    awarding,
    badges,
    claims,
    endorsing,
    exporting,
    importing,
    portfolio,
    reputation,
    taking,
)
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from node.social import communities, follows
from node.social.communities import Settings
from storage.learning import awards, endorsements, frameworks
from storage.learning.endorsements import Endorsement as Kept
from storage.records import Account
from tests.federation.badges import MOSS, achievement
from tests.node.conftest import NOON, Stranger
from tests.node.learning.test_archives import PASSPHRASE, quiet, rewritten

STATES = ("offered", "accepted", "public", "declined")


def throw_away() -> ProofSigner:
    """A key that is nobody's."""
    return ProofSigner("x", keys.generate_ed25519())


def signed(signer, subject, url, uri, did="", **said):
    """An achievement for somebody, in the name of whoever has `url`. did: of the issuer, where it is not the signer's."""
    badge = Badge(f"{uri}/badge", "Master of everything", "All of it", alignment=(MOSS,))
    issuer = Issuer(did or did_key_of(signer), "Alice Teacher", url)
    shape = {"status": (), "evidence": (), "outcomes": (), "valid_until": None, "name": badge.name, "badge": badge}
    credential = achievement(uri=uri, issuer=issuer, subject_id=subject, **{**shape, **said})
    return add_rdf_proof(document_from_credential(credential), signer, NOON)


def vouched(signer, subject, url, uri):
    """A word for what somebody can do."""
    said = {"name": "Moss", "valid_from": NOON, "comment": "The best I ever taught."}
    return add_rdf_proof(
        document_from_credential(Credential(uri, ENDORSEMENT, Issuer(did_key_of(signer), "Alice Teacher", url), subject, **said)),
        signer,
        NOON,
    )


@pytest.fixture
async def zoe(world):
    return await world.account("zoe")


@pytest.fixture
async def alice(world):
    return await world.account("alice")


async def bring(world, account, folder, given=(), words=()):
    """Imports an archive of the account's own that was given more lines."""
    source = folder / f"{account.name}{len(list(folder.iterdir()))}.zip"
    await exporting.export(world.context, account, source, PASSPHRASE, quiet)
    stated = [{"credential": orjson.dumps(each).decode(), "state": "public", "issuer": "x"} for each in given]
    spoken = [{"credential": orjson.dumps(each).decode()} for each in words]
    records = {"awards": stated, "endorsements": spoken, "documents": [], "snapshots": [], "given": [], "vouched": []}
    made = rewritten(source, source.with_suffix(".forged.zip"), **{"records.json": orjson.dumps(records)})
    return await importing.import_archive(world.context, account, made, PASSPHRASE, quiet)


async def subject_of(world, account):
    signer = await world.context.database.read(world.context.site.keyring.proof_signer, account.id)
    return did_key_of(signer)


async def received(world, account):
    return await world.context.database.read(awards.list_received, account.id, STATES)


async def shown(world, owner):
    """What others see of somebody's portfolio, for programs."""
    found = await world.context.database.read(portfolio.get_portfolio, world.context.site, owner, 0)
    return [claims.as_json(item.claim) for item in found.items], found.skills


async def counts(world, owner, alice):
    """Everything that a forged credential could move."""
    site, read = world.context.site, world.context.database.read
    _, skills = await shown(world, owner)
    holders = await read(frameworks.list_holders, 0, "moss", MOSS.url)
    trust = (await read(reputation.reputation_for, alice, owner)).trust
    issued = await read(awards.list_issued, alice.id)
    said = await read(endorsements.list_by_person, alice.id)
    return [skill.name for skill in skills], holders, trust, issued, said, site.origin


class Cast(NamedTuple):
    """Who is in a forgery: the learner's own key, a local actor, a remote one."""

    own: ProofSigner
    alice: Account
    sue: Stranger


FORGERIES = {
    "a throw-away key, a local actor's url": lambda cast: (throw_away(), cast.alice.uri, ""),
    "a throw-away key, a known remote actor's url": lambda cast: (throw_away(), cast.sue.uri, ""),
    "a throw-away key, issuer.id is the actor": lambda cast: (throw_away(), None, cast.alice.uri),
    "a throw-away key, issuer.id is the remote actor": lambda cast: (throw_away(), None, cast.sue.uri),
    "a throw-away key, issuer.id is the actor's own did:key": lambda cast: (
        throw_away(),
        cast.sue.uri,
        did_key_of(cast.sue.proof_signer),
    ),
    "the learner's own key, a local actor's url": lambda cast: (cast.own, cast.alice.uri, ""),
    "a throw-away key, an actor that nobody can reach": lambda _: (throw_away(), "https://gone.example/users/alice", ""),
    "a throw-away key, no url": lambda _: (throw_away(), None, ""),
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_archive_names_nobody_and_moves_no_count(world, tmp_path, zoe, alice, forgery):
    sue = await world.stranger("sue")
    await follows.follow(world.context, alice, (await world.known(sue)).id)
    own = await world.context.database.read(world.context.site.keyring.proof_signer, zoe.id)
    signer, url, did = FORGERIES[forgery](Cast(own, alice, sue))
    before = await counts(world, zoe, alice)
    origin = (url or did or "https://x.example").rpartition("/users")[0] or "https://x.example"
    subject = await subject_of(world, zoe)
    document = signed(signer, subject, url, f"{origin}/achievements/1", did)
    word = vouched(signer, subject, url or did or None, f"{origin}/achievements/2")
    await bring(world, zoe, tmp_path, [document], [word])
    await world.work()
    assert await counts(world, zoe, alice) == before
    assert [(each.issuer_id, each.bound) for each in await received(world, zoe)] == [(None, False)]
    words = await world.context.database.read(endorsements.list_for_person, zoe.id)
    assert [each.endorser_id for each in words] == [None] * len(words)
    stated, _ = await shown(world, zoe)
    assert [each for each in stated if each["bound"] or each["issuer"]["kind"] != "unconfirmed" or each["verdict"] == "valid"] == []
    assert not [each for each in stated if "alice" in str(each["issuer"]["name"]).lower()]
    assert await world.told(zoe) == []


@pytest.mark.parametrize("forgery", [name for name in FORGERIES if "remote" in name or "local" in name])
async def test_who_is_named_and_does_not_list_the_key_is_refused_and_only_the_owner_sees_it(world, tmp_path, zoe, alice, forgery):
    sue = await world.stranger("sue")
    own = await world.context.database.read(world.context.site.keyring.proof_signer, zoe.id)
    signer, url, did = FORGERIES[forgery](Cast(own, alice, sue))
    origin = (url or did).rpartition("/users")[0]
    await bring(world, zoe, tmp_path, [signed(signer, await subject_of(world, zoe), url, f"{origin}/achievements/1", did)])
    await world.work()
    [found] = await received(world, zoe)
    assert found.refused
    assert (await shown(world, zoe))[0] == []
    mine = await world.context.database.read(portfolio.get_portfolio, world.context.site, zoe, zoe.id)
    assert [item.claim.headline.key for item in mine.items] == ["other_signer"]


def listed(sue):
    return sue.actor, sue.proof_signer


def stated_by_identity(sue):
    """The key stands in no assertionMethod, but in a statement that it signed and the actor shows."""
    statement = identity_statement(sue.uri, sue.proof_signer, NOON)
    return replace(sue.actor, keys=sue.actor.keys[:1], statements=(statement,)), sue.proof_signer


def succeeded(sue):
    """The actor has another key now; the old one said so."""
    new = ProofSigner(sue.proof_signer.verification_method, keys.generate_ed25519())
    encoded = keys.multibase_from_public(new.key.public_key())
    moved = KeyDocument(new.verification_method, sue.uri, "ed25519", encoded)
    statement = succession_statement(sue.proof_signer, new, NOON)
    return replace(sue.actor, keys=(sue.actor.keys[0], moved), statements=(statement,)), sue.proof_signer


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("binding", [listed, stated_by_identity, succeeded])
async def test_the_honest_one_is_its_issuers_and_stays_so_when_they_are_gone(world, clock, tmp_path, zoe, binding, is_known):
    sue = await world.stranger("sue", is_known=is_known)
    actor, signer = binding(sue)
    world.elsewhere.put(document_from_actor(actor))
    subject = await subject_of(world, zoe)
    document = signed(signer, subject, sue.uri, f"{sue.uri}/achievements/1")
    await bring(world, zoe, tmp_path, [document], [vouched(signer, subject, sue.uri, f"{sue.uri}/achievements/2")])
    await world.work()
    for days in (0, 1, 30):  # the second and third time their server is gone
        clock.go(days=days)
        if days:
            world.elsewhere.documents.clear()
            await taking.look_again(world.context)
            await world.work()
        [stated] = (await shown(world, zoe))[0]
        assert (stated["issuer"]["kind"], stated["issuer"]["url"], stated["bound"]) == ("person", sue.uri, True), days
        [word] = await world.context.database.read(endorsements.list_for_person, zoe.id)
        assert word.bound, days


async def test_an_actor_that_could_not_be_reached_is_asked_again_for_seven_days(world, clock, tmp_path, zoe):
    for name, days, bound in (("sue", 6, True), ("tom", 8, False)):
        person = await world.stranger(name, is_known=False)
        document = world.elsewhere.documents.pop(person.uri.removeprefix(world.elsewhere.origin))
        given = signed(person.proof_signer, await subject_of(world, zoe), person.uri, f"{person.uri}/achievements/1")
        await bring(world, zoe, tmp_path, [given])
        await world.work()
        [found] = [each for each in await received(world, zoe) if each.claimed == person.uri]
        assert (found.bound, found.refused) == (False, False)
        clock.go(days=days)
        world.elsewhere.put(document)
        await taking.look_again(world.context)
        await world.work()
        assert (await world.context.database.read(awards.find_award, found.id)).bound is bound


async def test_an_actor_that_answers_without_the_key_loses_what_it_was_named_for(world, clock, tmp_path, zoe):
    sue = await world.stranger("sue")
    await bring(world, zoe, tmp_path, [signed(sue.proof_signer, await subject_of(world, zoe), sue.uri, f"{sue.uri}/achievements/1")])
    await world.work()
    assert [each.bound for each in await received(world, zoe)] == [True]
    world.elsewhere.put(document_from_actor(replace(sue.actor, keys=sue.actor.keys[:1])))
    clock.go(days=2)
    await taking.look_again(world.context)
    await world.work()
    assert [(each.issuer_id, each.refused) for each in await received(world, zoe)] == [(None, True)]


async def post(world, sender, document, kind="Achievement", to=()):
    note = replace(sender.note(document["id"].rpartition("/")[2], to=(*to,) or ("https://www.w3.org/ns/activitystreams#Public",), cc=()),
                   learning=({"type": kind, "credential": document},))  # fmt: skip
    await world.receive(sender.create(note), sender)
    return note


@pytest.mark.parametrize("name", ["alice", "eve", "nobody"])
async def test_what_another_actor_posts_in_a_name_names_nobody(world, zoe, alice, name):
    eve, before = await world.stranger("eve"), await counts(world, zoe, alice)
    url = {"alice": alice.uri, "eve": eve.uri, "nobody": None}[name]
    subject = await subject_of(world, zoe)
    document = signed(throw_away(), subject, url, f"{eve.uri}/achievements/1")
    await post(world, eve, document, to=(zoe.uri,))
    await post(world, eve, vouched(throw_away(), subject, url, f"{eve.uri}/achievements/2"), "Endorsement", to=(zoe.uri,))
    await world.work()
    assert await counts(world, zoe, alice) == before
    assert [each for each in await received(world, zoe) if each.bound or each.issuer_id] == []
    words = await world.context.database.read(endorsements.list_for_person, zoe.id)
    assert [each for each in words if each.counts] == []
    assert {kind for kind, _ in await world.told(zoe)} & {"awarded", "endorsed"} == set()


async def test_what_an_actor_posts_with_its_own_key_is_theirs_and_said_so(world, zoe):
    eve = await world.stranger("eve")
    subject = await subject_of(world, zoe)
    await post(world, eve, signed(eve.proof_signer, subject, eve.uri, f"{eve.uri}/achievements/1"), to=(zoe.uri,))
    await post(world, eve, vouched(eve.proof_signer, subject, eve.uri, f"{eve.uri}/achievements/2"), "Endorsement", to=(zoe.uri,))
    await world.work()
    [found] = await received(world, zoe)
    assert (found.bound, found.issuer_id) == (True, (await world.known(eve)).id)
    [word] = await world.context.database.read(endorsements.list_for_person, zoe.id)
    assert word.counts
    assert sorted(kind for kind, who in await world.told(zoe) if who == "eve" and kind != "mention") == ["awarded", "endorsed"]


async def test_a_forged_one_does_not_keep_the_address_of_the_real_one(world, tmp_path, zoe):
    sue = await world.stranger("sue")
    uri, subject = f"{sue.uri}/achievements/1", await subject_of(world, zoe)
    await bring(world, zoe, tmp_path, [signed(throw_away(), subject, sue.uri, uri)])
    await world.work()
    await post(world, sue, signed(sue.proof_signer, subject, sue.uri, uri), to=(zoe.uri,))
    await world.work()
    assert [(each.uri, each.bound, each.refused) for each in await received(world, zoe)] == [(uri, True, False)]


async def test_nobody_takes_an_address_on_somebody_elses_server(world, tmp_path, zoe, alice):
    sue = await world.stranger("sue")
    document = signed(sue.proof_signer, await subject_of(world, zoe), sue.uri, f"{alice.uri}/achievements/7")
    await bring(world, zoe, tmp_path, [document])
    await world.work()
    assert [each.bound for each in await received(world, zoe)] == [False]


async def test_two_accounts_of_one_person_speak_as_one(world, zoe, alice):
    assert attribution.kind_of(alice, zoe) == "person"
    assert attribution.kind_of(zoe, zoe) == "self"
    assert attribution.kind_of(replace(alice, also_known_as=orjson.dumps([zoe.uri]).decode()), zoe) == "self"
    assert attribution.kind_of(alice, replace(zoe, also_known_as=orjson.dumps([alice.uri]).decode())) == "self"
    assert attribution.kind_of(replace(alice, type="Group", name="university"), zoe) == "community"
    assert attribution.kind_of(None, zoe) == "unconfirmed"


async def test_a_community_that_the_learner_alone_looks_after_is_the_learner(world, zoe, alice):
    group = await communities.create(world.context, "toronto", Settings("University of Toronto"), [zoe])
    shared = await communities.create(world.context, "hedgers", Settings("Hedgers"), [zoe, alice])
    for giver in (group, shared):
        badge = await badges.define(world.context, zoe, BadgeDraft(giver.name, about="Moss", giver_id=giver.id))
        given = await awarding.award(world.context, zoe, Gift(badge.id, zoe.id))
        await answering.answer(world.context, zoe, given.id, "public")
        await endorsing.endorse(world.context, zoe, Word("Indeed", award_id=given.id, giver_id=(shared if giver is group else group).id))
    stated, _ = await shown(world, zoe)
    assert {each["name"]: (each["issuer"]["kind"], len(each["endorsed_by"])) for each in stated} == {
        "toronto": ("self", 1),
        "hedgers": ("community", 0),
    }


@pytest.mark.parametrize("is_same", [True, False])
async def test_an_endorsement_that_waited_belongs_to_the_bytes_that_it_signed(world, tmp_path, zoe, is_same):
    sue, eve = await world.stranger("sue"), await world.stranger("eve")
    uri, subject = f"{sue.uri}/achievements/1", await subject_of(world, zoe)
    real = signed(sue.proof_signer, subject, sue.uri, uri)
    other = signed(sue.proof_signer, subject, sue.uri, uri, narrative="Something else")
    issuer = Issuer(did_key_of(eve.proof_signer), "Eve", eve.uri)
    said = {"name": "x", "valid_from": NOON, "comment": "I was there", "digest": digest_of(orjson.dumps(real))}
    word = Credential(f"{eve.uri}/achievements/2", ENDORSEMENT, issuer, uri, **said)
    row = Kept(1, word.uri, (await world.known(eve)).id, zoe.id, None, None, uri, "", "I was there",
               orjson.dumps(document_from_credential(word)).decode(), 0, proof="pass", bound=True)  # fmt: skip
    await world.context.database.write(endorsements.add_endorsement, row)
    await bring(world, zoe, tmp_path, [real if is_same else other])
    [stated] = (await shown(world, zoe))[0]
    assert stated["endorsed_by"] == ([eve.uri] if is_same else [])
