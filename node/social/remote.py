"""Other servers' actors, keys and posts: from memory, else from the database, else from the wire."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urldefrag

from federation import fetching
from federation.actors import actor_from_document
from federation.errors import Denied, Forbidden, Gone, Malformed, NotFetched, Refused, Unreachable, Unverified
from federation.identities import proven_dids
from federation.keys import KnownKey, key_from_document
from federation.links import own_page
from federation.origins import host_of, same_origin
from federation.outbound import Pool
from federation.reading import uri_from
from federation.records import ACTOR_TYPES, ActorDocument, KeyDocument
from node.context import Context
from node.errors import TooMany
from node.site import Site
from node.social import naming, rates
from node.social.consenting import searchable_number
from storage import accounts, follows
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id, ms_from_datetime
from storage.learning import identities
from storage.records import Account, Key, dumped

SERVER_ID = 1  # the server actor's account
FORGET_FAILURE_MS = 60 * 1000

log = logging.getLogger(__name__)


class RemoteKeys:
    """The KeySource of this node (see federation.verification). address: whence the message came that is to be verified, '' for a job."""

    def __init__(self, context: Context, address: str = "") -> None:
        self._context = context
        self._whose = [rates.network(address)] if address else []

    async def key(self, key_uri: str, *, fresh: bool = False) -> KnownKey:
        """The key with an id and whose it is. Raises Unverified where nobody who could be asked vouches for it, TooMany."""
        context = self._context
        if not fresh:
            known = context.caches.keys.get(key_uri) or await self._kept(key_uri)
            if known is not None:
                return known
        await rates.count(context, rates.KEY_REFRESHES if fresh else rates.KEY_FETCHES, *self._whose)
        async with context.gate.aside():
            if fresh:
                return await context.caches.refreshes.fetch(key_uri, lambda: _fetch_key(context, key_uri))
            return await _fetch_key(context, key_uri)

    async def _kept(self, key_uri: str) -> KnownKey | None:
        clears = self._context.caches.keys.clears
        found = await self._context.database.read(accounts.find_key, key_uri)
        if found is None:
            return None
        known = known_key(*found)
        self._context.caches.keys.put(key_uri, known, clears)
        return known


def known_key(key: Key, owner: Account) -> KnownKey:
    """A key's row as the wire knows it. Raises Malformed."""
    return key_from_document(KeyDocument(key.uri, owner.uri, key.algorithm, key.public_key))  # type: ignore[arg-type]  # rsa or ed25519


async def _fetch_key(context: Context, key_uri: str) -> KnownKey:
    try:
        document = await fetch(context, urldefrag(key_uri).url)
        owner_uri = uri_from(document.get("owner")) or uri_from(document.get("controller"))
        if document.get("type") not in ACTOR_TYPES and owner_uri:
            document = await fetch(context, owner_uri)
        actor = actor_from_document(document)
    except (Gone, Denied, Refused, Malformed) as error:
        raise Unverified(f"the key {key_uri} cannot be had: {error}") from error
    stated = next((key for key in actor.keys if key.uri == key_uri), None)
    if stated is None or not same_origin(key_uri, actor.uri):
        raise Unverified(f"{actor.uri} does not list the key {key_uri}")
    clears = context.caches.keys.clears
    await context.database.write(save_actor, context.site, actor)
    known = key_from_document(stated)
    context.caches.keys.put(key_uri, known, clears)
    return known


async def fetch(context: Context, uri: str, pool: Pool = "strangers") -> dict[str, object]:
    """A document of another server, not asked for again for a minute after a failure. Raises NotFetched, Malformed, Forbidden.

    pool: `ours` where one of our people waits for it; else each host is asked only so often, whoever makes us ask it.
    """
    try:
        return await _fetch(context, uri, pool)
    except (Forbidden, Refused, Denied, Malformed) as error:
        log.info("fetch refused", extra={"host": _host(uri), "type": "fetch", "reason": str(error)})
        raise


async def _fetch(context: Context, uri: str, pool: Pool) -> dict[str, object]:
    if context.domains.is_suspended(uri):
        raise Forbidden(f"{host_of(uri)} is blocked here")
    if (context.caches.failures.get(uri) or 0) > context.site.now_ms():
        raise Unreachable(f"{uri} could not be fetched a moment ago")
    if pool == "strangers":
        await _count_host(context, uri)
    signer = await context.database.read(context.site.keyring.signer, SERVER_ID)
    try:
        document = await fetching.fetch_document(context.outbound, uri, signer, pool=pool)
    except NotFetched:
        context.caches.failures.put(uri, context.site.now_ms() + FORGET_FAILURE_MS)
        raise
    stated = str(document["id"])  # the address may have led to another server
    if context.domains.is_suspended(stated):
        raise Forbidden(f"{host_of(stated)} is blocked here")
    return document


def _host(uri: str) -> str:
    try:
        return host_of(uri)
    except Malformed:
        return ""


async def _count_host(context: Context, uri: str) -> None:
    """Raises Unreachable where a host was asked too often lately for what strangers named."""
    try:
        await rates.count(context, rates.HOST_FETCHES, host_of(uri))
    except TooMany as error:
        raise Unreachable(f"{host_of(uri)} was asked for too much lately", error.retry_after_s) from error


async def count_sender(context: Context, actor_uri: str) -> None:
    """Notes that an activity of an actor makes us fetch something. Raises Unreachable where their server made us fetch too much lately.

    Whoever is followed here may send much; whoever is not makes us fetch little.
    """
    account = await context.database.read(accounts.find_account_by_uri, actor_uri)
    is_followed = account is not None and await context.database.read(follows.has_local_follower, account.id)
    limit = rates.FOLLOWED_FETCHES if is_followed else rates.STRANGER_FETCHES
    try:
        await rates.count(context, limit, host_of(actor_uri))
    except TooMany as error:
        raise Unreachable(f"{host_of(actor_uri)} made us fetch too much lately", error.retry_after_s) from error


def account_from_actor(actor: ActorDocument, account_id: int, now_ms: int, domain: str) -> Account:
    """What an actor says of itself, as a row."""
    return Account(
        id=account_id,
        uri=actor.uri,
        type=actor.type,
        name=actor.name,
        domain=domain,
        inbox=actor.inbox,
        created_ms=ms_from_datetime(actor.published) if actor.published else now_ms,
        revision_ms=now_ms,
        display_name=actor.display_name,
        summary=actor.summary,
        url=own_page(actor.url, actor.uri, domain),
        shared_inbox=actor.shared_inbox,
        outbox=actor.outbox,
        followers_uri=actor.followers,
        following_uri=actor.following,
        featured_uri=actor.featured,
        icon_url=actor.icon_url,
        icon_alt=actor.icon_alt,
        image_url=actor.image_url,
        image_alt=actor.image_alt,
        fields=dumped([[field.name, field.value] for field in actor.fields]) or "[]",
        emojis=dumped([[emoji.shortcode, emoji.image_url] for emoji in actor.emojis]) or "[]",
        locked=actor.locked,
        discoverable=actor.discoverable,
        indexable=actor.indexable,
        also_known_as=dumped(list(actor.also_known_as)) or "[]",
        moved_to_uri=actor.moved_to,
        searchable_by=searchable_number(actor.searchable_by, actor.followers),
        fetched_ms=now_ms,
    )


def save_update(db: Connection, site: Site, actor: ActorDocument) -> bool:
    """An actor as an Update states it; False, and nothing changed, where a newer version of it is known.

    Its `updated` is compared, so that an old profile does not come back, nor a key that was withdrawn.
    """
    known = accounts.find_account_by_uri(db, actor.uri)
    if known is not None and actor.updated is not None and ms_from_datetime(actor.updated) < accounts.find_stated_ms(db, known.id):
        return False
    save_actor(db, site, actor)
    return True


def save_actor(db: Connection, site: Site, actor: ActorDocument, domain: str | None = None) -> Account:
    """The account of an actor that came from its own server, kept or brought up to date, with exactly the keys that it lists.

    domain: of its handle, where WebFinger has confirmed one; else that of its id. Raises Forbidden for one of ours.
    """
    if naming.is_ours(site.origin, actor.uri):
        raise Forbidden("one of our own accounts does not come from elsewhere")
    now_ms = site.now_ms()
    known = accounts.find_account_by_uri(db, actor.uri)
    if known is None:
        account = account_from_actor(actor, free_id(db, "account", now_ms), now_ms, domain or host_of(actor.uri))
        accounts.add_account(db, account)
    else:
        account = account_from_actor(actor, known.id, now_ms, domain or known.domain)
        account = replace(account, created_ms=known.created_ms, mode=known.mode, suspended_ms=known.suspended_ms)
        looks = replace(account, revision_ms=known.revision_ms, fetched_ms=known.fetched_ms)
        account = account if looks != known else replace(account, revision_ms=known.revision_ms)
        accounts.update_account(db, account)
        if account.domain != known.domain:
            accounts.set_domain(db, account.id, account.domain)
    if actor.updated is not None:  # one that lies ahead would refuse all that comes until then
        accounts.set_stated_ms(db, account.id, min(ms_from_datetime(actor.updated), now_ms))
    _save_keys(db, account, actor.keys, now_ms)
    identities.set_identities(db, account.id, proven_dids(actor.uri, actor.statements))
    return account


def _save_keys(db: Connection, account: Account, listed: Sequence[KeyDocument], now_ms: int) -> None:
    """Exactly the keys that an actor lists; what processes remember of others that it had is told to go."""
    before = {(key.uri, key.public_key) for key in accounts.list_keys(db, account.id)}
    for key in listed:
        accounts.save_key(db, Key(key.uri, account.id, key.algorithm, key.encoded, None, now_ms))
    accounts.remove_other_keys(db, account.id, [key.uri for key in listed])
    if before - {(key.uri, key.encoded) for key in listed}:
        add_event(db, "keys", account.id)


async def get_account(context: Context, uri: str, *, fresh: bool = False, pool: Pool = "strangers") -> Account:
    """The account with an actor id, fetched where we do not know it or fresh is asked. Raises NotFetched, Malformed, Forbidden."""
    known = await context.database.read(accounts.find_account_by_uri, uri)
    if known is not None and (known.is_local or not fresh):
        return known
    if naming.is_ours(context.site.origin, uri):
        raise Gone("there is no such account here")
    actor = actor_from_document(await fetch(context, uri, pool))
    domain = await _confirmed_domain(context, actor, pool)
    return await context.database.write(save_actor, context.site, actor, domain)


async def _confirmed_domain(context: Context, actor: ActorDocument, pool: Pool) -> str:
    """The domain of an actor's handle: another than its id's only where that domain's WebFinger points back at the actor."""
    host = host_of(actor.uri)
    if actor.webfinger is None:
        return host
    name, _, stated = actor.webfinger.rpartition("@")
    try:
        claimed = host_of(f"{context.config.scheme}://{stated}")
        if claimed in {host, context.site.handle_domain, context.config.host} or name.lower() != actor.name.lower():
            return host
        if context.domains.is_suspended(f"{context.config.scheme}://{claimed}"):
            return host
        jrd = await fetching.fetch_jrd(context.outbound, claimed, f"acct:{actor.webfinger}", scheme=context.config.scheme, pool=pool)
    except (NotFetched, Malformed):
        return host
    return claimed if jrd.self_uri == actor.uri else host
