"""A profile changed in parts, as programs do it: what is not said stays."""

from dataclasses import dataclass, replace

from federation.html import text_from_html
from node.context import Context
from node.errors import BadInput
from node.site import Site
from node.social import accounts as profiles
from node.social import media, publishing
from node.social.accounts import ProfileEdit
from storage import accounts, users
from storage.database import Connection
from storage.events import add_event
from storage.records import Account, loaded


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None stays."""

    display_name: str | None = None
    summary: str | None = None
    locked: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    is_bot: bool | None = None
    fields: tuple[tuple[str, str], ...] | None = None


def field_sources(account: Account) -> list[tuple[str, str]]:
    """The lines of a profile's table as they were typed."""
    return [(name, text_from_html(value)) for name, value in loaded(account.fields)]


async def change_profile(context: Context, account: Account, change: Change) -> Account:
    """The account as it is now; followers' servers are told. Raises BadInput."""
    known, language = await context.database.read(_known, account.id)
    edit = ProfileEdit(
        display_name=known.display_name if change.display_name is None else change.display_name,
        summary=known.summary_source if change.summary is None else change.summary,
        locked=bool(known.locked) if change.locked is None else change.locked,
        discoverable=bool(known.discoverable) if change.discoverable is None else change.discoverable,
        indexable=bool(known.indexable) if change.indexable is None else change.indexable,
        fields=tuple(field_sources(known)) if change.fields is None else change.fields,
        language=language,
    )
    if change.is_bot is not None:
        await context.database.write(_set_kind, context.site, known.id, "Service" if change.is_bot else "Person")
    return await profiles.edit_profile(context, known, edit)


def _known(db: Connection, account_id: int) -> tuple[Account, str]:
    return accounts.get_account(db, account_id), users.get_user(db, account_id).language


def _set_kind(db: Connection, site: Site, account_id: int, kind: str) -> None:
    known = accounts.get_account(db, account_id)
    if known.type in {"Person", "Service"} and known.type != kind:
        accounts.update_account(db, replace(known, type=kind, revision_ms=max(site.now_ms(), known.revision_ms + 1)))


async def set_picture(context: Context, account: Account, body: bytes | None, alt: str | None, purpose: str) -> Account:
    """Another picture (icon) or banner (image), or another description of the one that is there. Raises BadInput."""
    if alt is not None and len(alt) > media.ALT_CHARACTERS:
        raise BadInput(f"A description has at most {media.ALT_CHARACTERS} characters.")
    if body is not None:
        return await media.set_picture(context, account, body, alt or "", purpose)
    return await context.database.write(_set, context.site, account.id, purpose, alt=alt)


async def remove_picture(context: Context, account: Account, purpose: str) -> Account:
    """The account without that picture."""
    return await context.database.write(_set, context.site, account.id, purpose, alt=None)


def _set(db: Connection, site: Site, account_id: int, purpose: str, *, alt: str | None) -> Account:
    """alt None takes the picture away."""
    known = accounts.get_account(db, account_id)
    described = {f"{purpose}_alt": alt or ""} if alt is not None else {f"{purpose}_url": None, f"{purpose}_alt": ""}
    changed = replace(known, revision_ms=max(site.now_ms(), known.revision_ms + 1), **described)
    accounts.update_account(db, changed)
    publishing.publish_profile(db, site, changed)
    add_event(db, "account", account_id)
    return changed
