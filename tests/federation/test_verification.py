from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpsig
import httpsig.sign
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import cavage, keys, rfc9421
from federation.digests import digest
from federation.errors import Gone, Malformed, Unreachable, Unverified
from federation.verification import Request, read_claim, verify_request

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BODY = b'{"type": "Follow"}'
ADA = "https://a.example/users/ada"
INBOX = "https://b.example/users/bob/inbox"
SIGNER = keys.Signer(f"{ADA}#main-key", keys.generate_rsa())
CHANGED = keys.Signer(SIGNER.key_uri, keys.generate_rsa())
SCHEMES = pytest.mark.parametrize("scheme", [cavage, rfc9421])


class Remembered:
    """A source of keys that notes each question: what it knew, and what a second, fresh look would find."""

    def __init__(self, known, fresh=None):
        self.answers = {False: known, True: fresh or known}
        self.asked = []

    async def key(self, key_uri, *, fresh=False):
        self.asked.append((key_uri, fresh))
        answer = self.answers[fresh]
        if isinstance(answer, Exception):
            raise answer
        return keys.KnownKey(key_uri, ADA, answer)


def sent(headers, method="POST", target="/users/bob/inbox", body=BODY):
    return Request(method, "https", "b.example", target, {name.lower(): value for name, value in headers.items()}, body)


def signed(scheme, signer=SIGNER, body=BODY, now=NOW):
    return sent(scheme.sign(signer, "POST", INBOX, body, now), body=body)


@SCHEMES
async def test_a_signed_request_tells_whose_key_signed_it(scheme):
    source = Remembered(SIGNER.key.public_key())
    known = await verify_request(signed(scheme), source, NOW)
    assert known == keys.KnownKey(SIGNER.key_uri, ADA, SIGNER.key.public_key())
    assert source.asked == [(SIGNER.key_uri, False)]


async def test_a_signature_in_the_authorization_header_counts_too():
    headers = cavage.sign(SIGNER, "POST", INBOX, BODY, NOW)
    headers["Authorization"] = f"Signature {headers.pop('Signature')}"
    assert (await verify_request(sent(headers), Remembered(SIGNER.key.public_key()), NOW)).uri == SIGNER.key_uri


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer abc"}, {"date": "x", "host": "b.example"}])
async def test_a_request_without_a_signature_is_refused(headers):
    source = Remembered(SIGNER.key.public_key())
    with pytest.raises(Unverified, match="not signed"):
        await verify_request(sent(headers), source, NOW)
    assert source.asked == []


@SCHEMES
async def test_a_key_that_was_changed_is_fetched_anew_once(scheme):
    source = Remembered(SIGNER.key.public_key(), fresh=CHANGED.key.public_key())
    known = await verify_request(signed(scheme, CHANGED), source, NOW)
    assert known.key == CHANGED.key.public_key()
    assert source.asked == [(SIGNER.key_uri, False), (SIGNER.key_uri, True)]


@SCHEMES
async def test_a_bad_signature_costs_one_fresh_look_and_no_more(scheme):
    source = Remembered(SIGNER.key.public_key())
    with pytest.raises(Unverified, match=f"does not match the key {SIGNER.key_uri}"):
        await verify_request(signed(scheme, CHANGED), source, NOW)
    assert source.asked == [(SIGNER.key_uri, False), (SIGNER.key_uri, True)]


@pytest.mark.parametrize("failure", [Unreachable("no answer"), Gone("410")])
async def test_where_the_fresh_look_fails_the_sender_is_not_verified(failure):
    source = Remembered(SIGNER.key.public_key(), fresh=failure)
    with pytest.raises(Unverified, match="could not be fetched again"):
        await verify_request(signed(cavage, CHANGED), source, NOW)
    assert len(source.asked) == 2


async def test_a_key_that_cannot_be_had_at_all_is_the_callers_to_judge():
    source = Remembered(Gone("410"))  # a deleted actor announces its own Delete
    with pytest.raises(Gone):
        await verify_request(signed(cavage), source, NOW)
    assert source.asked == [(SIGNER.key_uri, False)]


@SCHEMES
@pytest.mark.parametrize("age", [timedelta(hours=13), timedelta(hours=-2)])
async def test_nobody_is_asked_for_a_key_where_the_date_is_wrong(scheme, age):
    source = Remembered(SIGNER.key.public_key())
    with pytest.raises(Unverified, match="date"):
        await verify_request(signed(scheme), source, NOW + age)
    assert source.asked == []


@SCHEMES
async def test_nobody_is_asked_for_a_key_where_the_body_is_another(scheme):
    good, source = signed(scheme), Remembered(SIGNER.key.public_key())
    with pytest.raises(Unverified, match="digest"):
        await verify_request(sent(good.headers, body=b"{}"), source, NOW)
    assert source.asked == []


@SCHEMES
async def test_nobody_is_asked_for_a_key_where_too_little_is_covered(scheme):
    unsigned_body, source = scheme.sign(SIGNER, "POST", INBOX, None, NOW), Remembered(SIGNER.key.public_key())
    with pytest.raises(Unverified, match="digest"):
        await verify_request(sent(unsigned_body), source, NOW)
    assert source.asked == []


@SCHEMES
async def test_an_rsa_signature_does_not_go_with_an_ed25519_key(scheme):
    with pytest.raises(Unverified, match="not of the kind"):
        await verify_request(signed(scheme), Remembered(keys.generate_ed25519().public_key()), NOW)


async def test_a_right_signature_under_the_name_of_another_algorithm_is_refused():
    request = signed(cavage)
    renamed = {**request.headers, "signature": request.headers["signature"].replace("rsa-sha256", "ed25519")}
    with pytest.raises(Unverified, match="not of the kind"):
        await verify_request(sent(renamed), Remembered(SIGNER.key.public_key()), NOW)
    either = {**request.headers, "signature": request.headers["signature"].replace("rsa-sha256", "hs2019")}
    assert (await verify_request(sent(either), Remembered(SIGNER.key.public_key()), NOW)).uri == SIGNER.key_uri


async def test_hmac_keyed_by_the_victims_public_key_passes_httpsig_and_is_refused_here():
    public = keys.pem_from_public(SIGNER.key.public_key())
    covered = ["(request-target)", "host", "date", "digest"]
    plain = {"Host": "b.example", "Date": format_datetime(NOW, usegmt=True), "Digest": digest(BODY)}
    forger = httpsig.sign.HeaderSigner(SIGNER.key_uri, public, algorithm="hmac-sha256", headers=covered, sign_header="signature")
    forged = forger.sign(plain, method="POST", path="/users/bob/inbox")
    assert httpsig.HeaderVerifier(forged, public, covered, "POST", "/users/bob/inbox", sign_header="signature").verify()
    with pytest.raises(Unverified, match=r"hmac-sha256.*not supported"):
        await verify_request(sent(forged), Remembered(SIGNER.key.public_key()), NOW)


@pytest.mark.parametrize("called", ["rsa-sha256", "hs2019", "ed25519"])
async def test_that_forgery_under_an_honest_name_is_refused_too(called):
    public = keys.pem_from_public(SIGNER.key.public_key())
    covered = ["(request-target)", "host", "date", "digest"]
    plain = {"Host": "b.example", "Date": format_datetime(NOW, usegmt=True), "Digest": digest(BODY)}
    forger = httpsig.sign.HeaderSigner(SIGNER.key_uri, public, algorithm="hmac-sha256", headers=covered, sign_header="signature")
    forged = forger.sign(plain, method="POST", path="/users/bob/inbox")
    forged["signature"] = forged["signature"].replace("hmac-sha256", called)
    with pytest.raises(Unverified):
        await verify_request(sent(forged), Remembered(SIGNER.key.public_key()), NOW)


async def test_where_both_schemes_are_there_rfc_9421_decides():
    new, old = signed(rfc9421), cavage.sign(SIGNER, "POST", INBOX, BODY, NOW)
    both = {**new.headers, "authorization": f"Signature {old['Signature']}", "date": old["Date"], "digest": old["Digest"]}
    source = Remembered(SIGNER.key.public_key())
    await verify_request(sent(both), source, NOW)
    with pytest.raises(Unverified):
        await verify_request(sent({**both, "signature-input": 'sig1=("@method")'}), source, NOW)


NAMES = ["signature", "signature-input", "authorization", "date", "host", "digest", "content-digest", "content-type"]


@given(
    headers=st.dictionaries(
        st.sampled_from(NAMES), st.one_of(st.text(), st.just('keyId="k",signature="AAAA",headers="(request-target) host"'))
    ),
    method=st.sampled_from(["GET", "POST", "", "x y"]),
    target=st.text(),
    authority=st.text(),
)
def test_no_request_makes_the_verification_fail_otherwise(headers, method, target, authority):
    with pytest.raises((Malformed, Unverified)):
        read_claim(Request(method, "https", authority, target, headers), NOW)
