import json
import re
from datetime import UTC, datetime

import pytest
import rfc8785
from apsig import ProofSigner as ApsigSigner
from apsig import ProofVerifier as ApsigVerifier
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from federation import keys, proofs
from federation.errors import Malformed, Unverified
from federation.multibase import bytes_from_multibase

CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
SIGNER = keys.ProofSigner("https://a.example/users/ada#ed25519-key", keys.generate_ed25519())
PUBLIC = SIGNER.key.public_key()
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1", {"Hashtag": "as:Hashtag"}]
NOTE = {
    "@context": CONTEXT,
    "id": "https://a.example/users/ada/posts/1",
    "type": "Note",
    "attributedTo": "https://a.example/users/ada",
    "content": "<p>Prime numbers, <em>explained</em> – ∀n∈ℕ</p>",
    "tag": [{"type": "Hashtag", "name": "#maths"}],
    "summary": None,
    "sensitive": False,
    "replies": {"totalItems": 0, "ratio": 1.5e-7},
}
PROVED = proofs.add_proof(NOTE, SIGNER, CREATED)


def with_proof(**changes):
    """The proved note with its proof changed; a change to ... leaves the member out."""
    return {**PROVED, "proof": {name: each for name, each in {**PROVED["proof"], **changes}.items() if each is not ...}}


def signed_by_hand(document, options, hashed_options=None):
    """A document with a proof whose options are signed as they stand, or as hashed_options has them."""
    message = proofs.canonical_hash(hashed_options or options) + proofs.canonical_hash(document)
    value = proofs.multibase_from_bytes(SIGNER.key.sign(message))
    return {**document, "proof": {**options, "proofValue": value}}


def options(**more):
    return {**proofs.FIXED, "verificationMethod": SIGNER.verification_method, "created": "2023-02-24T23:36:38Z", **more}


# --- the standards' own examples


def feature(vectors, name):
    """The JSON texts between the triple quotes of a feature, in their order."""
    text = (vectors / "fep-proofs" / f"{name}.feature").read_text()
    return [json.loads(part) for part in re.findall(r'"""(.*?)"""', text, re.DOTALL)]


def w3c(vectors, name):
    return (vectors / "w3c-vc-di-eddsa" / name).read_text()


def vector_key(vectors):
    pair = json.loads(w3c(vectors, "keyPair.json"))
    private = Ed25519PrivateKey.from_private_bytes(bytes_from_multibase(pair["privateKeyMultibase"])[2:])
    assert keys.multibase_from_public(private.public_key()) == pair["publicKeyMultibase"]
    return private


def test_signing_gives_what_fep_8b32_prints(vectors):
    document, expected = feature(vectors, "fep-8b32")[:2]
    signer = keys.ProofSigner("https://server.example/users/alice#ed25519-key", vector_key(vectors))
    assert proofs.add_proof(document, signer, CREATED) == expected


def test_the_example_of_fep_8b32_verifies_with_its_actors_key(vectors):
    document, actor = feature(vectors, "fep-8b32")[2:4]
    (method,) = actor["assertionMethod"]
    assert proofs.proof_key_uri(document) == method["id"]
    proofs.verify_proof(document, keys.public_from_multibase(method["publicKeyMultibase"]))
    with pytest.raises(Unverified, match="does not match"):
        proofs.verify_proof({**document, "type": "Undo"}, keys.public_from_multibase(method["publicKeyMultibase"]))


def test_the_older_example_with_the_v1_context_verifies_and_is_made_alike(vectors):
    sample = json.loads((vectors / "fep-proofs" / "tootik_fep8b32_v1context.json").read_text())
    bare, proved, other_suite = sample["documents"]
    key = keys.public_from_multibase(sample["publicKeyMultibase"])
    proofs.verify_proof(proved, key)
    signer = keys.ProofSigner(proved["proof"]["verificationMethod"], vector_key(vectors))
    assert proofs.add_proof(bare, signer, CREATED) == proved
    assert proofs.proof_key_uri(other_suite) is None
    with pytest.raises(Unverified, match="unsupported: mldsa44-jcs-2024"):
        proofs.verify_proof(other_suite, key)


def test_the_identity_statement_of_fep_c390_is_made_and_verifies_by_its_own_subject(vectors):
    claim, statement, actor = feature(vectors, "fep-c390")
    signer = keys.ProofSigner(claim["subject"], vector_key(vectors))
    assert proofs.add_proof(claim, signer, CREATED) == statement
    attached = actor["attachment"][0]
    assert proofs.proof_key_uri(attached) == attached["subject"]
    proofs.verify_proof(attached, keys.public_from_did_key(attached["subject"]))
    with pytest.raises(Unverified):
        proofs.verify_proof({**attached, "alsoKnownAs": "https://e.example/users/eve"}, keys.public_from_did_key(attached["subject"]))


def test_the_w3c_example_of_eddsa_jcs_2022_is_made_and_verifies(vectors):
    unsigned, expected = json.loads(w3c(vectors, "unsigned.json")), json.loads(w3c(vectors, "eddsa-jcs-2022/signedJCS.json"))
    signer = keys.ProofSigner(expected["proof"]["verificationMethod"], vector_key(vectors))
    assert proofs.add_proof(unsigned, signer, CREATED) == expected
    proofs.verify_proof(expected, keys.public_from_did_key(proofs.proof_key_uri(expected)))


def test_the_w3c_example_has_the_hashes_that_are_printed(vectors):
    config = json.loads(w3c(vectors, "eddsa-jcs-2022/proofConfigJCS.json"))
    assert proofs.canonical_hash(json.loads(w3c(vectors, "unsigned.json"))).hex() == w3c(vectors, "eddsa-jcs-2022/docHashJCS.txt").strip()
    assert proofs.canonical_hash(config).hex() == w3c(vectors, "eddsa-jcs-2022/proofHashJCS.txt").strip()


@pytest.mark.parametrize(
    "file", ["eddsa-rdfc-2022/signedDataInt.json", "proof-set-chain/signedProofChain2.json", "Ed25519Signature2020/signedEdSig.json"]
)
def test_w3c_examples_of_other_suites_are_refused_by_name(vectors, file):
    document = json.loads(w3c(vectors, file))
    assert proofs.proof_key_uri(document) is None
    with pytest.raises(Unverified, match=r"unsupported: (eddsa-rdfc-2022|Ed25519Signature2020)"):
        proofs.verify_proof(document, PUBLIC)


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_the_canonical_form_is_that_of_rfc_8785(vectors, name):
    folder = vectors / "jcs-rfc8785" / "testdata"
    canonical = rfc8785.dumps(json.loads((folder / "input" / f"{name}.json").read_text()))
    assert canonical == bytes.fromhex((folder / "outhex" / f"{name}.txt").read_text())


# --- what we make, others verify; what they make, we do


def test_our_proof_verifies_in_apsig_and_in_ours():
    copy = json.loads(json.dumps(PROVED))  # apsig takes the document apart
    assert ApsigVerifier(PUBLIC).verify_proof(copy, raise_on_fail=True) == SIGNER.verification_method
    proofs.verify_proof(PROVED, PUBLIC)


@pytest.mark.parametrize("document", [NOTE, {"type": "Note", "content": "without a context"}])
def test_a_proof_made_by_apsig_verifies_in_ours(document):
    proved = ApsigSigner(SIGNER.key).sign(document, options())
    proofs.verify_proof(proved, PUBLIC)
    assert proofs.proof_key_uri(proved) == SIGNER.verification_method


def test_a_proof_that_was_signed_with_a_context_and_sent_without_one_is_taken():
    as_fedify_does = signed_by_hand(NOTE, options(), options(**{"@context": CONTEXT}))
    assert "@context" not in as_fedify_does["proof"]
    proofs.verify_proof(as_fedify_does, PUBLIC)


def test_a_proof_that_was_signed_without_a_context_is_taken():
    proofs.verify_proof(signed_by_hand(NOTE, options()), PUBLIC)


def test_adding_a_proof_changes_nothing_else_and_replaces_an_old_one():
    assert "proof" not in NOTE
    assert {name: each for name, each in PROVED.items() if name != "proof"} == NOTE
    again = proofs.add_proof(PROVED, SIGNER, CREATED)
    assert again == PROVED


def test_a_moment_in_another_zone_is_written_in_utc_without_fractions():
    local = datetime.fromisoformat("2023-02-25T01:36:38.999+02:00")
    assert proofs.add_proof(NOTE, SIGNER, local)["proof"]["created"] == "2023-02-24T23:36:38Z"


@pytest.mark.parametrize("value", [2**53, float("nan"), "\ud800", object()])
def test_what_has_no_canonical_form_cannot_be_proved(value):
    with pytest.raises(Malformed):
        proofs.add_proof({**NOTE, "value": value}, SIGNER, CREATED)
    with pytest.raises(Unverified, match="canonical"):
        proofs.verify_proof({**PROVED, "value": value}, PUBLIC)


# --- what is refused


@pytest.mark.parametrize("change", [{"content": "<p>Other</p>"}, {"added": 1}, {"tag": []}, {"sensitive": 0}, {"@context": CONTEXT[::-1]}])
def test_a_document_other_than_the_proved_one_is_refused(change):
    with pytest.raises(Unverified):
        proofs.verify_proof({**PROVED, **change}, PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"created": "2023-02-24T23:36:39Z"},
        {"verificationMethod": "https://a.example/users/eve#key"},
        {"added": 1},
        {"created": ...},
        {"@context": CONTEXT[:1]},
        {"@context": ["https://e.example/"]},
        {"@context": None},
        {"proofValue": PROVED["proof"]["proofValue"][:-1] + ("2" if PROVED["proof"]["proofValue"].endswith("1") else "1")},
        {"proofValue": "z"},
        {"proofValue": "u" + PROVED["proof"]["proofValue"][1:]},
        {"proofValue": "z0OIl"},
    ],
)
def test_a_proof_other_than_the_one_that_was_made_is_refused(change):
    with pytest.raises(Unverified):
        proofs.verify_proof(with_proof(**change), PUBLIC)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "RsaSignature2017"},
        {"type": ["DataIntegrityProof"]},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"cryptosuite": {}},
        {"proofPurpose": "authentication"},
        {"proofPurpose": ...},
        {"verificationMethod": ...},
        {"verificationMethod": {"id": "x"}},
        {"proofValue": ...},
        {"proofValue": 7},
        {"previousProof": "urn:uuid:1"},
    ],
)
def test_a_proof_without_its_parts_is_as_good_as_none(change):
    assert proofs.proof_key_uri(with_proof(**change)) is None
    with pytest.raises(Unverified, match="no proof that we can check"):
        proofs.verify_proof(with_proof(**change), PUBLIC)


@pytest.mark.parametrize("proof", [None, [], {}, "proof", 7, [None, "x", [PROVED["proof"]]]])
def test_a_document_without_a_proof_is_refused(proof):
    assert proofs.proof_key_uri({**NOTE, "proof": proof}) is None
    with pytest.raises(Unverified, match="no proof that we can check"):
        proofs.verify_proof({**NOTE, "proof": proof}, PUBLIC)


def test_a_key_that_is_not_the_signers_is_refused():
    with pytest.raises(Unverified, match="does not match"):
        proofs.verify_proof(PROVED, keys.generate_ed25519().public_key())
    with pytest.raises(Unverified, match="needs an Ed25519 key"):
        proofs.verify_proof(PROVED, keys.generate_rsa().public_key())


def test_of_several_proofs_the_first_of_our_suite_counts():
    other = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": "z1"}
    proofs.verify_proof({**NOTE, "proof": [other, PROVED["proof"]]}, PUBLIC)
    with pytest.raises(Unverified):
        proofs.verify_proof({**NOTE, "proof": [other, with_proof(created="x")["proof"], PROVED["proof"]]}, PUBLIC)


def test_a_context_that_was_added_behind_the_proved_one_is_tolerated_and_one_in_front_is_not():
    proofs.verify_proof({**PROVED, "@context": [*CONTEXT, {"more": "https://a.example/ns#more"}]}, PUBLIC)
    with pytest.raises(Unverified, match="@context"):
        proofs.verify_proof({**PROVED, "@context": [{"more": "https://a.example/ns#more"}, *CONTEXT]}, PUBLIC)


def test_a_linked_data_signature_that_was_added_after_the_proof_as_fedify_does_is_not_covered_by_it():
    added = {**PROVED, "signature": {"type": "RsaSignature2017", "signatureValue": "AA=="}}
    proofs.verify_proof(added, PUBLIC)
    with pytest.raises(Unverified, match="does not match"):
        proofs.verify_proof({**added, "content": "Something else"}, PUBLIC)
    with pytest.raises(Unverified, match="does not match"):
        proofs.verify_proof({**PROVED, "signatures": {}}, PUBLIC)


def test_a_proof_over_a_signature_as_well_holds_with_it_alone():
    proved = proofs.add_proof({**NOTE, "signature": "Ada"}, SIGNER, CREATED)
    proofs.verify_proof(proved, PUBLIC)
    with pytest.raises(Unverified, match="does not match"):
        proofs.verify_proof({**proved, "signature": "Bo"}, PUBLIC)


def test_a_proof_is_refused_after_it_expired():
    expiring = options(expires="2023-03-01T00:00:00Z")
    document = {"type": "Note"}
    proved = signed_by_hand(document, expiring)
    proofs.verify_proof(proved, PUBLIC, now=CREATED)
    with pytest.raises(Unverified, match="expired"):
        proofs.verify_proof(proved, PUBLIC, now=datetime(2023, 3, 1, 0, 0, 1, tzinfo=UTC))
    with pytest.raises(Unverified, match="expired"):
        proofs.verify_proof(proved, PUBLIC)
    with pytest.raises(Unverified, match="cannot be read"):
        proofs.verify_proof(signed_by_hand(document, options(expires=7)), PUBLIC)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)
)


@given(name=st.sampled_from([*PROVED["proof"], "expires", "previousProof"]), value=JSON)
def test_no_value_in_a_proof_makes_the_check_fail_otherwise(name, value):
    changed = with_proof(**{name: value})
    if changed == PROVED:
        return
    assert isinstance(proofs.proof_key_uri(changed), str | None)
    with pytest.raises(Unverified):
        proofs.verify_proof(changed, PUBLIC)


@given(document=st.dictionaries(st.sampled_from(["proof", "@context", "type"]), JSON))
def test_no_document_makes_the_check_fail_otherwise(document):
    with pytest.raises(Unverified):
        proofs.verify_proof(document, PUBLIC)


def test_a_document_without_a_floor_is_refused():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Unverified, match="canonical"):
        proofs.verify_proof({**PROVED, "deep": deep}, PUBLIC)
