"""Our own accounts: made, changed, shown, ended."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import orjson

from federation import keys
from federation.html import html_from_text
from node.context import Context
from node.errors import BadInput, Conflict, NotFound
from node.site import Site
from node.social import naming, passwords, publishing, writing
from node.social.remote import SERVER_ID
from node.social.reserved_names import is_reserved
from storage import accounts, follows, media, moderation, posts, users
from storage.database import Connection
from storage.errors import Taken
from storage.events import add_event
from storage.ids import free_id
from storage.records import Account, Key, User

NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,28}[A-Za-z0-9_])?")
PASSWORD_CHARACTERS = (8, 1000)
FIELDS, FIELD_CHARACTERS, NAME_CHARACTERS, SUMMARY_CHARACTERS = 8, 500, 100, 5000
ROLES = ("owner", "moderator", "member")
MODES = ("open", "guided", "supervised")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made. Without a password nobody can sign in until one is set; kind is an actor type."""

    name: str
    display_name: str = ""
    kind: str = "Person"
    email: str | None = None
    password: str | None = None
    role: str = "member"
    mode: str = "open"
    language: str = ""


@dataclass(frozen=True, slots=True)
class ProfileEdit:
    """What someone says of themselves. summary is Markdown; fields are (name, plain text)."""

    display_name: str
    summary: str
    locked: bool
    discoverable: bool
    indexable: bool
    fields: tuple[tuple[str, str], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What cannot be made inside a transaction: keys take a tenth of a second, a password's hash as long."""

    rsa: keys.PrivateKey
    ed25519: keys.PrivateKey
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """An account as its page shows it to one viewer."""

    account: Account
    followers: int
    following: int
    is_followed: bool
    is_requested: bool
    follows_viewer: bool
    is_blocked: bool
    is_muted: bool


async def create_account(context: Context, new: NewAccount) -> Account:
    """The account with its keys, ready to be followed. Raises BadInput, Conflict."""
    check_new(new)
    made = await make_secrets(new.password)
    try:
        return await context.database.write(add_account, context.site, new, made)
    except Taken as error:
        raise Conflict(f"The name {new.name} or that e-mail address is taken.") from error


def check_new(new: NewAccount) -> None:
    """Raises BadInput with a sentence that says what to change."""
    if not NAME.fullmatch(new.name):
        raise BadInput("A name has 1 to 30 letters a-z, digits, _ or inner - and .")
    if is_reserved(new.name):
        raise BadInput(f"The name {new.name} is kept for the server itself.")
    if new.role not in ROLES or new.mode not in MODES:
        raise BadInput(f"A role is one of {', '.join(ROLES)}; a mode one of {', '.join(MODES)}.")
    if new.password is not None:
        check_password(new.password)


def check_password(password: str) -> None:
    """Raises BadInput for one that is too short to hold."""
    least, most = PASSWORD_CHARACTERS
    if not least <= len(password) <= most:
        raise BadInput(f"A password has at least {least} characters.")


async def make_secrets(password: str | None) -> Made:
    """Keys and a password's hash, made in threads."""
    rsa = await asyncio.to_thread(keys.generate_rsa)
    hashed = await asyncio.to_thread(passwords.hash_password, password) if password is not None else None
    return Made(rsa, keys.generate_ed25519(), hashed)


def add_account(db: Connection, site: Site, new: NewAccount, made: Made) -> Account:
    """Keeps the account, its keys and its user. Raises Taken."""
    now_ms = site.now_ms()
    account = _local_account(site, new, free_id(db, "account", now_ms), now_ms)
    accounts.add_account(db, account)
    _save_keys(db, account, made, now_ms)
    if new.kind != "Group":  # nobody signs in as a community
        users.add_user(db, User(account.id, new.email, made.password_hash, new.role, new.language, now_ms))
    if new.mode != "open":
        accounts.set_mode(db, account.id, new.mode)
    add_event(db, "account", account.id)
    return replace(account, mode=new.mode)


def _local_account(site: Site, new: NewAccount, account_id: int, now_ms: int) -> Account:
    uri = naming.actor_uri(site.origin, new.name)
    is_open = new.mode == "open"
    return Account(
        id=account_id,
        uri=uri,
        type=new.kind,
        name=new.name,
        domain="",
        inbox=f"{uri}/inbox",
        created_ms=now_ms,
        revision_ms=now_ms,
        display_name=new.display_name.strip()[:NAME_CHARACTERS],
        url=naming.actor_url(site.origin, new.name),
        shared_inbox=f"{site.origin}/inbox",
        outbox=f"{uri}/outbox",
        followers_uri=f"{uri}/followers",
        following_uri=f"{uri}/following",
        featured_uri=f"{uri}/featured",
        discoverable=is_open,
        indexable=is_open,
        locked=new.mode == "supervised",
        mode=new.mode,
    )


def _save_keys(db: Connection, account: Account, made: Made, now_ms: int) -> None:
    rsa, ed25519 = made.rsa, made.ed25519
    public_pem = keys.pem_from_public(rsa.public_key())
    multibase = keys.multibase_from_public(ed25519.public_key())  # type: ignore[arg-type]  # made as Ed25519 in make_secrets
    for key in (
        Key(f"{account.uri}#main-key", account.id, "rsa", public_pem, keys.pem_from_private(rsa), now_ms),
        Key(f"{account.uri}#ed25519-key", account.id, "ed25519", multibase, keys.pem_from_private(ed25519), now_ms),
    ):
        accounts.save_key(db, key)


async def ensure_server_actor(context: Context) -> None:
    """Makes the node's own actor, which signs fetches, where it is not there yet."""
    if await context.database.read(accounts.find_account, SERVER_ID) is None:
        made = await make_secrets(None)
        await context.database.write(_add_server_actor, context.site, made)


def _add_server_actor(db: Connection, site: Site, made: Made) -> None:
    if accounts.find_account(db, SERVER_ID) is not None:
        return
    now_ms = site.now_ms()
    shape = _local_account(site, NewAccount(naming.SERVER_NAME, kind="Application"), SERVER_ID, now_ms)
    uri = naming.server_actor_uri(site.origin)
    server = replace(
        shape,
        uri=uri,
        url=f"{site.origin}/about",
        inbox=f"{uri}/inbox",
        outbox=f"{uri}/outbox",
        followers_uri=None,
        following_uri=None,
        featured_uri=None,
        discoverable=False,
        indexable=False,
        locked=True,
    )
    accounts.add_account(db, server)
    _save_keys(db, server, made, now_ms)


async def edit_profile(context: Context, account: Account, edit: ProfileEdit) -> Account:
    """The account as it is now; followers' servers are told. Raises BadInput."""
    _check_edit(edit)
    return await context.database.write(_edit_profile, context.site, account.id, edit)


def _check_edit(edit: ProfileEdit) -> None:
    if len(edit.display_name) > NAME_CHARACTERS or len(edit.summary) > SUMMARY_CHARACTERS:
        raise BadInput(f"A name has at most {NAME_CHARACTERS} characters, a description {SUMMARY_CHARACTERS}.")
    if len(edit.fields) > FIELDS or any(len(name) > FIELD_CHARACTERS or len(text) > FIELD_CHARACTERS for name, text in edit.fields):
        raise BadInput(f"At most {FIELDS} lines of {FIELD_CHARACTERS} characters go into the table.")


def _edit_profile(db: Connection, site: Site, account_id: int, edit: ProfileEdit) -> Account:
    known = accounts.get_account(db, account_id)
    is_supervised = known.mode == "supervised"
    account = replace(
        known,
        display_name=edit.display_name.strip(),
        summary=writing.write(edit.summary, {}, site.origin).content,
        summary_source=edit.summary,
        locked=edit.locked or is_supervised,
        discoverable=edit.discoverable and not is_supervised,
        indexable=edit.indexable and not is_supervised,
        fields=orjson.dumps([[name, _field_html(text)] for name, text in edit.fields if name.strip()]).decode(),
        revision_ms=max(site.now_ms(), known.revision_ms + 1),
    )
    accounts.update_account(db, account)
    users.set_language(db, account_id, edit.language)
    publishing.publish_profile(db, site, account)
    add_event(db, "account", account.id)
    return account


def _field_html(text: str) -> str:
    return html_from_text(text).removeprefix("<p>").removesuffix("</p>")


def get_profile(db: Connection, account: Account, viewer_id: int) -> Profile:
    """The account as that viewer may see it (viewer 0 is a stranger)."""
    mine = follows.find_follow(db, viewer_id, account.id)
    return Profile(
        account=account,
        followers=follows.count_followers(db, account.id),
        following=follows.count_following(db, account.id),
        is_followed=mine is not None and mine.state == "accepted",
        is_requested=mine is not None and mine.state == "requested",
        follows_viewer=follows.is_following(db, account.id, viewer_id),
        is_blocked=moderation.find_block_uri(db, viewer_id, account.id) is not None,
        is_muted=moderation.is_muted(db, viewer_id, account.id),
    )


def get_local(db: Connection, name: str) -> Account:
    """One of ours by name. Raises NotFound."""
    account = accounts.find_account_by_handle(db, name)
    if account is None or account.deleted_ms is not None:
        raise NotFound(f"There is no account {name} here.")
    return account


async def set_password(context: Context, account_id: int, password: str, *, keeps_apps: bool = False) -> None:
    """Another password; every browser is signed out, and every app unless it is to be kept. Raises BadInput."""
    check_password(password)
    hashed = await asyncio.to_thread(passwords.hash_password, password)
    await context.database.write(_set_password, account_id, hashed, keeps_apps=keeps_apps)


def _set_password(db: Connection, account_id: int, hashed: str, *, keeps_apps: bool) -> None:
    users.set_password(db, account_id, hashed)
    users.end_sessions(db, account_id)
    if not keeps_apps:
        users.remove_tokens(db, account_id)
    add_event(db, "account", account_id)


async def suspend(context: Context, name: str, *, is_suspended: bool = True) -> Account:
    """Shuts an account of ours out, or lets it in again; nothing of it is deleted. Raises NotFound."""
    return await context.database.write(_suspend, context.site, name, is_suspended=is_suspended)


def _suspend(db: Connection, site: Site, name: str, *, is_suspended: bool) -> Account:
    account = get_local(db, name)
    accounts.set_suspended(db, account.id, site.now_ms() if is_suspended else None)
    if is_suspended:
        users.end_sessions(db, account.id)
    add_event(db, "account", account.id)
    return accounts.get_account(db, account.id)


async def delete(context: Context, name: str) -> None:
    """Ends an account of ours: its posts go, its followers' servers are told, its name is never given out again. Raises NotFound."""
    await context.database.write(_delete, context.site, name)


def _delete(db: Connection, site: Site, name: str) -> None:
    account = get_local(db, name)
    publishing.publish_end(db, site, account)
    for post in posts.list_all_posts(db, account.id):
        posts.delete_post(db, post, site.now_ms())
    accounts.remove_relations(db, account.id)
    users.remove_user(db, account.id)
    accounts.set_deleted(db, account.id, site.now_ms())
    media.withdraw_all(db, account.id)
    add_event(db, "account", account.id)


def list_all(db: Connection) -> Sequence[tuple[Account, User]]:
    """Our people, oldest first, with how they sign in."""
    found = ((account, users.find_user(db, account.id)) for account in accounts.list_local_accounts(db))
    return [(account, user) for account, user in found if user is not None]
