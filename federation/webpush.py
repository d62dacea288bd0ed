"""Web Push: messages that only one browser or phone can read (RFC 8291), and who sends them (RFC 8292, VAPID).

Programs that ask for it get the draft that came before (`aesgcm`), as Mastodon's do that have not said `standard`.
"""

import base64
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import http_ece  # type: ignore[import-untyped]  # it has no types
import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from federation.errors import Malformed

POINT_BYTES, AUTH_BYTES = 65, 16
MAX_PAYLOAD = 3000  # bytes: what every push service takes once it is encrypted (RFC 8291, section 4)
LIVES = timedelta(hours=12)  # of a claim; at most a day (RFC 8292, section 2)
TTL_S = 48 * 3600  # that a push service keeps a message for a phone that is off


@dataclass(frozen=True, slots=True)
class Keys:
    """Of one receiver: its public point, and its secret for authentication."""

    p256dh: bytes
    auth: bytes


@dataclass(frozen=True, slots=True)
class Push:
    """A message on the wire."""

    body: bytes
    headers: dict[str, str]


def generate_key() -> str:
    """A private key of a sender, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def public_key(private_pem: str) -> str:
    """The sender's public key as programs want it: the uncompressed point, base64url without padding."""
    return encoded(_point(_loaded(private_pem)))


def keys_from(p256dh: str, auth: str) -> Keys:
    """A receiver's keys, checked. Raises Malformed."""
    keys = Keys(_decoded(p256dh), _decoded(auth))
    if len(keys.p256dh) != POINT_BYTES or len(keys.auth) != AUTH_BYTES:
        raise Malformed("p256dh is a point of 65 bytes, auth has 16 bytes")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.p256dh)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("p256dh is no point of P-256") from error
    return keys


def push(payload: bytes, keys: Keys, endpoint: str, private_pem: str, contact: str, now: datetime, *, standard: bool = True) -> Push:
    """The message for an endpoint. contact: a mailto: or https: address of who runs this server."""
    sender = _loaded(private_pem)
    salt, ours = os.urandom(16), ec.generate_private_key(ec.SECP256R1())
    version = "aes128gcm" if standard else "aesgcm"
    body = http_ece.encrypt(payload[:MAX_PAYLOAD], salt=salt, private_key=ours, dh=keys.p256dh, auth_secret=keys.auth, version=version)
    claim, point = _claim(sender, endpoint, contact, now), encoded(_point(sender))
    headers = {"TTL": str(TTL_S), "Urgency": "normal", "Content-Type": "application/octet-stream", "Content-Encoding": version}
    if standard:
        return Push(body, headers | {"Authorization": f"vapid t={claim}, k={point}"})
    crypto_key = f"dh={encoded(_point(ours))};p256ecdsa={point}"
    return Push(body, headers | {"Authorization": f"WebPush {claim}", "Encryption": f"salt={encoded(salt)}", "Crypto-Key": crypto_key})


def _claim(sender: ec.EllipticCurvePrivateKey, endpoint: str, contact: str, now: datetime) -> str:
    """A JWT signed with ES256 (RFC 8292, section 2): for whom, until when, and whom to ask."""
    parts = urlsplit(endpoint)
    stated = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now.astimezone(UTC) + LIVES).timestamp()), "sub": contact}
    signed = f"{encoded(orjson.dumps({'typ': 'JWT', 'alg': 'ES256'}))}.{encoded(orjson.dumps(stated))}"
    r, s = decode_dss_signature(sender.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{signed}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"


def _loaded(private_pem: str) -> ec.EllipticCurvePrivateKey:
    key: Any = serialization.load_pem_private_key(private_pem.encode(), None)
    return key  # type: ignore[no-any-return]  # generate_key made it


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def encoded(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.strip().replace("+", "-").replace("/", "_").rstrip("=") + "==")
    except ValueError as error:
        raise Malformed("that is no base64url") from error
