from datetime import UTC, datetime

import pytest

from federation import keys
from federation.actors import actor_from_document, document_from_actor
from federation.identities import bound_dids, identity_statement, predecessors, proven_dids, succession_statement
from federation.keys import ProofSigner, did_key_from_public
from federation.records import ActorDocument, KeyDocument

ADA, NOON = "https://a.example/users/ada", datetime(2026, 5, 1, tzinfo=UTC)
FIRST, SECOND, THIRD = [ProofSigner("x", keys.generate_ed25519()) for _ in range(3)]


def did(signer):
    return did_key_from_public(signer.key.public_key())


def actor(*statements, key=None):
    listed = (KeyDocument(f"{ADA}#k", ADA, "ed25519", did(key).removeprefix("did:key:")),) if key else ()
    return document_from_actor(ActorDocument(ADA, "Person", "ada", f"{ADA}/inbox", keys=listed, statements=statements))


def test_a_statement_binds_its_key_to_the_actor_that_shows_it_and_no_other():
    statement = identity_statement(ADA, FIRST, NOON)
    assert bound_dids(actor(statement)) == {did(FIRST)}
    assert bound_dids(actor(identity_statement("https://b.example/users/bo", FIRST, NOON))) == set()
    assert actor_from_document(actor(statement)).statements == (statement,)


@pytest.mark.parametrize("changes", [{"subject": did(SECOND)}, {"alsoKnownAs": f"{ADA}2"}, {"proof": {}}, {"proof": None}, {"subject": 7}])
def test_a_statement_that_was_changed_binds_nothing(changes):
    statement = identity_statement(ADA, FIRST, NOON)
    assert bound_dids(actor({**statement, **changes})) == set()


def test_a_multikey_of_the_actors_own_binds_too():
    assert bound_dids(actor(key=FIRST)) == {did(FIRST)}
    stranger = actor(key=FIRST)
    stranger["assertionMethod"][0]["controller"] = "https://b.example/"
    assert bound_dids(stranger) == set()


def test_keys_that_named_their_successor_stay_the_actors_one_after_the_other():
    words = (succession_statement(FIRST, SECOND, NOON), succession_statement(SECOND, THIRD, NOON))
    assert bound_dids(actor(*words, key=THIRD)) == {did(FIRST), did(SECOND), did(THIRD)}
    assert bound_dids(actor(words[0], key=THIRD)) == {did(THIRD)}
    assert predecessors({did(THIRD)}, words) == {did(FIRST), did(SECOND)}


def test_nobody_becomes_the_successor_of_a_key_that_did_not_say_so():
    forged = {**succession_statement(FIRST, SECOND, NOON), "successor": did(THIRD)}
    assert bound_dids(actor(forged, key=THIRD)) == {did(THIRD)}
    by_the_new_one = {**succession_statement(THIRD, THIRD, NOON), "subject": did(FIRST)}
    assert bound_dids(actor(by_the_new_one, key=THIRD)) == {did(THIRD)}


def test_only_a_keys_own_word_proves_whose_it_is():
    assert proven_dids(ADA, actor_from_document(actor(key=FIRST)).statements) == set()
    words = (identity_statement(ADA, SECOND, NOON), succession_statement(FIRST, SECOND, NOON))
    assert proven_dids(ADA, words) == {did(FIRST), did(SECOND)}
    assert proven_dids("https://b.example/users/bo", words) == set()
