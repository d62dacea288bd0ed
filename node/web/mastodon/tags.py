"""Hashtags: one, followed ones, those on a profile; what trends."""

from dataclasses import replace

from node.social import tagging
from node.social.tagging import Shown
from node.web.mastodon import entities_things, pages_of
from node.web.mastodon.doors import Ask, page
from node.web.mastodon.entities import Json
from node.web.mastodon.entities_statuses import card_of
from storage import hashtags, previews
from storage.database import Connection
from storage.ids import id_range_start, ms_from_id
from storage.listings import Window
from storage.timelines import BEFORE_ALL

DAY_S, DAY_MS = 86_400, 86_400_000
WEEK_MS = 7 * DAY_MS


def shape(ask: Ask, shown: Shown) -> Json:
    """Tag."""
    is_member = bool(ask.viewer_id)
    return entities_things.tag(
        ask.context.site,
        shown.tag.id,
        shown.tag.name,
        shown.uses,
        following=shown.is_followed if is_member else None,
        featuring=shown.is_featured if is_member else None,
    )


def _name(ask: Ask) -> str:
    return ask.request.match_info["name"]


async def show(ask: Ask) -> object:
    """GET /api/v1/tags/{name}"""
    return shape(ask, await tagging.look(ask.context, _name(ask), ask.viewer_id))


async def follow(ask: Ask) -> object:
    """POST /api/v1/tags/{name}/follow"""
    return shape(ask, await tagging.follow(ask.context, ask.account, _name(ask), is_followed=True))


async def unfollow(ask: Ask) -> object:
    """POST /api/v1/tags/{name}/unfollow"""
    return shape(ask, await tagging.follow(ask.context, ask.account, _name(ask), is_followed=False))


async def feature(ask: Ask) -> object:
    """POST /api/v1/tags/{name}/feature"""
    await tagging.feature(ask.context, ask.account, _name(ask))
    return await show(ask)


async def unfeature(ask: Ask) -> object:
    """POST /api/v1/tags/{name}/unfeature"""
    await tagging.unfeature(ask.context, ask.account, name=_name(ask))
    return await show(ask)


async def followed(ask: Ask) -> object:
    """GET /api/v1/followed_tags: the key of a page is the moment of following as an id"""
    window = ask.window(100, 200)
    before = window.before if window.before == BEFORE_ALL else ms_from_id(window.before)
    shown, keys = await ask.context.database.read(_followed, ask, replace(window, before=before, after=ms_from_id(window.after)))
    return page(ask, shown, keys)


def _followed(db: Connection, ask: Ask, window: Window) -> tuple[list[Json], list[int]]:
    found = hashtags.list_followed_tags(db, ask.viewer_id, window)
    shown = tagging.load(db, ask.context.site, [tag for _, tag in found], ask.viewer_id)
    return [shape(ask, each) for each in shown], [id_range_start(when) for when, _ in found]


async def featured(ask: Ask) -> object:
    """GET /api/v1/featured_tags"""
    found = await ask.context.database.read(tagging.list_featured, ask.viewer_id)
    return [entities_things.featured_tag(ask.account, tag, ask.context.site) for tag in found]


async def add_featured(ask: Ask) -> object:
    """POST /api/v1/featured_tags"""
    found = await tagging.feature(ask.context, ask.account, ask.given.text("name"))
    return entities_things.featured_tag(ask.account, found, ask.context.site)


async def remove_featured(ask: Ask) -> None:
    """DELETE /api/v1/featured_tags/{id}"""
    await tagging.unfeature(ask.context, ask.account, featured_id=ask.id())


async def suggested(ask: Ask) -> object:
    """GET /api/v1/featured_tags/suggestions: those that somebody uses most"""
    return [shape(ask, each) for each in await ask.context.database.read(_suggested, ask)]


def _suggested(db: Connection, ask: Ask) -> list[Shown]:
    return tagging.load(db, ask.context.site, hashtags.list_often_used(db, ask.viewer_id), ask.viewer_id)


async def trending(ask: Ask) -> object:
    """GET /api/v1/trends/tags, /api/v1/trends: what several people used in the last days, as far as this node has seen it"""
    limit, offset = ask.limit(10, 20), ask.given.number("offset")
    found = await ask.context.database.read(tagging.trending, ask.context.site, ask.viewer_id, limit, offset)
    return [shape(ask, each) for each in found]


async def trending_posts(ask: Ask) -> object:
    """GET /api/v1/trends/statuses"""
    site, limit, offset = ask.context.site, ask.limit(20, 40), ask.given.number("offset")
    answer = await pages_of.posts(ask, lambda db: tagging.trending_posts(db, site, ask.viewer_id, limit, offset), "public")
    return answer.body


async def trending_links(ask: Ask) -> object:
    """GET /api/v1/trends/links: pages to which several people linked within a week"""
    site, limit, offset = ask.context.site, ask.limit(10, 20), min(ask.given.number("offset"), 1000)
    found = await ask.context.database.read(previews.list_shared, id_range_start(site.now_ms() - WEEK_MS), limit, offset)
    day = str(site.now_ms() // DAY_MS * DAY_S)
    return [
        {**card_of(site, shared), "history": [{"day": day, "accounts": str(people), "uses": str(posts)}]} for shared, people, posts in found
    ]
