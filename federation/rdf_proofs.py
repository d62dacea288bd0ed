"""Proofs of credentials: Data Integrity with `eddsa-rdfc-2022` (Data Integrity EdDSA 1.0, section 3.2), the suite that 1EdTech certifies.

Signing and checking take milliseconds, and seconds for what was made to be slow: both are fit for a thread, not for the event loop.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from federation.errors import Malformed, Unsupported, Unverified
from federation.keys import (
    DID_KEY,
    ED25519_CODE,
    ProofSigner,
    PublicKey,
    did_key_from_public,
    is_signed_by,
    public_from_did_key,
    public_from_multibase,
)
from federation.linked_data import canonical_quads
from federation.multibase import bytes_from_multibase, multibase_from_bytes
from federation.reading import as_list, as_mapping, text_from
from federation.records import Document

SUITE = "eddsa-rdfc-2022"
FIXED = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "proofPurpose": "assertionMethod"}
SIGNATURE_BYTES = 64
CHANGED = "the proof does not match what the credential says: it was changed, or signed with another key"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a proof covers, as the N-Quads whose hashes are signed; key: the did:key or the address whose key did it."""

    key: str
    options: str
    document: str
    signature: bytes


def did_key_of(signer: ProofSigner) -> str:
    """The did:key that the signer's key is."""
    return DID_KEY + multibase_from_bytes(ED25519_CODE + signer.key.public_key().public_bytes_raw())


def add_rdf_proof(document: Document, signer: ProofSigner, created: datetime) -> dict[str, Any]:
    """The document with one proof, by the signer's own did:key. Raises Malformed for a word that no context defines."""
    did = did_key_of(signer)
    bare = {name: value for name, value in document.items() if name != "proof"}
    options = {
        "type": FIXED["type"],
        "cryptosuite": SUITE,
        "created": created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": f"{did}#{did.removeprefix(DID_KEY)}",
        "proofPurpose": FIXED["proofPurpose"],
    }
    message = _message(canonical_quads({"@context": bare["@context"], **options}), canonical_quads(bare))
    return {**bare, "proof": {**options, "proofValue": multibase_from_bytes(signer.key.sign(message))}}


def _message(options: str, document: str) -> bytes:
    return sha256(options.encode()).digest() + sha256(document.encode()).digest()


def find_rdf_proof(document: Document) -> Mapping[str, Any] | None:
    """The document's proof of this suite; None where there is none, or more than one proof, of which we could not tell which counts."""
    proofs = [each for each in as_list(document.get("proof")) if isinstance(each, dict)]
    if len(proofs) != 1 or any(proofs[0].get(name) != value for name, value in FIXED.items()):
        return None
    return proofs[0]


def key_of(proof: Mapping[str, Any]) -> PublicKey:
    """The key that a proof says it was made with, where its name holds it: a did:key, or an address that ends in one (1EdTech's way).

    Raises Unverified where the name does not hold the key.
    """
    method = proof.get("verificationMethod")
    stated = method if isinstance(method, str) else ""
    try:
        return public_from_did_key(stated) if stated.startswith(DID_KEY) else public_from_multibase(stated.rpartition("#")[2])
    except Malformed as error:
        raise Unverified(f"the key {stated[:200] or 'of the proof'} cannot be had from its name") from error


METHOD = re.compile(r"<https://w3id\.org/security#verificationMethod> <([^>]*)> \.$", re.MULTILINE)


def verify_quads(options: str, document: str, signature: str) -> None:
    """Raises Unverified unless a signature holds over quads as they stand, by the key that their options name."""
    named = METHOD.findall(options)
    signer = key_of({"verificationMethod": named[0] if len(named) == 1 else None})
    try:
        value = bytes_from_multibase(signature)
    except Malformed as error:
        raise Unverified("the proof's value cannot be read") from error
    if not is_signed_by(signer, value, _message(options, document)):
        raise Unverified(CHANGED)


def signer_of(document: Document) -> str:
    """The did:key whose key a credential's proof names; '' where there is none, or where its issuer is another did:key."""
    proof = find_rdf_proof(document)
    try:
        key = key_of(proof) if proof is not None else None
    except Unverified:
        return ""
    did = did_key_from_public(key) if isinstance(key, Ed25519PublicKey) else ""
    issuer = document.get("issuer")
    stated = issuer if isinstance(issuer, str) else text_from(as_mapping(issuer).get("id"), 2048)
    return "" if stated.startswith(DID_KEY) and stated != did else did


def _require_known_suite(document: Document) -> None:
    """Raises Unsupported where a proof is of a suite that we do not know, or where there are several."""
    proofs = [each for each in as_list(document.get("proof")) if isinstance(each, dict)]
    suites = [text_from(each.get("cryptosuite") or each.get("type"), 100) for each in proofs]
    if len(proofs) > 1:
        raise Unsupported(f"it has {len(proofs)} proofs ({', '.join(suites[:5])}), and this version checks exactly one")
    if suites and suites[0] not in ("", SUITE, FIXED["type"]):
        raise Unsupported(f"it is signed as {suites[0]}, and this version knows {SUITE} alone")


def verify_rdf_proof(document: Document, contexts: Mapping[str, Mapping[str, Any]] | None = None, key: PublicKey | None = None) -> Sealed:
    """What the document's proof covers. key: None for the one that the proof names.

    Raises Unverified where the proof does not hold, Unsupported where it is of a suite that we do not know, Malformed where the document
    has no canonical form. Whose key it is, is the caller's to know.
    """
    proof = find_rdf_proof(document)
    if proof is None:
        _require_known_suite(document)
        raise Unverified(f"no proof that we can check: it needs exactly one, of the suite {SUITE}")
    signer = key or key_of(proof)
    try:
        signature = bytes_from_multibase(str(proof.get("proofValue")))
    except Malformed as error:
        raise Unverified("the proof's value cannot be read") from error
    if len(signature) != SIGNATURE_BYTES:
        raise Unverified("the proof's value has the wrong length")
    options = {name: value for name, value in proof.items() if name != "proofValue"} | {"@context": document.get("@context")}
    bare = {name: value for name, value in document.items() if name != "proof"}
    sealed = Sealed(str(proof["verificationMethod"]), canonical_quads(options, contexts), canonical_quads(bare, contexts), signature)
    if not is_signed_by(signer, signature, _message(sealed.options, sealed.document)):
        raise Unverified(CHANGED)
    return sealed
