"""For each part of a verdict a sample that fails in exactly that part, and one that leaves it unknown."""

from datetime import timedelta

import pytest

from federation import keys
from federation.credentials import StatusEntry
from federation.keys import ProofSigner
from federation.rdf_proofs import add_rdf_proof, did_key_of
from federation.status_lists import status_list_document
from node.learning.sealing import fault_of
from node.learning.verdicts import Known, SeenList, as_json, as_text, judge
from tests.federation.badges import BO, LIST, NOON, SIGNER, achievement, endorsement, signed

PARTS = ("proof", "schema", "dates", "status", "issuer", "recipient")
DID = did_key_of(SIGNER)
LATER = NOON + timedelta(hours=1)


def listed(*revoked, moment=NOON, issuer=DID):
    return {LIST: SeenList(status_list_document(LIST, DID, revoked, moment), issuer, moment)}


def known(**said):
    return Known(**{"now": LATER, "bound": frozenset({DID}), "recipient": frozenset({BO}), "lists": listed(3), **said})


def outcomes(document, **said):
    return {part.name: part.outcome for part in judge(document, fault_of(document), known(**said)).parts}


ALL_PASS = dict.fromkeys(PARTS, "pass")


def test_what_is_good_in_every_part_passes():
    assert outcomes(signed(achievement())) == ALL_PASS
    assert judge(signed(achievement()), "", known()).outcome == "pass"
    assert outcomes(signed(endorsement()), recipient=frozenset({endorsement().subject_id})) == ALL_PASS


def without_criteria():
    """Signed as it stands, and short of a field."""
    document = signed(achievement())
    del document["credentialSubject"]["achievement"]["criteria"]
    return add_rdf_proof(document, SIGNER, NOON)


def by_another_key():
    """Its issuer is Ada's key; somebody else has signed."""
    return add_rdf_proof(signed(achievement()), ProofSigner("x", keys.generate_ed25519()), NOON)


FAILING = {
    "proof": (lambda: signed(achievement()) | {"name": "Knows all mosses"}, {}),
    "schema": (without_criteria, {}),
    "dates": (lambda: signed(achievement()), {"now": NOON + timedelta(days=31), "lists": listed(3, moment=NOON + timedelta(days=31))}),
    "status": (lambda: signed(achievement()), {"lists": listed(7)}),
    "issuer": (lambda: signed(achievement()), {"bound": frozenset({"did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"})}),
    "recipient": (lambda: signed(achievement()), {"recipient": frozenset({"https://b.example/users/cleo"})}),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_tampered_sample_fails_in_exactly_that_part(part):
    make, said = FAILING[part]
    assert outcomes(make(), **said) == ALL_PASS | {part: "fail"}
    assert judge(make(), fault_of(make()), known(**said)).outcome == "fail"


def test_a_signature_by_another_key_than_the_issuers_fails_as_the_issuers():
    assert outcomes(by_another_key()) == ALL_PASS | {"issuer": "fail"}


def test_it_holds_from_its_first_day_on():
    assert outcomes(signed(achievement()), now=NOON - timedelta(days=1)) == ALL_PASS | {"dates": "fail"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("status", {"lists": {}}),
        ("status", {"lists": listed(3, moment=NOON - timedelta(days=20))}),
        ("status", {"lists": listed(3, issuer="did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi")}),
        ("issuer", {"bound": None}),
        ("recipient", {"recipient": None}),
    ],
)
def test_what_nobody_can_be_asked_about_is_unknown(part, said):
    assert outcomes(signed(achievement()), **said) == ALL_PASS | {part: "unknown"}
    assert judge(signed(achievement()), "", known(**said)).outcome == "unknown"


def test_when_the_issuer_is_gone_the_verdict_says_of_which_day_its_list_is():
    verdict = judge(signed(achievement()), "", known(lists=listed(3, moment=NOON - timedelta(days=20))))
    assert verdict.part("status").said == "Not revoked as of 2026-11-03; the issuer's list could not be had since."


def test_1edtechs_older_list_is_read():
    entry = StatusEntry("https://a.example/revocations")
    document = signed(achievement(status=())) | {"credentialStatus": {"id": entry.list_url, "type": "1EdTechRevocationList"}}
    for ids, expected in (([], "pass"), ([document["id"]], "fail")):
        lists = {entry.list_url: SeenList({"revokedCredential": ids}, "", NOON)}
        assert judge(document, "", known(lists=lists)).part("status").outcome == expected


def test_what_is_no_credential_fails_and_says_so():
    verdict = judge({"type": "Note"}, "no proof", known())
    assert verdict.outcome == "fail"
    assert "no Open Badges 3.0 credential" in verdict.part("schema").said


def test_programs_and_people_are_told_the_same():
    verdict = judge(signed(achievement()), "", known())
    assert [each["outcome"] for each in as_json(verdict)["parts"]] == ["pass"] * 6
    assert as_text(verdict).count("ok ") == 6
