"""Who sent a request: finds its signature in either scheme, checks what is cheap, and only then asks for a key."""

from datetime import datetime
from typing import Protocol

from federation import cavage, rfc9421
from federation.errors import Mismatch, NotFetched, Unverified
from federation.keys import KnownKey, is_signed_by
from federation.messages import FUTURE_LIMIT, PAST_LIMIT, Claim, Request
from federation.proofs import proof_created, verify_proof
from federation.records import Document

__all__ = ["KeySource", "Request", "has_recent_proof", "read_claim", "verify_document", "verify_request"]

AUTHORIZATION = "signature "


class KeySource(Protocol):
    """Where keys come from: memory first, then the wire."""

    async def key(self, key_uri: str, *, fresh: bool = False) -> KnownKey:
        """The key under this address. Raises Unverified, or one of the NotFetched family.

        fresh: what is remembered did not fit, so the owner may have changed it; the source may decline to ask so soon again.
        """
        ...


async def verify_request(request: Request, keys: KeySource, now: datetime) -> KnownKey:
    """The key that signed the request. Raises Malformed, Unverified (both say what was wrong), or NotFetched from the first look-up.

    A signature that does not fit is tried once more with the key fetched anew: keys are changed without a word.
    """
    claim = read_claim(request, now)
    known = await keys.key(claim.key_uri)
    if _fits(claim, known):
        return known
    try:
        changed = await keys.key(claim.key_uri, fresh=True)
    except NotFetched as error:
        raise Unverified(f"{_mismatch(claim, known)}, and that key could not be fetched again") from error
    if not _fits(claim, changed):
        raise Unverified(_mismatch(claim, changed))
    return changed


async def verify_document(document: Document, key_uri: str, keys: KeySource, now: datetime) -> KnownKey:
    """The key that made a document's proof (FEP-8b32). Raises Unverified, or NotFetched from the first look-up.

    As for requests: a proof that does not fit is tried once more with the key fetched anew.
    """
    known = await keys.key(key_uri)
    try:
        verify_proof(document, known.key, now)
    except Mismatch as error:
        try:
            known = await keys.key(key_uri, fresh=True)
        except NotFetched:
            raise error from None
        verify_proof(document, known.key, now)
    return known


def has_recent_proof(document: Document, now: datetime) -> bool:
    """Whether a document's proof was made within the window of signatures: only then what another brings is news, and no replay."""
    created = proof_created(document)
    return created is not None and now - PAST_LIMIT <= created <= now + FUTURE_LIMIT


def read_claim(request: Request, now: datetime) -> Claim:
    """What the request's signature claims, with all checked that needs no key. Raises Malformed, Unverified."""
    if "signature-input" in request.headers:
        return rfc9421.read_claim(request, now)
    if "signature" in request.headers:
        return cavage.read_claim(request, request.headers["signature"], now)
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith(AUTHORIZATION):
        return cavage.read_claim(request, authorization[len(AUTHORIZATION) :], now)
    raise Unverified("the request is not signed")


def _fits(claim: Claim, known: KnownKey) -> bool:
    return isinstance(known.key, claim.key_types) and any(is_signed_by(known.key, claim.signature, each) for each in claim.messages)


def _mismatch(claim: Claim, known: KnownKey) -> str:
    if not isinstance(known.key, claim.key_types):
        return f"the key {known.uri} is not of the kind that the signature's algorithm needs"
    return f"the signature does not match the key {known.uri}"
