"""Timelines for pages: pages by key, and what it takes to show the posts on one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from node.context import Context
from node.site import Site
from node.social import filtering, guardianship
from node.social.filtering import HIDDEN
from storage import accounts, polls, posts, reactions, timelines
from storage.database import Connection
from storage.records import PRIVATE, Account, Poll, Post
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


def load_home(db: Connection, site: Site, account_id: int, before: int = BEFORE_ALL) -> Page:
    """A page of a person's home timeline."""
    return screened(db, site, paged(timelines.list_home(db, account_id, PAGE + 1, before)), account_id, "home")


def screened(db: Connection, site: Site, page: Page, viewer_id: int, where: str) -> Page:
    """A page as the viewer's filters leave it. where: the context in which they apply (home, public, thread, account)."""
    met = filtering.screen(db, site, [entry.post_id for entry in page.entries], viewer_id, where)
    if not met:
        return page
    kept = [entry for entry in page.entries if met.get(entry.post_id, "") is not HIDDEN]
    return Page([replace(entry, filtered_by=met.get(entry.post_id, "") or "") for entry in kept], page.before)


async def home(context: Context, account_id: int, before: int | None = None) -> Page:
    """A person's home timeline."""
    return await context.database.read(load_home, context.site, account_id, before or BEFORE_ALL)


async def account_posts(context: Context, account_id: int, viewer_id: int, before: int | None = None) -> Page:
    """What an account posted and boosted, as far as the viewer may see it."""
    return await _screened(context, partial(timelines.list_account_posts, account_id=account_id), viewer_id, before, "account")


async def tag(context: Context, name: str, viewer_id: int, before: int | None = None) -> Page:
    """Public posts under a hashtag."""
    return await _screened(context, partial(timelines.list_tag, tag=name.lower()), viewer_id, before, "public")


async def local(context: Context, viewer_id: int, before: int | None = None) -> Page:
    """Public posts of this node's own people."""
    return await _screened(context, timelines.list_local, viewer_id, before, "public")


async def _screened(context: Context, listing: Callable[..., list[Entry]], viewer_id: int, before: int | None, where: str) -> Page:
    def load(db: Connection) -> Page:
        found = listing(db, viewer_id=viewer_id, limit=PAGE + 1, before=before or BEFORE_ALL)
        return screened(db, context.site, paged(found), viewer_id, where)

    return await context.database.read(load)


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
        answered = people.get(parent.account_id) if parent else None
        cards.append(Card(entry, post, _as_met(author, post), booster, _as_met(answered, post) if answered else None, poll, votes))
    return cards


def _as_met(account: Account, post: Post) -> Account:
    """An account as everybody meets it beside a public post: of a supervised one the handle alone."""
    return guardianship.stub(account) if guardianship.is_ward(account) and post.visibility < PRIVATE else account


def _people(entries: Iterable[Entry], parents: Iterable[Post]) -> Iterable[int]:
    for entry in entries:
        yield entry.author_id
        if entry.booster_id is not None:
            yield entry.booster_id
    for parent in parents:
        yield parent.account_id


async def thread_entries(context: Context, post_ids: Sequence[int], viewer_id: int) -> dict[int, Entry]:
    """Some posts as entries, by post id."""
    return await context.database.read(list_entries, post_ids, viewer_id)


async def screened_thread(context: Context, post_ids: Sequence[int], viewer_id: int, chosen_id: int) -> dict[int, Entry]:
    """The posts of a thread as entries, by post id, as the viewer's filters leave them; the chosen one whatever they say."""
    return await context.database.read(_screened_thread, context.site, post_ids, viewer_id, chosen_id)


def _screened_thread(db: Connection, site: Site, post_ids: Sequence[int], viewer_id: int, chosen_id: int) -> dict[int, Entry]:
    found = list_entries(db, post_ids, viewer_id)
    around = [entry for entry in found.values() if entry.id != chosen_id]
    kept = {entry.id: entry for entry in screened(db, site, Page(around, None), viewer_id, "thread").entries}
    return kept | {entry.id: entry for entry in found.values() if entry.id == chosen_id}


def list_entries(db: Connection, post_ids: Sequence[int], viewer_id: int) -> dict[int, Entry]:
    """Posts as entries, by id; without those that the viewer may not see."""
    found = (timelines.find_entry(db, post_id, viewer_id) for post_id in post_ids)
    return {entry.id: entry for entry in found if entry is not None}


async def pinned(context: Context, account_id: int, viewer_id: int) -> list[Entry]:
    """What an account has pinned, as entries."""
    return await context.database.read(_pinned, account_id, viewer_id)


def _pinned(db: Connection, account_id: int, viewer_id: int) -> list[Entry]:
    return list(list_entries(db, [post.id for post in reactions.list_pinned(db, account_id)], viewer_id).values())
