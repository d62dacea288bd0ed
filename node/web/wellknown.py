"""Where others begin: WebFinger, host-meta, NodeInfo; and /health for whoever watches over the node."""

import orjson
from aiohttp import web

from federation import nodeinfo, webfinger
from federation.errors import Malformed
from node import __version__
from node.context import Context
from node.errors import BadInput, NotFound
from node.social import guardianship, naming, remote
from node.web.activitypub import find_reader
from node.web.keys import CONTEXT
from node.web.negotiating import CORS, json_response
from node.web.requests import client_address, forwarded_for, is_trusted_proxy
from storage import accounts, posts
from storage.database import Connection
from storage.ids import id_range_start
from storage.records import Account

JRD = "application/jrd+json; charset=utf-8"
SOURCE = "https://w3id.org/hedgerow"
LONGEST_RESOURCE = 1_000
MONTH_MS, HALF_YEAR_MS = 30 * 24 * 3600 * 1000, 182 * 24 * 3600 * 1000


async def finger(request: web.Request) -> web.Response:
    """GET /.well-known/webfinger?resource=... (RFC 7033): accounts by handle or address, and the server itself (FEP-d556)."""
    context, resource = request.app[CONTEXT], request.query.get("resource", "")
    if not resource:
        raise BadInput("Say who is meant: ?resource=acct:name@host")
    if len(resource) > LONGEST_RESOURCE:
        raise NotFound("There is no such account here.")
    key = ("finger", resource if "://" in resource else resource.lower())
    body = await context.caches.documents.remember(key, lambda: _jrd_body(context, resource))
    return web.Response(body=body, headers={"Content-Type": JRD, **CORS})


async def _jrd_body(context: Context, resource: str) -> bytes:
    return orjson.dumps(await _jrd(context, resource))


async def _jrd(context: Context, resource: str) -> dict[str, object]:
    origin = context.site.origin
    if resource.rstrip("/") in {origin, naming.server_actor_uri(origin)}:
        return webfinger.server_jrd(origin, naming.server_actor_uri(origin))
    account = await context.database.read(_find, context, resource)
    if account is None or not account.is_active:
        raise NotFound("There is no such account here.")
    return jrd_of(context, account)


def _find(db: Connection, context: Context, resource: str) -> Account | None:
    if resource.startswith(("https://", "http://")):
        account = accounts.find_account_by_address(db, resource)
        return account if account is not None and account.is_local else None
    try:
        name, host = webfinger.parse_handle(resource)
    except Malformed:
        return None
    return accounts.find_account_by_handle(db, name) if host in {context.site.handle_domain, context.config.host} else None


def jrd_of(context: Context, account: Account) -> dict[str, object]:
    """What WebFinger says of one of ours; its links include where our people follow, reply, like and share (FEP-3b86)."""
    interact = f"{context.site.origin}/authorize_interaction?uri={{uri}}"
    intent = f"{context.site.origin}/authorize_interaction?uri={{object}}"
    templates = {webfinger.SUBSCRIBE: interact} | {
        f"{webfinger.INTENT}{activity}": intent for activity in ("Follow", "Like", "Announce", "Object")
    }
    templates[f"{webfinger.INTENT}Create"] = f"{context.site.origin}/compose?text={{content}}&in_reply_to={{inReplyTo}}"
    if account.id == remote.SERVER_ID:
        templates = {}
    subject = f"acct:{account.name}@{context.site.handle_domain}"
    if guardianship.is_ward(account):  # a stub for everybody: WebFinger does not know who asks
        return webfinger.jrd(subject, account.uri, profile_url=None, templates={})
    return webfinger.jrd(subject, account.uri, profile_url=account.url, templates=templates)


async def host_meta(request: web.Request) -> web.Response:
    """GET /.well-known/host-meta (RFC 6415)."""
    text = webfinger.host_meta(request.app[CONTEXT].site.origin)
    return web.Response(text=text, headers={"Content-Type": "application/xrd+xml; charset=utf-8", **CORS})


async def nodeinfo_links(request: web.Request) -> web.Response:
    """GET /.well-known/nodeinfo."""
    return json_response(nodeinfo.well_known(request.app[CONTEXT].site.origin))


async def node_info(request: web.Request) -> web.Response:
    """GET /nodeinfo/2.0 and /nodeinfo/2.1 (FEP-f1d5)."""
    context = request.app[CONTEXT]
    version: nodeinfo.Version = "2.0" if request.match_info["version"] == "2.0" else "2.1"
    found = await context.database.read(_node_info, context)
    kind = f'application/json; profile="{nodeinfo.SCHEMA}/{version}#"; charset=utf-8'
    return json_response(nodeinfo.nodeinfo(found, version), content_type=kind)


def _node_info(db: Connection, context: Context) -> nodeinfo.NodeInfo:
    now_ms, config = context.site.now_ms(), context.config
    return nodeinfo.NodeInfo(
        software="hedgerow",
        version=__version__,
        repository=SOURCE,
        homepage=SOURCE,
        open_registrations=config.registrations.mode in {"open", "approval"},
        users=accounts.count_local_people(db),
        users_active_half_year=accounts.count_active_people(db, id_range_start(now_ms - HALF_YEAR_MS)),
        users_active_month=accounts.count_active_people(db, id_range_start(now_ms - MONTH_MS)),
        local_posts=posts.count_local_posts(db),
        metadata={
            "nodeName": config.node.name,
            "nodeDescription": config.node.description,
            "languages": list(config.node.languages),
            "upstream": {"name": "mastodon"},
        },
    )


async def health(request: web.Request) -> web.Response:
    """GET /health: that this process answers and its database too; with ?signed=1 also whether a signature arrives whole.

    The node's own signature, which the doctor sends, is told from which address its request came, and through which.
    """
    config = request.app[CONTEXT].config
    await request.app[CONTEXT].database.read(posts.find_tombstone, "")
    if "signed" in request.query:
        reader = await find_reader(request)
        seen: dict[str, object] = {"status": "ok", "signed": reader is not None}
        if reader is not None and reader.uri == naming.server_actor_uri(config.origin):
            peer, forwarded = request.remote or "", forwarded_for(request)
            seen |= {"peer": peer, "forwarded": forwarded, "believed": is_trusted_proxy(config, peer), "address": client_address(request)}
        return json_response(seen)
    return json_response({"status": "ok"})


ROUTES = (
    web.get("/.well-known/webfinger", finger),
    web.get("/.well-known/host-meta", host_meta),
    web.get("/.well-known/nodeinfo", nodeinfo_links),
    web.get("/nodeinfo/{version:2\\.0|2\\.1}", node_info),
    web.get("/health", health),
)
