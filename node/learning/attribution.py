"""Who issued or endorsed something: the one place that decides it, for import, federation, pages, API, counts and the command line.

A credential is an actor's only where that actor's own document, as this node fetched it from the actor's server, lists the key that signed
(FEP-521a `assertionMethod`, an identity statement of FEP-c390, or a KeySuccession that leads to a listed key). What the credential says of
its issuer, and what an archive says of anybody, proves nothing.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from federation.credentials import Credential, credential_from_document, digest_of
from federation.errors import FederationError, NotFetched, Unreachable
from federation.origins import host_of, same_origin
from federation.rdf_proofs import signer_of
from federation.reading import uri_from
from node.context import Context
from node.learning import persons
from node.site import Site
from node.social import naming, remote
from storage import accounts, communities
from storage.database import Connection
from storage.learning import endorsements, evidence, identities
from storage.learning.awards import Award
from storage.learning.evidence import Seen
from storage.records import Account, loaded

log = logging.getLogger(__name__)

State = Literal["bound", "refused", "unconfirmed"]
Kind = Literal["self", "person", "community", "organisation", "unconfirmed"]
ASKED_AGAIN_MS = 7 * 24 * 3600 * 1000  # so long an actor that could not be reached is asked again
COMMUNITIES = ("Group", "Organization")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose a credential is. account: set exactly where `state` is bound; claimed: the actor that it names, '' for none."""

    state: State
    claimed: str = ""
    account: Account | None = None


def claimed_actor(credential: Credential) -> str:
    """The actor that a credential names as its issuer: `issuer.id` where that is an address, else `issuer.url`; '' for none."""
    return uri_from(credential.issuer.did) or credential.issuer.url or ""


def keys_of(db: Connection, account: Account) -> frozenset[str]:
    """The did:keys that may sign for an actor: what its document lists, what it shows statements of, and what came before those."""
    return persons.dids_of(db, account) | identities.list_identities(db, account.id)


def attribute(db: Connection, document: Mapping[str, Any], credential: Credential) -> Attribution:
    """Whose a credential is, as far as this node knows the actor that it names. Whether its proof holds is not looked at.

    refused: the actor is known here and its document does not list the key; unconfirmed: it names nobody whom this node has ever fetched.
    """
    claimed, signer = claimed_actor(credential), signer_of(document)
    account = accounts.find_account_by_uri(db, claimed) if claimed else None
    if account is None:
        return Attribution("unconfirmed", claimed)
    if signer and signer in keys_of(db, account):
        is_theirs = same_origin(credential.uri, account.uri)  # nobody takes an address on somebody else's server
        return Attribution("bound", claimed, account) if is_theirs else Attribution("refused", claimed)
    was_fetched = account.is_local or bool(accounts.list_keys(db, account.id))
    return Attribution("refused" if was_fetched else "unconfirmed", claimed)


def attribute_own(db: Connection, account: Account, former_uri: str, document: Mapping[str, Any], credential: Credential) -> Attribution:
    """The same for what an archive brings that its owner may have signed: by a key that is theirs here, as themselves, now or formerly."""
    claimed = claimed_actor(credential)
    if claimed in ("", former_uri, account.uri) and signer_of(document) in keys_of(db, account):
        return Attribution("bound", claimed, account)
    return attribute(db, document, credential)


def is_still(db: Connection, account_id: int | None, document: Mapping[str, Any]) -> bool:
    """Whether whoever a credential was attributed to lists its key still."""
    account = accounts.find_account(db, account_id) if account_id is not None else None
    return account is not None and signer_of(document) in keys_of(db, account)


def join_waiting(db: Connection, award: Award) -> None:
    """Endorsements that came before an achievement are joined to it, where what they signed is these very bytes."""
    digest = digest_of(award.credential.encode())
    for each in endorsements.list_waiting(db, award.uri):
        if credential_from_document(orjson.loads(each.credential)).digest in ("", digest):
            endorsements.join_award(db, each.id, award.id, award.recipient_id)


def list_own_communities(db: Connection, people: Iterable[Account], owner: Account) -> frozenset[int]:
    """Of some accounts the communities of ours that the owner alone looks after: their word is the owner's."""
    groups = [each for each in people if each.type == "Group" and each.is_local]
    return frozenset(each.id for each in groups if {one.id for one in communities.list_moderators(db, each.id)} == {owner.id})


def kind_of(issuer: Account | None, recipient: Account, own: frozenset[int] = frozenset()) -> Kind:
    """What an issuer is to a recipient. Organisations are nobody before a domain vouches for them.

    own: see list_own_communities.
    """
    if issuer is None:
        return "unconfirmed"
    if issuer.id in own or _is_same_person(issuer, recipient):
        return "self"
    return "community" if issuer.type in COMMUNITIES else "person"


def _is_same_person(one: Account, other: Account) -> bool:
    """Two accounts, of which one says that it is the other, speak for each other as for themselves."""
    named = one.uri in loaded(other.also_known_as) or other.uri in loaded(one.also_known_as)
    return one.id == other.id or named or one.moved_to_uri == other.uri or other.moved_to_uri == one.uri


def host_of_account(site: Site, account: Account) -> str:
    """The domain under which people know an account; of ours the node's."""
    return account.domain or site.handle_domain


def label_of(site: Site, account: Account) -> str:
    """An account by its own name with the server that it is on: `Ada (@ada@a.example)`."""
    return f"{account.title} (@{account.name}@{host_of_account(site, account)})"


def host_of_claim(claimed: str) -> str:
    """The host of the actor that a credential names, '' where it names none."""
    uri = uri_from(claimed)
    return host_of(uri) if uri else ""


async def ask_actor(context: Context, claimed: str) -> bool:
    """Fetches the actor that a credential names and keeps what it shows of its keys. True where it answered, so that its word is fresh.

    Never raises: an actor that is gone, hidden or no actor at all says nothing of whose the key is.
    """
    uri = uri_from(claimed)
    if uri is None or naming.is_ours(context.site.origin, uri):
        return uri is not None
    try:
        document = await remote.fetch(context, uri)
        account = await remote.get_account(context, uri, fresh=True)
    except FederationError as error:
        log.info("issuer not seen", extra={"uri": uri, "reason": str(error), "again": _is_worth_asking_again(error)})
        return False
    if uri_from(document.get("id")) != account.uri:
        return False
    seen = Seen(account.uri, "actor", orjson.dumps(document).decode(), context.site.now_ms())
    await context.database.write(evidence.save_seen, seen)
    return True


def _is_worth_asking_again(error: FederationError) -> bool:
    return isinstance(error, Unreachable) or not isinstance(error, NotFetched)
