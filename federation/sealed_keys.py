"""A learner's key under a passphrase, as it travels in an archive: scrypt (RFC 7914), then ChaCha20-Poly1305 (RFC 8439)."""

import hashlib
import os
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from federation.errors import Malformed, Unverified
from federation.keys import did_key_from_public

N, R, P = 2**16, 8, 1  # 64 MiB and a fifth of a second
MOST_N = 2**18
LEAST_CHARACTERS = 8


def seal_key(key: Ed25519PrivateKey, passphrase: str) -> dict[str, object]:
    """The key as JSON that only the passphrase opens. Takes a fifth of a second: fit for a thread."""
    salt, nonce = os.urandom(16), os.urandom(12)
    did = did_key_from_public(key.public_key())
    box = ChaCha20Poly1305(_derived(passphrase, salt, N, R, P)).encrypt(nonce, key.private_bytes_raw(), did.encode())
    stated: dict[str, object] = {"did": did, "kdf": "scrypt", "n": N, "r": R, "p": P, "cipher": "chacha20-poly1305"}
    return stated | {name: b64encode(value).decode() for name, value in (("salt", salt), ("nonce", nonce), ("box", box))}


def open_key(stated: Mapping[str, object], passphrase: str) -> Ed25519PrivateKey:
    """The key. Raises Malformed for what is no sealed key, Unverified for the wrong passphrase. Fit for a thread."""
    n, r, p = (stated.get(name) for name in ("n", "r", "p"))
    if not (isinstance(n, int) and 2 <= n <= MOST_N and n & (n - 1) == 0 and (r, p) == (R, P)):
        raise Malformed("the key is sealed in a way that is not taken")
    try:
        salt, nonce, box = (b64decode(str(stated.get(name)), validate=True) for name in ("salt", "nonce", "box"))
        key = Ed25519PrivateKey.from_private_bytes(
            ChaCha20Poly1305(_derived(passphrase, salt, n, R, P)).decrypt(nonce, box, str(stated.get("did")).encode())
        )
    except InvalidTag as error:
        raise Unverified("the passphrase does not open the key") from error
    except (BadBase64, ValueError) as error:
        raise Malformed("that is no sealed key") from error
    if did_key_from_public(key.public_key()) != stated.get("did"):
        raise Malformed("the sealed key is another one than it says")
    return key


def _derived(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=n, r=r, p=p, maxmem=2 * 128 * n * r, dklen=32)
