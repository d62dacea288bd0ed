"""Credentials as machines read them: /users/{name}/achievements/{id}, /badges/{id} and /status; and the pictures that hold them."""

import asyncio

import orjson
from aiohttp import web

from federation.baking import bake_svg
from federation.credentials import document_from_badge
from federation.linked_data import OB, VC
from node.errors import NotFound
from node.learning import awarding, badge_pictures, badges, judging, snapshots
from node.social import accounts as profiles
from node.social import authorizing
from node.web import sessions
from node.web.keys import CONTEXT
from node.web.negotiating import CORS
from node.web.requests import path_id
from storage.database import Connection
from storage.learning import awards, endorsements, evidence
from storage.learning.awards import Award
from storage.records import Account

LD_JSON = {"Content-Type": "application/ld+json; charset=utf-8", "Vary": "Accept", "X-Content-Type-Options": "nosniff", **CORS}
PICTURE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox", "X-Content-Type-Options": "nosniff"}
SHARED, OWN = "public, max-age=300", "private, no-store"


async def viewer_id(request: web.Request) -> int:
    """Who looks, by their cookie; 0 for a stranger."""
    secret = sessions.read_cookie(request)
    session = await authorizing.find_session(request.app[CONTEXT], secret) if secret else None
    return session.account.id if session is not None else 0


def wants_credential(request: web.Request) -> bool:
    """Whether JSON is asked for rather than a page."""
    accept = request.headers.get("Accept", "")
    return "json" in accept or "application/vc" in accept


def json_text(text: str, kept: str = SHARED) -> web.Response:
    """A credential, exactly as it was signed."""
    return web.Response(body=text.encode(), headers={**LD_JSON, "Cache-Control": kept})


async def credential(request: web.Request) -> web.Response:
    """GET /users/{name}/achievements/{id}: of an achievement or an endorsement; browsers are led to the page."""
    context, number = request.app[CONTEXT], path_id(request)
    if not wants_credential(request) and "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPSeeOther(f"/@{request.match_info['name']}/achievements/{number}")
    viewer = await viewer_id(request)
    text, is_public = await context.database.read(find_text, request.match_info["name"], number, viewer)
    return json_text(text, SHARED if is_public else OWN)


def find_text(db: Connection, name: str, number: int, viewer: int) -> tuple[str, bool]:
    """The exact text of a credential that one of ours signed, and whether it is for everybody. Raises NotFound."""
    issuer = profiles.get_local(db, name)
    endorsement = endorsements.find_endorsement(db, number)
    if endorsement is not None and endorsement.endorser_id == issuer.id:
        return endorsement.credential, True
    award, giver, _ = judging.get_award(db, number, viewer)
    if giver is None or giver.id != issuer.id:
        raise NotFound("There is no such achievement, or it is not for you.")
    return award.credential, award.state == awards.PUBLIC


async def badge(request: web.Request) -> web.Response:
    """GET /users/{name}/badges/{id}: what can be achieved, as Open Badges states it."""
    context = request.app[CONTEXT]
    if not wants_credential(request) and "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPSeeOther(f"/@{request.match_info['name']}/badges/{path_id(request)}")
    found, giver = await context.database.read(badges.get_badge, path_id(request))
    _check_name(giver, request)
    stated = document_from_badge(badges.document_of(found, context.site.origin))
    return json_text(orjson.dumps({"@context": [VC, OB], **stated}).decode())


async def badge_picture(request: web.Request) -> web.Response:
    """GET /users/{name}/badges/{id}.png: the picture without a credential."""
    context = request.app[CONTEXT]
    found, giver = await context.database.read(badges.get_badge, path_id(request))
    _check_name(giver, request)
    body = await awarding.plain_png(context, found)
    return web.Response(body=body, headers={**PICTURE, "Content-Type": "image/png", "Cache-Control": SHARED})


async def status_list(request: web.Request) -> web.Response:
    """GET /users/{name}/status: the signed list of what somebody revoked."""
    context = request.app[CONTEXT]
    account = await context.database.read(profiles.get_local, request.match_info["name"])
    text = await context.database.read(evidence.find_status_list, account.id)
    if text is None:
        raise NotFound("Nothing was ever given in that name.")
    return json_text(text)


async def snapshot(request: web.Request) -> web.Response:
    """GET /users/{name}/snapshots/{digest}: what evidence said when it was taken, byte by byte."""
    text = await request.app[CONTEXT].database.read(snapshots.find_open, request.match_info["digest"])
    if text is None:
        raise NotFound("There is no such snapshot, or it is not for everybody.")
    return json_text(text)


async def baked(request: web.Request) -> web.Response:
    """GET /@{name}/achievements/{id}.png and .svg: the badge with the credential in it."""
    context, kind = request.app[CONTEXT], request.match_info["kind"]
    viewer = await viewer_id(request)
    award, _, _ = await context.database.read(judging.get_award, path_id(request), viewer)
    picture = await (_svg(award) if kind == "svg" else _png(request, award))
    types = {"svg": "image/svg+xml", "png": "image/png"}
    kept = SHARED if award.state == awards.PUBLIC else OWN
    return web.Response(body=picture, headers={**PICTURE, "Content-Type": types[kind], "Cache-Control": kept, "Vary": "Cookie"})


async def _svg(award: Award) -> bytes:
    return await asyncio.to_thread(bake_svg, badge_pictures.svg_of(award.name), award.credential)


async def _png(request: web.Request, award: Award) -> bytes:
    context = request.app[CONTEXT]
    if award.badge_id is None:
        return await asyncio.to_thread(awarding.bake_drawn, award.name, award.credential)
    found, _ = await context.database.read(badges.get_badge, award.badge_id)
    return await awarding.baked_png(context, found, award.credential)


def _check_name(giver: Account, request: web.Request) -> None:
    if giver.name != request.match_info["name"]:
        raise NotFound("There is no such badge.")


ROUTES = (
    web.get(r"/users/{name}/achievements/{id:\d+}", credential),
    web.get(r"/users/{name}/badges/{id:\d+}.png", badge_picture),
    web.get(r"/users/{name}/badges/{id:\d+}", badge),
    web.get("/users/{name}/status", status_list),
    web.get("/users/{name}/snapshots/{digest}", snapshot),
    web.get(r"/@{name:[^/]+}/achievements/{id:\d+}.{kind:png|svg}", baked),
)
