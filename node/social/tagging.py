"""Hashtags: looking at one, following it, showing it on a profile, and what trends here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from storage import hashtags
from storage.database import Connection
from storage.hashtags import Featured, Tag, Use
from storage.ids import id_range_start
from storage.records import Account

NAME = re.compile(r"\w{1,100}")
WEEK_MS = 7 * 24 * 3600 * 1000
TREND_MS = 3 * 24 * 3600 * 1000
LEAST_PEOPLE, LEAST_LIKES = 2, 1  # one person alone makes no trend
MOST_FEATURED = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A hashtag as one viewer sees it: how it was used this week, and whether they follow it and show it on their profile."""

    tag: Tag
    uses: Sequence[Use] = ()
    is_followed: bool = False
    is_featured: bool = False


def name_from(text: str) -> str:
    """A hashtag as it is kept. Raises BadInput for what is none."""
    name = text.strip().lstrip("#").lower()
    if not NAME.fullmatch(name) or name.isdigit():
        raise BadInput("A hashtag is one word of letters, digits and _.")
    return name


async def look(context: Context, text: str, viewer_id: int) -> Shown:
    """A hashtag, also one that nobody has used yet. Raises BadInput."""
    return await context.database.read(_look, context.site, name_from(text), viewer_id)


def _look(db: Connection, site: Site, name: str, viewer_id: int) -> Shown:
    return load(db, site, [hashtags.find_tag(db, name) or Tag(0, name)], viewer_id)[0]


def load(db: Connection, site: Site, tags: Sequence[Tag], viewer_id: int) -> list[Shown]:
    """What showing some hashtags takes."""
    since = id_range_start(site.now_ms() - WEEK_MS)
    uses = hashtags.list_uses(db, [tag.id for tag in tags], since) if tags else {}
    featured = {each.name for each in hashtags.list_featured(db, viewer_id)} if viewer_id else set()
    return [
        Shown(tag, uses.get(tag.id, ()), bool(viewer_id) and hashtags.is_following_tag(db, viewer_id, tag.id), tag.name in featured)
        for tag in tags
    ]


async def follow(context: Context, account: Account, text: str, *, is_followed: bool) -> Shown:
    """The hashtag, followed from now on or no longer. Raises BadInput."""
    return await context.database.write(_follow, context.site, account.id, name_from(text), is_followed=is_followed)


def _follow(db: Connection, site: Site, account_id: int, name: str, *, is_followed: bool) -> Shown:
    tag = hashtags.ensure_tag(db, name)
    if is_followed:
        hashtags.follow_tag(db, account_id, tag.id, site.now_ms())
    else:
        hashtags.unfollow_tag(db, account_id, tag.id)
    return load(db, site, [tag], account_id)[0]


def list_featured(db: Connection, account_id: int) -> list[Featured]:
    """The hashtags on a profile."""
    return hashtags.list_featured(db, account_id)


async def feature(context: Context, account: Account, text: str) -> Featured:
    """A hashtag on the profile. Raises BadInput."""
    return await context.database.write(_feature, context.site, account.id, name_from(text))


def _feature(db: Connection, site: Site, account_id: int, name: str) -> Featured:
    known = hashtags.list_featured(db, account_id)
    if len(known) >= MOST_FEATURED and name not in {each.name for each in known}:
        raise BadInput(f"At most {MOST_FEATURED} hashtags stand on a profile.")
    hashtags.ensure_tag(db, name)
    hashtags.feature_tag(db, account_id, name, site.now_ms())
    return next(each for each in hashtags.list_featured(db, account_id) if each.name == name)


async def unfeature(context: Context, account: Account, *, featured_id: int = 0, name: str = "") -> None:
    """A hashtag no longer on the profile, by the id that it has there or by its name. Raises NotFound."""
    if not await context.database.write(_unfeature, account.id, featured_id, name.lower().lstrip("#")):
        raise NotFound("That hashtag is not on your profile.")


def _unfeature(db: Connection, account_id: int, featured_id: int, name: str) -> bool:
    found = featured_id or next((each.id for each in hashtags.list_featured(db, account_id) if each.name == name), 0)
    return hashtags.unfeature_tag(db, account_id, found)


def trending(db: Connection, site: Site, viewer_id: int, limit: int, offset: int) -> list[Shown]:
    """The hashtags that several people here and elsewhere used in the last days, as far as this node has seen them."""
    since = id_range_start(site.now_ms() - TREND_MS)
    return load(db, site, hashtags.list_trends(db, since, LEAST_PEOPLE, limit, offset), viewer_id)


def trending_posts(db: Connection, site: Site, viewer_id: int, limit: int, offset: int) -> list[int]:
    """The posts that people liked and boosted most in the last days."""
    since = id_range_start(site.now_ms() - TREND_MS)
    return hashtags.list_trending_posts(db, viewer_id, since, LEAST_LIKES, limit, offset)
