"""What the node says of itself: who it is, its rules, its limits, whom it knows."""

import hashlib

from node import __version__
from node.config import FILE_NAME, Config
from node.context import Context
from node.errors import NotFound
from node.site import Site
from node.social import films, media, proxying, viewing, voting
from node.social.accounts import FIELD_CHARACTERS, FIELDS, NAME_CHARACTERS, SUMMARY_CHARACTERS
from node.social.viewing import People
from node.social.writing import write
from node.web.mastodon import entities
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities import Json, moment
from storage import accounts, emojis, figures, moderation
from storage.database import Connection
from storage.figures import Figures
from storage.ids import id_range_start

VERSION = f"4.5.0 (compatible; Hedgerow {__version__})"
API = 7  # grouped notifications, DELETE media, blur, endorsements, quotes: all that is up to 7
MONTH_MS, WEEK_MS, WEEKS = 30 * 24 * 3600 * 1000, 7 * 24 * 3600 * 1000, 12
LINK_CHARACTERS = 23  # that a program counts for an address, whatever its length
TOP_TAGS, TOP_PINS = 10, 50


async def version_1(ask: Ask) -> object:
    """GET /api/v1/instance"""
    numbers, contact, _ = await ask.context.database.read(_load, ask.context.site)
    config, origin = ask.context.config, ask.context.site.origin
    node, mode = config.node, config.registrations.mode
    return {
        "uri": config.handle_domain,
        "title": node.name,
        "short_description": node.description,
        "description": node.description,
        "email": node.contact_email or f"nobody@{config.handle_domain.partition(':')[0]}",
        "version": VERSION,
        "urls": {"streaming_api": streaming(config)},
        "stats": {"user_count": numbers.users, "status_count": numbers.posts, "domain_count": numbers.domains},
        "thumbnail": f"{origin}/static/header.png",
        "languages": list(node.languages),
        "registrations": mode in {"open", "approval"},
        "approval_required": mode == "approval",
        "invites_enabled": mode == "invite",
        "configuration": {
            key: value for key, value in configuration(config).items() if key in {"accounts", "statuses", "media_attachments", "polls"}
        },
        "contact_account": _contact(contact),
        "rules": rules(config),
    }


async def version_2(ask: Ask) -> object:
    """GET /api/v2/instance"""
    _, contact, active = await ask.context.database.read(_load, ask.context.site)
    config, origin = ask.context.config, ask.context.site.origin
    node, mode = config.node, config.registrations.mode
    picture = f"{origin}/static/header.png"
    return {
        "domain": config.handle_domain,
        "title": node.name,
        "version": VERSION,
        "source_url": "https://w3id.org/hedgerow",
        "description": node.description,
        "usage": {"users": {"active_month": active}},
        "thumbnail": {"url": picture, "blurhash": None, "description": None, "versions": {"@1x": picture, "@2x": picture}},
        "icon": [{"src": f"{origin}/static/avatar.png", "size": "200x200"}],
        "languages": list(node.languages),
        "configuration": configuration(config) | {"vapid": {"public_key": ask.context.site.vapid_key}},
        "registrations": {
            "enabled": mode in {"open", "approval"},
            "approval_required": mode == "approval",
            "reason_required": mode == "approval",
            "message": None,
            "min_age": None,
            "url": None,
        },
        "api_versions": {"mastodon": API},
        "contact": {"email": node.contact_email or f"nobody@{config.handle_domain.partition(':')[0]}", "account": _contact(contact)},
        "rules": rules(config),
        "wrapstodon": None,
    }


def _load(db: Connection, site: Site) -> tuple[Figures, People | None, int]:
    contact = figures.find_contact(db)
    people = viewing.load_people(db, site, [contact.id]) if contact else None
    return figures.get_figures(db), people, accounts.count_active_people(db, id_range_start(site.now_ms() - MONTH_MS))


def _contact(people: People | None) -> Json | None:
    return entities.accounts(people, people.accounts)[0] if people else None


def streaming(config: Config) -> str:
    """Where programs open their streams."""
    return f"{'wss' if config.scheme == 'https' else 'ws'}://{config.host}"


def configuration(config: Config) -> Json:
    """The limits that programs keep to."""
    limits, origin = config.limits, config.origin
    access = {"local": "public", "remote": "public"}
    return {
        "urls": {
            "streaming": streaming(config),
            "about": f"{origin}/about",
            "privacy_policy": f"{origin}/about" if config.node.privacy_policy else None,
            "terms_of_service": f"{origin}/about" if config.node.terms_of_service else None,
            "status": None,
        },
        "accounts": {
            "max_featured_tags": TOP_TAGS,
            "max_pinned_statuses": TOP_PINS,
            "max_profile_fields": FIELDS,
            "profile_field_name_limit": FIELD_CHARACTERS,
            "profile_field_value_limit": FIELD_CHARACTERS,
            "max_display_name_length": NAME_CHARACTERS,
            "max_note_length": SUMMARY_CHARACTERS,
            "max_avatar_description_length": media.ALT_CHARACTERS,
            "max_header_description_length": media.ALT_CHARACTERS,
        },
        "statuses": {
            "max_characters": limits.post_characters,
            "max_media_attachments": limits.attachments,
            "characters_reserved_per_url": LINK_CHARACTERS,
        },
        "media_attachments": {
            "supported_mime_types": [*media.supported_types(), *films.supported_types()],
            "description_limit": media.ALT_CHARACTERS,
            "image_size_limit": config.media.max_upload_bytes,
            "image_matrix_limit": config.media.max_pixels,
            "video_size_limit": config.media.max_upload_bytes,
            "video_frame_rate_limit": 60,
            "video_matrix_limit": config.media.max_pixels,
        },
        "polls": {
            "max_options": voting.OPTIONS[1],
            "max_characters_per_option": voting.OPTION_CHARACTERS,
            "min_expiration": voting.OPEN_S[0],
            "max_expiration": voting.OPEN_S[1],
        },
        "translation": {"enabled": False},
        "limited_federation": False,
        "timelines_access": {"live_feeds": access, "hashtag_feeds": access, "trending_link_feeds": access},
    }


def rules(config: Config) -> list[Json]:
    """Rules of the house."""
    return [{"id": str(number), "text": text, "hint": "", "translations": {}} for number, text in enumerate(config.node.rules, start=1)]


async def show_rules(ask: Ask) -> object:
    """GET /api/v1/instance/rules"""
    return rules(ask.context.config)


async def peers(ask: Ask) -> object:
    """GET /api/v1/instance/peers"""
    return await ask.context.database.read(figures.list_peers)


async def search_peers(ask: Ask) -> object:
    """GET /api/v1/peers/search?q=: servers whose name begins so"""
    start = ask.given.text("q").strip().lower()
    return [domain for domain in await ask.context.database.read(figures.list_peers) if start and domain.startswith(start)][:20]


async def activity(ask: Ask) -> object:
    """GET /api/v1/instance/activity: twelve weeks, this one first"""
    return await ask.context.database.read(_activity, ask.context.site.now_ms())


def _activity(db: Connection, now_ms: int) -> list[Json]:
    weeks = []
    for number in range(WEEKS):
        before_ms = now_ms - number * WEEK_MS
        after_ms = before_ms - WEEK_MS
        written, logins = figures.count_week(db, id_range_start(after_ms), id_range_start(before_ms))
        joined = figures.count_joined(db, after_ms, before_ms)
        weeks.append({"week": str(after_ms // 1000), "statuses": str(written), "logins": str(logins), "registrations": str(joined)})
    return weeks


async def domain_blocks(ask: Ask) -> object:
    """GET /api/v1/instance/domain_blocks"""
    found = await ask.context.database.read(moderation.list_domain_blocks)
    return [
        {
            "domain": block.domain,
            "digest": hashlib.sha256(block.domain.encode()).hexdigest(),
            "severity": block.severity,
            "comment": block.comment or None,
        }
        for block in found
    ]


async def extended_description(ask: Ask) -> object:
    """GET /api/v1/instance/extended_description"""
    config = ask.context.config
    return _document(ask.context, config.node.extended_description or config.node.description)


async def privacy_policy(ask: Ask) -> object:
    """GET /api/v1/instance/privacy_policy"""
    return _document(ask.context, ask.context.config.node.privacy_policy or "This server has no privacy policy of its own.")


async def terms_of_service(ask: Ask) -> object:
    """GET /api/v1/instance/terms_of_service, /{date}: one version, as the keeper wrote it"""
    text = ask.context.config.node.terms_of_service
    if not text:
        raise NotFound("This server has no terms of service.")
    document = _document(ask.context, text)
    day = document["updated_at"][:10]
    if ask.request.match_info.get("date", day) != day:
        raise NotFound("There are no terms of service of that date.")
    return {"effective_date": day, "effective": True, "content": document["content"], "succeeded_by": None}


def _document(context: Context, text: str) -> Json:
    """Markdown of the keeper's as HTML, as old as the configuration that it stands in."""
    file = context.config.data_dir / FILE_NAME
    changed_ms = int(file.stat().st_mtime * 1000) if file.is_file() else context.site.now_ms()
    return {"updated_at": moment(changed_ms), "content": write(text, {}, context.site.origin).content}


async def languages(ask: Ask) -> object:
    """GET /api/v1/instance/languages"""
    return [{"code": tag, "name": tag} for tag in ask.context.config.node.languages]


async def translation_languages(_ask: Ask) -> object:
    """GET /api/v1/instance/translation_languages: nothing is translated here"""
    return {}


async def custom_emojis(ask: Ask) -> object:
    """GET /api/v1/custom_emojis"""
    site = ask.context.site
    found = await ask.context.database.read(emojis.list_emojis)
    shown = [each for each in found if each.in_picker]
    return [
        entities.emoji(each.shortcode, proxying.shown_url(site, f"{site.origin}/media/{each.file}"), each.category, in_picker=True)
        for each in shown
    ]
