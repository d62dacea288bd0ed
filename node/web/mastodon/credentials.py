"""Somebody's own account: who I am, how I show myself, how I like to post."""

from collections.abc import Mapping

from node.errors import BadInput
from node.social import preferring, profiling, viewing
from node.social.profiling import Change
from node.web.mastodon import entities, pages_of
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities import Json
from node.web.mastodon.entities_statuses import VISIBILITIES
from node.web.mastodon.parameters import Parameters
from storage import accounts, follows, preferences, users
from storage.database import Connection
from storage.preferences import Preferences

MOST_FIELDS = 8


async def verify(ask: Ask) -> object:
    """GET /api/v1/accounts/verify_credentials"""
    return await ask.context.database.read(_credential, ask)


def _credential(db: Connection, ask: Ask) -> Json:
    account = accounts.get_account(db, ask.account.id)
    chosen = preferences.find_preferences(db, account.id)
    user = users.get_user(db, account.id)
    source = {
        "privacy": VISIBILITIES[chosen.visibility],
        "sensitive": bool(chosen.sensitive),
        "language": chosen.language or user.language or None,
        "note": account.summary_source,
        "fields": [{"name": name, "value": value, "verified_at": None} for name, value in profiling.field_sources(account)],
        "follow_requests_count": 0 if account.mode == "supervised" else follows.count_requests(db, account.id),
        "hide_collections": bool(chosen.hides_network),
        "discoverable": bool(account.discoverable),
        "indexable": bool(account.indexable),
        "attribution_domains": [],
        "quote_policy": chosen.quote_policy,
    }
    people = viewing.load_people(db, ask.context.site, [account.id])
    return entities.credential(people, account.id, {"source": source, "role": entities.role(user.role)})


async def update(ask: Ask) -> object:
    """PATCH /api/v1/accounts/update_credentials"""
    await _change(ask)
    return await verify(ask)


async def show_profile(ask: Ask) -> object:
    """GET /api/v1/profile"""
    return await ask.context.database.read(_profile, ask)


def _profile(db: Connection, ask: Ask) -> Json:
    shown = _credential(db, ask)
    account = accounts.get_account(db, ask.account.id)
    kept = ("id", "display_name", "locked", "bot", "indexable", "discoverable", "avatar_description", "header_description")
    pictures = {
        name: shown[name] if found else None
        for name, found in (
            ("avatar", account.icon_url),
            ("avatar_static", account.icon_url),
            ("header", account.image_url),
            ("header_static", account.image_url),
        )
    }
    source = {name: shown["source"][name] for name in ("note", "fields", "hide_collections", "attribution_domains")}
    featured = {"show_media": True, "show_media_replies": True, "show_featured": True}
    return {name: shown[name] for name in kept} | pictures | source | featured


async def update_profile(ask: Ask) -> object:
    """PATCH /api/v1/profile"""
    await _change(ask)
    return await show_profile(ask)


async def _change(ask: Ask) -> None:
    """What is not said stays as it is."""
    given = ask.given
    for name, purpose in (("avatar", "icon"), ("header", "image")):
        file = given.file(name)
        alt = given.text(f"{name}_description") if f"{name}_description" in given else None
        if file is not None or alt is not None:
            await profiling.set_picture(ask.context, ask.account, file.file.read() if file else None, alt, purpose)
    change = Change(
        display_name=_text(given, "display_name"),
        summary=_text(given, "note"),
        locked=_flag(given, "locked"),
        discoverable=_flag(given, "discoverable"),
        indexable=_flag(given, "indexable"),
        is_bot=_flag(given, "bot"),
        fields=_fields(given) if "fields_attributes" in given else None,
    )
    if change != Change():
        await profiling.change_profile(ask.context, ask.account, change)
    chosen = _preferences(given)
    if chosen:
        await preferring.change(ask.context, ask.account, chosen)


def _text(given: Parameters, name: str) -> str | None:
    return given.text(name).strip() if name in given else None


def _flag(given: Parameters, name: str) -> bool | None:
    return given.flag(name) if name in given else None


def _fields(given: Parameters) -> tuple[tuple[str, str], ...]:
    rows = [(each.text("name").strip(), each.text("value").strip()) for each in given.records("fields_attributes")]
    return tuple((name, value) for name, value in rows if name)[:MOST_FIELDS]


def _preferences(given: Parameters) -> Mapping[str, object]:
    """What is said of how somebody likes to post. Raises BadInput."""
    source = given.inner("source")
    found: dict[str, object] = {}
    if "privacy" in source:
        if source.text("privacy") not in VISIBILITIES[:3]:
            raise BadInput("The privacy is public, unlisted or private.")
        found["visibility"] = VISIBILITIES.index(source.text("privacy"))
    if "sensitive" in source:
        found["sensitive"] = source.flag("sensitive")
    if "language" in source:
        found["language"] = source.text("language")[:20]
    if "quote_policy" in source:
        found["quote_policy"] = source.text("quote_policy")
    if "hide_collections" in given:
        found["hides_network"] = given.flag("hide_collections")
    return found


async def delete_avatar(ask: Ask) -> object:
    """DELETE /api/v1/profile/avatar"""
    await profiling.remove_picture(ask.context, ask.account, "icon")
    return await verify(ask)


async def delete_header(ask: Ask) -> object:
    """DELETE /api/v1/profile/header"""
    await profiling.remove_picture(ask.context, ask.account, "image")
    return await verify(ask)


async def show_preferences(ask: Ask) -> object:
    """GET /api/v1/preferences"""
    chosen = await ask.context.database.read(preferences.find_preferences, ask.account.id)
    return _shown(chosen)


def _shown(chosen: Preferences) -> Json:
    return {
        "posting:default:visibility": VISIBILITIES[chosen.visibility],
        "posting:default:sensitive": bool(chosen.sensitive),
        "posting:default:language": chosen.language or None,
        "posting:default:quote_policy": chosen.quote_policy,
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
    }


async def endorsements(ask: Ask) -> object:
    """GET /api/v1/endorsements"""
    return await pages_of.people(ask, lambda db: preferring.list_featured(db, ask.account.id, ask.window(40, 80)))
