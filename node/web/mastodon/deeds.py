"""What somebody does to a post: liking, boosting, keeping, pinning it, hearing no more of it. Each answers the post as it is then."""

from node.social import marking, reactions
from node.web.mastodon import pages_of
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities_statuses import VISIBILITIES
from storage.records import PUBLIC


async def favourite(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/favourite"""
    return await pages_of.post(ask, (await reactions.like(ask.context, ask.account, ask.id())).id)


async def unfavourite(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/unfavourite"""
    return await pages_of.post(ask, (await reactions.unlike(ask.context, ask.account, ask.id())).id)


async def reblog(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/reblog; answers the boost, with the post in it"""
    wished = ask.given.text("visibility")
    visibility = VISIBILITIES.index(wished) if wished in VISIBILITIES[:3] else PUBLIC
    return await pages_of.post(ask, (await reactions.boost(ask.context, ask.account, ask.id(), visibility)).id)


async def unreblog(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/unreblog"""
    original = await ask.context.database.read(reactions.shown_post, ask.id(), ask.account)
    await reactions.unboost(ask.context, ask.account, original.id)
    return await pages_of.post(ask, original.id)


async def bookmark(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/bookmark"""
    return await pages_of.post(ask, (await marking.bookmark(ask.context, ask.account, ask.id(), is_kept=True)).id)


async def unbookmark(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/unbookmark"""
    return await pages_of.post(ask, (await marking.bookmark(ask.context, ask.account, ask.id(), is_kept=False)).id)


async def pin(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/pin"""
    await reactions.pin(ask.context, ask.account, ask.id())
    return await pages_of.post(ask, ask.id())


async def unpin(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/unpin"""
    await reactions.unpin(ask.context, ask.account, ask.id())
    return await pages_of.post(ask, ask.id())


async def mute(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/mute"""
    return await pages_of.post(ask, (await marking.mute_thread(ask.context, ask.account, ask.id(), is_muted=True)).id)


async def unmute(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/unmute"""
    return await pages_of.post(ask, (await marking.mute_thread(ask.context, ask.account, ask.id(), is_muted=False)).id)
