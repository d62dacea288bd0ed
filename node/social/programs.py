"""Programs that act for people: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), and what RFC 9700 asks of a server.

Written here and not taken from a library: those on PyPI want their own requests, sessions and models around five short rules.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from urllib.parse import urlsplit

import orjson

from node.context import Context
from node.errors import BadInput, NodeError, NotFound
from node.site import Site
from node.social import authorizing, passwords
from storage import programs, users
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.programs import App, Authorised, Code
from storage.records import User
from storage.users import Token

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"  # the code is shown as text, for programs without an address
CODE_MS = 10 * 60 * 1000  # RFC 6749, section 4.1.2: "a maximum authorization code lifetime of 10 minutes is RECOMMENDED"
NAME_CHARACTERS, ADDRESS_CHARACTERS, ADDRESSES = 100, 2000, 20
FORBIDDEN_SCHEMES = {"javascript", "data", "vbscript", "file", "blob", "about"}
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 7636, section 4.2: SHA-256 in base64url
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # section 4.1


class Refusal(BadInput):
    """What the token endpoint refuses, with the error code of RFC 6749, section 5.2."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


INVALID_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."
)
INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization"
    " request, or was issued to another client."
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A program that has just registered, and its secret, told once."""

    app: App
    secret: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a program asks somebody for: already checked."""

    app: App
    redirect_uri: str
    scopes: str
    challenge: str
    state: str


@dataclass(frozen=True, slots=True)
class Given:
    """A token as the endpoint answers it."""

    secret: str
    scopes: str
    created_ms: int


async def register(context: Context, name: str, redirect_uris: Sequence[str], scopes: str, website: str = "") -> Registered:
    """A new program. Raises BadInput."""
    secret = passwords.new_secret()
    if not name.strip() or len(name) > NAME_CHARACTERS:
        raise BadInput("Validation failed: Name can't be blank")
    addresses = list(dict.fromkeys(filter(None, (uri.strip() for uri in redirect_uris))))
    if not addresses or len(addresses) > ADDRESSES or not all(map(is_redirect_uri, addresses)):
        raise BadInput("Validation failed: Redirect URI must be an absolute URI.")
    if website and urlsplit(website).scheme not in {"http", "https"}:
        website = ""
    checked = authorizing.check_scopes(scopes or "read")
    return await context.database.write(_register, context.site, name.strip(), addresses, checked, website, secret)


def _register(db: Connection, site: Site, name: str, addresses: Sequence[str], scopes: str, website: str, secret: str) -> Registered:
    now_ms = site.now_ms()
    stated = orjson.dumps(addresses).decode()
    app = App(free_id(db, "app", now_ms), passwords.new_secret(), passwords.digest(secret), name, website, stated, scopes, now_ms)
    programs.add_app(db, app)
    return Registered(app, secret)


def is_redirect_uri(uri: str) -> bool:
    """Whether people may be sent there: absolute, no fragment (RFC 6749, section 3.1.2), nothing that a browser would run."""
    if uri == OUT_OF_BAND:
        return True
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if len(uri) > ADDRESS_CHARACTERS or not uri.isascii() or not uri.isprintable() or " " in uri or "#" in uri:
        return False
    if not parts.scheme or parts.scheme in FORBIDDEN_SCHEMES:
        return False
    return bool(parts.hostname) if parts.scheme in {"http", "https"} else bool(parts.netloc or parts.path)


async def get_app(context: Context, app_id: int | None) -> App:
    """The program. Raises NotFound."""
    app = await context.database.read(programs.find_app_by_id, app_id) if app_id else None
    if app is None:
        raise NotFound("That program is not known here.")
    return app


async def find_redirect(context: Context, client_id: str, redirect_uri: str) -> tuple[App, str]:
    """The program, and one of its own addresses: the same to the letter (RFC 9700, section 2.1). Raises NotFound, BadInput.

    Until both are known, nobody is sent anywhere.
    """
    app = await context.database.read(programs.find_app, client_id)
    if app is None:
        raise NotFound("That program is not known here. Sign in from it once more.")
    if not redirect_uri and len(app.addresses) == 1:
        return app, app.addresses[0]
    if redirect_uri not in app.addresses:
        raise BadInput("The redirect uri included is not valid.")
    return app, redirect_uri


def check_wish(app: App, redirect_uri: str, given: dict[str, str]) -> Wish:
    """What a program asks for, from the parameters of its request (RFC 6749, 4.1.1; RFC 7636, 4.3). Raises Refusal."""
    if given.get("response_type") != "code":
        raise Refusal("unsupported_response_type", "The authorization server does not support this response type.")
    challenge, method = given.get("code_challenge", ""), given.get("code_challenge_method", "")
    if (challenge or method) and (method != "S256" or not CHALLENGE.fullmatch(challenge)):  # "plain" protects nothing
        raise Refusal("invalid_request", "The code_challenge_method must be S256.")
    try:
        scopes = authorizing.check_scopes(given.get("scope") or "read", app.scopes)
    except BadInput as error:
        raise Refusal("invalid_scope", str(error)) from error
    return Wish(app, redirect_uri, scopes, challenge, given.get("state", ""))


async def give_code(context: Context, account_id: int, wish: Wish) -> str:
    """A code for the program; only its hash is kept."""
    secret = passwords.new_secret()
    expires_ms = context.site.now_ms() + CODE_MS
    code = Code(passwords.digest(secret), wish.app.id, account_id, wish.redirect_uri, wish.scopes, wish.challenge, expires_ms)
    await context.database.write(programs.add_code, code)
    return secret


async def authenticate(context: Context, client_id: str, client_secret: str, *, is_public: bool = False) -> App:
    """The program that proves itself by its secret. Raises Refusal.

    is_public: a client without a secret may do it where PKCE binds the code to it (RFC 7636).
    """
    app = await context.database.read(programs.find_app, client_id)
    if app is None:
        raise Refusal("invalid_client", INVALID_CLIENT)
    if not (is_public and not client_secret) and not compare_digest(app.secret_hash, passwords.digest(client_secret)):
        raise Refusal("invalid_client", INVALID_CLIENT)
    return app


async def exchange(context: Context, app: App, code: str, redirect_uri: str, verifier: str) -> Given:
    """A token for a code, once (RFC 6749, 4.1.3). Raises Refusal; a code that comes twice ends what it had brought (4.1.2)."""
    secret = passwords.new_secret()
    given = await context.database.write(_exchange, context.site, app, passwords.digest(code), redirect_uri, verifier, secret)
    if given is None:
        raise Refusal("invalid_grant", INVALID_GRANT)
    return given


def _exchange(db: Connection, site: Site, app: App, digest: bytes, redirect_uri: str, verifier: str, secret: str) -> Given | None:
    code = programs.find_code(db, digest)
    if code is None or code.app_id != app.id:
        return None
    is_bound = code.redirect_uri == redirect_uri and proves(verifier, code.challenge)
    if not programs.use_code(db, digest, site.now_ms()):  # a wrong try uses it up as well
        programs.remove_tokens_of_code(db, digest)
        add_event(db, "account", code.account_id)
        return None
    if not is_bound or code.expires_ms <= site.now_ms():
        return None
    return _add_token(db, site, app, code.account_id, code.scopes, secret, digest)


def proves(verifier: str, challenge: str) -> bool:
    """Whether a verifier fits (RFC 7636, 4.6). Without a challenge none may come: somebody took the challenge away (RFC 9700, 4.8.2)."""
    if not challenge:
        return not verifier
    if not VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    return compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), challenge)


def _add_token(db: Connection, site: Site, app: App, account_id: int, scopes: str, secret: str, code_hash: bytes | None) -> Given:
    now_ms = site.now_ms()
    token = Token(free_id(db, "token", now_ms), account_id, app.name, scopes, now_ms, app.id)
    users.add_token(db, passwords.digest(secret), token)
    programs.note_token(db, token.id, app.id, code_hash)
    return Given(secret, scopes, now_ms)


async def give_token(context: Context, app: App, account_id: int, scopes: str) -> Given:
    """A token without a code: for whoever has just signed up through the program. Raises Refusal."""
    secret, checked = passwords.new_secret(), _within(app, scopes)
    return await context.database.write(_add_token, context.site, app, account_id, checked, secret, None)


async def give_app_token(context: Context, app: App, scopes: str) -> Given:
    """A token of the program alone (RFC 6749, 4.4). Raises Refusal."""
    secret, checked, now_ms = passwords.new_secret(), _within(app, scopes), context.site.now_ms()
    await context.database.write(programs.add_app_token, passwords.digest(secret), app.id, checked, now_ms)
    return Given(secret, checked, now_ms)


def _within(app: App, scopes: str) -> str:
    try:
        return authorizing.check_scopes(scopes or "read", app.scopes)
    except BadInput as error:
        raise Refusal("invalid_scope", str(error)) from error


async def give_token_for_password(context: Context, app: App, login: str, password: str, scopes: str, address: str) -> Given:
    """A token for a name and password (RFC 6749, 4.3; RFC 9700, 2.4 says never: for tests of programs alone). Raises Refusal."""
    checked = _within(app, scopes)
    try:
        user: User = await authorizing.check_password(context, login, password, address)
    except NodeError as error:
        raise Refusal("invalid_grant", INVALID_GRANT) from error
    return await give_token(context, app, user.account_id, checked)


async def revoke(context: Context, app: App, token: str) -> None:
    """The program's token holds no longer; one that is not its own stays (RFC 7009, 2.1). Raises Refusal."""
    if not await context.database.write(_revoke, passwords.digest(token), app.id):
        raise Refusal("unauthorized_client", "You are not authorized to revoke this token")


def _revoke(db: Connection, digest: bytes, app_id: int) -> bool:
    bearer = users.find_token(db, digest)
    is_done = programs.revoke(db, digest, app_id)
    if is_done:
        add_event(db, "account", bearer[1].id if bearer else 0)
    return is_done or (bearer is None and programs.find_app_token(db, digest) is None)  # unknown: nothing to do (RFC 7009, 2.2)


async def list_authorised(context: Context, account_id: int) -> list[Authorised]:
    """The programs that act for somebody."""
    return await context.database.read(programs.list_authorised, account_id)


async def withdraw(context: Context, account_id: int, app_id: int) -> None:
    """A program acts for somebody no longer."""
    await context.database.write(_withdraw, account_id, app_id)


def _withdraw(db: Connection, account_id: int, app_id: int) -> None:
    programs.withdraw(db, account_id, app_id)
    add_event(db, "account", account_id)
