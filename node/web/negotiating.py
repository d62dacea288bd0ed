"""What a request asks for, and answers in the form that it asks for."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ACTIVITY_JSON = "application/activity+json; charset=utf-8"
ACTIVITY_NAMES = ("application/activity+json", "application/ld+json")
CORS = {"Access-Control-Allow-Origin": "*"}
ACTIVITY_HEADERS = {"Content-Type": ACTIVITY_JSON, "Vary": "Accept, Signature, Signature-Input", **CORS}


def wants_activity(request: web.Request) -> bool:
    """Whether ActivityStreams is asked for before HTML; a browser never does (ActivityPub, section 3.2)."""
    accept = request.headers.get("Accept", "")
    if not any(name in accept for name in ACTIVITY_NAMES):
        return False
    return "text/html" not in accept or _weight(accept, ACTIVITY_NAMES) >= _weight(accept, ("text/html",))


def _weight(accept: str, names: tuple[str, ...]) -> float:
    """The largest q of some media types in an Accept header."""
    found = [0.0]
    for part in accept.split(","):
        if any(name in part for name in names):
            quality = part.partition("q=")[2].partition(";")[0].strip() or "1"
            try:
                found.append(float(quality))
            except ValueError:
                continue
    return max(found)


def negotiated(activity: Handler, page: Handler) -> Handler:
    """A handler that answers ActivityStreams to servers and a page to people."""

    async def either(request: web.Request) -> web.StreamResponse:
        return await (activity(request) if wants_activity(request) else page(request))

    return either


def activity_response(document: Mapping[str, Any] | bytes, status: int = 200, *, is_private: bool = False) -> web.Response:
    """An ActivityStreams answer. is_private: it depends on who asks, and no cache keeps it."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    kept = {"Cache-Control": "private, no-store"} if is_private else {}
    return web.Response(body=body, status=status, headers={**ACTIVITY_HEADERS, **kept})


def json_response(document: object, status: int = 200, content_type: str = "application/json; charset=utf-8") -> web.Response:
    """A JSON answer that scripts of any page may read."""
    return web.Response(body=orjson.dumps(document), status=status, headers={"Content-Type": content_type, **CORS})
