"""Our accounts and others' as issuers and recipients of credentials: their did:keys, their names, who may act for whom."""

import orjson

from federation.credentials import Issuer
from federation.identities import bound_dids, predecessors
from federation.keys import DID_KEY
from federation.rdf_proofs import did_key_of
from node.errors import NotAllowed, NotFound
from node.site import Site
from storage import accounts, communities
from storage.database import Connection
from storage.learning import evidence, identities
from storage.records import Account, loaded


def issuer_of(db: Connection, site: Site, account: Account) -> Issuer:
    """One of ours as who signs."""
    return Issuer(did_key_of(site.keyring.proof_signer(db, account.id)), account.title, account.uri)


def dids_of(db: Connection, account: Account) -> frozenset[str]:
    """The did:keys that may sign for an account: its Ed25519 keys (FEP-521a), those of its statements (FEP-c390), and former ones.

    Whoever lists another's key here gains nothing: what that one signs names its own actor.
    """
    listed = _listed(db, account)
    seen = evidence.list_seen(db, [account.uri]).get(account.uri)
    is_believed = seen is not None and seen.kind == "actor"  # what only an archive says binds nothing
    shown = bound_dids(orjson.loads(seen.body)) if seen is not None and is_believed else set()
    return frozenset(listed | _former(db, account, listed) | shown)


def _listed(db: Connection, account: Account) -> set[str]:
    return {DID_KEY + key.public_key for key in accounts.list_keys(db, account.id) if key.algorithm == "ed25519"}


def _former(db: Connection, account: Account, listed: set[str]) -> set[str]:
    """Of ours: the keys that they had before."""
    return predecessors(listed, [orjson.loads(body) for body in evidence.list_successions(db, account.id)])


def proven_names(db: Connection, account: Account) -> set[str]:
    """The did:keys that have proven to be somebody: of ours their keys, of others those that have signed a statement."""
    if not account.is_local:
        return identities.list_identities(db, account.id)
    listed = _listed(db, account)
    return listed | _former(db, account, listed)


def subject_of(db: Connection, account: Account) -> str:
    """By which name somebody is given a credential: the did:key that they have now, or the actor where they have proven none."""
    return min(_listed(db, account) & proven_names(db, account), default=account.uri)


def all_names(db: Connection, account: Account) -> frozenset[str]:
    """Every name of a person: keys, actor, and the accounts that they say are theirs."""
    return frozenset(proven_names(db, account) | {account.uri, *loaded(account.also_known_as)})


def find_person(db: Connection, name: str) -> Account | None:
    """Whom a credential's subject is, if we know them: by actor, or by the key that they have proven to have."""
    if name.startswith(DID_KEY):
        did = name.partition("#")[0]
        return accounts.find_account_by_key(db, did.removeprefix(DID_KEY)) or _find_successor(db, did) or identities.find_owner(db, did)
    return accounts.find_account_by_uri(db, name)


def _find_successor(db: Connection, did: str) -> Account | None:
    """Who of ours had a key before, by that key's own word; of others, `identities` knows it."""
    found = [accounts.find_account(db, account_id) for account_id in evidence.list_successors(db, did)]
    return next((account for account in found if account and account.is_active and did in proven_names(db, account)), None)


def is_steward(db: Connection, issuer: Account, viewer_id: int) -> bool:
    """Whether somebody looks after a community that gives."""
    return issuer.type == "Group" and communities.is_moderator(db, issuer.id, viewer_id)


def acting_for(db: Connection, account: Account, account_id: int | None) -> Account:
    """In whose name somebody gives: their own, or that of a community of ours that they look after. Raises NotFound, NotAllowed."""
    if account_id is None or account_id == account.id:
        return account
    found = accounts.find_account(db, account_id)
    if found is None or not found.is_local or not found.is_active:
        raise NotFound("There is no such account on this server.")
    if not communities.is_moderator(db, found.id, account.id):
        raise NotAllowed("Only those who look after the community can do that in its name.")
    return found
