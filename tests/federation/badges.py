"""Credentials for tests: an achievement and an endorsement with all their parts, and the key that signs them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from federation import keys
from federation.credentials import (
    ACHIEVEMENT,
    ENDORSEMENT,
    Badge,
    Credential,
    Evidence,
    Issuer,
    Outcome,
    StatusEntry,
    digest_of,
    document_from_credential,
)
from federation.facets import Alignment
from federation.keys import ProofSigner
from federation.rdf_proofs import add_rdf_proof, did_key_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SIGNER = ProofSigner("https://a.example/users/ada#ed25519-key", keys.generate_ed25519())
ADA, BO = "https://a.example/users/ada", "https://b.example/users/bo"
LIST = f"{ADA}/status"
MOSS = Alignment("https://a.example/tags/moss", "Moss", "Life", "B1")


def achievement(**said: Any) -> Credential:
    """Ada says that Bo knows ten mosses."""
    badge = Badge(f"{ADA}/badges/1", "Knows ten mosses", "Ten, in the wild.", "Name them.", "Badge", f"{ADA}/badges/1.png", (MOSS,))
    stated = {
        "uri": f"{ADA}/achievements/1",
        "kind": ACHIEVEMENT,
        "issuer": Issuer(did_key_of(SIGNER), "Ada", ADA),
        "subject_id": BO,
        "name": badge.name,
        "valid_from": NOON,
        "valid_until": NOON + timedelta(days=30),
        "status": (StatusEntry(LIST, 7),),
        "badge": badge,
        "narrative": "Well looked at.",
        "evidence": (Evidence("https://b.example/posts/1", "A walk", "All ten", digest_of(b"x")), Evidence("https://b.example/photo")),
        "outcomes": (Outcome("Quiz", "9", "RawScore", "10", (MOSS,)), Outcome("Walk", "passed", "Status")),
    }
    return Credential(**{**stated, **said})


def endorsement(**said: Any) -> Credential:
    """Ada vouches for it."""
    stated = {
        "uri": f"{ADA}/achievements/2",
        "kind": ENDORSEMENT,
        "issuer": Issuer(did_key_of(SIGNER), "Ada", ADA),
        "subject_id": f"{ADA}/achievements/1",
        "name": "Knows ten mosses",
        "valid_from": NOON,
        "comment": "I was there.",
        "digest": digest_of(b"{}"),
    }
    return Credential(**{**stated, **said})


def signed(credential: Credential, signer: ProofSigner = SIGNER) -> dict[str, Any]:
    """The credential with a proof."""
    return add_rdf_proof(document_from_credential(credential), signer, NOON)
