"""Direct messages by thread, as each participant here sees them; and who wants to hear of what."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.listings import Window, both_ways, rows_of
from storage.records import columns


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of direct messages as one participant sees it."""

    id: int
    account_id: int
    thread_id: int
    last_id: int
    unread: bool


_OF = both_ways(f"SELECT {columns(Conversation)} FROM conversations WHERE account_id = :account", "last_id")
_ONE = f"SELECT {columns(Conversation)} FROM conversations WHERE id = :id AND account_id = :account"
_PARTICIPANTS = """
    SELECT DISTINCT c.thread_id, m.account_id FROM conversations c
    JOIN posts p ON (p.id = c.thread_id OR p.thread_id = c.thread_id) JOIN mentions m ON m.post_id = p.id
    WHERE c.account_id = :account AND c.id IN (:ids)
    UNION SELECT DISTINCT c.thread_id, p.account_id FROM conversations c
    JOIN posts p ON (p.id = c.thread_id OR p.thread_id = c.thread_id) WHERE c.account_id = :account AND c.id IN (:ids)"""
_HEARERS = """
    SELECT f.follower_id FROM follows f JOIN users u ON u.account_id = f.follower_id
    WHERE f.followee_id = :author AND f.state = 'accepted' AND f.notifies"""
_BOOSTERS = "SELECT p.account_id FROM posts p JOIN users u ON u.account_id = p.account_id WHERE p.boost_of_id = :post"
_VOTERS = "SELECT DISTINCT v.account_id FROM votes v JOIN users u ON u.account_id = v.account_id WHERE v.post_id = :post"


def list_conversations(db: Connection, account_id: int, window: Window) -> list[Conversation]:
    """Somebody's direct messages, those with the newest message first; the window is one of messages' ids."""
    return [_conversation(row) for row in rows_of(db, _OF, window, {"account": account_id})]


def find_conversation(db: Connection, conversation_id: int, account_id: int) -> Conversation | None:
    """A thread of direct messages of somebody's, or None."""
    row = db.execute(_ONE, {"id": conversation_id, "account": account_id}).fetchone()
    return None if row is None else _conversation(row)


def _conversation(row: Sequence[int]) -> Conversation:
    return Conversation(row[0], row[1], row[2], row[3], bool(row[4]))


def list_participants(db: Connection, account_id: int, ids: Sequence[int]) -> dict[int, list[int]]:
    """Who else takes part in some of somebody's threads: account ids by thread."""
    found: dict[int, list[int]] = {}
    for thread_id, member_id in db.execute(*with_list(_PARTICIPANTS, "ids", ids, account=account_id)).fetchall():
        if member_id != account_id:
            found.setdefault(thread_id, []).append(member_id)
    return found


def set_unread(db: Connection, conversation_id: int, *, unread: bool) -> None:
    """Whether somebody has read what came."""
    db.execute("UPDATE conversations SET unread = :unread WHERE id = :id", {"unread": unread, "id": conversation_id})


def remove_conversation(db: Connection, conversation_id: int) -> None:
    """The thread is put away; the messages stay."""
    db.execute("DELETE FROM conversations WHERE id = :id", {"id": conversation_id})


def list_hearers(db: Connection, author_id: int) -> list[int]:
    """Our people who want to be told of each post of somebody."""
    return [row[0] for row in db.execute(_HEARERS, {"author": author_id}).fetchall()]


def list_local_boosters(db: Connection, post_id: int) -> list[int]:
    """Our people who boosted a post."""
    return [row[0] for row in db.execute(_BOOSTERS, {"post": post_id}).fetchall()]


def list_local_voters(db: Connection, post_id: int) -> list[int]:
    """Our people who voted in a poll."""
    return [row[0] for row in db.execute(_VOTERS, {"post": post_id}).fetchall()]
