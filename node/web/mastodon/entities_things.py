"""Lists, hashtags, filters of version 1, markers and other small things as Mastodon's API shows them."""

from collections.abc import Mapping, Sequence

from node.site import Site
from node.social import naming
from node.web.mastodon.entities import Json, moment, moment_or_none
from storage.filters import Keyword, Whole
from storage.hashtags import Featured, Use
from storage.lists import PeopleList
from storage.preferences import Marker
from storage.records import Account

DAY_S = 24 * 3600


def people_list(found: PeopleList) -> Json:
    """List."""
    return {"id": str(found.id), "title": found.title, "replies_policy": found.replies_policy, "exclusive": bool(found.exclusive)}


def markers(found: Mapping[str, Marker]) -> Json:
    """Markers by timeline."""
    return {
        name: {"last_read_id": str(each.last_read_id), "version": each.version, "updated_at": moment(each.updated_ms)}
        for name, each in found.items()
    }


def filter_v1(whole: Whole, keyword: Keyword) -> Json:
    """A filter of version 1: one word of a filter, with the word's id."""
    return {
        "id": str(keyword.id),
        "phrase": keyword.keyword,
        "context": whole.filter.contexts.split(),
        "whole_word": bool(keyword.whole_word),
        "expires_at": moment_or_none(whole.filter.expires_ms),
        "irreversible": whole.filter.action == "hide",
    }


def featured_tag(account: Account, tag: Featured, site: Site) -> Json:
    """FeaturedTag; its address is that of the account's posts under it."""
    return {
        "id": str(tag.id),
        "name": tag.name,
        "url": f"{account.url or naming.actor_url(site.origin, account.name)}/tagged/{tag.name}",
        "statuses_count": str(tag.posts),
        "last_status_at": moment(tag.last_ms)[:10] if tag.last_ms else None,
    }


def tag(site: Site, tag_id: int, name: str, uses: Sequence[Use], *, following: bool | None, featuring: bool | None) -> Json:
    """Tag, with how it was used on each of the last seven days, today first."""
    return {
        "id": str(tag_id),
        "name": name,
        "url": naming.tag_url(site.origin, name),
        "history": history(site, uses),
        "following": following,
        "featuring": featuring,
    }


def history(site: Site, uses: Sequence[Use]) -> list[Json]:
    """Uses by day, today first; texts, as Mastodon has them."""
    today = site.now_ms() // 1000 // DAY_S
    found = {use.day: use for use in uses}
    days = [(today - back, found.get(today - back)) for back in range(7)]
    return [
        {"day": str(day * DAY_S), "uses": str(use.uses if use else 0), "accounts": str(use.accounts if use else 0)} for day, use in days
    ]
