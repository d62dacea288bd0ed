import hashlib
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.digests import check_content_digest, check_digest, content_digest, digest
from federation.errors import Malformed, Unverified

BODY = b'{"hello": "world"}'
SHA256 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
SHA512 = "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="
MD5 = b64encode(hashlib.md5(BODY).digest()).decode()


def test_digests_as_the_standards_print_them():
    assert digest(BODY) == f"SHA-256={SHA256}"
    assert content_digest(BODY) == f"sha-256=:{SHA256}:"


@pytest.mark.parametrize(
    "header",
    [
        f"SHA-256={SHA256}",
        f"sha-256={SHA256}",
        f"SHA-512={SHA512}",
        f"SHA-256={SHA256},SHA-512={SHA512}",
        f"unixsum=30637, SHA-256={SHA256}",
        f"MD5=wrong, SHA-256={SHA256}",
        f"SHA-256={SHA256}, SHA-256={SHA256}",
    ],
)
def test_a_right_digest_is_taken_in_any_company(header):
    check_digest(header, BODY)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "SHA-256",
        "SHA-256=",
        f"SHA-256={SHA256[:-1]}",
        f"SHA-256={SHA512}",
        f"MD5={MD5}",
        f"SHA-256={SHA256}, SHA-512={SHA256}",
        f"SHA-256={SHA256}, SHA-256={SHA512}",
        f"SHA-256=:{SHA256}:",
    ],
)
def test_a_digest_that_is_missing_unknown_or_wrong_is_refused(header):
    with pytest.raises(Unverified):
        check_digest(header, BODY)


@pytest.mark.parametrize("header", [f"sha-256=:{SHA256}:", f"sha-512=:{SHA512}:", f"md5=:{MD5}:, sha-512=:{SHA512}:"])
def test_a_right_content_digest_is_taken(header):
    check_content_digest(header, BODY)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        f'sha-256="{SHA256}"',
        f"md5=:{MD5}:",
        f"sha-256=:{SHA256}:, sha-512=:{SHA256}:",
        f"sha-256=:{SHA512}:",
        "sha-256=()",
        "sha-256",
    ],
)
def test_a_content_digest_that_is_missing_unknown_or_wrong_is_refused(header):
    with pytest.raises(Unverified):
        check_content_digest(header, BODY)


@pytest.mark.parametrize("header", [f"SHA-256=:{SHA256}:", "sha-256=:é:", f"sha-256=:{SHA256}:, sha-256=:{SHA256}:", "sha-256=:*:"])
def test_a_content_digest_that_cannot_be_read_is_malformed(header):
    with pytest.raises(Malformed):
        check_content_digest(header, BODY)


@pytest.mark.parametrize("check", [check_digest, check_content_digest])
@given(st.text(alphabet=st.sampled_from('sha-256512=:,;()"? \té\udc80A/+')))
def test_no_header_makes_the_check_fail_otherwise(check, header):
    with pytest.raises((Unverified, Malformed)):
        check(header, BODY)


def test_an_empty_body_has_a_digest_too():
    check_digest(digest(b""), b"")
    with pytest.raises(Unverified):
        check_digest(digest(b""), BODY)
