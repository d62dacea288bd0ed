"""Lists as programs page through them: one hop to the database for the ids and all that showing them takes."""

from collections.abc import Callable, Sequence
from functools import partial

from node.social import guardianship, viewing
from node.social.viewing import People, View
from node.web.mastodon import entities, entities_statuses
from node.web.mastodon.doors import Answer, Ask, page
from node.web.mastodon.entities import Json
from storage.database import Connection
from storage.records import Account

Listing = Callable[[Connection], Sequence[int]]
KeyedListing = Callable[[Connection], Sequence[tuple[int, int]]]
PeopleListing = Callable[[Connection], Sequence[Account]]


async def posts(ask: Ask, listing: Listing, where: str = "") -> Answer:
    """A page of posts by their ids. where: the context whose filters take posts away."""
    ids, view = await ask.context.database.read(partial(_load, ask, listing))
    shown = [post_id for post_id in ids if not (where and viewing.is_hidden(view, post_id, where))]
    return page(ask, entities_statuses.statuses(view, shown), ids)


def _load(ask: Ask, listing: Listing, db: Connection) -> tuple[Sequence[int], View]:
    ids = listing(db)
    return ids, viewing.load_view(db, ask.context.site, ids, ask.viewer_id)


async def keyed_posts(ask: Ask, listing: KeyedListing) -> Answer:
    """A page of posts by keys of their own (bookmarks, favourites)."""
    pairs, view = await ask.context.database.read(partial(_load_keyed, ask, listing))
    return page(ask, entities_statuses.statuses(view, [post_id for _, post_id in pairs]), [key for key, _ in pairs])


def _load_keyed(ask: Ask, listing: KeyedListing, db: Connection) -> tuple[Sequence[tuple[int, int]], View]:
    pairs = listing(db)
    return pairs, viewing.load_view(db, ask.context.site, [post_id for _, post_id in pairs], ask.viewer_id)


async def people(ask: Ask, listing: PeopleListing) -> Answer:
    """A page of accounts by their ids."""
    ids, known = await ask.context.database.read(partial(_load_people, ask, listing))
    return page(ask, entities.accounts(known, ids), ids)


def _load_people(ask: Ask, listing: PeopleListing, db: Connection) -> tuple[list[int], People]:
    ids = [account.id for account in guardianship.shown(db, listing(db), ask.viewer_id)]
    return ids, viewing.load_people(db, ask.context.site, ids)


async def post(ask: Ask, post_id: int) -> Json:
    """One post that the viewer may see, as it is now."""
    view = await ask.context.database.read(viewing.get_view, ask.context.site, post_id, ask.viewer_id)
    return entities_statuses.status(view, post_id)


async def person(ask: Ask, account_id: int) -> Json:
    """One account."""
    known = await ask.context.database.read(viewing.load_people, ask.context.site, [account_id])
    return entities.account(known, account_id)
