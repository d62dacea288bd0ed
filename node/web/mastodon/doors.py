"""How a program asks, and how it is answered: who it is, what it may, JSON whatever happens, and the headers that programs read.

A door is a row of the table in `routes`: method, path, the scopes of which one is enough, and a function from an Ask to what is answered.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
from aiohttp import web

from federation.errors import FederationError
from node.context import Context
from node.errors import BadInput, NodeError, NotAllowed, NotFound, NotSignedIn, TooMany
from node.social import authorizing, rates
from node.social.authorizing import Bearer
from node.social.rates import Limit
from node.web.faults import RETRY_AFTER_S, status_of, storage_sentence
from node.web.forms import number_from
from node.web.keys import CONTEXT
from node.web.mastodon.entities import moment
from node.web.mastodon.parameters import Parameters, read_parameters
from node.web.requests import client_address
from storage.errors import Missing, StorageError
from storage.listings import Window
from storage.records import Account
from storage.timelines import BEFORE_ALL

log = logging.getLogger(__name__)

Who = Literal["member", "program", "anyone"]
EXPOSED = "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Mastodon-Async-Refresh"
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED}
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Max-Age": "86400",
}
INVALID_TOKEN = "The access token is invalid"  # noqa: S105 - a sentence
NEEDS_PERSON = "This method requires an authenticated user"
OUTSIDE_SCOPES = "This action is outside the authorized scopes"
NOT_THERE = "Record not found"
NOT_ALLOWED = "This action is not allowed"
SPECIFIC_LIMITS: Mapping[str, Limit] = {
    "files": rates.API_FILES,
    "deletes": rates.API_DELETES,
    "apps": rates.API_APPS,
    "sign_ups": rates.API_SIGN_UPS,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as a door sees it."""

    request: web.Request
    context: Context
    given: Parameters
    bearer: Bearer | None

    @property
    def account(self) -> Account:
        """Whose program asks. The table says where there is somebody."""
        if self.bearer is None or self.bearer.account is None:
            raise NotSignedIn(INVALID_TOKEN)
        return self.bearer.account

    @property
    def viewer_id(self) -> int:
        """The account, 0 for a stranger: as storage wants its viewers."""
        return self.bearer.account.id if self.bearer and self.bearer.account else 0

    @property
    def token_id(self) -> int:
        """The token with which somebody's program asks."""
        return self.bearer.token_id if self.bearer else 0

    def id(self, name: str = "id") -> int:
        """An id of the path; 0, which nothing has, where it is no number."""
        return number_from(self.request.match_info[name], 0)

    def limit(self, usual: int = 20, most: int = 40) -> int:
        """How many are asked for."""
        return max(1, min(self.given.number("limit", usual), most))

    def window(self, usual: int = 20, most: int = 40) -> Window:
        """Which part of a list is asked for: max_id, since_id, min_id, limit."""
        given, least = self.given, self.given.number("min_id")
        after = max(least, given.number("since_id"))
        return Window(given.number("max_id", BEFORE_ALL), after, self.limit(usual, most), upward="min_id" in given and bool(least))


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered where it is more than a body with 200."""

    body: object = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Door:
    """One operation. scope: alternatives, separated by spaces; who: who may come at least."""

    method: str
    path: str
    scope: str
    answer: Callable[[Ask], Awaitable[object]]
    who: Who = "member"
    limit: str = ""


def page(ask: Ask, body: Sequence[object], keys: Sequence[int]) -> Answer:
    """A part of a list, with where it goes on: `next` stands first, for some programs look there alone; nothing on an empty page."""
    if not keys:
        return Answer(body)
    following, before = _address(ask, "max_id", min(keys)), _address(ask, "min_id", max(keys))
    return Answer(body, headers={"Link": f'<{following}>; rel="next", <{before}>; rel="prev"'})


def _address(ask: Ask, name: str, key: int) -> str:
    kept = [(each, value) for each, value in ask.request.query.items() if each not in {"max_id", "min_id", "since_id", "access_token"}]
    return f"{ask.context.config.origin}{ask.request.path}?{urlencode([*kept, (name, str(key))])}"


def handler(door: Door) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The door as aiohttp wants it."""

    async def answer(request: web.Request) -> web.Response:
        found = await _answer(door, request)
        response = web.Response(body=orjson.dumps({} if found.body is None else found.body), status=found.status)
        response.headers.update({"Content-Type": "application/json; charset=utf-8", **CORS, **found.headers})
        return response

    return answer


async def _answer(door: Door, request: web.Request) -> Answer:
    limited: dict[str, str] = {}
    try:
        bearer = await _bearer(request)
        who, limit = _counted(door, request, bearer)
        limited = _left(request, limit, who)
        await rates.count(request.app[CONTEXT], limit, who)
        limited = _left(request, limit, who)
        _check(door, bearer)
        found = await door.answer(Ask(request, request.app[CONTEXT], await read_parameters(request), bearer))
    except (NodeError, FederationError, StorageError) as error:
        found = refusal(error, request.path)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        found = Answer({"error": error.reason}, error.status)
    answered = found if isinstance(found, Answer) else Answer(found)
    return Answer(answered.body, answered.status, {**limited, **answered.headers})


async def _bearer(request: web.Request) -> Bearer | None:
    """Whom the request's token speaks for; None without a token. Raises NotSignedIn for one that does not hold."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        secret = request.query.get("access_token", "")
    if not secret:
        return None
    bearer = await authorizing.find_bearer(request.app[CONTEXT], secret.strip())
    if bearer is None:
        raise NotSignedIn(INVALID_TOKEN)
    return bearer


def _counted(door: Door, request: web.Request, bearer: Bearer | None) -> tuple[int | str, Limit]:
    """For whom the request counts, and against which limit."""
    account = bearer.account if bearer else None
    who: int | str = account.id if account else rates.network(client_address(request))
    return who, SPECIFIC_LIMITS.get(door.limit) or (rates.API if account else rates.API_STRANGERS)


def _left(request: web.Request, limit: Limit, who: int | str) -> dict[str, str]:
    """What is left, in the three headers that programs read together."""
    rest = rates.left(request.app[CONTEXT], limit, who)
    reset = moment(rest.whole_ms).replace("Z", "000Z")
    return {"X-RateLimit-Limit": str(rest.most), "X-RateLimit-Remaining": str(rest.left), "X-RateLimit-Reset": reset}


def _check(door: Door, bearer: Bearer | None) -> None:
    """Raises NotSignedIn, BadInput, NotAllowed where the door is not for whoever asks."""
    if bearer is None:
        if door.who != "anyone":
            raise NotSignedIn(INVALID_TOKEN)
        return
    if bearer.account is None and door.who == "member":
        raise BadInput(NEEDS_PERSON)
    if bearer.waits and door.who == "member":
        raise NotAllowed(bearer.waits)
    if door.scope and not any(authorizing.has_scope(bearer.scopes, scope) for scope in door.scope.split()):
        raise NotAllowed(OUTSIDE_SCOPES)


def refusal(error: Exception, path: str) -> Answer:
    """What a program is told: Mastodon's sentence where programs look for it, else ours."""
    status, sentence, headers = status_of(error), str(error), {}
    if isinstance(error, NotFound | Missing):
        sentence = NOT_THERE
    elif isinstance(error, StorageError):
        log.error("storage failed", extra={"path": path, "reason": sentence})
        sentence = storage_sentence(error)
    elif isinstance(error, BadInput) and sentence != NEEDS_PERSON and not sentence.startswith("Validation failed"):
        sentence = f"Validation failed: {sentence}"
    if isinstance(error, TooMany) or status in {503, 507}:
        headers = {"Retry-After": str(getattr(error, "retry_after_s", None) or RETRY_AFTER_S)}
    return Answer({"error": sentence, **detail_of(error)}, status, headers)


def detail_of(error: Exception) -> dict[str, Any]:
    """`details` of an error that names the fields at fault."""
    details = getattr(error, "details", None)
    return {"details": details} if details else {}


async def preflight(request: web.Request) -> web.Response:
    """OPTIONS: any page may ask, without cookies."""
    wanted = request.headers.get("Access-Control-Request-Headers", "Authorization, Content-Type, Idempotency-Key")
    return web.Response(status=204, headers={**PREFLIGHT, "Access-Control-Allow-Headers": wanted})


async def nowhere(_request: web.Request) -> web.Response:
    """Whatever else is asked of the API: JSON, never a page."""
    body = orjson.dumps({"error": NOT_THERE})
    return web.Response(body=body, status=404, headers={"Content-Type": "application/json; charset=utf-8", **CORS})
