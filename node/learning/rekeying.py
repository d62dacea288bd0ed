"""Another key for what somebody signs: the old one says so itself, and what it signed, or was given to it, stays theirs."""

from dataclasses import replace

import orjson

from federation import keys
from federation.identities import succession_statement
from federation.keys import ProofSigner, did_key_from_public
from node.context import Context
from node.learning import revoking
from node.site import Site
from node.social import publishing
from storage import accounts
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


def _replace(db: Connection, site: Site, account_id: int, made: keys.PrivateKey) -> str:
    account, old = accounts.get_account(db, account_id), site.keyring.proof_signer(db, account_id)
    new = ProofSigner(old.verification_method, made)  # type: ignore[arg-type]  # made as Ed25519 in replace_key
    statement = succession_statement(old, new, site.now())
    evidence.add_succession(db, account_id, str(statement["subject"]), orjson.dumps(statement).decode())
    multibase = keys.multibase_from_public(new.key.public_key())
    accounts.replace_key(db, account_id, "ed25519", multibase, keys.pem_from_private(made))
    site.keyring.forget()
    changed = replace(account, revision_ms=max(site.now_ms(), account.revision_ms + 1))
    accounts.update_account(db, changed)
    publishing.publish_profile(db, site, changed)
    add_event(db, "keys", account_id)
    add_event(db, "account", account_id)
    return did_key_from_public(new.key.public_key())
