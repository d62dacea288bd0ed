"""Files of ours: pictures and documents, served so that nothing in them can act."""

import re

from aiohttp import web

from node.errors import NotFound
from node.social import documents, proxy_cache
from node.web.keys import CONTEXT

PICTURES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
DOCUMENTS = {extension: media_type for media_type, extension in documents.TYPES.items()} | {"txt": "text/plain; charset=utf-8"}
FILMS = {"mp4": "video/mp4", "mp3": "audio/mpeg"}
TYPES = {**PICTURES, **FILMS, **DOCUMENTS}
FILE = re.compile(rf"[0-9a-f]{{40}}\.({'|'.join(TYPES)})")
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Access-Control-Allow-Origin": "*",
}


async def file(request: web.Request) -> web.StreamResponse:
    """GET /media/<file>."""
    match = FILE.fullmatch(request.match_info["file"])
    path = request.app[CONTEXT].config.media_folder / request.match_info["file"]
    if match is None or not path.is_file():
        raise NotFound("There is no such file.")
    saved = {"Content-Disposition": "attachment"} if match[1] in DOCUMENTS else {}
    return web.FileResponse(path, headers={**HEADERS, **saved, "Content-Type": TYPES[match[1]]})


async def proxied(request: web.Request) -> web.StreamResponse:
    """GET /proxy/{signature}/{address}: another server's file, under an address that we gave out ourselves."""
    context = request.app[CONTEXT]
    found = await proxy_cache.get_file(context, request.match_info["signed"], request.match_info["named"])
    return web.FileResponse(proxy_cache.folder_of(context) / found.file, headers={**HEADERS, "Content-Type": found.media_type})


ROUTES = (web.get("/media/{file}", file), web.get("/proxy/{signed}/{named}", proxied))
