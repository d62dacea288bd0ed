"""Every error as the answer that fits who asked: a sentence in JSON for servers and programs, a page for people."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Middleware

from federation.errors import FederationError, Forbidden, Malformed, NotFetched, Unreachable, Unverified
from node.errors import BadInput, Conflict, NodeError, NotAllowed, NotFound, NotSignedIn, Overloaded, TooMany, WasDeleted
from node.web.negotiating import Handler, json_response
from storage.errors import Busy, Full, Missing, StorageError, Unfit

log = logging.getLogger(__name__)

STATUSES: Mapping[type[Exception], int] = {
    BadInput: 422,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    WasDeleted: 410,
    Conflict: 409,
    TooMany: 429,
    Overloaded: 503,
    Malformed: 400,
    Unverified: 401,
    Forbidden: 403,
    Unreachable: 503,
    NotFetched: 401,  # the sender's key cannot be had
    Missing: 404,
    Unfit: 400,
    Busy: 503,
    Full: 507,  # Insufficient Storage (RFC 4918, section 11.5)
    StorageError: 500,
}
RETRY_AFTER_S = 60
UNREACHABLE = "The server cannot reach its database just now. Try again in a while."
FULL = "The server's disk is full: what you sent was not stored. Try again when its administrator has made room."
ErrorPage = Callable[[web.Request, int, str], Awaitable[web.Response]]


def status_of(error: Exception) -> int:
    """The HTTP status that says what went wrong; that of the closest class in the table."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def storage_sentence(error: StorageError) -> str:
    """What people and apps are told of a database or a disk that refuses; its own words are for the log."""
    return FULL if isinstance(error, Full) else UNREACHABLE


def middleware(error_page: ErrorPage) -> Middleware:
    """Turns errors into answers, and at the level `debug` writes a line for each request. error_page: how people are told."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        began_s = monotonic()
        response = await _answered(request, handler, error_page)
        if log.isEnabledFor(logging.DEBUG):
            took_ms = round(1000 * (monotonic() - began_s))
            log.debug(
                "request answered",
                extra={"method": request.method, "path": request.path, "status": response.status, "took_ms": took_ms},
            )
        return response

    return answer


async def _answered(request: web.Request, handler: Handler, error_page: ErrorPage) -> web.StreamResponse:
    try:
        return await handler(request)
    except (NodeError, FederationError, StorageError) as error:
        return await _refusal(request, error, error_page)
    except ConnectionError:  # nobody is there to be answered
        log.debug("a client went away", extra={"path": request.path})
        return web.Response(status=400)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return await respond(request, error_page, error.status, error.text or error.reason)


async def _refusal(request: web.Request, error: NodeError | FederationError | StorageError, error_page: ErrorPage) -> web.Response:
    status, sentence = status_of(error), str(error)
    if isinstance(error, StorageError) and not isinstance(error, Missing):
        log.error("storage failed", extra={"path": request.path, "reason": sentence})
        sentence = storage_sentence(error)
    response = await respond(request, error_page, status, sentence)
    if status in {429, 503, 507}:
        response.headers["Retry-After"] = str(getattr(error, "retry_after_s", None) or RETRY_AFTER_S)
    return response


async def respond(request: web.Request, error_page: ErrorPage, status: int, sentence: str) -> web.Response:
    """The sentence in the form that was asked for."""
    if "text/html" in request.headers.get("Accept", ""):
        return await error_page(request, status, sentence)
    return json_response({"error": sentence}, status)
