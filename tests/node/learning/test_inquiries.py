"""Verifying asks the issuer and its status list, says who was asked and what came, and keeps nothing."""

from dataclasses import replace

import orjson
import pytest

from federation.actors import document_from_actor
from federation.credentials import StatusEntry, credential_from_document
from federation.rdf_proofs import add_rdf_proof, did_key_of
from federation.status_lists import status_list_document
from node.learning import inquiries
from node.learning.headlines import headline_of_verdict
from storage import accounts
from storage.learning import evidence
from tests.node.conftest import NOON
from tests.node.learning.test_attribution import signed, throw_away

INDEX = 7


@pytest.fixture
async def sue(world):
    """Somebody elsewhere whom this node has never met."""
    return await world.stranger("sue", is_known=False)


def listed(sue, *, revoked=(), signer=None):
    url = f"{sue.uri}/status"
    made = status_list_document(url, did_key_of(sue.proof_signer), revoked, NOON)
    return add_rdf_proof(made, signer or sue.proof_signer, NOON)


def given(sue, signer=None):
    status = (StatusEntry(f"{sue.uri}/status", INDEX),)
    return signed(
        signer or sue.proof_signer, "did:key:z6MkeYzrCVNJNbGikK3YcReGFChy7ZSfLdReoW7amC6VAr5H", sue.uri, f"{sue.uri}/1", status=status
    )


async def asked(world, document):
    found = await inquiries.verdict_online(world.context, document, credential_from_document(document))
    answers = {each.address.rpartition("/")[2]: each.answer % each.values for each in found.asked}
    return found, answers, headline_of_verdict(found.verdict, issuer=found.issuer).key


async def test_it_asks_the_issuer_and_its_list_and_says_what_they_answered(world, sue):
    world.elsewhere.put(listed(sue))
    found, answers, key = await asked(world, given(sue))
    assert (key, found.verdict.part("status").outcome, found.verdict.part("issuer").outcome) == ("valid", "pass", "pass")
    assert answers == {"sue": "It lists the key that signed.", "status": "It gave its list."}
    assert [each.moment for each in found.asked] == [NOON, NOON]
    assert found.issuer.endswith(f"(@sue@{world.elsewhere.origin.removeprefix('http://')})")


async def test_what_was_revoked_is_found_out(world, sue):
    world.elsewhere.put(listed(sue, revoked=[INDEX]))
    assert (await asked(world, given(sue)))[2] == "revoked"


async def test_who_is_silent_is_said_to_be_and_nothing_is_called_valid(world, sue):
    found, answers, key = await asked(world, given(sue))  # no list there
    assert (key, answers["status"]) == ("last_seen", "No answer: status 404.")
    assert "gave no answer" in found.verdict.part("status").said
    world.elsewhere.documents.clear()
    world.context.caches.failures.clear()
    _, answers, key = await asked(world, given(sue))
    assert (key, answers["sue"]) == ("unknown_signer", "No answer: status 404.")


async def test_a_list_that_somebody_else_signed_counts_for_nothing(world, sue):
    world.elsewhere.put(listed(sue, revoked=[INDEX], signer=throw_away()))
    found, answers, _ = await asked(world, given(sue))
    assert found.verdict.part("status").outcome == "unknown"
    assert "not signed by the issuer" in answers["status"]


@pytest.mark.parametrize("case", ["another key", "the key is not listed"])
async def test_an_issuer_that_does_not_list_the_key_makes_it_anothers(world, sue, case):
    world.elsewhere.put(document_from_actor(sue.actor if case == "another key" else replace(sue.actor, keys=sue.actor.keys[:1])))
    _, answers, key = await asked(world, given(sue, throw_away() if case == "another key" else None))
    assert (key, answers["sue"]) == ("other_signer", "It does not list the key that signed.")


async def test_nothing_is_kept_of_what_strangers_bring(world, sue):
    world.elsewhere.put(listed(sue))
    await asked(world, given(sue))
    assert await world.context.database.read(accounts.find_account_by_uri, sue.uri) is None
    assert await world.context.database.read(evidence.list_seen, [sue.uri, f"{sue.uri}/status"]) == {}


async def test_programs_read_who_was_asked(world, sue):
    world.elsewhere.put(listed(sue))
    found, _, _ = await asked(world, given(sue))
    stated = inquiries.as_json(found, headline_of_verdict(found.verdict, issuer=found.issuer))
    assert orjson.loads(orjson.dumps(stated))["asked"][1] == {
        "address": f"{sue.uri}/status",
        "at": "2026-11-23T12:00:00Z",
        "answer": "It gave its list.",
    }
