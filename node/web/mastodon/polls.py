"""Polls; a poll's id is that of its post."""

from node.errors import NotFound
from node.social import viewing, voting
from node.web.mastodon import entities_statuses
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities import Json


async def show(ask: Ask) -> object:
    """GET /api/v1/polls/{id}"""
    return await _shown(ask)


async def _shown(ask: Ask) -> Json:
    view = await ask.context.database.read(viewing.get_view, ask.context.site, ask.id(), ask.viewer_id)
    poll = view.polls.get(ask.id())
    if poll is None:
        raise NotFound("That post is no poll.")
    return entities_statuses.poll_of(view, poll)


async def vote(ask: Ask) -> object:
    """POST /api/v1/polls/{id}/votes"""
    choices = [int(text) for text in ask.given.texts("choices") if text.isascii() and text.isdigit() and len(text) < 4]
    await voting.vote(ask.context, ask.account, ask.id(), choices)
    return await _shown(ask)
