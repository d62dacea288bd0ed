"""What somebody wants to publish, and its text as others will see it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from federation.errors import FederationError
from federation.html import clean_html
from federation.origins import host_of
from federation.records import EventDetails
from node.context import Context
from node.errors import BadInput, NodeError
from node.site import Site
from node.social import looking_up, naming, voting
from node.social.writing import Written, handles_in, shortcodes_in, write
from storage import accounts, emojis
from storage.database import Connection
from storage.records import DIRECT, PUBLIC, Account

LOOKED_UP = 10  # unknown handles of one text for which other servers are asked


@dataclass(frozen=True, slots=True)
class PollDraft:
    """A poll to be: 2 to 10 answers, open for some seconds."""

    options: tuple[str, ...]
    open_s: int
    multiple: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What someone wants to publish. text is Markdown; visibility as in storage.records; summary warns of the content (of an
    Article: its abstract). What is None stays as it was when a post is edited.
    """

    text: str
    visibility: int = PUBLIC
    summary: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_id: int | None = None
    media_ids: tuple[int, ...] = ()
    poll: PollDraft | None = None
    type: str = "Note"  # Note, Article, Page or Event; a poll makes it a Question
    title: str | None = None
    facets: tuple[Mapping[str, object], ...] | None = None  # LEARNING.md, "One shape for all"
    link: str | None = None  # what a Page is about; '' for nothing
    event: EventDetails | None = None
    community_id: int | None = None  # where it is posted to; a reply stays where its parent is
    named_ids: tuple[int, ...] = ()  # accounts that it is for, whether or not the text names them
    to_self: bool = False  # for nobody else: whom the text names is not told, and does not get it
    html: str | None = None  # instead of Markdown, as a program gave it; text is then the same in plain words
    hashtags: tuple[str, ...] = ()  # of what was given as HTML
    quoted_id: int | None = None  # a post that it quotes
    quote_policy: str | None = None  # who may quote it: public, followers, nobody
    scheduled_id: int | None = None  # the scheduled post that holds its files until now


def check_draft(context: Context, draft: Draft) -> None:
    """Raises BadInput, with a sentence that says what to change."""
    limits = context.config.limits
    if not draft.text.strip() and not draft.media_ids and not draft.title:
        raise BadInput("Write something, or add a picture.")
    if len(draft.text) + len(draft.summary) + len(draft.title or "") > limits.post_characters:
        raise BadInput(f"That is longer than {limits.post_characters} characters.")
    if not PUBLIC <= draft.visibility <= DIRECT:
        raise BadInput("That is no audience.")
    if len(draft.media_ids) > limits.attachments:
        raise BadInput(f"At most {limits.attachments} files go with a post.")
    if draft.poll is not None:
        voting.check_poll(draft.poll.options, draft.poll.open_s)


async def write_draft(context: Context, draft: Draft) -> Written:
    """The text as others will see it. Raises BadInput."""
    if draft.html is not None:
        return await _written_elsewhere(context, draft)
    people = {} if draft.to_self else await _people_named(context, draft.text)
    written = write(draft.text, people, context.site.origin)
    _check_written(context, written)
    shortcodes = shortcodes_in(f"{draft.text} {draft.summary} {draft.title or ''}")
    named = await context.database.read(emojis.find_emojis, shortcodes) if shortcodes else ()
    return replace(written, emojis=tuple((each.shortcode, naming.media_url(context.site.origin, each.file)) for each in named))


async def _written_elsewhere(context: Context, draft: Draft) -> Written:
    """What a program wrote as HTML; whom it names and its hashtags stand beside it."""
    people = await context.database.read(accounts.list_accounts, draft.named_ids)
    written = Written(clean_html(draft.html or ""), tuple(people.values()), draft.hashtags)
    _check_written(context, written)
    return written


def _check_written(context: Context, written: Written) -> None:
    limits = context.config.limits
    if len(written.mentioned) > limits.mentions or len(written.hashtags) > limits.tags:
        raise BadInput(f"At most {limits.mentions} people and {limits.tags} hashtags can be named.")


async def _people_named(context: Context, text: str) -> dict[str, Account]:
    """Who is meant by each handle; others' servers are asked for those that we do not know."""
    handles = handles_in(text)[: context.config.limits.mentions]
    known = await context.database.read(_known_people, context.site, handles)
    unknown = [handle for handle in handles if handle not in known and "@" in handle][:LOOKED_UP]
    found = await asyncio.gather(*(_find_person(context, handle) for handle in unknown))
    return known | {handle: account for handle, account in zip(unknown, found, strict=True) if account is not None}


async def _find_person(context: Context, handle: str) -> Account | None:
    """The account elsewhere behind a handle; None where nobody is found just now, so that it stays plain text."""
    try:
        return (await looking_up.look_up(context, f"@{handle}")).account
    except (NodeError, FederationError):
        return None


def _known_people(db: Connection, site: Site, handles: Sequence[str]) -> dict[str, Account]:
    ours, found = {site.handle_domain, host_of(site.origin)}, {}
    for handle in handles:
        name, _, host = handle.partition("@")
        account = accounts.find_account_by_handle(db, name, "" if host in ours else host)
        if account is not None and account.is_active:
            found[handle] = account
    return found
