"""What somebody keeps: bookmarks and favourites."""

from dataclasses import replace

from node.web.mastodon import pages_of
from node.web.mastodon.doors import Ask
from storage import listings
from storage.database import Connection
from storage.ids import id_range_start, ms_from_id
from storage.timelines import BEFORE_ALL


async def bookmarks(ask: Ask) -> object:
    """GET /api/v1/bookmarks"""
    return await pages_of.keyed_posts(ask, lambda db: listings.list_bookmarked(db, ask.viewer_id, ask.window()))


async def favourites(ask: Ask) -> object:
    """GET /api/v1/favourites: by when they were liked; the key of a page is that moment as an id"""
    window = ask.window()
    before = window.before if window.before == BEFORE_ALL else ms_from_id(window.before)
    by_time = replace(window, before=before, after=ms_from_id(window.after))

    def listed(db: Connection) -> list[tuple[int, int]]:
        return [(id_range_start(key), post_id) for key, post_id in listings.list_liked(db, ask.viewer_id, by_time)]

    return await pages_of.keyed_posts(ask, listed)
