"""Who is asking: sessions of browsers, bearer tokens of programs, one-time links."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from node.context import Context
from node.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn
from node.site import Site
from node.social import accounts as making
from node.social import passwords, rates
from storage import applicants, programs, users
from storage.database import Connection
from storage.errors import Taken
from storage.events import add_event
from storage.ids import free_id
from storage.records import Account, User
from storage.users import Link, Session, Token

SESSION_MS = 30 * 24 * 3600 * 1000
LINK_MS = 7 * 24 * 3600 * 1000
CACHED_MS = 60 * 1000
WRONG = "That name and password do not match."
WAITS = {
    applicants.UNCONFIRMED: "Open the link in the mail that we have sent you first.",
    applicants.UNAPPROVED: "Somebody who looks after this server has to say yes to your account first.",
}
SCOPES = {"read", "write", "follow", "push", "profile"}  # others are narrower: `write:statuses` is within `write`
_BOTH = (
    "accounts",
    "blocks",
    "bookmarks",
    "collections",
    "favourites",
    "filters",
    "follows",
    "lists",
    "mutes",
    "notifications",
    "statuses",
)
ALL_SCOPES = (
    SCOPES | {f"read:{what}" for what in (*_BOTH, "search")} | {f"write:{what}" for what in (*_BOTH, "conversations", "media", "reports")}
)
FOLLOW_SCOPES = {f"{deed}:{what}" for deed in ("read", "write") for what in ("follows", "blocks", "mutes")}
# Of no password: so that signing in takes as long for a name that does not exist as for one that does.
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg"


@dataclass(frozen=True, slots=True)
class _Cached:
    session: Session
    until_ms: int


async def sign_in(context: Context, login: str, password: str, address: str) -> tuple[str, Session]:
    """A cookie's secret and its session. address: whence the request came. Raises NotSignedIn, TooMany."""
    return await open_session(context, (await check_password(context, login, password, address)).account_id)


async def check_password(context: Context, login: str, password: str, address: str) -> User:
    """Whose name and password they are. Raises NotSignedIn, TooMany."""
    name = login.strip().removeprefix("@")
    user = await context.database.read(users.find_user_by_login, name)
    whose = name.lower() if user is None else f"account {user.account_id}"  # by name or by e-mail address: the same one is tried
    tried = f"{whose} from {rates.network(address)}"  # together: nobody shuts an account out by guessing from elsewhere
    await rates.count(context, rates.SIGN_INS, tried)
    await rates.count(context, rates.SIGN_INS_OF_ADDRESS, rates.network(address))
    hashed = user.password_hash if user and user.password_hash else NOBODYS_HASH
    is_right = await asyncio.to_thread(passwords.is_password, password, hashed)
    if user is None or user.password_hash is None or not is_right:
        raise NotSignedIn(WRONG)
    await rates.forget(context, rates.SIGN_INS, tried)
    return user


async def open_session(context: Context, account_id: int) -> tuple[str, Session]:
    """A cookie's secret and its session. Raises NotSignedIn where the account is suspended."""
    secret, csrf, now_ms = passwords.new_secret(), passwords.new_secret(), context.site.now_ms()
    await context.database.write(users.add_session, passwords.digest(secret), account_id, csrf, now_ms, now_ms + SESSION_MS)
    session = await find_session(context, secret)
    if session is None:
        waits = await context.database.read(applicants.waiting, account_id)
        raise NotSignedIn(WAITS.get(waits, "That account is suspended. Ask the people who keep this server."))
    return secret, session


async def find_session(context: Context, secret: str) -> Session | None:
    """The session behind a cookie while it holds, or None. Kept in memory for a minute; whatever changes an account empties that."""
    digest, now_ms = passwords.digest(secret), context.site.now_ms()
    cached: _Cached | None = context.caches.sessions.get(digest)
    if cached is not None and cached.until_ms > now_ms:
        return cached.session
    clears = context.caches.sessions.clears
    session = await context.database.read(users.find_session, digest, now_ms)
    if session is not None:
        context.caches.sessions.put(digest, _Cached(session, min(now_ms + CACHED_MS, session.expires_ms)), clears)
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
    wanted, secret = check_scopes(scopes), passwords.new_secret()
    await context.database.write(_new_token, context.site, passwords.digest(secret), account_id, app, wanted)
    return secret


def _new_token(db: Connection, site: Site, digest: bytes, account_id: int, app: str, scopes: str) -> None:
    now_ms = site.now_ms()
    users.add_token(db, digest, Token(free_id(db, "token", now_ms), account_id, app, scopes, now_ms))


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a bearer token speaks for. account None: for a program alone; waits: why the account cannot do anything yet, '' where it can."""

    account: Account | None
    scopes: str
    app: str
    app_id: int | None
    website: str
    waits: str = ""
    token_id: int = 0  # of somebody's token


async def find_bearer(context: Context, secret: str) -> Bearer | None:
    """Whom a token speaks for while it holds, or None. Kept in memory for a minute; whatever changes an account or a token empties that."""
    digest, now_ms = passwords.digest(secret), context.site.now_ms()
    cached: tuple[Bearer, int] | None = context.caches.tokens.get(digest)
    if cached is not None and cached[1] > now_ms:
        return cached[0]
    clears = context.caches.tokens.clears
    bearer = await context.database.read(_find_bearer, digest)
    if bearer is not None:
        context.caches.tokens.put(digest, (bearer, now_ms + CACHED_MS), clears)
    return bearer


def list_holding(db: Connection, secrets: Iterable[str]) -> set[str]:
    """Those of some tokens that still act for an active account, as the database says at this moment."""
    found = {secret: _find_bearer(db, passwords.digest(secret)) for secret in secrets}
    return {secret for secret, bearer in found.items() if bearer is not None and bearer.account is not None and not bearer.waits}


def _find_bearer(db: Connection, digest: bytes) -> Bearer | None:
    found = users.find_token(db, digest)
    if found is not None:
        token, account = found
        app = programs.find_app_by_id(db, token.app_id) if token.app_id else None
        return Bearer(
            account, token.scopes, token.app, token.app_id, app.website if app else "", applicants.waiting(db, account.id), token.id
        )
    alone = programs.find_app_token(db, digest)
    if alone is None:
        return None
    app, scopes = alone
    return Bearer(None, scopes, app.name, app.id, app.website)


async def require_token(context: Context, secret: str, scope: str) -> Account:
    """Whom a bearer token acts for. Raises NotSignedIn, and NotAllowed where it does not reach as far as the scope."""
    bearer = await find_bearer(context, secret)
    if bearer is None or bearer.account is None:
        raise NotSignedIn("The access token is invalid.")
    if bearer.waits:
        raise NotAllowed(bearer.waits)
    if not has_scope(bearer.scopes, scope):
        raise NotAllowed("This action is outside the authorized scopes.")
    return bearer.account


async def revoke_token(context: Context, account_id: int, token_id: int) -> None:
    """A token that somebody made by hand holds no longer."""
    await context.database.write(_revoke_token, account_id, token_id)


def _revoke_token(db: Connection, account_id: int, token_id: int) -> None:
    users.remove_token(db, account_id, token_id)
    add_event(db, "account", account_id)


def check_scopes(scopes: str, within: str | None = None) -> str:
    """Scopes as they are kept. Raises BadInput for one that there is not, or that is not within others."""
    wanted = list(dict.fromkeys(scopes.split()))
    if not wanted or any(scope not in ALL_SCOPES for scope in wanted):
        raise BadInput(f"Scopes are some of: {', '.join(sorted(SCOPES))}, or narrower ones such as read:statuses.")
    if within is not None and not all(has_scope(within, scope) for scope in wanted):
        raise BadInput("The requested scope is invalid, unknown, or malformed.")
    return " ".join(wanted)


def has_scope(granted: str, wanted: str) -> bool:
    """Whether scopes reach as far as one: `write` reaches `write:statuses`; `follow` is an older name for three of them."""
    scopes = set(granted.split())
    return wanted in scopes or wanted.partition(":")[0] in scopes or ("follow" in scopes and wanted in FOLLOW_SCOPES)
