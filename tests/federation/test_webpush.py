"""Web Push: what a browser decrypts, and by whom it is signed."""

import base64
import json
from datetime import UTC, datetime

import http_ece
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from federation import webpush
from federation.errors import Malformed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENDPOINT = "https://push.example:8443/send/abc?x=1"
AUTH = b"sixteen bytes ok"


@pytest.fixture(scope="module")
def browser():
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def sender():
    return webpush.generate_key()


def point(key):
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def keys_of(browser):
    return webpush.keys_from(webpush.encoded(point(browser)), webpush.encoded(AUTH))


def unpacked(text):
    return base64.urlsafe_b64decode(text + "==")


def test_only_the_browser_reads_the_message(browser, sender):
    sent = webpush.push(b"Hello", keys_of(browser), ENDPOINT, sender, "mailto:k@hedge.test", NOW)
    assert http_ece.decrypt(sent.body, private_key=browser, auth_secret=AUTH) == b"Hello"
    assert sent.headers["Content-Encoding"] == "aes128gcm"
    assert b"Hello" not in sent.body
    with pytest.raises(http_ece.ECEException):
        http_ece.decrypt(sent.body, private_key=ec.generate_private_key(ec.SECP256R1()), auth_secret=AUTH)


def test_programs_of_before_the_standard_read_theirs(browser, sender):
    sent = webpush.push(b"Hello", keys_of(browser), ENDPOINT, sender, "mailto:k@hedge.test", NOW, standard=False)
    dh = unpacked(sent.headers["Crypto-Key"].partition(";")[0].removeprefix("dh="))
    salt = unpacked(sent.headers["Encryption"].removeprefix("salt="))
    read = http_ece.decrypt(sent.body, salt=salt, private_key=browser, dh=dh, auth_secret=AUTH, version="aesgcm")
    assert (read, sent.headers["Content-Encoding"]) == (b"Hello", "aesgcm")
    assert sent.headers["Crypto-Key"].endswith(f"p256ecdsa={webpush.public_key(sender)}")


def test_it_says_who_sends_it_for_whom_and_until_when(browser, sender):
    sent = webpush.push(b"x", keys_of(browser), ENDPOINT, sender, "mailto:k@hedge.test", NOW)
    token, key = sent.headers["Authorization"].removeprefix("vapid t=").split(", k=")
    assert key == webpush.public_key(sender)
    head, claims, signature = token.split(".")
    assert json.loads(unpacked(head)) == {"typ": "JWT", "alg": "ES256"}
    stated = {"aud": "https://push.example:8443", "exp": int(NOW.timestamp()) + 12 * 3600, "sub": "mailto:k@hedge.test"}
    assert json.loads(unpacked(claims)) == stated
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(key))
    raw = unpacked(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(der, f"{head}.{claims}x".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", ""),
        ("AAAA", webpush.encoded(AUTH)),
        (webpush.encoded(b"\x04" + bytes(64)), webpush.encoded(AUTH)),
        (webpush.encoded(bytes(65)), webpush.encoded(AUTH)),
        ("BTBZMqHH6r4Tts7J_aSIgg", "x"),
        ("a", "a"),
    ],
)
def test_what_is_no_key_is_refused(p256dh, auth):
    with pytest.raises(Malformed):
        webpush.keys_from(p256dh, auth)


def test_keys_in_any_base64_are_read(browser):
    padded = base64.b64encode(point(browser)).decode()
    assert webpush.keys_from(padded, base64.b64encode(AUTH).decode()).p256dh == point(browser)
