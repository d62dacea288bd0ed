"""What caches may keep of an answer, decided once for every route: what was asked for by somebody is for them alone (RFC 9111).

A handler that says `Cache-Control` itself knows better; a public file is the same for everybody.
"""

from functools import lru_cache

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
    headers = request.headers
    if any(name in headers for name in CREDENTIALS) or "access_token" in request.query_string:
        return True
    return "Cookie" in headers and read_cookie(request) is not None


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Before an answer goes out: Cache-Control and Vary where its handler says nothing, and a Server without versions."""
    headers = response.headers
    headers["Server"] = SERVER
    if response.status == 101 or "Cache-Control" in headers:
        return
    headers["Vary"] = _with_vary(headers.get("Vary", ""))
    headers["Cache-Control"] = PRIVATE if is_personal(request) or response.cookies else "no-cache"


@lru_cache(maxsize=64)
def _with_vary(stated: str) -> str:
    """What a handler's Vary names, and what every answer depends on. There are few different ones, and one for each request."""
    return ", ".join(dict.fromkeys([*(each.strip() for each in stated.split(",") if each.strip()), *VARY]))
