"""Lists of people, as programs make and fill them."""

from node.social import listing
from node.web.mastodon import entities_things, pages_of
from node.web.mastodon.doors import Ask
from storage import lists
from storage.database import Connection
from storage.records import Account

MOST = 80


async def show_all(ask: Ask) -> object:
    """GET /api/v1/lists"""
    return [entities_things.people_list(each) for each in await ask.context.database.read(lists.list_lists, ask.viewer_id)]


async def show(ask: Ask) -> object:
    """GET /api/v1/lists/{id}"""
    return entities_things.people_list(await ask.context.database.read(listing.get_list, ask.id(), ask.viewer_id))


async def add(ask: Ask) -> object:
    """POST /api/v1/lists"""
    given = ask.given
    policy = given.text("replies_policy", "list")
    return entities_things.people_list(
        await listing.add(ask.context, ask.account, given.text("title"), policy, exclusive=given.flag("exclusive"))
    )


async def change(ask: Ask) -> object:
    """PUT /api/v1/lists/{id}"""
    given = ask.given
    changed = await listing.change(
        ask.context,
        ask.account,
        ask.id(),
        title=given.text("title") if "title" in given else None,
        replies_policy=given.text("replies_policy") or None,
        exclusive=given.flag("exclusive") if "exclusive" in given else None,
    )
    return entities_things.people_list(changed)


async def remove(ask: Ask) -> None:
    """DELETE /api/v1/lists/{id}"""
    await listing.remove(ask.context, ask.account, ask.id())


async def members(ask: Ask) -> object:
    """GET /api/v1/lists/{id}/accounts; limit=0 asks for all"""

    def listed(db: Connection) -> list[Account]:
        found = listing.get_list(db, ask.id(), ask.viewer_id)
        window = ask.window(40, MOST)
        return lists.list_members(db, found.id, window)

    return await pages_of.people(ask, listed)


async def add_members(ask: Ask) -> None:
    """POST /api/v1/lists/{id}/accounts"""
    await listing.add_members(ask.context, ask.account, ask.id(), ask.given.ids("account_ids"))


async def remove_members(ask: Ask) -> None:
    """DELETE /api/v1/lists/{id}/accounts"""
    await listing.remove_members(ask.context, ask.account, ask.id(), ask.given.ids("account_ids"))
