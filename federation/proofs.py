"""Proofs inside documents, so that others can forward them: FEP-8b32 with `eddsa-jcs-2022` (Data Integrity EdDSA 1.0, section 3.3)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from federation.errors import Malformed, Mismatch, Unverified
from federation.jcs import canonical_bytes
from federation.keys import ProofSigner, PublicKey, is_signed_by
from federation.multibase import bytes_from_multibase, multibase_from_bytes
from federation.reading import date_from
from federation.records import Document

SUITE = "eddsa-jcs-2022"
FIXED = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "proofPurpose": "assertionMethod"}


def add_proof(document: Document, signer: ProofSigner, created: datetime) -> dict[str, Any]:
    """A new document with a `proof` in place of any that it had. created: aware; fractions of a second are dropped.

    Raises Malformed for what JSON Canonicalization cannot write (an integer above 2^53, a lone surrogate).
    """
    bare = _without(document, "proof")
    options = {
        "@context": document.get("@context"),
        "type": FIXED["type"],
        "cryptosuite": SUITE,
        "verificationMethod": signer.verification_method,
        "proofPurpose": FIXED["proofPurpose"],
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if "@context" not in document:
        del options["@context"]
    value = multibase_from_bytes(signer.key.sign(canonical_hash(options) + canonical_hash(bare)))
    return {**bare, "proof": {**options, "proofValue": value}}


def proof_key_uri(document: Document) -> str | None:
    """The verificationMethod of the document's proof, where there is one that we can check."""
    proof = _find_proof(document)
    return None if proof is None else str(proof["verificationMethod"])


def proof_created(document: Document) -> datetime | None:
    """When the proof that we can check was made, as it says; None where there is none, or no moment in it."""
    proof = _find_proof(document)
    return None if proof is None else date_from(proof.get("created"))


def verify_proof(document: Document, key: PublicKey, now: datetime | None = None) -> None:
    """Raises Unverified unless the key's owner made the document's proof, over the document as it stands; Mismatch where another key
    may have made it.

    Whose key it is, and whether that one may speak for the document, is the caller's to know.
    now: against which a proof that `expires` is held; None is the present.
    """
    proof = _find_proof(document)
    if proof is None:
        raise Unverified(f"no proof that we can check; unsupported: {', '.join(_suites(document)) or 'none at all'}")
    if not isinstance(key, Ed25519PublicKey):
        raise Mismatch(f"{SUITE} needs an Ed25519 key")
    _check_expires(proof, now or datetime.now(UTC))
    options, bare = _without(proof, "proofValue"), _without(document, "proof")
    try:
        signature = bytes_from_multibase(str(proof["proofValue"]))
        if "@context" in proof:
            _check_context(proof, document)
            bare["@context"] = proof["@context"]
            candidates = [options]
        else:
            # Fedify signs with the document's @context in the proof and does not send it there.
            candidates = [{**options, "@context": bare["@context"]}, options] if "@context" in bare else [options]
        # Fedify adds an RsaSignature2017 after the proof; nobody here reads that one, so it may be there or not.
        covered = [bare, _without(bare, "signature")] if "signature" in bare else [bare]
        hashes = [canonical_hash(each) for each in candidates]
        fits = any(is_signed_by(key, signature, one + canonical_hash(other)) for other in covered for one in hashes)
    except Malformed as error:
        raise Unverified(f"the proof cannot be checked: {error}") from error
    if not fits:
        raise Mismatch("the proof does not match the document and its key")


def _proofs(document: Document) -> list[Mapping[str, Any]]:
    stated = document.get("proof")
    return [each for each in (stated if isinstance(stated, list) else [stated]) if isinstance(each, Mapping)]


def _find_proof(document: Document) -> Mapping[str, Any] | None:
    """The first proof of our suite that has its parts; a chained one (`previousProof`) covers more than we would check."""
    for proof in _proofs(document):
        is_ours = all(proof.get(name) == value for name, value in FIXED.items()) and "previousProof" not in proof
        if is_ours and all(isinstance(proof.get(name), str) for name in ("verificationMethod", "proofValue")):
            return proof
    return None


def _suites(document: Document) -> list[str]:
    return [str(proof.get("cryptosuite") or proof.get("type"))[:50] for proof in _proofs(document)]


def _check_context(proof: Mapping[str, Any], document: Document) -> None:
    """Raises Unverified unless the document's @context begins with the proof's (section 3.3.2)."""
    signed, stated = _as_list(proof["@context"]), _as_list(document.get("@context", []))
    if stated[: len(signed)] != signed:
        raise Unverified("the document's @context is not the one that its proof covers")


def _check_expires(proof: Mapping[str, Any], now: datetime) -> None:
    if "expires" not in proof:
        return
    try:
        expires = datetime.fromisoformat(proof["expires"])
    except (TypeError, ValueError) as error:
        raise Unverified("the proof's expires cannot be read") from error
    if (expires if expires.tzinfo else expires.replace(tzinfo=UTC)) < now:
        raise Unverified("the proof has expired")


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _without(document: Document, name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def canonical_hash(document: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical form (RFC 8785). Raises Malformed where there is none."""
    return sha256(canonical_bytes(document)).digest()
