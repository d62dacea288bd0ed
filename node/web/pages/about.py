"""What this node is, and who looks after it."""

from aiohttp import web

from node.web.pages import rendering
from node.web.pages.visiting import visitor_of
from storage import accounts, posts, users
from storage.database import Connection
from storage.records import Account


async def about(request: web.Request) -> web.Response:
    """GET /about"""
    visitor = await visitor_of(request)
    owners, people, written = await visitor.context.database.read(_load)
    title = visitor.language.say("About")
    return await rendering.page(request, visitor, "about.html", title=title, owners=owners, people=people, posts=written)


def _load(db: Connection) -> tuple[list[Account], int, int]:
    moderators = accounts.list_accounts(db, users.list_moderators(db))
    return list(moderators.values()), accounts.count_local_people(db), posts.count_local_posts(db)
