"""Files of ours: pictures and documents, served so that nothing in them can act."""

import re

from aiohttp import web

from node.context import Context
from node.errors import NotFound
from node.social import documents, proxy_cache
from node.web.keys import CONTEXT
from node.web.parts import send_file
from storage import media

PICTURES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
DOCUMENTS = {extension: media_type for media_type, extension in documents.TYPES.items()} | {"txt": "text/plain; charset=utf-8"}
FILMS = {"mp4": "video/mp4", "mp3": "audio/mpeg"}
TYPES = {**PICTURES, **FILMS, **DOCUMENTS}
FILE = re.compile(rf"[0-9a-f]{{40}}\.({'|'.join(TYPES)})")
MAX_CACHED_S = 10  # a picture is gone everywhere within 20 s after its post was deleted
HEADERS = {
    "Cache-Control": f"public, max-age={MAX_CACHED_S}, must-revalidate",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
}


async def file(request: web.Request) -> web.StreamResponse:
    """GET /media/<file>."""
    context, name = request.app[CONTEXT], request.match_info["file"]
    store, match = context.stores.media, FILE.fullmatch(name)
    found = await store.find(name) if match else None
    if match is None or found is None or not await _is_shown(context, name):
        raise NotFound("There is no such file.")
    saved = {"Content-Disposition": "attachment"} if match[1] in DOCUMENTS else {}
    return await send_file(request, store, found, {**HEADERS, **saved, "Content-Type": TYPES[match[1]]})


async def _is_shown(context: Context, name: str) -> bool:
    """Whether a file was not withdrawn with all that it belonged to."""
    shown = context.caches.files
    if shown.get(name) is None:
        clears = shown.clears
        if await context.database.read(media.is_withdrawn, name):
            return False
        shown.put(name, True, clears)
    return True


async def proxied(request: web.Request) -> web.StreamResponse:
    """GET /proxy/{signature}/{address}: another server's file, under an address that we gave out ourselves."""
    context = request.app[CONTEXT]
    kept, found = await proxy_cache.get_file(context, request.match_info["signed"], request.match_info["named"])
    return await send_file(request, context.stores.proxied, found, {**HEADERS, "Content-Type": kept.media_type})


ROUTES = (web.get("/media/{file}", file), web.get("/proxy/{signed}/{named}", proxied))
