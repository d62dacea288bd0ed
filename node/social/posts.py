"""Writing, changing and deleting posts, and voting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import orjson

from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.site import Site
from node.social import (
    changes,
    facets,
    gathering,
    guardianship,
    naming,
    publication,
    publishing,
    quoting,
    rates,
    spreading,
    webmentions,
    wishing,
    workshops,
)
from node.social.drafting import Draft, PollDraft, check_draft, write_draft
from node.social.media import ALT_CHARACTERS
from node.social.reactions import shown_post
from node.social.writing import Written
from storage import accounts, communities, media, polls, posts, reactions
from storage.database import Connection
from storage.ids import free_id
from storage.records import DIRECT, PRIVATE, PUBLIC, Account, Media, Poll, Post, dumped, loaded

__all__ = [
    "Also", "Draft", "PollDraft", "allowed_visibility", "check_draft", "delete", "describe_file", "edit", "find_community", "own_post",
    "publish",
]  # fmt: skip

HOUR_MS = 3600 * 1000
PROFILE_PICTURES = ("icon", "image")  # files that belong to a profile, never to a post

Also = Callable[[Connection, Site, Post], None]


async def publish(
    context: Context, author: Account, draft: Draft, also: Also | None = None, *, agreed: bool = False, may_wait: bool = False
) -> Post:
    """The post, on the disk with everything that it owes to others. Raises BadInput, NotFound, NotAllowed, TooMany.

    also: what else is done in the same transaction, with the post. agreed: a guardian has looked at what a supervised account wants to say
    where everybody hears it, or with pictures; until then that waits. may_wait: also without what else would be done.
    """
    check_draft(context, draft)
    await rates.count(context, rates.POSTS, author.id)
    written = await write_draft(context, draft)
    if guardianship.is_ward(author) and not agreed and await context.database.read(_is_guarded, author, draft, written):
        if also is not None and not may_wait:  # what belongs to it would be lost on the way
            raise NotAllowed("Your guardian has to look at that first: write it as a plain post.")
        await wishing.hold(context, author, "post", "", asdict(draft))
    return await context.database.write(_publish, context.site, author, draft, written, also, agreed=agreed)


def _is_guarded(db: Connection, author: Account, draft: Draft, written: Written) -> bool:
    """Whether a guardian looks at what a supervised account says: it has pictures, goes to a community that anybody can read, answers
    something in one, or quotes or answers somebody outside of the approved circle."""
    named = [find_community(db, draft.community_id)] if draft.community_id else []
    recipients = accounts.list_accounts(db, draft.named_ids).values()
    people = (*written.mentioned, *recipients)
    met = [found for post_id in (draft.in_reply_to_id, draft.quoted_id) if post_id and (found := posts.find_post(db, post_id))]
    groups = [*named, *(account for account in people if account.type == "Group"), *_communities_of(db, met)]
    if draft.media_ids or any(not gathering.is_closed(db, group) for group in groups):
        return True
    others = [*recipients, *(accounts.get_account(db, post.account_id) for post in met)]
    return any(not guardianship.are_in_touch(db, author, account) for account in others)


def _communities_of(db: Connection, met: Sequence[Post]) -> list[Account]:
    """The communities, here and elsewhere, in which some posts stand."""
    places = [place.community_id for post in met for place in communities.list_places(db, post.id)]
    named = [accounts.find_account_by_uri(db, post.audience_uri) for post in met if post.audience_uri]
    return [
        account for account in (*accounts.list_accounts(db, places).values(), *named) if account is not None and account.type == "Group"
    ]


def _publish(
    db: Connection, site: Site, author: Account, draft: Draft, written: Written, also: Also | None, *, agreed: bool = False
) -> Post:
    parent = shown_post(db, draft.in_reply_to_id, author) if draft.in_reply_to_id else None
    community = find_community(db, draft.community_id) if draft.community_id else None
    quoted = quoting.quotable(db, author, draft.quoted_id, draft.visibility)
    if parent is not None and gathering.is_thread_locked(db, parent):
        raise NotAllowed("A moderator has locked this thread: it takes no more answers.")
    files = check_files(db, author, draft.media_ids, draft.scheduled_id)
    now_ms = site.now_ms()
    post_id = free_id(db, "post", now_ms)
    post = Post(
        id=post_id,
        uri=naming.post_uri(site.origin, author.name, post_id),
        account_id=author.id,
        type="Question" if draft.poll else draft.type,
        visibility=allowed_visibility(
            author,
            gathering.as_meant(db, parent) if parent else None,
            _wished_visibility(db, author, community, draft.visibility),
            agreed=agreed and community is not None,
        ),
        published_ms=now_ms,
        url=naming.post_url(site.origin, author.name, post_id),
        in_reply_to_uri=parent.uri if parent else None,
        context_uri=_context_uri(db, site, parent, post_id),
        quote_uri=quoted.uri if quoted else None,
        audience_uri=community.uri if community else parent.audience_uri if parent else None,
        **_said(site, draft, written, files),
    )
    post = posts.add_post(db, post, written.hashtags)
    facets.keep(db, post)
    if draft.poll is not None:
        polls.save_poll(db, _poll_row(post.id, draft.poll, now_ms))
    workshops.note_meeting(db, post)
    media.attach_media(db, [file.id for file in files], post.id)
    named = {account.id: account for account in (*written.mentioned, *accounts.list_accounts(db, draft.named_ids).values())}
    if parent is not None and parent.account_id != author.id:
        named[parent.account_id] = accounts.get_account(db, parent.account_id)
    _name(db, author, post, named)
    post = gathering.hold_where_judged(db, post, author)
    publication.publish(db, site, author, post, is_agreed=agreed)
    gathering.accept_own(db, site, post, author)
    if also is not None:
        also(db, site, post)
    return post


def find_community(db: Connection, account_id: int) -> Account:
    """A community that can be posted to, ours or another server's. Raises NotFound."""
    community = accounts.find_account(db, account_id)
    if community is None or community.type != "Group" or not community.is_active:
        raise NotFound("There is no such community.")
    return community


def _said(site: Site, draft: Draft, written: Written, files: Sequence[Media], known: Post | None = None) -> dict[str, Any]:
    """The columns that a draft decides. known: the post that it changes."""
    kept = [file for file in known.files if file["type"] == "Link"] if known else []
    links = kept if draft.link is None else [{"type": "Link", "url": draft.link}] if draft.link else []
    return {
        "title": draft.title if draft.title is not None else known.title if known else "",
        "facets": dumped(list(draft.facets)) if draft.facets is not None else known.facets if known else None,
        "event": dumped(asdict(draft.event)) if draft.event is not None else known.event if known else None,
        "content": written.content,
        "source": draft.text if draft.html is None else None,
        "summary": draft.summary,
        "sensitive": draft.sensitive or (bool(draft.summary) and draft.type != "Article"),  # an Article's is its abstract
        "language": draft.language,
        "quote_policy": _quote_policy(draft, known),
        "emojis": dumped([list(pair) for pair in written.emojis]),
        "attachments": dumped([*links, *(_attachment(site, file) for file in files)]),
    }


def _quote_policy(draft: Draft, known: Post | None) -> str:
    """Who may quote it. Raises BadInput."""
    chosen = draft.quote_policy or (known.quote_policy if known else "public")
    if chosen not in {"public", "followers", "nobody", ""}:
        raise BadInput("Who may quote is one of public, followers, nobody.")
    return chosen


def _attachment(site: Site, file: Media) -> dict[str, object]:
    kind = {"image": "Image", "video": "Video", "audio": "Audio"}.get(file.media_type.partition("/")[0], "Document")
    known = {
        "blurhash": file.blurhash,
        "focus": loaded(file.focus) or None,
        "preview": naming.media_url(site.origin, file.preview) if file.preview else None,
        "duration": file.duration,
    }
    return {
        "type": kind,
        "media_id": file.id,
        "url": naming.media_url(site.origin, file.file),
        "media_type": file.media_type,
        "alt": file.alt,
        "width": file.width or None,
        "height": file.height or None,
        **{name: value for name, value in known.items() if value is not None},
    }


def check_files(db: Connection, author: Account, media_ids: Sequence[int], holder_id: int | None = None) -> list[Media]:
    """The author's files that a post takes, each once. holder_id: the post or scheduled post that has them already.

    Raises NotFound, BadInput: a file belongs to one post, with which it is shown and deleted.
    """
    wanted = tuple(dict.fromkeys(media_ids))
    files = media.list_media(db, author.id, wanted)
    if len(files) != len(wanted) or any(file.purpose in PROFILE_PICTURES for file in files):
        raise NotFound("One of the files is not there any more. Add it again.")
    if any(file.post_id not in {None, holder_id} for file in files):
        raise BadInput("One of the files belongs to another post already. Upload it again.")
    if any(file.state != "done" for file in files):
        raise BadInput("Cannot attach files that have not finished processing. Try again in a moment!")
    return files


def _wished_visibility(db: Connection, author: Account, community: Account | None, wished: int) -> int:
    """What is said in a closed community is for it alone. Raises NotAllowed where the community would refuse it."""
    if community is None:
        return wished
    gathering.require_may_post(db, community, author)
    return gathering.widest(db, community, wished)


def allowed_visibility(author: Account, parent: Post | None, wished: int, *, agreed: bool = False) -> int:
    """A supervised learner's post never reaches the public; an answer never a wider audience than what it answers, if that is private."""
    narrowest = PRIVATE if guardianship.is_ward(author) and not agreed else PUBLIC
    if parent is not None and parent.visibility >= PRIVATE:
        narrowest = max(narrowest, parent.visibility)
    return max(wished, narrowest)


def _context_uri(db: Connection, site: Site, parent: Post | None, post_id: int) -> str | None:
    """The conversation's id (FEP-7888): the parent's; a conversation that begins here, or whose first post has none, is ours to name."""
    if parent is None:
        return naming.context_uri(site.origin, post_id)
    root = posts.find_post(db, parent.root_id)
    return parent.context_uri or (root.context_uri if root else None)


def _poll_row(post_id: int, poll: PollDraft, now_ms: int) -> Poll:
    options = orjson.dumps([{"title": title.strip(), "votes": 0} for title in poll.options]).decode()
    return Poll(post_id, options, poll.multiple, now_ms + poll.open_s * 1000, 0)


def _name(db: Connection, author: Account, post: Post, named: Mapping[int, Account]) -> None:
    """Keeps whom a post names. Raises NotAllowed where a supervised account and somebody outside of its circle would write direct."""
    people = guardianship.reachable(db, author, named.values())
    if post.visibility == DIRECT and len(people) < len(named):
        raise NotAllowed("You cannot write to everybody whom you name: of some a guardian decides who may.")
    if named:
        reactions.set_mentions(db, post.id, [account.id for account in people])


async def edit(context: Context, author: Account, post_id: int, draft: Draft, kind: str | None = None) -> Post:
    """The post as changed; what it said before is kept. Its audience, parent and poll stay. Raises BadInput, NotFound, NotAllowed.

    kind: its type from now on, None for what it was.
    """
    check_draft(context, draft)
    written = await write_draft(context, draft)
    return await context.database.write(_edit, context.site, author, post_id, draft, written, kind)


def _edit(db: Connection, site: Site, author: Account, post_id: int, draft: Draft, written: Written, kind: str | None) -> Post:
    known = own_post(db, author, post_id)
    files = check_files(db, author, draft.media_ids, known.id)
    if guardianship.is_ward(author) and (known.visibility < PRIVATE or _adds(db, author, draft, written, known)):
        raise NotAllowed("Your guardian looks at that first: write a new post.")
    now_ms = max(site.now_ms(), (known.edited_ms or known.published_ms) + 1)
    said = _said(site, draft, written, files, known)
    post = replace(known, type=kind or known.type, edited_ms=now_ms, revision_ms=now_ms, **said)
    before = reactions.list_mentioned(db, post.id)
    posts.update_post(db, post)
    workshops.note_meeting(db, post)
    facets.keep(db, post, is_known=True)
    media.attach_media(db, [file.id for file in files], post.id)
    parent = posts.find_post(db, post.in_reply_to_id) if post.in_reply_to_id else None
    is_to_self = known.visibility == DIRECT and not before and known.audience_uri is None  # what was nobody else's stays so
    named = {} if is_to_self else {account.id: account for account in written.mentioned}
    named |= {account.id: account for account in before if parent and account.id == parent.account_id}
    reactions.set_tags(db, post.id, written.hashtags)
    _name(db, author, post, named)
    publication.notify_named(db, site, author, post)
    gathering.pass_on(db, site, post, author, publishing.publish_edit(db, site, author, post, before))
    webmentions.send_for(db, site, post)
    spreading.tell_edited(db, site, post)
    changes.tell_changed(db, post)
    return post


async def describe_file(context: Context, author: Account, media_id: int, alt: str | None, focus: tuple[float, float] | None) -> Media:
    """A file of the author's with another description or focus; None stays. Raises BadInput, NotFound."""
    if alt is not None and len(alt) > ALT_CHARACTERS:
        raise BadInput(f"A description has at most {ALT_CHARACTERS} characters.")
    return await context.database.write(_describe_file, author.id, media_id, alt, focus)


def _describe_file(db: Connection, account_id: int, media_id: int, alt: str | None, focus: tuple[float, float] | None) -> Media:
    found = media.list_media(db, account_id, [media_id])
    if not found:
        raise NotFound("There is no such file.")
    changed = replace(found[0], alt=found[0].alt if alt is None else alt, focus=dumped(focus) if focus else found[0].focus)
    media.update_media(db, changed)
    return changed


def own_post(db: Connection, author: Account, post_id: int) -> Post:
    """A post of the author's own, no boost. Raises NotFound, NotAllowed."""
    post = posts.find_visible_post(db, post_id, author.id)
    if post is None or post.boost_of_id is not None:
        raise NotFound("There is no such post.")
    if post.account_id != author.id:
        raise NotAllowed("That is somebody else's post.")
    return post


def _adds(db: Connection, author: Account, draft: Draft, written: Written, known: Post) -> bool:
    """Whether an edit brings pictures or open communities into a post."""
    before = {file.get("media_id") for file in known.files}
    return not set(draft.media_ids) <= before or _is_guarded(db, author, replace(draft, media_ids=()), written)


async def delete(context: Context, author: Account, post_id: int) -> None:
    """The post is gone, here at once and elsewhere as soon as their servers hear of it. Raises NotFound, NotAllowed.

    Its files are shown no longer, and kept for a day, for an author who writes it anew.
    """
    await context.database.write(_delete, context.site, author, post_id)


def _delete(db: Connection, site: Site, author: Account, post_id: int) -> None:
    post = own_post(db, author, post_id)
    gathering.pass_on(db, site, post, author, publishing.publish_deletion(db, site, author, post))
    webmentions.send_for_deletion(db, site, post)
    changes.tell_gone(db, post)
    posts.delete_post(db, post, site.now_ms())
