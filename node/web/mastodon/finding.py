"""Search, and whom one may like to follow."""

from federation.errors import FederationError
from node.errors import NodeError
from node.social import archive, guardianship, looking_up, queries, rates, relating, suggesting, tagging, viewing
from node.web.mastodon import accounts, entities, entities_statuses, tags
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities import Json
from node.web.requests import client_address
from storage import hashtags, listings
from storage.database import Connection

OLD_SOURCES = {suggesting.FRIENDS: "past_interactions", suggesting.MOST_FOLLOWED: "global"}
KINDS = ("accounts", "statuses", "hashtags")


async def search(ask: Ask) -> object:
    """GET /api/v2/search?q=: people, posts, hashtags; an address or handle elsewhere is looked up with `resolve`"""
    given, text = ask.given, ask.given.text("q").strip()
    wanted = [kind for kind in KINDS if given.text("type") in {"", kind}]
    await rates.count(ask.context, rates.SEARCHES, ask.viewer_id or rates.network(client_address(ask.request)))
    found: Json = {"accounts": [], "statuses": [], "hashtags": [], "collections": []}
    if not text:
        return found
    if text.lower().startswith(looking_up.PREFIXES):
        return found | await _by_address(ask, text, wanted)
    if "accounts" in wanted:
        ids = await accounts.found_people(ask, text, ask.limit(), resolve=given.flag("resolve"))
        found["accounts"] = entities.accounts(await ask.context.database.read(viewing.load_people, ask.context.site, ids), ids)
    if "statuses" in wanted and ask.viewer_id:
        found["statuses"] = await ask.context.database.read(_posts, ask, text)
    if "hashtags" in wanted:
        shown = await ask.context.database.read(_tags, ask, text.lstrip("#").lower())
        found["hashtags"] = [tags.shape(ask, each) for each in shown]
    return found


async def _by_address(ask: Ask, text: str, wanted: list[str]) -> Json:
    """The account or post behind an address; a stranger finds only what is known here already."""
    try:
        known = looking_up.find_known if not (ask.given.flag("resolve") and ask.viewer_id) else looking_up.look_up
        found = await known(ask.context, text)
    except (NodeError, FederationError):
        return {}
    if found.account is not None and await ask.context.database.read(guardianship.hides, found.account, ask.viewer_id):
        return {}
    if found.account is not None and "accounts" in wanted:
        people = await ask.context.database.read(viewing.load_people, ask.context.site, [found.account.id])
        return {"accounts": entities.accounts(people, [found.account.id])}
    if found.post is not None and "statuses" in wanted:
        return {"statuses": await ask.context.database.read(_visible, ask, found.post.id)}
    return {}


def _visible(db: Connection, ask: Ask, post_id: int) -> list[Json]:
    seen = list(listings.list_visible(db, [post_id], ask.viewer_id))
    return entities_statuses.statuses(viewing.load_view(db, ask.context.site, seen, ask.viewer_id), seen)


def _posts(db: Connection, ask: Ask, text: str) -> list[Json]:
    """The archive: what somebody may read and its author agreed to have found."""
    query = queries.parse(text)
    account_id = ask.given.number("account_id")
    ids = archive.list_ids(db, ask.context.site, query, ask.viewer_id, ask.limit() + ask.given.number("offset"), author_id=account_id)
    ids = ids[ask.given.number("offset") :]
    return entities_statuses.statuses(viewing.load_view(db, ask.context.site, ids, ask.viewer_id), ids)


def _tags(db: Connection, ask: Ask, text: str) -> list[tagging.Shown]:
    if not text or " " in text:
        return []
    return tagging.load(db, ask.context.site, hashtags.list_found(db, text, ask.limit(), ask.given.number("offset")), ask.viewer_id)


async def suggestions(ask: Ask) -> object:
    """GET /api/v2/suggestions"""
    return await ask.context.database.read(_suggestions, ask)


def _suggestions(db: Connection, ask: Ask) -> list[Json]:
    found = suggesting.suggest(db, ask.viewer_id, ask.limit(40, 80))
    people = viewing.load_people(db, ask.context.site, found)
    return [
        {"source": OLD_SOURCES[reasons[0]], "sources": reasons, "account": entities.account(people, account_id)}
        for account_id, reasons in found.items()
    ]


async def old_suggestions(ask: Ask) -> object:
    """GET /api/v1/suggestions"""
    found = await ask.context.database.read(suggesting.suggest, ask.viewer_id, ask.limit(40, 80))
    people = await ask.context.database.read(viewing.load_people, ask.context.site, found)
    return entities.accounts(people, found)


async def unsuggest(ask: Ask) -> None:
    """DELETE /api/v1/suggestions/{id}"""
    await relating.unsuggest(ask.context, ask.account, ask.id())
