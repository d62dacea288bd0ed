"""Identity statements (FEP-c390): that an actor and a did:key are the same person, signed by that key; and that one key follows another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from federation.errors import Malformed, Unverified
from federation.keys import DID_KEY, ProofSigner, did_key_from_public, public_from_did_key
from federation.proofs import add_proof, proof_key_uri, verify_proof
from federation.reading import as_list, mappings, text_from, types_from
from federation.records import Document

STATEMENT = "VerifiableIdentityStatement"
MAX_STATEMENTS = 10


def identity_statement(actor_uri: str, signer: ProofSigner, made: datetime) -> dict[str, Any]:
    """That the signer's key belongs to the actor: what stands in the actor's `attachment`."""
    did = did_key_from_public(signer.key.public_key())
    stated = {"type": STATEMENT, "subject": did, "alsoKnownAs": actor_uri}
    return add_proof(stated, ProofSigner(did, signer.key), made)


def bound_dids(actor: Document) -> set[str]:
    """The did:keys whose owners say that they are this actor, where the actor says so too by showing their statements."""
    stated = [item for item in mappings(actor.get("attachment")) if STATEMENT in types_from(item)]
    return {str(item["subject"]) for item in stated[:MAX_STATEMENTS] if _holds(item, actor.get("id"))}


def _holds(statement: Mapping[str, Any], actor_uri: object) -> bool:
    subject = text_from(statement.get("subject"), 200)
    if not subject.startswith(DID_KEY) or actor_uri not in as_list(statement.get("alsoKnownAs")):
        return False
    key_uri = proof_key_uri(statement) or ""
    if key_uri.partition("#")[0] != subject:
        return False
    try:
        verify_proof(statement, public_from_did_key(key_uri))
    except (Unverified, Malformed):
        return False
    return True
