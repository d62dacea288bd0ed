"""Identity statements (FEP-c390): that an actor and a did:key are the same person, signed by that key; and that one key follows another."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from federation.errors import Malformed, Unverified
from federation.keys import DID_KEY, ProofSigner, did_key_from_public, public_from_did_key
from federation.proofs import add_proof, proof_key_uri, verify_proof
from federation.reading import as_list, mappings, text_from, types_from
from federation.records import Document

STATEMENT, SUCCESSION = "VerifiableIdentityStatement", "KeySuccession"
MAX_STATEMENTS, MAX_ATTACHMENTS = 10, 100


def identity_statement(actor_uri: str, signer: ProofSigner, made: datetime) -> dict[str, Any]:
    """That the signer's key belongs to the actor: what stands in the actor's `attachment`."""
    did = did_key_from_public(signer.key.public_key())
    stated = {"type": STATEMENT, "subject": did, "alsoKnownAs": actor_uri}
    return add_proof(stated, ProofSigner(did, signer.key), made)


def succession_statement(old: ProofSigner, new: ProofSigner, made: datetime) -> dict[str, Any]:
    """That another key speaks for whoever had the old one, signed by the old one: what that signed stays theirs."""
    did = did_key_from_public(old.key.public_key())
    stated = {"type": SUCCESSION, "subject": did, "successor": did_key_from_public(new.key.public_key())}
    return add_proof(stated, ProofSigner(did, old.key), made)


def statements_of(actor: Document) -> tuple[Document, ...]:
    """What an actor shows of its keys, as it stands."""
    shown = mappings(actor.get("attachment"))[:MAX_ATTACHMENTS]
    return tuple(item for item in shown if {STATEMENT, SUCCESSION} & {*types_from(item)})[:MAX_STATEMENTS]


def bound_dids(actor: Document) -> set[str]:
    """The did:keys that an actor has and had: its Multikeys, those whose owners say that they are this actor where the actor shows their
    statements, and those that named one of these as their successor."""
    shown = mappings(actor.get("attachment"))[:MAX_ATTACHMENTS]
    methods = [item for item in mappings(actor.get("assertionMethod"))[:MAX_STATEMENTS] if item.get("controller") == actor.get("id")]
    found = {DID_KEY + text_from(item.get("publicKeyMultibase"), 200) for item in methods}
    found |= proven_dids(str(actor.get("id")), shown)
    return found | predecessors(found, shown)


def proven_dids(actor_uri: str, statements: Iterable[Document]) -> set[str]:
    """The did:keys whose owners have said that they are an actor, and those that named one of these as their successor.

    Only this is proof: anybody can list somebody else's key among their own.
    """
    said = list(statements)
    stated = [item for item in said if STATEMENT in types_from(item) and actor_uri in as_list(item.get("alsoKnownAs"))]
    found = {str(item["subject"]) for item in stated[:MAX_STATEMENTS] if _is_signed_by_subject(item)}
    return found | predecessors(found, said)


def predecessors(dids: Iterable[str], statements: Iterable[Document]) -> set[str]:
    """The did:keys that came before some, one after the other, each by its own signed word."""
    said = [item for item in statements if SUCCESSION in types_from(item)][:MAX_STATEMENTS]
    links = [(str(item["subject"]), item.get("successor")) for item in said if _is_signed_by_subject(item)]
    found: set[str] = set()
    known = set(dids)
    for _ in links:
        step = {old for old, new in links if new in known} - known
        found, known = found | step, known | step
    return found


def _is_signed_by_subject(statement: Mapping[str, Any]) -> bool:
    subject = text_from(statement.get("subject"), 200)
    key_uri = proof_key_uri(statement) or ""
    if not subject.startswith(DID_KEY) or key_uri.partition("#")[0] != subject:
        return False
    try:
        verify_proof(statement, public_from_did_key(key_uri))
    except (Unverified, Malformed):
        return False
    return True
