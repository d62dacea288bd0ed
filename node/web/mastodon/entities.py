"""Accounts, emojis and hashtags as Mastodon's API shows them: every documented key, null where there is nothing to say.

These functions know rows and addresses alone, no request: streams and notifications use them as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from node.site import Site
from node.social import naming
from node.social.proxying import shown_url
from node.social.viewing import NO_STATS, People
from storage.ids import datetime_from_ms
from storage.records import Account, loaded

Json = dict[str, Any]
BOTS = {"Service", "Application"}
NO_ONE_FEATURES: Json = {"automatic": [], "manual": [], "current_user": "denied"}  # collections of people: there are none here


def moment(milliseconds: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ`, with three digits: some programs read nothing else."""
    return datetime_from_ms(milliseconds).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment_or_none(milliseconds: int | None) -> str | None:
    """See moment."""
    return None if milliseconds is None else moment(milliseconds)


def account(people: People, account_id: int) -> Json:
    """Account. The account must be among the people."""
    found = people.accounts[account_id]
    moved = people.moved.get(found.moved_to_uri) if found.moved_to_uri else None
    return shape_of(people, found) | {"moved": shape_of(people, moved) if moved is not None and moved.id != account_id else None}


def shape_of(people: People, found: Account) -> Json:
    """An account without where it moved to."""
    site, stats = people.site, people.stats.get(found.id, NO_STATS)
    icon = shown_url(site, found.icon_url) if found.icon_url else f"{site.origin}/static/avatar.png"
    image = shown_url(site, found.image_url) if found.image_url else f"{site.origin}/static/header.png"
    is_gone = found.suspended_ms is not None
    return {
        "id": str(found.id),
        "username": found.name,
        "acct": found.handle,
        "display_name": found.display_name,
        "locked": bool(found.locked),
        "bot": found.type in BOTS,
        "group": found.type == "Group",
        "discoverable": bool(found.discoverable),
        "indexable": bool(found.indexable),
        "noindex": not found.indexable,
        "created_at": moment(found.created_ms),
        "note": "" if is_gone else found.summary,
        "url": found.url or found.uri,
        "uri": found.uri,
        "avatar": icon,
        "avatar_static": icon,
        "avatar_description": found.icon_alt,
        "header": image,
        "header_static": image,
        "header_description": found.image_alt,
        "followers_count": stats.followers,
        "following_count": stats.following,
        "statuses_count": max(stats.posts, 0),
        "last_status_at": moment(stats.last_ms)[:10] if stats.last_ms else None,
        "hide_collections": None,
        "suspended": is_gone,
        "limited": False,
        "memorial": False,
        "moved": None,
        "roles": [],
        "emojis": emojis(site, loaded(found.emojis)),
        "fields": [] if is_gone else [{"name": name, "value": value, "verified_at": None} for name, value in loaded(found.fields)],
        "show_media": True,
        "show_media_replies": True,
        "show_featured": True,
        "feature_approval": NO_ONE_FEATURES,
    }


def accounts(people: People, ids: Iterable[int]) -> list[Json]:
    """Those of some accounts that there are, in their order."""
    return [account(people, account_id) for account_id in ids if account_id in people.accounts]


def emojis(site: Site, pairs: Sequence[Sequence[str]]) -> list[Json]:
    """CustomEmoji for each (shortcode, address)."""
    return [emoji(shortcode, shown_url(site, url)) for shortcode, url in pairs]


def emoji(shortcode: str, url: str, category: str | None = None, *, in_picker: bool = False) -> Json:
    """CustomEmoji."""
    return {"shortcode": shortcode, "url": url, "static_url": url, "visible_in_picker": in_picker, "category": category or None}


def hashtag(site: Site, name: str) -> Json:
    """A hashtag in a post."""
    return {"name": name, "url": naming.tag_url(site.origin, name)}


def role(name: str) -> Json:
    """Role of somebody's own account, as far as programs need it: permissions are a bit mask of Mastodon's."""
    permissions = {"owner": 1, "moderator": 1 << 4 | 1 << 3}.get(name, 0)  # administrator; manage reports, manage users
    label = "" if name == "member" else name.capitalize()
    role_id = {"owner": "3", "moderator": "1"}.get(name, "-99")
    return {
        "id": role_id,
        "name": label,
        "color": "",
        "permissions": str(permissions),
        "highlighted": name != "member",
        "collection_limit": 0,
    }


def relationship(found: Any) -> Json:
    """Relationship, of a storage.relations.Relation."""
    return {
        "id": str(found.account_id),
        "following": found.following,
        "requested": found.requested,
        "showing_reblogs": found.following and found.shows_boosts,
        "notifying": found.following and found.notifies,
        "languages": found.languages.split() or None,
        "followed_by": found.followed_by,
        "requested_by": found.requested_by,
        "blocking": found.blocking,
        "blocked_by": found.blocked_by,
        "muting": found.muting,
        "muting_notifications": found.muting and found.hides_news,
        "muting_expires_at": moment_or_none(found.muted_until_ms),
        "domain_blocking": found.hides_domain,
        "endorsed": found.featured,
        "note": found.remark,
    }


def credential(people: People, account_id: int, own: Mapping[str, Any]) -> Json:
    """CredentialAccount. own: `source` and `role`."""
    return account(people, account_id) | {"source": own["source"], "role": own["role"]}
