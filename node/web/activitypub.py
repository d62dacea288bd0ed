"""The doors for other servers: actors, posts, activities, and the inboxes."""

import re
from collections.abc import Mapping
from functools import partial

import orjson
from aiohttp import web

from federation import outgoing
from federation.errors import FederationError
from federation.quotes import document_from_stamp
from federation.verification import verify_request
from node.errors import NotFound, NotSignedIn, WasDeleted
from node.inbound.receiving import receive
from node.site import Site
from node.social import authorizing, describing, guardianship, naming, quoting, remote
from node.web.keys import CONTEXT, INBOX_ANSWERS
from node.web.negotiating import Handler, activity_response, wants_activity
from node.web.requests import client_address, path_id, read_capped, signed_request
from storage import accounts, deliveries, held_posts, moderation, posts
from storage.database import Connection
from storage.records import Account, Post

NOT_THERE = "There is nothing here."
KEY_ID = re.compile(r'keyid="([^"]{1,2000})"', re.IGNORECASE)
STRANGER = 0
GUARDED = b"guarded"  # kept beside the documents, so that an actor that anybody may have costs no look into the database


async def inbox(request: web.Request) -> web.Response:
    """POST to an inbox, personal or shared (ActivityPub, section 5.2). Nothing is looked at while there is no room for one more."""
    context = request.app[CONTEXT]
    name = request.match_info.get("name")
    if name is not None:
        await context.database.read(_get_actor, name)
    most = context.config.federation.max_body_bytes
    with context.gate.entered(min(most if request.content_length is None else request.content_length, most)):
        body = await read_capped(request, most)
        async with context.gate.turn(len(body)):
            await receive(context, signed_request(request, body), client_address(request))
    return web.Response(status=202)


@web.middleware
async def count_answers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts how the inboxes answer."""
    response = await handler(request)
    if request.method == "POST" and request.path.endswith("/inbox"):
        request.app[INBOX_ANSWERS][response.status] += 1
    return response


async def actor(request: web.Request) -> web.StreamResponse:
    """GET of an account's id."""
    context, name = request.app[CONTEXT], request.match_info["name"]
    if not wants_activity(request):
        raise web.HTTPFound(naming.actor_url(context.site.origin, name))
    return await actor_document(request)


async def actor_document(request: web.Request) -> web.StreamResponse:
    """An account as ActivityStreams."""
    context, name = request.app[CONTEXT], request.match_info["name"]
    documents = context.caches.documents
    is_guarded = await documents.remember(("guarded", name.lower()), partial(context.database.read, _guarded, name)) == GUARDED
    reader = await find_reader(request) if is_guarded or context.config.federation.authorized_fetch else None
    is_whole = not is_guarded or await context.database.read(_sees_whole, name, reader)
    make = partial(context.database.read, _actor_body if is_whole else _stub_body, context.site, name)
    found = await documents.remember(("actor" if is_whole else "stub", name.lower()), make)
    return activity_response(found, is_private=is_guarded)


def _guarded(db: Connection, name: str) -> bytes:
    """GUARDED where it matters who asks for an account: a supervised one, or one that blocks somebody. Raises NotFound, WasDeleted."""
    account = _get_actor(db, name)
    return GUARDED if guardianship.is_ward(account) or moderation.turns_somebody_away(db, account.id) else b"open"


def _sees_whole(db: Connection, name: str, reader: Account | None) -> bool:
    """Whether a reader gets the whole actor, and not a stub."""
    account = _get_actor(db, name)
    return not guardianship.hides(db, account, reader.id if reader else STRANGER) and not is_turned_away(db, account, reader)


def is_turned_away(db: Connection, account: Account, reader: Account | None) -> bool:
    """Whether an account blocks a reader, or hides the reader's server."""
    return reader is not None and moderation.turns_away(db, account.id, reader.id)


def _stub_body(db: Connection, _site: Site, name: str) -> bytes:
    return orjson.dumps(describing.stub_document(db, _get_actor(db, name)))


def _actor_body(db: Connection, site: Site, name: str) -> bytes:
    return orjson.dumps(describing.actor_document(db, site, _get_actor(db, name)))


def _get_actor(db: Connection, name: str) -> Account:
    account = accounts.find_account_by_handle(db, name)
    if account is None or account.id == remote.SERVER_ID:
        raise NotFound(NOT_THERE)
    if account.suspended_ms is not None:  # it may come back: whoever hears "gone" forgets it for good
        raise NotFound(NOT_THERE)
    if account.deleted_ms is not None:
        raise WasDeleted("This account is not there any more.")
    return account


async def server_actor(request: web.Request) -> web.Response:
    """GET of the node's own actor; never asks for a signature, for it is what signatures are checked against (FEP-d556)."""
    context = request.app[CONTEXT]
    make = partial(context.database.read, _server_body, context.site)
    return activity_response(await context.caches.documents.remember(("server", ""), make))


def _server_body(db: Connection, site: Site) -> bytes:
    return orjson.dumps(describing.actor_document(db, site, accounts.get_account(db, remote.SERVER_ID)))


async def post(request: web.Request) -> web.StreamResponse:
    """GET of a post's id."""
    context, name, post_id = request.app[CONTEXT], request.match_info["name"], path_id(request)
    if not wants_activity(request):
        raise web.HTTPFound(naming.post_url(context.site.origin, name, post_id))
    return await post_document(request)


async def post_document(request: web.Request) -> web.StreamResponse:
    """A post as ActivityStreams, to whoever may see it; a Tombstone where it was deleted."""
    context = request.app[CONTEXT]
    reader = await find_reader(request)
    uri = naming.post_uri(context.site.origin, request.match_info["name"], path_id(request))
    body, status = await context.database.read(_post_body, context.site, uri, reader.id if reader else STRANGER)
    return activity_response(body, status)


def _post_body(db: Connection, site: Site, uri: str, viewer_id: int) -> tuple[bytes, int]:
    found = posts.find_post_by_uri(db, uri)
    if found is None:
        if posts.find_tombstone(db, uri) is None:
            raise NotFound(NOT_THERE)
        return orjson.dumps({"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": "Tombstone"}), 410
    author = accounts.get_account(db, found.account_id)
    is_turned_away = bool(viewer_id) and moderation.turns_away(db, author.id, viewer_id)
    if not author.is_active or is_turned_away or not posts.is_visible(db, found.id, viewer_id):
        raise NotFound(NOT_THERE)
    return orjson.dumps(describing.post_document(db, site, author, found)), 200


async def activity(request: web.Request) -> web.StreamResponse:
    """GET of an activity's id: only what was said in public, and not to those whom its author blocks."""
    context = request.app[CONTEXT]
    reader = await find_reader(request)
    uri = naming.activity_uri(context.site.origin, request.match_info["name"], path_id(request))
    return activity_response(await context.database.read(_activity_body, uri, reader))


def _activity_body(db: Connection, uri: str, reader: Account | None) -> bytes:
    found = deliveries.find_activity(db, uri)
    if found is None or not found.is_public or is_turned_away(db, accounts.get_account(db, found.account_id), reader):
        raise NotFound(NOT_THERE)
    if found.post_id is not None and held_posts.find_meant(db, found.post_id) is not None:
        raise NotFound(NOT_THERE)
    return found.body


async def find_reader(request: web.Request) -> Account | None:
    """Who asks: by a program's token, or by the signature; None for a stranger. Raises NotSignedIn, NotAllowed for a token that does not
    hold or reach, and NotSignedIn where this node answers only to those whom it knows."""
    context = request.app[CONTEXT]
    if request.headers.get("Authorization", "").lower().startswith("bearer "):
        return await authorizing.require_token(context, bearer_of(request), "read:statuses")
    if "Signature" not in request.headers:
        if context.config.federation.authorized_fetch:
            raise NotSignedIn("This server answers only to signed requests.")
        return None
    if context.domains.is_suspended(signer_of(request.headers)):
        raise NotFound(NOT_THERE)
    try:
        known = await verify_request(signed_request(request), remote.RemoteKeys(context, client_address(request)), context.site.now())
    except FederationError:
        if context.config.federation.authorized_fetch:
            raise
        return None
    if context.domains.is_suspended(known.owner_uri):
        raise NotFound(NOT_THERE)
    return await context.database.read(accounts.find_account_by_uri, known.owner_uri)


def signer_of(headers: Mapping[str, str]) -> str:
    """The key id that a signed request names, not verified; '' where there is none."""
    found = KEY_ID.search(headers.get("Signature-Input", "")) or KEY_ID.search(headers.get("Signature", ""))
    return found[1] if found else ""


def bearer_of(request: web.Request) -> str:
    """The secret of a request's token. Raises NotSignedIn where there is none."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise NotSignedIn("Send the access token: Authorization: Bearer ...")
    return secret.strip()


async def require_reader(request: web.Request) -> None:
    """Raises where this node answers only to signed requests and this one is none."""
    if request.app[CONTEXT].config.federation.authorized_fetch:
        await find_reader(request)


def outbox_item(db: Connection, site: Site, author: Account, each: Post) -> dict[str, object]:
    """A post as the Create, or a boost as the Announce, that made it known."""
    if each.boost_of_id is None:
        return outgoing.create(naming.activity_uri(site.origin, author.name, each.id), describing.post_document(db, site, author, each))
    original = posts.find_post(db, each.boost_of_id)
    original_author = accounts.find_account(db, original.account_id) if original else None
    to, cc = describing.boost_audience(author, each, original_author)
    return outgoing.announce(each.uri, author.uri, original.uri if original else "", to, cc, each.published)


async def stamp(request: web.Request) -> web.Response:
    """GET /users/{name}/stamps/{id}: that one of ours agrees to be quoted (FEP-044f)."""
    context = request.app[CONTEXT]
    found = await context.database.read(quoting.find_stamp, context.site, request.match_info["name"], path_id(request))
    if found is None:
        raise NotFound("There is no such stamp, or it was taken back.")
    return activity_response(document_from_stamp(found))


ROUTES = (
    web.get("/users/{name}", actor),
    web.post("/users/{name}/inbox", inbox),
    web.post("/inbox", inbox),
    web.get("/actor", server_actor),
    web.post("/actor/inbox", inbox),
    web.get("/users/{name}/posts/{id}", post),
    web.get("/users/{name}/stamps/{id}", stamp),
    web.get("/users/{name}/activities/{id}", activity),
)
