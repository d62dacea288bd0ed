"""Other servers' posts: taken in as rows, changed, fetched from their own ids."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import orjson

from federation import records as wire
from federation.audience import visibility_of
from federation.errors import Forbidden, Gone
from federation.links import own_page
from federation.objects import post_from_document
from federation.origins import same_origin
from federation.outbound import Pool
from federation.quotes import policy_from
from node.context import Context
from node.site import Site
from node.social import changes, facets, gathering, guardianship, naming, notifying, quoting, remote, spreading, workshops
from node.social.consenting import searchable_number
from node.social.describing import VISIBILITIES
from storage import accounts, follows, jobs, polls, posts, reactions, timelines
from storage.database import Connection
from storage.events import add_event
from storage.ids import EARLIEST, free_id, ms_from_datetime
from storage.records import DIRECT, HELD, Account, Poll, Post, dumped


def save_post(
    db: Connection, site: Site, author: Account, document: wire.PostDocument, *, arrives: bool, is_new: bool = False
) -> Post | None:
    """The post as kept, new or brought up to date; None where it was deleted before.

    document: from its author's own server. arrives: it was sent to us just now, so that people are told and timelines filled;
    a post that we fetched (a thread's ancestor) only stands there to be read. is_new: the caller looked, and does not find it here.
    """
    if author.uri != document.author_uri:  # their address led to somebody else, who has said nothing
        raise Forbidden("a post and its author belong together")
    known = None if is_new else posts.find_post_by_uri(db, document.uri)
    if known is not None:
        return change_post(db, site, known, document)
    if posts.find_tombstone(db, document.uri) is not None:
        return None
    now_ms = site.now_ms()
    moment_ms = published_ms(document.published, now_ms)
    row = row_from_document(author, document, free_id(db, "post", moment_ms), moment_ms)
    post = posts.add_post(db, row, _hashtags(db, author, document))
    mentioned = _save_parts(db, site, author, post, document)
    if document.in_reply_to_uri or document.audience_uri or mentioned:  # most are for nobody but their author's followers
        post = gathering.hold_where_judged(db, post, author)
    if arrives:
        announce_here(db, site, author, post)
    return post


def change_post(db: Connection, site: Site, known: Post, document: wire.PostDocument) -> Post:
    """The post as its author changed it. An older or equal version changes nothing but a poll's figures."""
    edited_ms = ms_from_datetime(document.updated) if document.updated else None
    author = accounts.get_account(db, known.account_id)
    if author.uri != document.author_uri or known.boost_of_id is not None:
        raise Forbidden("a post cannot change hands, nor a boost its kind")
    if edited_ms is None or edited_ms <= (known.edited_ms or known.published_ms):
        if document.poll is not None:
            polls.save_poll(db, poll_from_document(known.id, document.poll))
            posts.touch_post(db, known.id, site.now_ms())
        return known
    stated = row_from_document(author, document, known.id, known.published_ms)
    meant = gathering.as_meant(db, known).visibility
    visibility = stated.visibility if facets.may_widen(known) else max(meant, stated.visibility)
    if not (document.to or document.cc):  # an edit that names nobody says nothing of its audience
        visibility = meant
    post = replace(stated, edited_ms=edited_ms, revision_ms=site.now_ms(), visibility=visibility)
    posts.update_post(db, post)
    _save_parts(db, site, author, post, document, is_known=True)
    spreading.tell_edited(db, site, post)
    changes.tell_changed(db, post)
    return post


def published_ms(published: datetime | None, now_ms: int) -> int:
    """When a post was published, as a moment that an id can carry: between 2018-06-01 and now."""
    if published is None:
        return now_ms
    return min(max(ms_from_datetime(published), ms_from_datetime(EARLIEST)), now_ms)


def visibility_number(to: Sequence[str], cc: Sequence[str], author: Account) -> int:
    """posts.visibility for what an author addressed."""
    return VISIBILITIES.index(visibility_of(to, cc, author.followers_uri))


def row_from_document(author: Account, document: wire.PostDocument, post_id: int, published_ms: int) -> Post:
    """A wire document as a row."""
    return Post(
        id=post_id,
        uri=document.uri,
        account_id=author.id,
        type=document.type,
        visibility=visibility_number(document.to, document.cc, author),
        published_ms=published_ms,
        sensitive=document.sensitive or (document.type == "Note" and bool(document.summary)),
        content=document.content,
        source=document.source,
        title=document.title,
        summary=document.summary,
        language=document.language,
        url=own_page(document.url, document.uri, author.domain),
        in_reply_to_uri=document.in_reply_to_uri,
        context_uri=document.context_uri,
        replies_uri=None if document.context_uri else document.replies_uri,  # the conversation lists them all
        quote_uri=document.quote_uri,
        quote_policy=policy_from(document.interaction_policy, author.followers_uri),
        audience_uri=document.audience_uri,
        attachments=dumped([_file_from_attachment(attachment) for attachment in document.attachments]),
        emojis=dumped([[emoji.shortcode, emoji.image_url] for emoji in document.emojis]),
        event=dumped(asdict(document.event)) if document.event else None,
        facets=dumped(list(document.learning)),
        searchable_by=searchable_number(document.searchable_by, author.followers_uri),
    )


def _file_from_attachment(attachment: wire.Attachment) -> dict[str, Any]:
    stated = {"type": attachment.type, "url": attachment.url, "media_type": attachment.media_type, "alt": attachment.alt}
    sized = {"width": attachment.width, "height": attachment.height, "blurhash": attachment.blurhash, "focus": attachment.focus}
    return stated | {name: value for name, value in sized.items() if value is not None}


def poll_from_document(post_id: int, poll: wire.Poll) -> Poll:
    """A wire poll as a row."""
    options = [{"title": option.title, "votes": option.votes} for option in poll.options]
    closes = poll.closed or poll.closes
    return Poll(post_id, orjson.dumps(options).decode(), poll.multiple, ms_from_datetime(closes) if closes else None, poll.voters)


def _hashtags(db: Connection, author: Account, document: wire.PostDocument) -> Sequence[str]:
    """Nobody finds by a hashtag what somebody on a silenced server wrote."""
    return () if document.hashtags and notifying.is_silenced(db, author.id) else document.hashtags


def _save_parts(
    db: Connection, site: Site, author: Account, post: Post, document: wire.PostDocument, *, is_known: bool = False
) -> list[Account]:
    """Keeps what hangs on a post, and answers whom it names, of those that we know. is_known: what it had before goes."""
    named = _known_accounts(db, named_uris(author, document))
    mentioned = guardianship.reachable(db, author, named) if named else []
    if mentioned or is_known:
        reactions.set_mentions(db, post.id, [account.id for account in mentioned])
    if is_known:
        reactions.set_tags(db, post.id, _hashtags(db, author, document))
    if document.poll is not None:
        polls.save_poll(db, poll_from_document(post.id, document.poll))
    if document.event is not None:
        workshops.note_meeting(db, post)
    facets.keep(db, post, is_known=is_known)
    quoting.take_in(db, site, post, document.quote_stamp_uri)
    return mentioned


def named_uris(author: Account, document: wire.PostDocument) -> set[str]:
    """Whom a post names or is addressed to; neither everybody nor its author's followers."""
    return {*(mention.uri for mention in document.mentions), *document.to, *document.cc} - {wire.PUBLIC, author.followers_uri or ""}


def _known_accounts(db: Connection, uris: Iterable[str]) -> list[Account]:
    found = (accounts.find_account_by_uri(db, uri) for uri in uris)
    return [account for account in found if account is not None]


def arrive(db: Connection, site: Site, author: Account, post: Post) -> None:
    """A post is sent to us that we had fetched before: another answered or boosted it. Only now it comes to those whom it is for."""
    if post.boost_of_id is None and post.visibility < DIRECT:
        announce_here(db, site, author, post, is_known=True)


def announce_here(db: Connection, site: Site, author: Account, post: Post, *, is_known: bool = False) -> None:
    """Fills timelines, notifies those who are named, and fetches the thread above; of a held post nothing. is_known: some of this may
    have been done."""
    if post.visibility == HELD:
        return
    parent, is_new = posts.find_post(db, post.in_reply_to_id) if post.in_reply_to_id else None, not is_known
    if post.visibility < DIRECT:
        is_new = timelines.add_to_home(db, post, parent.account_id if parent else None) or is_new
    for account in reactions.list_mentioned(db, post.id):
        if account.is_local:
            notifying.tell(db, site, account.id, "mention", author.id, post.id)
    spreading.spread(db, site, post)
    if is_new:
        changes.tell_new(db, post)
    if post.in_reply_to_uri:
        send_for_ancestors(db, site, post, author)


def send_for_ancestors(db: Connection, site: Site, post: Post, author: Account) -> None:
    """Puts down the job that fetches what the first post of a thread answers, where that is one that we do not know yet."""
    first = post if post.thread_id is None else posts.find_post(db, post.thread_id)
    uri = first.in_reply_to_uri if first is not None and first.in_reply_to_id is None else None
    if uri and not naming.is_ours(site.origin, uri) and posts.find_tombstone(db, uri) is None:
        jobs.add_job(db, "fetch_ancestors", orjson.dumps({"uri": uri, "actor": author.uri}).decode(), site.now_ms(), key=uri)
        add_event(db, "jobs")


def is_wanted(db: Connection, site: Site, author: Account, document: wire.PostDocument) -> bool:
    """Whether a post that was sent to us concerns anybody here: a follower, someone named, a thread that we keep."""
    named = {uri for uri in (*document.to, *document.cc, *(m.uri for m in document.mentions)) if naming.is_ours(site.origin, uri)}
    if any(_is_reached(db, author, uri) for uri in named):
        return True
    if document.audience_uri and naming.is_ours(site.origin, document.audience_uri):
        return True
    if document.in_reply_to_uri and posts.find_post_by_uri(db, document.in_reply_to_uri) is not None:
        return True
    return follows.has_local_follower(db, author.id)


def _is_reached(db: Connection, author: Account, uri: str) -> bool:
    """Whether what names an address of ours gets there: not where a guardian has not let its author near."""
    account = accounts.find_account_by_uri(db, uri)
    return account is None or guardianship.may_reach(db, author.id, account)


async def get_post(context: Context, uri: str, pool: Pool = "strangers") -> Post:
    """The post with an id, fetched where we do not know it. Raises NotFetched, Malformed, Forbidden."""
    known = await context.database.read(posts.find_post_by_uri, uri)
    return known if known is not None else await fetch_post(context, uri, pool=pool)


async def fetch_post(context: Context, uri: str, *, arrives: bool = False, only_wanted: bool = False, pool: Pool = "strangers") -> Post:
    """The post as its own server tells it now. Raises NotFetched, Malformed, Forbidden.

    only_wanted: a stranger named it, and it is kept by the same rule as if its author had sent it; Forbidden else.
    """
    if naming.is_ours(context.site.origin, uri):
        raise Gone("there is no such post here")
    document = post_from_document(await remote.fetch(context, uri, pool))
    if not same_origin(document.uri, document.author_uri):
        raise Forbidden("a post and its author belong to one server")
    if naming.is_ours(context.site.origin, document.uri):
        raise Gone("our own posts do not come from elsewhere")
    author = await remote.get_account(context, document.author_uri, pool=pool)
    if not author.is_active:
        raise Gone("its author is gone")
    if only_wanted and not await context.database.read(is_wanted, context.site, author, document):
        raise Forbidden("the post concerns nobody here")
    post = await context.database.write(save_post, context.site, author, document, arrives=arrives)
    if post is None:
        raise Gone("it was deleted")
    return post
