"""Another key for what somebody signs: the old one says so itself, and what it signed, or was given to it, stays theirs."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson

from federation import keys
from federation.identities import succession_statement
from federation.keys import ProofSigner, did_key_from_public
from federation.proofs import add_proof, proof_key_uri
from node.context import Context
from node.keyring import new_proof_key
from node.learning import revoking
from node.site import Site
from node.social import publishing
from storage import accounts, deliveries
from storage.database import Connection
from storage.events import add_event
from storage.learning import evidence
from storage.records import Account


async def replace_key(context: Context, account: Account) -> str:
    """The did:key of the account's new key; followers' servers are told."""
    did = await context.database.write(_replace, context.site, account.id, keys.generate_ed25519())
    revoked = await context.database.read(evidence.list_revoked, account.id)
    if await context.database.read(evidence.find_status_list, account.id) is not None:  # signed by the key that holds now
        body = await revoking.sign_list(context, account, revoked)
        await context.database.write(evidence.save_status_list, account.id, body, context.site.now_ms())
    return did


def _replace(db: Connection, site: Site, account_id: int, made: keys.ProofKey) -> str:
    account, old = accounts.get_account(db, account_id), site.keyring.proof_signer(db, account_id)
    row = new_proof_key(account, made, site.now_ms())
    new = ProofSigner(row.uri, made)
    statement = succession_statement(old, new, site.now())
    evidence.add_succession(db, account_id, str(statement["subject"]), orjson.dumps(statement).decode())
    accounts.replace_key(db, row)
    site.keyring.forget()
    _sign_waiting(db, site, account_id, old, new)
    changed = replace(account, revision_ms=max(site.now_ms(), account.revision_ms + 1))
    accounts.update_account(db, changed)
    publishing.publish_profile(db, site, changed)
    add_event(db, "keys", account_id)
    add_event(db, "account", account_id)
    return did_key_from_public(made.public_key())


def _sign_waiting(db: Connection, site: Site, account_id: int, old: ProofSigner, new: ProofSigner) -> None:
    """Signs anew what waits to be delivered: whoever asks for the old key when it arrives does not find it any more."""
    for activity_id, body in deliveries.list_waiting_bodies(db, account_id):
        signed = _signed_anew(orjson.loads(body), old, new, site.now())
        deliveries.replace_body(db, activity_id, orjson.dumps(signed))


def _signed_anew(document: dict[str, Any], old: ProofSigner, new: ProofSigner, now: datetime) -> dict[str, Any]:
    """The document with the new key's proofs in place of the old one's, on itself and on what it embeds."""
    inner = document.get("object")
    if isinstance(inner, dict):
        document = {**document, "object": _signed_anew(inner, old, new, now)}
    return add_proof(document, new, now) if proof_key_uri(document) == old.verification_method else document
