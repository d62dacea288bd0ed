"""Direct messages, thread by thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from node.context import Context
from node.errors import NotFound
from node.site import Site
from node.social import viewing
from node.social.viewing import View
from storage import conversations, listings
from storage.conversations import Conversation
from storage.database import Connection
from storage.listings import Window
from storage.records import Account


@dataclass(frozen=True, slots=True)
class Talks:
    """Threads of direct messages with who else takes part, and what showing them takes."""

    conversations: Sequence[Conversation]
    members: Mapping[int, Sequence[int]]  # account ids by thread
    view: View


def load_talks(db: Connection, site: Site, account_id: int, window: Window) -> Talks:
    """A page of somebody's direct messages."""
    return _load(db, site, account_id, conversations.list_conversations(db, account_id, window))


def _load(db: Connection, site: Site, account_id: int, found: Sequence[Conversation]) -> Talks:
    members = conversations.list_participants(db, account_id, [each.id for each in found]) if found else {}
    seen = listings.list_visible(db, [each.last_id for each in found], account_id)
    everybody = {member for ids in members.values() for member in ids}
    return Talks(found, members, viewing.load_view(db, site, list(seen), account_id, also=everybody))


def get_talk(db: Connection, site: Site, account_id: int, conversation_id: int) -> Talks:
    """One of them. Raises NotFound."""
    return _load(db, site, account_id, [get_conversation(db, account_id, conversation_id)])


def get_conversation(db: Connection, account_id: int, conversation_id: int) -> Conversation:
    """A thread of somebody's. Raises NotFound."""
    found = conversations.find_conversation(db, conversation_id, account_id)
    if found is None:
        raise NotFound("There is no such conversation.")
    return found


async def set_unread(context: Context, account: Account, conversation_id: int, *, unread: bool) -> Talks:
    """The thread, read or not. Raises NotFound."""
    return await context.database.write(_set_unread, context.site, account.id, conversation_id, unread=unread)


def _set_unread(db: Connection, site: Site, account_id: int, conversation_id: int, *, unread: bool) -> Talks:
    conversations.set_unread(db, get_conversation(db, account_id, conversation_id).id, unread=unread)
    return get_talk(db, site, account_id, conversation_id)


async def put_away(context: Context, account: Account, conversation_id: int) -> None:
    """The thread is put away until a new message comes. Raises NotFound."""
    await context.database.write(_put_away, account.id, conversation_id)


def _put_away(db: Connection, account_id: int, conversation_id: int) -> None:
    conversations.remove_conversation(db, get_conversation(db, account_id, conversation_id).id)
