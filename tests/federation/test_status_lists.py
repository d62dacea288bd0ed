import gzip
import json
from base64 import urlsafe_b64encode

import pytest
from openbadgeslib.ob3 import OB3VerificationError, OpenBadgeCredential
from openbadgeslib.ob3.status import check_credential_status
from openbadgeslib.ob3.status_list import encode_bitstring

from federation.credentials import StatusEntry
from federation.errors import Malformed
from federation.rdf_proofs import add_rdf_proof, did_key_of
from federation.status_lists import SIZE, encoded_list, is_revoked, status_list_document
from tests.federation.badges import LIST, NOON, SIGNER, achievement, signed


def listed(*numbers):
    return status_list_document(LIST, did_key_of(SIGNER), numbers, NOON)


@pytest.mark.parametrize("number", [0, 1, 7, 8, 1000, SIZE - 1])
def test_a_number_that_was_set_is_revoked_and_its_neighbours_are_not(number):
    document = listed(number)
    found = [each for each in (number - 1, number, number + 1) if 0 <= each < SIZE and is_revoked(document, StatusEntry(LIST, each), "x")]
    assert found == [number]


def test_what_openbadgeslib_writes_is_read():
    theirs = {"encodedList": encode_bitstring({3, 9}), "statusPurpose": "revocation"}
    read = {"type": ["BitstringStatusListCredential"], "credentialSubject": theirs}
    assert [number for number in range(12) if is_revoked(read, StatusEntry(LIST, number), "x")] == [3, 9]


def test_the_same_numbers_give_the_same_text():
    assert encoded_list([3, 9]) == encoded_list([9, 3])


@pytest.mark.parametrize("encoded", ["", "x", "u", "uAAAA", 7, None, "z123", pytest.param(encode_bitstring({1})[:-40], id="cut")])
def test_a_list_that_cannot_be_read_is_refused(encoded):
    document = listed()
    document["credentialSubject"]["encodedList"] = encoded
    with pytest.raises(Malformed):
        is_revoked(document, StatusEntry(LIST, 1), "x")


def test_a_bomb_is_refused():
    document = listed()
    document["credentialSubject"]["encodedList"] = "u" + urlsafe_b64encode(gzip.compress(bytes(50_000_000))).decode().rstrip("=")
    with pytest.raises(Malformed, match="too long"):
        is_revoked(document, StatusEntry(LIST, 1), "x")


def test_a_list_for_another_purpose_or_without_the_number_says_nothing():
    for entry in (StatusEntry(LIST, 1, "suspension"), StatusEntry(LIST, SIZE), StatusEntry(LIST, -1)):
        with pytest.raises(Malformed):
            is_revoked(listed(1), entry, "x")


def test_1edtechs_older_list_names_ids():
    document = {"id": LIST, "issuer": "https://a.example/", "revokedCredential": ["https://a.example/1", {"id": "https://a.example/2"}]}
    found = [is_revoked(document, StatusEntry(LIST), f"https://a.example/{number}") for number in (1, 2, 3)]
    assert found == [True, True, False]
    with pytest.raises(Malformed):
        is_revoked({"id": LIST}, StatusEntry(LIST), "https://a.example/1")


def test_openbadgeslib_sees_what_we_revoked():
    credential = OpenBadgeCredential.from_vc_document(signed(achievement(valid_until=None)))

    def served(*revoked):
        return lambda _url: json.dumps(add_rdf_proof(listed(*revoked), SIGNER, NOON)).encode()

    check_credential_status(credential, served(6, 8))
    with pytest.raises(OB3VerificationError, match="set at index 7"):
        check_credential_status(credential, served(7))
