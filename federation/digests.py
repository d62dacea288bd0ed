"""Digests of a body: `Digest` (RFC 3230, with draft-cavage) and `Content-Digest` (RFC 9530, with RFC 9421)."""

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterable

from federation.errors import Unverified
from federation.structured import dictionary_from_header

HASHES: dict[str, Callable[[bytes], "hashlib._Hash"]] = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def digest(body: bytes) -> str:
    """The value of a `Digest` header."""
    return f"SHA-256={_base64(hashlib.sha256(body).digest())}"


def content_digest(body: bytes) -> str:
    """The value of a `Content-Digest` header."""
    return f"sha-256=:{_base64(hashlib.sha256(body).digest())}:"


def check_digest(header: str | None, body: bytes) -> None:
    """Raises Unverified unless a `Digest` header states at least one digest that we know, and each of those is right."""
    parts = (part.partition("=") for part in (header or "").split(","))
    _check(((name.strip().lower(), value.strip()) for name, _, value in parts), body)


def check_content_digest(header: str | None, body: bytes) -> None:
    """Raises Unverified as check_digest does, for `Content-Digest`; Malformed where that is no dictionary."""
    members = dictionary_from_header("Content-Digest", header or "")
    _check(((name, _base64(value)) for name, (value, _) in members.items() if isinstance(value, bytes)), body)


def _check(stated: Iterable[tuple[str, str]], body: bytes) -> None:
    known = {entry for entry in stated if entry[0] in HASHES}
    if not known:
        raise Unverified("the body has no digest that we know (SHA-256, SHA-512)")
    actual = {name: _base64(HASHES[name](body).digest()) for name, _ in known}
    if any(actual[name] != value for name, value in known):
        raise Unverified("the digest does not match the body")


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
