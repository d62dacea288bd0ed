"""Timelines for pages: pages by key, and what it takes to show the posts on one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from node.context import Context
from storage import accounts, polls, posts, reactions, timelines
from storage.database import Connection
from storage.records import Account, Poll, Post
from storage.timelines import BEFORE_ALL, Entry

PAGE = 20


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first; before: the key of the next page, or None where there is none."""

    entries: Sequence[Entry]
    before: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """A timeline entry with all that showing it takes."""

    entry: Entry
    post: Post
    author: Account
    booster: Account | None
    answered: Account | None  # the author of the post that it answers
    poll: Poll | None
    votes: Sequence[int]  # the viewer's answers in the poll
    pinned: bool = False


def paged(entries: Sequence[Entry], limit: int = PAGE) -> Page:
    """A page out of a list with one entry more than it shows."""
    shown = entries[:limit]
    return Page(shown, shown[-1].id if len(entries) > limit else None)


async def home(context: Context, account_id: int, before: int | None = None) -> Page:
    """A person's home timeline."""
    return paged(await context.database.read(timelines.list_home, account_id, PAGE + 1, before or BEFORE_ALL))


async def account_posts(context: Context, account_id: int, viewer_id: int, before: int | None = None) -> Page:
    """What an account posted and boosted, as far as the viewer may see it."""
    return paged(await context.database.read(timelines.list_account_posts, account_id, viewer_id, PAGE + 1, before or BEFORE_ALL))


async def tag(context: Context, name: str, viewer_id: int, before: int | None = None) -> Page:
    """Public posts under a hashtag."""
    return paged(await context.database.read(timelines.list_tag, name.lower(), viewer_id, PAGE + 1, before or BEFORE_ALL))


async def local(context: Context, viewer_id: int, before: int | None = None) -> Page:
    """Public posts of this node's own people."""
    return paged(await context.database.read(timelines.list_local, viewer_id, PAGE + 1, before or BEFORE_ALL))


async def cards(context: Context, entries: Sequence[Entry], viewer_id: int) -> list[Card]:
    """What showing some entries takes, in their order; an entry whose post is gone meanwhile is left out."""
    return await context.database.read(load_cards, entries, viewer_id)


def load_cards(db: Connection, entries: Sequence[Entry], viewer_id: int) -> list[Card]:
    """See cards."""
    shown = posts.list_posts(db, [entry.post_id for entry in entries])
    parents = posts.list_posts(db, [post.in_reply_to_id for post in shown.values() if post.in_reply_to_id])
    people = accounts.list_accounts(db, list(_people(entries, parents.values())))
    found = polls.list_polls(db, [post.id for post in shown.values() if post.type == "Question"])
    cards: list[Card] = []
    for entry in entries:
        post, author = shown.get(entry.post_id), people.get(entry.author_id)
        if post is None or author is None:
            continue
        parent = parents.get(post.in_reply_to_id or 0)
        poll = found.get(post.id)
        votes = polls.list_votes(db, post.id, viewer_id) if poll else ()
        booster = people.get(entry.booster_id or 0)
        cards.append(Card(entry, post, author, booster, people.get(parent.account_id) if parent else None, poll, votes))
    return cards


def _people(entries: Iterable[Entry], parents: Iterable[Post]) -> Iterable[int]:
    for entry in entries:
        yield entry.author_id
        if entry.booster_id is not None:
            yield entry.booster_id
    for parent in parents:
        yield parent.account_id


async def thread_entries(context: Context, post_ids: Sequence[int], viewer_id: int) -> dict[int, Entry]:
    """The posts of a thread as entries, by post id."""
    return await context.database.read(list_entries, post_ids, viewer_id)


def list_entries(db: Connection, post_ids: Sequence[int], viewer_id: int) -> dict[int, Entry]:
    """Posts as entries, by id; without those that the viewer may not see."""
    found = (timelines.find_entry(db, post_id, viewer_id) for post_id in post_ids)
    return {entry.id: entry for entry in found if entry is not None}


async def pinned(context: Context, account_id: int, viewer_id: int) -> list[Entry]:
    """What an account has pinned, as entries."""
    return await context.database.read(_pinned, account_id, viewer_id)


def _pinned(db: Connection, account_id: int, viewer_id: int) -> list[Entry]:
    return list(list_entries(db, [post.id for post in reactions.list_pinned(db, account_id)], viewer_id).values())
