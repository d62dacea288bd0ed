"""From bytes and headers to an effect that happens once: verify, screen, take in (DESIGN.md, "The way in")."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from federation.activities import activity_from_document
from federation.errors import Forbidden, Gone
from federation.json import document_from_bytes
from federation.keys import KnownKey
from federation.origins import host_of, same_origin
from federation.records import ActivityDocument
from federation.verification import Request, verify_request
from node.context import Context
from node.inbound import believing
from node.inbound.dispatch import row_for
from node.inbound.rows import Need, Row, Taken
from node.site import Site
from node.social import changes, naming, publishing, remote, remote_posts
from storage import accounts, deliveries, hosts, jobs, posts
from storage.database import Connection
from storage.events import add_event
from storage.seen import add_seen

log = logging.getLogger(__name__)

BY_REFERENCE = {"Create", "Update", "Announce", "Delete"}  # what another than its actor may bring: we ask the object's own server


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A verified activity on its way into the transaction."""

    activity: ActivityDocument
    row: Row
    parsed: Any


async def receive(context: Context, request: Request) -> None:
    """Takes in what another server posted to an inbox; when it returns, the effect or a job for it is on the disk.

    Raises Malformed, Unverified, Forbidden; NotFetched where the sender's key could not be had just now.
    """
    activity = activity_from_document(document_from_bytes(request.body))
    _screen(context, activity)
    if await _is_unknown_end(context, activity):
        return
    sender = await _verify(context, request)
    is_proven = await believing.has_own_proof(context, activity)  # FEP-8b32: where there is a proof that we can check, it must hold
    if sender.owner_uri != activity.actor_uri and not is_proven:
        await _by_reference(context, activity)
        return
    await take_in(context, activity, sender_host=host_of(sender.owner_uri))


def _screen(context: Context, activity: ActivityDocument) -> None:
    """Raises Forbidden for a blocked server and for an activity whose id is not of its actor's server (FEP-fe34)."""
    if context.domains.is_suspended(activity.actor_uri):
        raise Forbidden(f"{host_of(activity.actor_uri)} is blocked here")
    if not same_origin(activity.uri, activity.actor_uri):
        raise Forbidden("the activity's id is not of its actor's server")
    if naming.is_ours(context.site.origin, activity.actor_uri):
        raise Forbidden("our own accounts do not speak from elsewhere")


async def _is_unknown_end(context: Context, activity: ActivityDocument) -> bool:
    """Whether an actor whom we never met, or know to be gone, says that it is gone: nothing to do, and its key cannot be had anyway."""
    if activity.type != "Delete" or activity.object_uri != activity.actor_uri:
        return False
    known = await context.database.read(accounts.find_account_by_uri, activity.actor_uri)
    return known is None or known.deleted_ms is not None


async def _verify(context: Context, request: Request) -> KnownKey:
    known = await verify_request(request, remote.RemoteKeys(context), context.site.now())
    if context.domains.is_suspended(known.owner_uri):
        raise Forbidden(f"{host_of(known.owner_uri)} is blocked here")
    return known


async def _by_reference(context: Context, activity: ActivityDocument) -> None:
    """Puts down a job that asks the object's own server; nothing that the bringer said is believed. Raises Forbidden."""
    if activity.type not in BY_REFERENCE or activity.object_uri is None:
        raise Forbidden("the signature is another's than the actor's")
    if naming.is_ours(context.site.origin, activity.object_uri):
        return
    payload = orjson.dumps({"uri": activity.object_uri}).decode()
    await context.database.write(_put_down, context.site, "refresh_post", payload, activity.object_uri)


def _put_down(db: Connection, site: Site, kind: str, payload: str, key: str = "") -> None:
    jobs.add_job(db, kind, payload, site.now_ms(), key)
    add_event(db, "jobs")


async def take_in(context: Context, activity: ActivityDocument, sender_host: str) -> None:
    """Takes in an activity that is known to be its actor's. Raises Malformed, Forbidden."""
    row = row_for(activity)
    if row is None:
        log.info("not understood", extra={"type": activity.type[:64], "host": sender_host})
        return
    if activity.object is not None and activity.object_uri and not same_origin(activity.object_uri, activity.actor_uri):
        if activity.type in {"Create", "Update"}:
            raise Forbidden("the object is of another server than its actor")
    elif activity.object is None and activity.type in {"Create", "Update"}:
        await _by_reference(context, activity)
        return
    incoming = _Incoming(activity, row, row.read(activity))
    await context.database.write(_take_in_once, context.site, incoming, sender_host)


def _take_in_once(db: Connection, site: Site, incoming: _Incoming, sender_host: str) -> None:
    activity = incoming.activity
    if not add_seen(db, activity.actor_uri, activity.uri, site.now_ms()):
        return
    if hosts.clear_failures(db, sender_host) and deliveries.hasten_host(db, sender_host, site.now_ms()):
        add_event(db, "deliveries")  # whoever speaks to us can be spoken to
    actor = accounts.find_account_by_uri(db, activity.actor_uri)
    if actor is None or not actor.is_active:
        return
    taken = Taken(activity, actor, incoming.parsed)
    if any(not _is_known(db, need) for need in incoming.row.needs(db, site, taken)):
        _put_down(db, site, "take_in", orjson.dumps(activity.document).decode())
        return
    incoming.row.apply(db, site, taken)


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
        return
    parsed = row.read(activity)
    actor = await context.database.read(accounts.find_account_by_uri, activity.actor_uri)
    if actor is None or not actor.is_active or context.domains.is_suspended(actor.uri):  # much may have happened meanwhile
        return
    taken = Taken(activity, actor, parsed)
    needs = await context.database.read(row.needs, context.site, taken)
    await fetch_needs(context, needs)
    await context.database.write(row.apply, context.site, taken)


async def fetch_needs(context: Context, needs: Sequence[Need]) -> None:
    """Fetches what an activity needs. Raises NotFetched, Malformed, Forbidden."""
    for need in needs:
        if need.kind == "account":
            await remote.get_account(context, need.uri, fresh=need.fresh)
        else:
            await remote_posts.get_post(context, need.uri)


async def refresh_post(context: Context, uri: str) -> None:
    """A job: looks at a post on its own server, because somebody said that it is new, changed or gone."""
    known = await context.database.read(posts.find_post_by_uri, uri)
    try:
        await remote_posts.fetch_post(context, uri, arrives=known is None)
    except Gone:
        if known is not None:
            await context.database.write(_forget, context.site, uri)


def _forget(db: Connection, site: Site, uri: str) -> None:
    post = posts.find_post_by_uri(db, uri)
    if post is not None:
        publishing.publish_withdrawals(db, site, post)
        changes.tell_gone(db, post)
        posts.delete_post(db, post, site.now_ms())
