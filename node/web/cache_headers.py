"""What caches may keep of an answer, decided once for every route: what was asked for by somebody is for them alone (RFC 9111).

A handler that says `Cache-Control` itself knows better; a public file is the same for everybody.
"""

from aiohttp import web

from node.web.sessions import read_cookie

PRIVATE = "private, no-store"
SERVER = "Hedgerow"  # without a version, which helps only those who look for one with a hole in it
CREDENTIALS = ("Authorization", "Signature", "Signature-Input")
VARY = ("Accept", "Authorization", "Cookie", "Signature", "Signature-Input")


def is_personal(request: web.Request) -> bool:
    """Whether the answer may depend on who asks, by a session, a bearer token or a signature, or the request changes something."""
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        return True
    return any(name in request.headers for name in CREDENTIALS) or read_cookie(request) is not None or "access_token" in request.query


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Before an answer goes out: Cache-Control and Vary where its handler says nothing, and a Server without versions."""
    response.headers["Server"] = SERVER
    if response.status == 101 or "Cache-Control" in response.headers:
        return
    stated = [each.strip() for each in response.headers.get("Vary", "").split(",") if each.strip()]
    response.headers["Vary"] = ", ".join(dict.fromkeys([*stated, *VARY]))
    response.headers["Cache-Control"] = PRIVATE if is_personal(request) or response.cookies else "no-cache"
