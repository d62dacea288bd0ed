"""What communities of other servers pass on (FEP-1b12): an Announce around a member's activity.

The community is believed in what is its own (what it shows, locks, pins, whom it bans); of what a member said only what the member's
proof holds, or what the member's own server tells when we ask it.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import orjson

from federation.activities import activity_from_document, embedded_activity
from federation.errors import FederationError, Forbidden, Malformed, Unreachable
from federation.objects import post_from_document
from federation.origins import host_of, same_origin
from federation.records import ActivityDocument, PostDocument
from node.context import Context
from node.errors import NodeError
from node.inbound import believing, reacting
from node.inbound.rows import PROCESSED, Row, Taken
from node.site import Site
from node.social import changes, gathering, naming, publishing, remote, remote_posts
from storage import accounts, communities, follows, jobs, posts, reactions, timelines
from storage.communities import REMOVED, SHOWN
from storage.database import Connection
from storage.events import add_event
from storage.records import Account, Post

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Announced:
    """An activity that an account passes on. around: the Announce; is_proven: by the inner actor's own proof."""

    around: ActivityDocument
    bringer: Account
    inner: ActivityDocument
    is_proven: bool

    @property
    def is_group(self) -> bool:
        """Whether a community passes it on, which decides what stands in it."""
        return self.bringer.type == "Group"


Take = Callable[[Context, Announced], Awaitable[str]]  # answers as the handlers of the dispatch table do: PROCESSED or the reason
UNKNOWN = "the post is not known here"
NO_COMMUNITY = "who passes it on is no community"


def on_announced(db: Connection, site: Site, taken: Taken) -> str:
    """Puts down a job that looks into it, where somebody here follows the community, or where it concerns a post of ours."""
    inner: ActivityDocument = taken.parsed
    concerns_us = inner.object_uri is not None and naming.is_ours(site.origin, inner.object_uri)
    if not concerns_us and not follows.has_local_follower(db, taken.actor.id):
        return "nobody here follows who passes it on"
    jobs.add_job(db, "take_announced", orjson.dumps(taken.activity.document).decode(), site.now_ms())
    add_event(db, "jobs")
    return PROCESSED


def read_inner(activity: ActivityDocument) -> ActivityDocument:
    """The activity that is passed on. Raises Malformed."""
    inner = embedded_activity(activity)
    if inner is None:
        raise Malformed("nothing is announced")
    return inner


async def take_announced(context: Context, document: Mapping[str, object]) -> None:
    """A job: an Announce that was verified. Raises NotFetched where it is worth another try."""
    around = activity_from_document(document)
    inner = read_inner(around)
    fields = {"host": host_of(around.actor_uri), "type": f"Announce {inner.type[:64]}"}
    try:
        reason = await _take(context, around, inner)
    except Unreachable:  # the job comes again, and says so when it is given up
        raise
    except (FederationError, NodeError) as error:
        log.info("activity rejected", extra={**fields, "reason": str(error)})
        raise
    if reason != PROCESSED:
        log.info("activity discarded", extra={**fields, "reason": reason})


async def _take(context: Context, around: ActivityDocument, inner: ActivityDocument) -> str:
    """PROCESSED, or the reason why nothing was done."""
    bringer = await context.database.read(accounts.find_account_by_uri, around.actor_uri)
    take = TAKEN.get((inner.type, inner.object_type)) or TAKEN.get((inner.type, None))
    is_blocked = context.domains.is_suspended(around.actor_uri) or context.domains.is_suspended(inner.actor_uri)
    if bringer is None or not bringer.is_active or take is None or is_blocked:
        return "its server is blocked here" if is_blocked else "not understood, or its bringer is gone"
    await remote.count_sender(context, bringer.uri)
    return await take(context, Announced(around, bringer, inner, await believing.is_own(context, inner)))


async def _take_post(context: Context, said: Announced) -> str:
    """Create and Update: the post, kept, and standing in the community from now on."""
    post = await _find_post(context, said)
    return UNKNOWN if post is None else await context.database.write(_show, context.site, said, post.id)


async def _find_post(context: Context, said: Announced) -> Post | None:
    uri, inner = said.inner.object_uri, said.inner
    if uri is None:
        return None
    if naming.is_ours(context.site.origin, uri):
        return await context.database.read(posts.find_post_by_uri, uri)
    if said.is_proven and inner.object is not None:
        author = await remote.get_account(context, inner.actor_uri)
        return await context.database.write(_save, context.site, author, _own_post(inner)) if author.is_active else None
    known = await context.database.read(posts.find_post_by_uri, uri)
    if known is not None and inner.type == "Create":
        return known
    return await remote_posts.fetch_post(context, uri, arrives=known is None)


def _own_post(inner: ActivityDocument) -> PostDocument:
    document = post_from_document(inner.object or {})
    if document.author_uri != inner.actor_uri or not same_origin(document.uri, inner.actor_uri):
        raise Forbidden("the object is not the actor's own")
    return document


def _save(db: Connection, site: Site, author: Account, document: PostDocument) -> Post | None:
    return remote_posts.save_post(db, site, author, document, arrives=True)


def _show(db: Connection, site: Site, said: Announced, post_id: int) -> str:
    post = posts.find_post(db, post_id)
    if post is None or not said.is_group or not gathering.stand(db, site, said.bringer, post):
        return "the post is not for who passes it on, or that is no community"
    communities.set_state(db, said.bringer.id, post.id, SHOWN)
    if posts.find_boost(db, said.bringer.id, post.id) is None and posts.find_post_by_uri(db, said.around.uri) is None:
        made = posts.add_post(db, reacting.boost_row(db, site, said.around, said.bringer, post))
        timelines.add_to_home(db, made)
        changes.tell_new(db, made)
    return PROCESSED


async def _take_deletion(context: Context, said: Announced) -> str:
    """By its author: gone, as soon as it is proven or its own server says so. By anybody else: a moderator has removed it."""
    uri = said.inner.object_uri
    if uri is None:
        return UNKNOWN
    if naming.is_ours(context.site.origin, uri) != naming.is_ours(context.site.origin, said.inner.actor_uri):
        return await context.database.write(_withdraw, context.site, said, uri)
    post = await context.database.read(posts.find_post_by_uri, uri)
    author = await context.database.read(accounts.find_account, post.account_id) if post is not None else None
    if author is None or naming.is_ours(context.site.origin, uri):
        return UNKNOWN if author is None else "nobody elsewhere deletes what is ours"
    if author.uri != said.inner.actor_uri:
        return await context.database.write(_withdraw, context.site, said, uri)
    await context.database.write(_forget if said.is_proven else _look_again, context.site, uri)
    return PROCESSED


def _withdraw(db: Connection, site: Site, said: Announced, uri: str) -> str:
    post = posts.find_post_by_uri(db, uri)
    if post is None or not said.is_group:
        return UNKNOWN if post is None else NO_COMMUNITY
    communities.set_state(db, said.bringer.id, post.id, REMOVED)
    made = posts.find_boost(db, said.bringer.id, post.id)
    if made is not None:
        changes.tell_gone(db, made)
        posts.delete_post(db, made, site.now_ms())
    return PROCESSED


def _forget(db: Connection, site: Site, uri: str) -> None:
    post = posts.find_post_by_uri(db, uri)
    if post is not None:
        publishing.publish_withdrawals(db, site, post)
        changes.tell_gone(db, post)
        posts.delete_post(db, post, site.now_ms())


def _look_again(db: Connection, site: Site, uri: str) -> None:
    jobs.add_job(db, "refresh_post", orjson.dumps({"uri": uri}).decode(), site.now_ms(), key=uri)
    add_event(db, "jobs")


async def _take_restored(context: Context, said: Announced) -> str:
    """Undo of a Delete: the community shows it again, where we still have it."""
    undone = embedded_activity(said.inner)
    post = await context.database.read(posts.find_post_by_uri, undone.object_uri or "") if undone else None
    return UNKNOWN if post is None else await context.database.write(_show, context.site, said, post.id)


async def _take_vote(context: Context, said: Announced) -> str:
    """A Like of a post of ours, or one taken back; whoever likes posts of others counts them elsewhere."""
    is_undone = said.inner.type == "Undo"
    target = embedded_activity(said.inner) if is_undone else said.inner
    if target is None or not naming.is_ours(context.site.origin, target.object_uri or ""):
        return "likes of others' posts are counted elsewhere"
    inner = said.inner if said.is_proven else await believing.ask_for(context, said.inner)
    if inner is None or naming.is_ours(context.site.origin, inner.actor_uri):
        return "its own server does not say so"
    voter = await remote.get_account(context, inner.actor_uri)
    if not voter.is_active:
        return "its actor is suspended or gone"
    row = reacting.UNLIKE if is_undone else reacting.LIKE
    return await context.database.write(row.apply, context.site, Taken(inner, voter, row.read(inner)))


def _locking(*, locked: bool) -> Take:
    async def take(context: Context, said: Announced) -> str:
        named = said.inner if locked else embedded_activity(said.inner)
        if named is None or not said.is_group:
            return NO_COMMUNITY
        return await context.database.write(_lock, context.site, said.bringer, named.object_uri or "", locked=locked)

    return take


def _lock(db: Connection, site: Site, group: Account, uri: str, *, locked: bool) -> str:
    post = posts.find_post_by_uri(db, uri)
    if post is None or not gathering.stand(db, site, group, post):
        return UNKNOWN
    communities.set_locked(db, group.id, post.id, locked=locked)
    return PROCESSED


async def _take_pin(context: Context, said: Announced) -> str:
    """Add to or Remove from the community's featured posts."""
    if not said.is_group or said.inner.target_uri != said.bringer.featured_uri:
        return "it is about no collection that we keep of theirs"
    return await context.database.write(_pin, context.site, said)


def _pin(db: Connection, site: Site, said: Announced) -> str:
    post = posts.find_post_by_uri(db, said.inner.object_uri or "")
    if post is None:
        return UNKNOWN
    if said.inner.type == "Add":
        reactions.set_pin(db, said.bringer.id, post.id, site.now_ms())
    else:
        reactions.remove_pin(db, said.bringer.id, post.id)
    return PROCESSED


async def _take_ban(context: Context, said: Announced) -> str:
    """One of ours may not take part in the community any more."""
    uri = said.inner.object_uri or ""
    if not said.is_group or said.inner.target_uri != said.bringer.uri or not naming.is_ours(context.site.origin, uri):
        return "nobody here is banned from that community"
    return await context.database.write(_end, said.bringer, uri)


def _end(db: Connection, group: Account, uri: str) -> str:
    member = accounts.find_account_by_uri(db, uri)
    if member is None or not follows.remove_follow(db, member.id, group.id):
        return "who is banned does not follow the community"
    timelines.empty_home(db, member.id, group.id)
    return PROCESSED


TAKEN: Mapping[tuple[str, str | None], Take] = {
    ("Create", None): _take_post,
    ("Update", None): _take_post,
    ("Delete", None): _take_deletion,
    ("Undo", "Delete"): _take_restored,
    ("Like", None): _take_vote,
    ("Undo", "Like"): _take_vote,
    ("Lock", None): _locking(locked=True),
    ("Undo", "Lock"): _locking(locked=False),
    ("Add", None): _take_pin,
    ("Remove", None): _take_pin,
    ("Block", None): _take_ban,
}
ANNOUNCED = Row(on_announced, read_inner)
