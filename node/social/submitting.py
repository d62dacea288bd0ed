"""A post that a program gives as ActivityStreams, as the draft that we publish: whom it names, what it answers, its files, its meaning."""

import asyncio
from collections.abc import Iterable

from federation.audience import visibility_of
from federation.errors import FederationError
from federation.facets import Ask, Facet, Goal, Path, Reflection, Resource, Turn, Workshop, document_from_facet, facets_from
from federation.html import text_from_html
from federation.records import PUBLIC as EVERYBODY
from federation.records import Document, PostDocument
from node.context import Context
from node.errors import BadInput, NotFound
from node.social import looking_up, naming, remote
from node.social.describing import VISIBILITIES
from node.social.posts import Draft, PollDraft
from storage import media
from storage.database import Connection
from storage.ids import ms_from_datetime
from storage.records import DIRECT, Account

MEANINGS = (Ask, Goal, Path, Reflection, Resource, Turn, Workshop)  # what a program may say; credentials are signed here
TYPES = {"Note", "Article", "Page", "Event", "Question"}
MOST_NAMED = 30
DAY_S = 24 * 3600


async def draft_from_post(context: Context, author: Account, document: PostDocument) -> Draft:
    """The draft. Raises BadInput, NotFound, and what fetching those whom it names raises."""
    if document.type not in TYPES:
        raise BadInput(f"Give one of {', '.join(sorted(TYPES))}; files go to uploadMedia first.")
    visibility = VISIBILITIES.index(visibility_of(document.to, document.cc, author.followers_uri))
    named = await _named(context, author, document)
    parent_id = (await _post_id(context, document.in_reply_to_uri)) if document.in_reply_to_uri else None
    group = await _group(context, document.audience_uri) if document.audience_uri else None
    return Draft(
        text=document.source if document.source is not None else text_from_html(document.content),
        visibility=visibility,
        summary=document.summary,
        sensitive=document.sensitive,
        language=document.language,
        in_reply_to_id=parent_id,
        media_ids=await context.database.read(_media_ids, context.site.origin, author, document),
        poll=_poll(context, document),
        type="Note" if document.type == "Question" else document.type,
        title=document.title or None,
        facets=meanings_from(document.learning) or None,
        link=next((file.url for file in document.attachments if file.type == "Link"), None),
        event=document.event,
        community_id=group.id if group else None,
        named_ids=tuple(account.id for account in named),
        to_self=visibility == DIRECT and not named and group is None,
        html=None if document.source is not None else document.content,
        hashtags=document.hashtags,
    )


def meanings_from(learning: Iterable[Document]) -> tuple[dict[str, object], ...]:
    """The facets that a program may state, each checked and written anew."""
    found: tuple[Facet, ...] = facets_from(learning)
    return tuple(document_from_facet(facet) for facet in found if isinstance(facet, MEANINGS))


async def _named(context: Context, author: Account, document: PostDocument) -> list[Account]:
    """Whom it addresses or mentions; their servers are asked for those whom we do not know. Who cannot be found is an error: a message
    that goes to fewer than was meant is not sent."""
    beside = {EVERYBODY, author.followers_uri, author.uri, document.audience_uri}
    uris = dict.fromkeys(uri for uri in (*document.to, *document.cc, *(each.uri for each in document.mentions)) if uri not in beside)
    if len(uris) > MOST_NAMED:
        raise BadInput(f"At most {MOST_NAMED} people can be named.")
    found = await asyncio.gather(*(remote.get_account(context, uri, pool="ours") for uri in uris), return_exceptions=True)
    people: list[Account] = []
    for uri, each in zip(uris, found, strict=True):
        if isinstance(each, FederationError):
            raise NotFound(f"There is nobody at {uri}.") from each
        if isinstance(each, BaseException):
            raise each
        people.append(each)
    return people


async def _post_id(context: Context, uri: str) -> int:
    found = (await looking_up.look_up(context, uri)).post
    if found is None:
        raise NotFound(f"There is no post at {uri}.")
    return found.id


async def _group(context: Context, uri: str) -> Account:
    found = (await looking_up.look_up(context, uri)).account
    if found is None:
        raise NotFound(f"There is no community at {uri}.")
    return found


def _media_ids(db: Connection, origin: str, author: Account, document: PostDocument) -> tuple[int, ...]:
    """The author's own files among what is attached. Raises BadInput for others."""
    found = []
    prefix = naming.media_url(origin, "")
    for each in document.attachments:
        if each.type == "Link":
            continue
        kept = media.find_own_media_by_file(db, author.id, each.url.removeprefix(prefix)) if each.url.startswith(prefix) else None
        if kept is None:
            raise BadInput("Attach files that uploadMedia gave you.")
        found.append(kept.id)
    return tuple(found)


def _poll(context: Context, document: PostDocument) -> PollDraft | None:
    if document.type != "Question" or document.poll is None:
        return None
    closes, now_ms = document.poll.closes, context.site.now_ms()
    open_s = max(0, (ms_from_datetime(closes) - now_ms) // 1000) if closes else DAY_S
    return PollDraft(tuple(option.title for option in document.poll.options), open_s, document.poll.multiple)
