"""Who quotes a post, and who may."""

from node.errors import NotFound
from node.social import quoting as use_cases
from node.web.mastodon import pages_of
from node.web.mastodon.doors import Ask
from storage import listings, posts
from storage.database import Connection


async def quoting(ask: Ask) -> object:
    """GET /api/v1/statuses/{id}/quotes"""

    def listed(db: Connection) -> list[int]:
        if not posts.is_visible(db, ask.id(), ask.viewer_id):
            raise NotFound("There is no such post.")
        return listings.list_quoting(db, ask.id(), ask.viewer_id, ask.window())

    return await pages_of.posts(ask, listed)


async def revoke(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/quotes/{quoting}/revoke: the answer is the post that quotes no longer"""
    await use_cases.revoke(ask.context, ask.account, ask.id(), ask.id("quoting"))
    return await pages_of.post(ask, ask.id("quoting"))


async def set_policy(ask: Ask) -> object:
    """PUT /api/v1/statuses/{id}/interaction_policy"""
    await use_cases.set_policy(ask.context, ask.account, ask.id(), ask.given.text("quote_approval_policy"))
    return await pages_of.post(ask, ask.id())
