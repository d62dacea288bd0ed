"""Timelines: home, public, hashtags, lists, links, direct messages."""

from functools import partial

from node.errors import BadInput, NotFound
from node.web.mastodon import pages_of
from node.web.mastodon.doors import Ask
from storage import listings, lists
from storage.database import Connection
from storage.listings import Kinds

MOST_TAGS = 4  # in each of any, all and none


async def home(ask: Ask) -> object:
    """GET /api/v1/timelines/home"""
    return await pages_of.posts(ask, lambda db: listings.list_home(db, ask.viewer_id, ask.window()), "home")


async def public(ask: Ask) -> object:
    """GET /api/v1/timelines/public"""
    return await pages_of.posts(ask, lambda db: listings.list_public(db, ask.viewer_id, _kinds(ask), ask.window()), "public")


def _kinds(ask: Ask) -> Kinds:
    given = ask.given
    return Kinds(given.flag("only_media"), given.flag("local"), given.flag("remote") and not given.flag("local"))


async def tagged(ask: Ask) -> object:
    """GET /api/v1/timelines/tag/{hashtag}"""
    name = ask.request.match_info["hashtag"].lower().lstrip("#")
    several, every, none = (_tags(ask, way) for way in ("any", "all", "none"))
    names = [name, *several]
    return await pages_of.posts(
        ask, lambda db: listings.list_tagged(db, names, every, none, ask.viewer_id, _kinds(ask), ask.window()), "public"
    )


def _tags(ask: Ask, way: str) -> list[str]:
    return [text.lower().lstrip("#") for text in ask.given.texts(way) if " " not in text][:MOST_TAGS]


async def of_list(ask: Ask) -> object:
    """GET /api/v1/timelines/list/{id}"""
    return await pages_of.posts(ask, partial(_of_list, ask), "home")


def _of_list(ask: Ask, db: Connection) -> list[int]:
    if lists.find_list(db, ask.id(), ask.viewer_id) is None:
        raise NotFound("There is no such list.")
    return listings.list_list(db, ask.id(), ask.viewer_id, ask.window())


async def direct(ask: Ask) -> object:
    """GET /api/v1/timelines/direct"""
    return await pages_of.posts(ask, lambda db: listings.list_direct(db, ask.viewer_id, ask.window()))


async def linking(ask: Ask) -> object:
    """GET /api/v1/timelines/link?url="""
    link = ask.given.text("url")
    if not link.startswith(("https://", "http://")):
        raise BadInput("Say which address: ?url=https://...")
    return await pages_of.posts(ask, lambda db: listings.list_linking(db, link, ask.viewer_id, ask.window()), "public")
