import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpsig
import httpsig.sign
import pytest
from apsig.draft import Signer as ApsigSigner
from apsig.draft import Verifier as ApsigVerifier
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from federation import cavage, keys
from federation.digests import digest
from federation.errors import Malformed, Unverified
from federation.messages import Request, bytes_of

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BODY = b'{"type": "Follow"}'
INBOX = "https://b.example/users/bob/inbox"
COVERED = ("(request-target)", "host", "date", "digest")
SIGNER = keys.Signer("https://a.example/users/ada#main-key", keys.generate_rsa())
PUBLIC = SIGNER.key.public_key()


def as_request(headers, method="POST", target="/users/bob/inbox", body=BODY):
    return Request(method, "https", "b.example", target, {name.lower(): value for name, value in headers.items()}, body)


def signed(covered=COVERED, *, method="POST", target="/users/bob/inbox", body=BODY, stated="", algorithm="rsa-sha256", key=None, **changes):
    """A request whose signature is right, whatever else is wrong with it. A change to None leaves a header out."""
    headers = {"host": "b.example", "date": format_datetime(NOW, usegmt=True), "digest": digest(body)} | changes
    request = as_request({name: value for name, value in headers.items() if value is not None}, method, target, body)
    times = dict(part.split("=") for part in stated.split(",") if part)
    message = bytes_of(cavage.signing_lines(request, covered, times.get("created"), times.get("expires")))
    signature = b64encode(key.sign(message) if key else SIGNER.sign(message)).decode()
    words = [f'keyId="{SIGNER.key_uri}"', f'headers="{" ".join(covered)}"', f'signature="{signature}"']
    words += [f'algorithm="{algorithm}"'] * bool(algorithm) + [stated] * bool(stated)
    return Request(method, "https", "b.example", target, {**request.headers, "signature": ",".join(words)}, body)


def verify(request, key=PUBLIC, now=NOW):
    """Raises as read_claim does, and Unverified where the key does not fit."""
    claim = cavage.read_claim(request, request.headers["signature"], now)
    if not isinstance(key, claim.key_types) or not any(keys.is_signed_by(key, claim.signature, each) for each in claim.messages):
        raise Unverified("the signature does not match the key")
    return claim


# --- the draft's own examples


def draft(vectors):
    return json.loads((vectors / "http-signatures-cavage" / "draft12_appendix_c.json").read_text())


def draft_request(vectors):
    stated = draft(vectors)["request"]
    headers = {name.lower(): value for name, value in stated["headers"].items()}
    return Request(stated["method"], "https", "example.com", stated["target"], headers, stated["body"].encode())


def is_drafts(vectors, number, covered):
    example = draft(vectors)["vectors"][number]
    key = load_pem_public_key(draft(vectors)["public_pem"].encode())  # 1024 bits: we would not take it from anyone
    signature = cavage.parse(f'keyId="Test",signature="{example["signature"]}"').signature
    return keys.is_signed_by(key, signature, bytes_of(cavage.signing_lines(draft_request(vectors), covered, "1402170695", "1402170699")))


@pytest.mark.parametrize("number", [0, 1])
def test_appendix_c1_and_c2_verify(vectors, number):
    assert is_drafts(vectors, number, draft(vectors)["vectors"][number]["headers"])
    assert not is_drafts(vectors, number, ["host"])


def test_appendix_c3_was_made_without_the_created_and_expires_that_it_lists(vectors):
    covered = draft(vectors)["vectors"][2]["headers"]
    assert not is_drafts(vectors, 2, covered)
    assert is_drafts(vectors, 2, [name for name in covered if name not in {"(created)", "(expires)"}])


# --- what we sign, others verify; what they sign, we do


def test_our_post_verifies_in_httpsig():
    headers = cavage.sign(SIGNER, "POST", INBOX, BODY, NOW)
    verifier = httpsig.HeaderVerifier(
        headers, keys.pem_from_public(PUBLIC), list(COVERED), "POST", "/users/bob/inbox", sign_header="signature"
    )
    assert verifier.verify()
    assert list(headers) == ["Host", "Date", "Digest", "Signature"]


def test_our_get_verifies_in_httpsig_with_its_query():
    headers = cavage.sign(SIGNER, "GET", "https://b.example:8443/outbox?page=true", None, NOW)
    verifier = httpsig.HeaderVerifier(
        headers, keys.pem_from_public(PUBLIC), list(COVERED[:3]), "GET", "/outbox?page=true", sign_header="signature"
    )
    assert verifier.verify()
    assert headers["Host"] == "b.example:8443"
    assert "Digest" not in headers


def test_our_post_verifies_in_apsig():
    now = datetime.now(UTC)  # apsig looks at the clock
    headers = cavage.sign(SIGNER, "POST", INBOX, BODY, now)
    assert ApsigVerifier(PUBLIC, "POST", INBOX, headers, BODY).verify(raise_on_fail=True) == SIGNER.key_uri


def test_our_own_signature_verifies_in_ours():
    claim = verify(as_request(cavage.sign(SIGNER, "POST", INBOX, BODY, NOW)))
    assert claim.key_uri == SIGNER.key_uri
    verify(as_request(cavage.sign(SIGNER, "GET", "https://b.example", None, NOW), "GET", "/", b""))


def test_a_post_signed_by_httpsig_verifies_in_ours():
    signer = httpsig.sign.HeaderSigner(
        SIGNER.key_uri, keys.pem_from_private(SIGNER.key), algorithm="rsa-sha256", headers=list(COVERED), sign_header="signature"
    )
    plain = {"Host": "b.example", "Date": format_datetime(NOW, usegmt=True), "Digest": digest(BODY)}
    verify(as_request(signer.sign(plain, method="POST", path="/users/bob/inbox")))


def test_a_post_signed_by_apsig_verifies_in_ours():
    signer = ApsigSigner({"Date": format_datetime(NOW, usegmt=True)}, SIGNER.key, "POST", INBOX, SIGNER.key_uri, BODY)
    verify(as_request(signer.sign()))


@pytest.mark.parametrize(
    "url", ["https://ada@b.example/", "ftp://b.example/", "https://b.example/ü", "https://b.example/a b", "https:///x", "x"]
)
def test_a_url_that_cannot_be_sent_as_it_stands_is_not_signed(url):
    with pytest.raises(Malformed):
        cavage.sign(SIGNER, "GET", url, None, NOW)


# --- what a signature must cover


def test_a_signature_that_covers_enough_is_taken():
    verify(signed())
    verify(signed((*COVERED, "content-type"), **{"content-type": "application/activity+json"}))


@pytest.mark.parametrize("left_out", COVERED)
def test_a_post_that_leaves_something_uncovered_is_refused(left_out):
    with pytest.raises(Unverified, match="does not cover"):
        verify(signed([name for name in COVERED if name != left_out]))


def test_a_signature_that_names_no_headers_at_all_is_refused():
    with pytest.raises(Unverified, match="does not cover"):
        verify(as_request({"signature": 'keyId="x",signature="AAAA"'}))


def test_a_get_needs_no_digest_and_one_with_a_body_does():
    verify(signed(COVERED[:3], method="GET", body=b"", digest=None))
    with pytest.raises(Unverified, match="digest"):
        verify(signed(COVERED[:3], method="GET"))


def test_a_post_without_a_body_needs_a_digest_all_the_same():
    verify(signed(body=b""))
    with pytest.raises(Unverified, match="digest"):
        verify(signed(COVERED[:3], body=b""))


def test_a_covered_header_that_is_not_there_is_refused():
    request = signed((*COVERED, "content-type"), **{"content-type": "x"})
    rest = dict(request.headers.items() - {("content-type", "x")})
    with pytest.raises(Unverified, match="does not have"):
        verify(Request("POST", "https", "b.example", request.target, rest, BODY))


# --- what is covered must be right


def test_a_body_other_than_the_signed_one_is_refused():
    request = signed()
    with pytest.raises(Unverified, match="digest"):
        verify(Request("POST", "https", "b.example", request.target, request.headers, b'{"type": "Block"}'))


@pytest.mark.parametrize("value", [None, "", "SHA-256=", "SHA-256=AAAA", "MD5=AAAA", digest(b"other")])
def test_a_signed_digest_that_is_missing_or_wrong_is_refused(value):
    request = signed(digest=value or "")
    headers = {name: each for name, each in request.headers.items() if name != "digest" or value is not None}
    with pytest.raises(Unverified, match="digest"):
        verify(Request("POST", "https", "b.example", request.target, headers, BODY))


def test_several_digests_are_all_held_to_the_body():
    verify(signed(digest=f"unixsum=1, {digest(BODY)}"))
    with pytest.raises(Unverified, match="digest"):
        verify(signed(digest=f"{digest(BODY)}, SHA-512=AAAA"))


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=11, minutes=59), timedelta(minutes=-59)])
def test_a_date_inside_the_window_is_taken(age):
    verify(signed(date=format_datetime(NOW - age, usegmt=True)))


@pytest.mark.parametrize("age", [timedelta(hours=12, seconds=1), timedelta(days=4000), timedelta(hours=-1, seconds=-1)])
def test_a_date_outside_the_window_is_refused(age):
    with pytest.raises(Unverified, match="date is more than"):
        verify(signed(date=format_datetime(NOW - age, usegmt=True)))


@pytest.mark.parametrize("date", ["", "today", "1772366400", "Sun, 99 Foo 2026 12:00:00 GMT", "Sun, 01 Mar 99999 12:00:00 GMT"])
def test_a_date_that_is_none_is_malformed(date):
    with pytest.raises(Malformed, match="date"):
        verify(signed(date=date))


def test_a_date_that_was_sent_twice_is_refused_or_signed_as_it_was_sent():
    once = format_datetime(NOW, usegmt=True)
    request = signed()
    with pytest.raises((Malformed, Unverified)):
        verify(Request("POST", "https", "b.example", request.target, {**request.headers, "date": f"{once}, {once}"}, BODY))


@pytest.mark.parametrize(
    "change",
    [{"method": "PUT"}, {"target": "/users/eve/inbox"}, {"target": "/users/bob/inbox?x"}, {"authority": "c.example"}],
)
def test_a_request_other_than_the_signed_one_is_refused(change):
    request = signed()
    parts = {"method": "POST", "scheme": "https", "authority": "b.example", "target": request.target} | change
    with pytest.raises(Unverified, match="does not match"):
        verify(Request(**parts, headers=request.headers, body=BODY))


def test_a_repeated_header_is_signed_in_its_joined_form():
    verify(signed((*COVERED, "x-word"), **{"x-word": "one, two"}))


# --- who we are is ours to say


def test_behind_a_proxy_the_name_counts_that_the_caller_gives():
    request = signed()
    verify(Request("POST", "https", "b.example", request.target, {**request.headers, "host": "127.0.0.1:8420"}, BODY))


def test_what_was_signed_for_another_server_does_not_count_here():
    signature_for_other = cavage.sign(SIGNER, "POST", "https://other.example/users/bob/inbox", BODY, NOW)
    with pytest.raises(Unverified, match="does not match"):
        verify(as_request(signature_for_other))


@pytest.mark.parametrize("host", ["B.Example", "b.example:443"])
def test_other_spellings_of_our_name_are_signed_as_they_were_sent(host):
    verify(signed(host=host))


# --- queries


@pytest.mark.parametrize("signed_target", ["/outbox?page=true", "/outbox"])
def test_a_get_may_be_signed_with_its_query_or_without(signed_target):
    request = signed(COVERED[:3], method="GET", target=signed_target, body=b"", digest=None)
    verify(Request("GET", "https", "b.example", "/outbox?page=true", request.headers))


def test_a_get_signed_for_another_query_and_a_post_signed_without_are_refused():
    other = signed(COVERED[:3], method="GET", target="/outbox?page=2", body=b"", digest=None)
    with pytest.raises(Unverified):
        verify(Request("GET", "https", "b.example", "/outbox?page=true", other.headers))
    post = signed()
    with pytest.raises(Unverified):
        verify(Request("POST", "https", "b.example", post.target + "?as=admin", post.headers, BODY))


# --- algorithms


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "RSA-SHA256", "hs2019", ""])
def test_an_rsa_key_goes_with_each_of_its_names(algorithm):
    verify(signed(algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["ed25519", "hs2019", ""])
def test_an_ed25519_key_goes_with_each_of_its_names(algorithm):
    key = keys.generate_ed25519()
    verify(signed(algorithm=algorithm, key=key), key.public_key())


@pytest.mark.parametrize("algorithm", ["hmac-sha256", "rsa-sha1", "rsa-sha512", "none", "hs2020", "ecdsa-sha256"])
def test_other_algorithms_are_refused(algorithm):
    with pytest.raises(Unverified, match="not supported"):
        verify(signed(algorithm=algorithm))


def test_the_stated_algorithm_narrows_the_kind_of_key():
    assert verify(signed()).key_types == (RSAPublicKey,)
    with pytest.raises(Unverified):
        verify(signed(algorithm="ed25519"))
    assert cavage.KEY_TYPES["ed25519"] == (Ed25519PublicKey,)


# --- the moments that the signature itself states: created, expires

TIMED = ("(request-target)", "host", "(created)", "(expires)", "digest")


def at(created=0, expires=300):
    return f"created={int(NOW.timestamp()) + created},expires={int(NOW.timestamp()) + expires}"


def test_created_stands_for_the_date():
    verify(signed(TIMED, algorithm="hs2019", stated=at(), date=None))


@pytest.mark.parametrize(
    ("stated", "reason"),
    [(at(expires=-1), "expired"), (at(created=3601), "future"), (at(created=-43201), "12 hours"), ("created=1,expires=2", "12 hours")],
)
def test_a_signature_out_of_its_own_time_is_refused(stated, reason):
    with pytest.raises(Unverified, match=reason):
        verify(signed(TIMED, algorithm="hs2019", stated=stated))


def test_an_expiry_counts_even_where_it_is_not_covered():
    with pytest.raises(Unverified, match="expired"):
        verify(signed(stated=at(expires=-1)))


def test_created_does_not_go_with_an_algorithm_of_old():
    with pytest.raises(Unverified, match="do not go with rsa-sha256"):
        verify(signed(TIMED, stated=at()))


def test_a_pseudo_header_that_is_covered_and_not_stated_is_refused():
    request = signed(TIMED, algorithm="hs2019", stated=at())
    header = request.headers["signature"].replace(at(), at().partition(",")[0])
    with pytest.raises(Unverified, match=r"covers \(expires\), which it does not state"):
        cavage.read_claim(request, header, NOW)


@pytest.mark.parametrize("spelt", ['created="{}"', "created={}.250"])
def test_moments_in_quotes_or_with_a_fraction_are_read(spelt):
    stated = spelt.format(int(NOW.timestamp()))
    assert cavage.parse(f'keyId="x",signature="AAAA",{stated}').created.startswith("1772366400")


# --- the header itself

GOOD = signed()


def test_the_parameters_may_come_in_any_order_and_spacing():
    parsed = cavage.parse(' signature="AAAA" , headers="(Request-Target) Host", keyId = "k", opaque="?" ')
    assert parsed == cavage.Parameters("k", b"\0\0\0", "hs2019", ("(request-target)", "host"))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "keyId",
        'keyId="k"',
        'signature="AAAA"',
        'keyId="",signature="AAAA"',
        'keyId="k",signature="AAAA",keyId="k"',
        'keyId="k",signature="AAAA",signature="BBBB"',
        'keyId="k",signature="AAAA",headers="date date"',
        'keyId="k",signature="not base64"',
        'keyId="k",signature="AAA"',
        'keyId="k",signature="AAAAé"',
        'keyId="k",signature="AAAA',
        'keyId="k\\"",signature="AAAA"',
        'keyId=k,signature="AAAA"',
        'keyId="k";signature="AAAA"',
        'keyId="k",signature="AAAA",created=soon',
        'keyId="k",signature="AAAA",created="-1"',
        'keyId="k",signature="AAAA",expires=1.2.3',
        "sig1=:AAAA:",
        'keyId="k",signature="AAAA", keyId="k",signature="AAAA"',
    ],
)
def test_a_header_of_another_shape_is_malformed(header):
    with pytest.raises(Malformed):
        cavage.parse(header)


def test_a_line_break_cannot_smuggle_a_line_into_what_is_signed():
    with pytest.raises(Malformed, match="line break"):
        verify(signed((*COVERED, "x-word"), **{"x-word": "one\nhost: c.example"}))


@given(st.one_of(st.text(), st.text(alphabet='keyIdsgnatur="\\,()1.A \t\n')))
def test_no_header_makes_the_parser_fail_otherwise(header):
    with pytest.raises(Malformed):
        cavage.parse(header)


@given(st.data())
def test_no_change_to_a_good_request_is_taken_or_fails_otherwise(data):
    name = data.draw(st.sampled_from(sorted(GOOD.headers)))
    value = GOOD.headers[name]
    place = data.draw(st.integers(0, len(value) - 1))
    changed = value[:place] + data.draw(st.text(max_size=3)) + value[place + data.draw(st.integers(0, 3)) :]
    request = Request("POST", "https", "b.example", GOOD.target, {**GOOD.headers, name: changed}, BODY)
    try:
        claim = verify(request)
    except (Malformed, Unverified):
        return
    assert claim.messages == verify(GOOD).messages or name == "host"  # nothing that was signed is other than it was
