import json

import pytest
from jsonschema import Draft201909Validator

from federation.credential_schema import faults_of
from federation.credentials import TRANSCRIPT, Credential, credential_from_document, digest_of, document_from_credential, kind_of
from federation.errors import Malformed
from federation.rdf_proofs import did_key_of
from tests.federation.badges import NOON, SIGNER, achievement, endorsement, signed


@pytest.fixture(scope="module")
def official(vectors):
    """The official schemas: of an achievement, and of an endorsement, which is a part of that."""
    file = vectors / "openbadgeslib-fixtures" / "ob_schemas" / "ob_v3p0_achievementcredential_schema.json"
    schema = json.loads(file.read_text())
    endorsing = {"$schema": schema["$schema"], "$ref": "#/$defs/EndorsementCredential", "$defs": schema["$defs"]}
    return {"achievement": Draft201909Validator(schema), "endorsement": Draft201909Validator(endorsing)}


CREDENTIALS = {"achievement": achievement(), "endorsement": endorsement()}


@pytest.mark.parametrize("credential", CREDENTIALS.values(), ids=CREDENTIALS)
def test_what_is_written_is_read_back(credential):
    assert credential_from_document(document_from_credential(credential)) == credential


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_what_we_sign_is_valid_by_the_official_schema_and_by_our_own(kind, official):
    document = signed(CREDENTIALS[kind])
    assert [each.message for each in official[kind].iter_errors(document)] == []
    assert faults_of(document) == []


@pytest.mark.parametrize("missing", ["@context", "id", "issuer", "validFrom", "credentialSubject"])
@pytest.mark.parametrize("kind", CREDENTIALS)
def test_what_the_official_schema_misses_ours_misses_too(kind, missing, official):
    document = {name: value for name, value in signed(CREDENTIALS[kind]).items() if name != missing}
    assert list(official[kind].iter_errors(document)) != []
    assert missing in {fault.partition(".")[0] for fault in faults_of(document)}


@pytest.mark.parametrize("missing", ["id", "name", "description", "criteria"])
def test_so_it_is_inside_of_the_achievement(missing, official):
    document = signed(achievement())
    del document["credentialSubject"]["achievement"][missing]
    assert list(official["achievement"].iter_errors(document)) != []
    assert f"credentialSubject.achievement.{missing}" in faults_of(document)


@pytest.mark.parametrize("name", ["simple", "simple-did-key-method", "complete", "endorsement-valid"])
def test_1edtechs_own_credentials_have_all_their_fields(vectors, name):
    document = json.loads((vectors / "1edtech-ob30-valid" / f"{name}.json").read_text())
    assert faults_of(document) == []
    assert credential_from_document(document).name


@pytest.mark.parametrize("value", ["yesterday", "2026-11-23", "2026-11-23T12:00:00", 7, None])
def test_a_date_without_a_zone_is_none(value):
    assert "validFrom" in faults_of(signed(achievement()) | {"validFrom": value})


@pytest.mark.parametrize("document", [{}, {"type": "Note"}, {"type": ["VerifiableCredential"]}, {"type": ["OpenBadgeCredential"]}])
def test_what_is_no_credential_of_a_kind_that_we_know_is_refused(document):
    assert kind_of(document) is None
    assert faults_of(document) == ["type"]
    with pytest.raises(Malformed):
        credential_from_document(document)


def test_reading_is_lenient_about_everything_else():
    document = {"type": ["VerifiableCredential", "AchievementCredential"], "issuer": 7, "evidence": ["x", {}], "credentialStatus": [{}]}
    read = credential_from_document(document | {"credentialSubject": [{"achievement": "x", "result": {}}]})
    assert (read.issuer.did, read.subject_id, len(read.evidence), read.status[0].list_url) == ("", "", 1, "")


def test_a_transcript_holds_its_members_whole():
    member = signed(achievement())
    transcript = Credential("https://a.example/clr", TRANSCRIPT, achievement().issuer, did_key_of(SIGNER), "All", NOON, members=(member,))
    document = signed(transcript)
    assert credential_from_document(document).members == (member,)
    assert faults_of(document) == []


def test_a_digest_is_a_multihash_in_base58():
    assert digest_of(b"") == "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n"
