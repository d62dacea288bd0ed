"""From bytes and headers to an effect that happens once: verify, screen, take in (DESIGN.md, "The way in")."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from federation.activities import activity_from_document, envelope_from_document
from federation.errors import FederationError, Forbidden, Gone, Unreachable
from federation.json import document_from_bytes
from federation.keys import KnownKey
from federation.origins import host_of, same_origin
from federation.records import ActivityDocument, ActivityEnvelope
from federation.verification import Request, has_recent_proof, verify_request
from node.context import Context
from node.errors import NodeError
from node.inbound import believing
from node.inbound.dispatch import row_for
from node.inbound.rows import PROCESSED, Need, Row, Taken
from node.site import Site
from node.social import changes, naming, publishing, remote, remote_posts
from storage import accounts, deliveries, follows, hosts, jobs, posts
from storage.database import Connection
from storage.events import add_event
from storage.seen import add_seen

log = logging.getLogger(__name__)

MAKING_KNOWN = {"Create", "Update"}
BY_REFERENCE = {"Create", "Update", "Announce", "Delete"}  # what another than its actor may bring: we ask the object's own server


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A verified activity on its way into the transaction."""

    activity: ActivityDocument
    row: Row
    parsed: Any


async def receive(context: Context, request: Request, address: str = "") -> None:
    """Takes in what another server posted to an inbox; when it returns, the effect or a job for it is on the disk.

    address: whence it came, for the limits of what strangers make us fetch.
    Raises Malformed, Unverified, Forbidden, TooMany; NotFetched where the sender's key could not be had just now.
    """
    named = Named()
    try:
        await _receive(context, request, address, named)
    except (FederationError, NodeError) as error:
        log.info("activity rejected", extra=named.fields(str(error)))
        raise


@dataclass(slots=True)
class Named:
    """What a log line says of an activity, as far as it is known."""

    host: str = ""
    type: str = ""

    def fields(self, reason: str) -> dict[str, str]:
        """For `extra`."""
        return {"host": self.host, "type": self.type, "reason": reason}


def named(activity: ActivityDocument | ActivityEnvelope, sender_host: str = "") -> Named:
    """An activity as a log line names it."""
    inner = f" {activity.object_type}" if activity.object_type else ""
    return Named(sender_host or host_of(activity.actor_uri), f"{activity.type[:64]}{inner[:64]}")


async def _receive(context: Context, request: Request, address: str, seen: Named) -> None:
    document = document_from_bytes(request.body)
    envelope = envelope_from_document(document)  # nothing more is read before somebody has signed for it
    known = named(envelope)
    seen.host, seen.type = known.host, known.type
    _screen(context, envelope)
    if await _is_unknown_end(context, envelope):
        _discard(envelope, "nobody here knows who is gone")
        return
    keys = remote.RemoteKeys(context, address)
    sender = await _verify(context, request, keys)
    activity = activity_from_document(document)
    is_proven = await believing.has_own_proof(context, activity, keys)  # where there is a proof that we can check, it must hold
    if sender.owner_uri != activity.actor_uri and not (is_proven and has_recent_proof(activity.document, context.site.now())):
        seen.host = host_of(sender.owner_uri)
        await _by_reference(context, activity, sender.owner_uri)
        return
    await take_in(context, activity, sender_host=host_of(sender.owner_uri))


def _discard(activity: ActivityDocument | ActivityEnvelope, reason: str, sender_host: str = "") -> None:
    log.info("activity discarded", extra=named(activity, sender_host).fields(reason))


def _screen(context: Context, activity: ActivityEnvelope) -> None:
    """Raises Forbidden for a blocked server and for an activity whose id is not of its actor's server (FEP-fe34)."""
    if context.domains.is_suspended(activity.actor_uri):
        raise Forbidden(f"{host_of(activity.actor_uri)} is blocked here")
    if not same_origin(activity.uri, activity.actor_uri):
        raise Forbidden("the activity's id is not of its actor's server")
    if naming.is_ours(context.site.origin, activity.actor_uri):
        raise Forbidden("our own accounts do not speak from elsewhere")


async def _is_unknown_end(context: Context, activity: ActivityEnvelope) -> bool:
    """Whether an actor whom we never met, or know to be gone, says that it is gone: nothing to do, and its key cannot be had anyway."""
    if activity.type != "Delete" or activity.object_uri != activity.actor_uri:
        return False
    known = await context.database.read(accounts.find_account_by_uri, activity.actor_uri)
    return known is None or known.deleted_ms is not None


async def _verify(context: Context, request: Request, keys: remote.RemoteKeys) -> KnownKey:
    known = await verify_request(request, keys, context.site.now())
    if context.domains.is_suspended(known.owner_uri):
        raise Forbidden(f"{host_of(known.owner_uri)} is blocked here")
    return known


async def _by_reference(context: Context, activity: ActivityDocument, sender_uri: str) -> None:
    """Puts down a job that asks the object's own server; nothing that the bringer said is believed. Raises Forbidden, Unreachable.

    What is neither known here nor sent by, or of, somebody whom people here follow is not asked for: whoever signs could make us fetch
    anything else.
    """
    uri = activity.object_uri
    if activity.type not in BY_REFERENCE or uri is None:
        raise Forbidden("the signature is another's than the actor's")
    if naming.is_ours(context.site.origin, uri):
        _discard(activity, "it is about something of ours", host_of(sender_uri))
        return
    kind = "refresh_account" if uri == activity.actor_uri else "refresh_post"
    if not await context.database.read(_is_wanted_reference, context.site, activity, sender_uri):
        _discard(activity, "nobody here has asked for what it names", host_of(sender_uri))
        return
    await remote.count_sender(context, sender_uri)
    await context.database.write(_put_down, context.site, kind, orjson.dumps({"uri": uri}).decode(), uri)


def _is_wanted_reference(db: Connection, site: Site, activity: ActivityDocument, sender_uri: str) -> bool:
    """Whether it is worth asking for what an activity names by its id alone. sender_uri: who signed; nobody else is judged by."""
    uri = activity.object_uri or ""
    if posts.find_post_by_uri(db, uri) is not None or accounts.find_account_by_uri(db, uri) is not None:
        return True
    if activity.type not in MAKING_KNOWN or not same_origin(uri, activity.actor_uri):
        return False
    people = (accounts.find_account_by_uri(db, each) for each in {sender_uri, activity.actor_uri})
    if any(person is not None and follows.has_local_follower(db, person.id) for person in people):
        return True
    addressed = (each for each in (*activity.to, *activity.cc) if naming.is_ours(site.origin, each))
    return sender_uri == activity.actor_uri and any(accounts.find_account_by_uri(db, each) is not None for each in addressed)


def _put_down(db: Connection, site: Site, kind: str, payload: str, key: str = "") -> None:
    jobs.add_job(db, kind, payload, site.now_ms(), key)
    add_event(db, "jobs")


async def take_in(context: Context, activity: ActivityDocument, sender_host: str) -> None:
    """Takes in an activity that is known to be its actor's. Raises Malformed, Forbidden."""
    row = row_for(activity)
    if row is None:
        _discard(activity, "not understood", sender_host)
        return
    if activity.object is not None and activity.object_uri and not same_origin(activity.object_uri, activity.actor_uri):
        if activity.type in {"Create", "Update"}:
            raise Forbidden("the object is of another server than its actor")
    elif activity.object is None and activity.type in {"Create", "Update"}:
        await _by_reference(context, activity, activity.actor_uri)
        return
    incoming = _Incoming(activity, row, row.read(activity))
    reason = await context.database.write(_take_in_once, context.site, incoming, sender_host)
    if reason != PROCESSED:
        _discard(activity, reason, sender_host)


def _take_in_once(db: Connection, site: Site, incoming: _Incoming, sender_host: str) -> str:
    """PROCESSED, also where a job goes on with it, or the reason why nothing was done."""
    activity = incoming.activity
    if not add_seen(db, activity.actor_uri, activity.uri, site.now_ms()):
        return "it was processed before"
    if hosts.clear_failures(db, sender_host) and deliveries.hasten_host(db, sender_host, site.now_ms()):
        add_event(db, "deliveries")  # whoever speaks to us can be spoken to
    actor = accounts.find_account_by_uri(db, activity.actor_uri)
    if actor is None or not actor.is_active:
        return "its actor is suspended or gone"
    taken = Taken(activity, actor, incoming.parsed)
    if any(not _is_known(db, need) for need in incoming.row.needs(db, site, taken)):
        _put_down(db, site, "take_in", orjson.dumps(activity.document).decode())
        return PROCESSED
    return incoming.row.apply(db, site, taken)


def _is_known(db: Connection, need: Need) -> bool:
    if need.fresh:
        return False
    find = FINDERS[need.kind]
    return find(db, need.uri) is not None


FINDERS: Mapping[str, Any] = {"account": accounts.find_account_by_uri, "post": posts.find_post_by_uri}


async def take_in_later(context: Context, document: Mapping[str, object]) -> None:
    """A job: an activity that was verified and noted as seen when it came; fetches what it needs, then takes it in.

    Raises NotFetched where it is worth another try.
    """
    activity = activity_from_document(document)
    row = row_for(activity)
    if row is None:
        _discard(activity, "not understood")
        return
    try:
        reason = await _take_in_fetched(context, activity, row)
    except Unreachable:  # the job comes again, and says so when it is given up
        raise
    except (FederationError, NodeError) as error:
        log.info("activity rejected", extra=named(activity).fields(str(error)))
        raise
    if reason != PROCESSED:
        _discard(activity, reason)


async def _take_in_fetched(context: Context, activity: ActivityDocument, row: Row) -> str:
    parsed = row.read(activity)
    actor = await context.database.read(accounts.find_account_by_uri, activity.actor_uri)
    if actor is None or not actor.is_active or context.domains.is_suspended(actor.uri):  # much may have happened meanwhile
        return "its actor is suspended or gone"
    taken = Taken(activity, actor, parsed)
    needs = await context.database.read(row.needs, context.site, taken)
    if needs:
        await remote.count_sender(context, actor.uri)
        await fetch_needs(context, needs)
    return await context.database.write(row.apply, context.site, taken)


async def fetch_needs(context: Context, needs: Sequence[Need]) -> None:
    """Fetches what an activity needs. Raises NotFetched, Malformed, Forbidden."""
    for need in needs:
        if need.kind == "account":
            await remote.get_account(context, need.uri, fresh=need.fresh)
        else:
            await remote_posts.get_post(context, need.uri)


async def refresh_post(context: Context, uri: str) -> None:
    """A job: looks at a post on its own server, because somebody said that it is new, changed or gone.

    One that we do not have is kept only where it would have been kept had its author sent it.
    """
    known = await context.database.read(posts.find_post_by_uri, uri)
    try:
        await remote_posts.fetch_post(context, uri, arrives=known is None, only_wanted=known is None)
    except Gone:
        if known is not None:
            await context.database.write(_forget, context.site, uri)


async def refresh_account(context: Context, uri: str) -> None:
    """A job: looks at an actor on its own server, because somebody brought an old word of it. Raises NotFetched, Malformed, Forbidden."""
    if await context.database.read(accounts.find_account_by_uri, uri) is not None:
        await remote.get_account(context, uri, fresh=True)


def _forget(db: Connection, site: Site, uri: str) -> None:
    post = posts.find_post_by_uri(db, uri)
    if post is not None:
        publishing.publish_withdrawals(db, site, post)
        changes.tell_gone(db, post)
        posts.delete_post(db, post, site.now_ms())
