"""Who is asking: sessions of browsers, bearer tokens of programs, one-time links."""

import asyncio
from dataclasses import dataclass

from node.context import Context
from node.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn
from node.site import Site
from node.social import accounts as making
from node.social import passwords, rates
from storage import users
from storage.database import Connection
from storage.errors import Taken
from storage.events import add_event
from storage.ids import free_id
from storage.records import Account
from storage.users import Link, Session, Token

SESSION_MS = 30 * 24 * 3600 * 1000
LINK_MS = 7 * 24 * 3600 * 1000
CACHED_MS = 60 * 1000
WRONG = "That name and password do not match."
SCOPES = {"read", "write", "follow", "push", "profile"}  # others are narrower: `write:statuses` is within `write`
# Of no password: so that signing in takes as long for a name that does not exist as for one that does.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"


@dataclass(frozen=True, slots=True)
class _Cached:
    session: Session
    until_ms: int


async def sign_in(context: Context, login: str, password: str, address: str) -> tuple[str, Session]:
    """A cookie's secret and its session. address: whence the request came. Raises NotSignedIn, TooMany."""
    name = login.strip().removeprefix("@")
    rates.count(context, rates.SIGN_INS, name.lower())
    rates.count(context, rates.SIGN_INS, f"from {rates.network(address)}")
    user = await context.database.read(users.find_user_by_login, name)
    hashed = user.password_hash if user and user.password_hash else NOBODYS_HASH
    is_right = await asyncio.to_thread(passwords.is_password, password, hashed)
    if user is None or user.password_hash is None or not is_right:
        raise NotSignedIn(WRONG)
    rates.forget(context, rates.SIGN_INS, name.lower())
    return await open_session(context, user.account_id)


async def open_session(context: Context, account_id: int) -> tuple[str, Session]:
    """A cookie's secret and its session. Raises NotSignedIn where the account is suspended."""
    secret, csrf, now_ms = passwords.new_secret(), passwords.new_secret(), context.site.now_ms()
    await context.database.write(users.add_session, passwords.digest(secret), account_id, csrf, now_ms, now_ms + SESSION_MS)
    session = await find_session(context, secret)
    if session is None:
        raise NotSignedIn("That account is suspended. Ask the people who keep this server.")
    return secret, session


async def find_session(context: Context, secret: str) -> Session | None:
    """The session behind a cookie while it holds, or None. Kept in memory for a minute; whatever changes an account empties that."""
    digest, now_ms = passwords.digest(secret), context.site.now_ms()
    cached: _Cached | None = context.caches.sessions.get(digest)
    if cached is not None and cached.until_ms > now_ms:
        return cached.session
    session = await context.database.read(users.find_session, digest, now_ms)
    if session is not None:
        context.caches.sessions.put(digest, _Cached(session, min(now_ms + CACHED_MS, session.expires_ms)))
    return session


async def sign_out(context: Context, secret: str) -> None:
    """The cookie holds no longer, in this process at once and in others within the time that an event takes."""
    await context.database.write(_sign_out, passwords.digest(secret))
    context.caches.sessions.drop(passwords.digest(secret))


def _sign_out(db: Connection, digest: bytes) -> None:
    users.remove_session(db, digest)
    add_event(db, "account")


async def new_link(context: Context, purpose: str, account_id: int | None = None) -> str:
    """The secret of a one-time link: `owner` for the first account, `invite` for a further one, `password` for a new password."""
    secret = passwords.new_secret()
    await context.database.write(_new_link, context.site, passwords.digest(secret), Link(purpose, account_id))
    return secret


def _new_link(db: Connection, site: Site, digest: bytes, link: Link) -> None:
    if link.purpose == "owner":
        users.remove_links(db, "owner")  # only the newest holds
    users.add_link(db, digest, link, site.now_ms() + LINK_MS)


async def find_link(context: Context, secret: str) -> Link | None:
    """What a one-time link is for while it holds, or None."""
    return await context.database.read(users.find_link, passwords.digest(secret), context.site.now_ms())


async def use_setup_link(context: Context, secret: str, new: making.NewAccount) -> tuple[str, Session]:
    """Makes the account that a link allows, and signs it in; the link holds until then. Raises NotFound, BadInput, Conflict."""
    link = await find_link(context, secret)
    if link is None or link.purpose not in {"owner", "invite"}:
        raise NotFound("This link was used already, or is too old. Ask for a new one.")
    role = "owner" if link.purpose == "owner" else "member"
    if new.password is None:
        raise BadInput("Choose a password.")
    checked = making.NewAccount(new.name, new.display_name, new.kind, new.email, new.password, role, "open", new.language)
    making.check_new(checked)
    made = await making.make_secrets(checked.password)
    try:
        account = await context.database.write(_make_with_link, context.site, passwords.digest(secret), checked, made)
    except Taken as error:
        raise Conflict(f"The name {new.name} is taken. Choose another.") from error
    return await open_session(context, account.id)


def _make_with_link(db: Connection, site: Site, digest: bytes, new: making.NewAccount, made: making.Made) -> Account:
    if users.use_link(db, digest, site.now_ms()) is None:
        raise NotFound("This link was used already.")
    return making.add_account(db, site, new, made)


async def new_token(context: Context, account_id: int, app: str, scopes: str) -> str:
    """A bearer token, told once; only its hash is kept. Raises BadInput for an unknown scope."""
    wanted = scopes.split()
    if not wanted or any(scope.partition(":")[0] not in SCOPES for scope in wanted):
        raise BadInput(f"Scopes are some of: {', '.join(sorted(SCOPES))}.")
    secret = passwords.new_secret()
    await context.database.write(_new_token, context.site, passwords.digest(secret), account_id, app, " ".join(wanted))
    return secret


def _new_token(db: Connection, site: Site, digest: bytes, account_id: int, app: str, scopes: str) -> None:
    now_ms = site.now_ms()
    users.add_token(db, digest, Token(free_id(db, "token", now_ms), account_id, app, scopes, now_ms))


async def require_token(context: Context, secret: str, scope: str) -> Account:
    """Whom a bearer token acts for. Raises NotSignedIn, and NotAllowed where it does not reach as far as the scope."""
    found = await context.database.read(users.find_token, passwords.digest(secret))
    if found is None:
        raise NotSignedIn("The access token is invalid.")
    token, account = found
    if not has_scope(token.scopes, scope):
        raise NotAllowed("This action is outside the authorized scopes.")
    return account


def has_scope(granted: str, wanted: str) -> bool:
    """Whether scopes reach as far as one: `write` reaches `write:statuses`; `follow` is an older name for three of them."""
    scopes = set(granted.split())
    older = {"read:follows", "write:follows", "read:blocks", "write:blocks", "read:mutes", "write:mutes"}
    return wanted in scopes or wanted.partition(":")[0] in scopes or ("follow" in scopes and wanted in older)
