"""Proofs of credentials: the W3C's own vectors, 1EdTech's own credentials, openbadgeslib as the judge of ours."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import OB3LdpVerifier
from openbadgeslib.ob3.clr import bundled_clr_contexts
from openbadgeslib.ob3.ldp import verify_data_integrity_proof

from federation import keys
from federation.credentials import TRANSCRIPT, Credential, document_from_credential
from federation.errors import Malformed, Unverified
from federation.keys import ProofSigner
from federation.linked_data import VC
from federation.rdf_proofs import add_rdf_proof, did_key_of, verify_rdf_proof
from federation.status_lists import status_list_document
from tests.federation.badges import NOON, SIGNER, achievement, endorsement, signed

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"


def pem(signer: ProofSigner) -> bytes:
    return signer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def examples(vectors):
    """The context that the W3C's vector names and that nobody signs with."""
    file = vectors / "openbadgeslib-fixtures" / "vc_di_eddsa" / "credentials-examples-v2.json"
    return {EXAMPLES: json.loads(file.read_text())}


def test_the_standards_vector_verifies_and_its_quads_are_the_standards(vectors, examples):
    folder = vectors / "w3c-vc-di-eddsa" / "eddsa-rdfc-2022"
    document = json.loads((folder / "signedDataInt.json").read_text())
    sealed = verify_rdf_proof(document, examples)
    assert sealed.document == (folder / "canonDocDataInt.txt").read_text()
    assert sealed.options == (folder / "proofCanonDataInt.txt").read_text()
    with pytest.raises(Unverified, match="does not match"):
        verify_rdf_proof({**document, "name": "Another"}, examples)


def test_the_standards_key_signs_as_the_standard_does(vectors):
    folder = vectors / "w3c-vc-di-eddsa"
    stated = json.loads((folder / "keyPair.json").read_text())
    public = keys.public_from_multibase(stated["publicKeyMultibase"])
    proof = json.loads((folder / "eddsa-rdfc-2022" / "signedDataInt.json").read_text())["proof"]
    assert keys.public_from_did_key(proof["verificationMethod"]).public_bytes_raw() == public.public_bytes_raw()


@pytest.mark.parametrize("name", ["simple", "simple-did-key-method", "complete", "endorsement-valid"])
def test_what_1edtech_calls_valid_verifies_and_a_change_does_not(vectors, name):
    document = json.loads((vectors / "1edtech-ob30-valid" / f"{name}.json").read_text())
    verify_rdf_proof(document)
    with pytest.raises(Unverified):
        verify_rdf_proof({**document, "name": "Another"})


def test_their_older_suite_is_not_mistaken_for_ours(vectors):
    document = json.loads((vectors / "1edtech-ob30-valid" / "simple-eddsa-2022.json").read_text())
    with pytest.raises(Unverified, match="eddsa-rdfc-2022"):
        verify_rdf_proof(document)


def test_openbadgeslib_verifies_an_achievement_of_ours_and_not_a_changed_one():
    document = signed(achievement(valid_until=None))
    verifier = OB3LdpVerifier.for_issuer_did(did_key_of(SIGNER))
    assert verifier.verify(json.dumps(document)).achievement.name == "Knows ten mosses"
    document["credentialSubject"]["achievement"]["name"] = "Knows all mosses"
    with pytest.raises(Exception, match="signature"):
        verifier.verify(json.dumps(document))


@pytest.mark.parametrize("kind", ["endorsement", "status list", "transcript"])
def test_openbadgeslib_verifies_everything_else_that_we_sign(kind):
    did = did_key_of(SIGNER)
    transcript = Credential(
        "https://a.example/clr", TRANSCRIPT, achievement().issuer, did, "All", NOON, members=(signed(achievement()),) * 3
    )
    documents = {
        "endorsement": signed(endorsement()),
        "status list": add_rdf_proof(status_list_document("https://a.example/status", did, [7], NOON), SIGNER, NOON),
        "transcript": add_rdf_proof(document_from_credential(transcript), SIGNER, NOON),
    }
    verify_data_integrity_proof(documents[kind], pem(SIGNER), extra_contexts=bundled_clr_contexts())
    with pytest.raises(Exception, match="signature"):
        verify_data_integrity_proof(
            documents[kind] | {"validFrom": "2020-01-01T00:00:00Z"}, pem(SIGNER), extra_contexts=bundled_clr_contexts()
        )


def test_somebody_elses_key_and_a_second_proof_are_refused():
    document = signed(achievement())
    verify_rdf_proof(document)
    other = ProofSigner("x", keys.generate_ed25519())
    with pytest.raises(Unverified):
        verify_rdf_proof(document, key=other.key.public_key())
    stolen = {**document["proof"], "verificationMethod": add_rdf_proof(document, other, NOON)["proof"]["verificationMethod"]}
    with pytest.raises(Unverified, match="does not match"):
        verify_rdf_proof({**document, "proof": stolen})
    with pytest.raises(Unverified, match="exactly one"):
        verify_rdf_proof({**document, "proof": [document["proof"], document["proof"]]})
    verify_rdf_proof({**document, "proof": [document["proof"]]})


@pytest.mark.parametrize("value", ["", "z", "zQQ", "uAAAA", 7, None, "z" + "1" * 64, "z" * 5000])
def test_a_value_that_is_no_signature_is_refused(value):
    document = signed(achievement())
    with pytest.raises(Unverified):
        verify_rdf_proof({**document, "proof": {**document["proof"], "proofValue": value}})


def test_a_word_that_no_context_defines_is_not_signed():
    with pytest.raises(Malformed, match="no context defines"):
        add_rdf_proof({"@context": [VC], "type": ["VerifiableCredential"], "unheardOf": "x"}, SIGNER, datetime(2026, 1, 1, tzinfo=UTC))
