"""Direct messages, thread by thread."""

from node.social import conversing
from node.social.conversing import Talks
from node.web.mastodon import entities, entities_statuses
from node.web.mastodon.doors import Ask, page
from node.web.mastodon.entities import Json
from storage.conversations import Conversation


async def show_all(ask: Ask) -> object:
    """GET /api/v1/conversations"""
    talks = await ask.context.database.read(conversing.load_talks, ask.context.site, ask.viewer_id, ask.window())
    return page(ask, [conversation(talks, each) for each in talks.conversations], [each.last_id for each in talks.conversations])


def conversation(talks: Talks, found: Conversation) -> Json:
    """Conversation."""
    view = talks.view
    return {
        "id": str(found.id),
        "unread": found.unread,
        "accounts": entities.accounts(view.people, talks.members.get(found.thread_id, ())),
        "last_status": entities_statuses.status(view, found.last_id) if entities_statuses.is_whole(view, found.last_id) else None,
    }


async def read(ask: Ask) -> object:
    """POST /api/v1/conversations/{id}/read"""
    talks = await conversing.set_unread(ask.context, ask.account, ask.id(), unread=False)
    return conversation(talks, talks.conversations[0])


async def unread(ask: Ask) -> object:
    """POST /api/v1/conversations/{id}/unread"""
    talks = await conversing.set_unread(ask.context, ask.account, ask.id(), unread=True)
    return conversation(talks, talks.conversations[0])


async def remove(ask: Ask) -> None:
    """DELETE /api/v1/conversations/{id}"""
    await conversing.put_away(ask.context, ask.account, ask.id())
