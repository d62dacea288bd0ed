"""Passwords and other secrets: argon2id for what people choose, SHA-256 for what we draw at random."""

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()  # argon2id with the library's own parameters (RFC 9106, low-memory choice)


def hash_password(password: str) -> str:
    """An argon2id hash. Takes a tenth of a second and 64 MiB: call it in a thread."""
    return _HASHER.hash(password)


def is_password(password: str, hashed: str) -> bool:
    """Whether the password has that hash. Takes as long as hashing."""
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """256 random bits for a cookie, token or link; only its digest is kept."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a secret. It is random, so a plain hash holds."""
    return hashlib.sha256(secret.encode()).digest()
