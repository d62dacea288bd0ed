"""Conversations: as one reader may see them, and fetched from other servers within limits."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from federation.collections import items_from_document
from federation.errors import FederationError
from federation.reading import uri_from
from node.context import Context
from node.errors import NotFound
from node.site import Site
from node.social import guardianship, naming, remote, remote_posts
from storage import accounts, jobs, posts, timelines
from storage.database import Connection
from storage.events import add_event
from storage.records import PRIVATE, Post

SHOWN = 500  # posts of a thread on one page
MOST_A_POST = 2  # fetches that one reply costs: itself and its author
LOOK_AGAIN_MS = 10 * 60 * 1000  # a remote thread is looked at again after ten minutes at the earliest


@dataclass(frozen=True, slots=True)
class Thread:
    """A post with what it answers (oldest first) and what answers it, each with its depth below the post (from 1)."""

    post: Post
    ancestors: Sequence[Post]
    replies: Sequence[tuple[int, Post]]


async def get_thread(context: Context, post_id: int, viewer_id: int) -> Thread:
    """The thread as the viewer may see it; for a remote one, its missing replies are sent for. Raises NotFound."""
    thread = await context.database.read(_get_thread, post_id, viewer_id)
    root = thread.ancestors[0] if thread.ancestors else thread.post
    if _is_remote(context.site, root) and root.visibility < PRIVATE and _is_stale(root, context.site.now_ms()):
        await context.database.write(_send_for_replies, context.site, root.id)
    return thread


def _get_thread(db: Connection, post_id: int, viewer_id: int) -> Thread:
    post = posts.find_visible_post(db, post_id, viewer_id)
    if post is None:
        raise NotFound("There is no such post, or it is not for you.")
    found = timelines.list_thread(db, post.root_id, viewer_id, SHOWN)
    return arrange(post, _without_strangers(db, found, viewer_id))


def _without_strangers(db: Connection, thread: Sequence[Post], viewer_id: int) -> list[Post]:
    """A thread as its viewer reads it: a supervised one without what others than its approved circle answered to it, and what hangs on
    that."""
    viewer = accounts.find_account(db, viewer_id) if viewer_id else None
    if viewer is None or not guardianship.is_ward(viewer):
        return list(thread)
    mine, hidden = {post.id for post in thread if post.account_id == viewer_id}, set[int]()
    for post in thread:
        answers_me = post.in_reply_to_id in mine and not guardianship.may_reach(db, post.account_id, viewer)
        if answers_me or post.in_reply_to_id in hidden:
            hidden.add(post.id)
    return [post for post in thread if post.id not in hidden]


def arrange(post: Post, thread: Sequence[Post]) -> Thread:
    """The posts of a thread, around one of them."""
    by_id = {each.id: each for each in thread}
    children: dict[int, list[Post]] = {}
    for each in thread:
        if each.in_reply_to_id is not None:
            children.setdefault(each.in_reply_to_id, []).append(each)
    return Thread(post, _ancestors(post, by_id), _descendants(post, children))


def _ancestors(post: Post, by_id: dict[int, Post]) -> list[Post]:
    found: deque[Post] = deque()
    above, seen = by_id.get(post.in_reply_to_id or 0), {post.id}
    while above is not None and above.id not in seen:
        seen.add(above.id)
        found.appendleft(above)
        above = by_id.get(above.in_reply_to_id or 0)
    return list(found)


def _descendants(post: Post, children: dict[int, list[Post]]) -> list[tuple[int, Post]]:
    found: list[tuple[int, Post]] = []
    waiting = [(1, child) for child in reversed(children.get(post.id, []))]
    seen = {post.id}
    while waiting:
        depth, each = waiting.pop()
        if each.id in seen:
            continue
        seen.add(each.id)
        found.append((depth, each))
        waiting += [(depth + 1, child) for child in reversed(children.get(each.id, []))]
    return found


def _is_remote(site: Site, post: Post) -> bool:
    return not naming.is_ours(site.origin, post.uri)


def _is_stale(root: Post, now_ms: int) -> bool:
    return (root.replies_fetched_ms or 0) < now_ms - LOOK_AGAIN_MS


def _send_for_replies(db: Connection, site: Site, root_id: int) -> None:
    now_ms = site.now_ms()
    if posts.set_replies_fetched(db, root_id, now_ms, now_ms - LOOK_AGAIN_MS):
        payload = orjson.dumps({"post_id": root_id}).decode()
        jobs.add_job(db, "fetch_replies", payload, now_ms, key=str(root_id))
        add_event(db, "jobs")


async def fetch_ancestors(context: Context, uri: str, actor_uri: str = "") -> None:
    """A job: fetches what a post answers, and what that answers, up to the limit. Raises NotFetched where the first failed.

    actor_uri: who wrote the post, whose server makes us fetch.
    """
    if actor_uri:
        await remote.count_sender(context, actor_uri)
    wanted: str | None = uri
    for step in range(context.config.limits.thread_ancestors):
        if wanted is None or naming.is_ours(context.site.origin, wanted):
            return
        try:
            post = await remote_posts.get_post(context, wanted)
        except FederationError:
            if step == 0:
                raise
            return
        wanted = post.in_reply_to_uri if post.in_reply_to_id is None else None


async def fetch_replies(context: Context, post_id: int) -> None:
    """A job: fetches the replies that a thread's own server lists (FEP-f228: `context`, else `replies`), up to the limit."""
    root = await context.database.read(posts.find_post, post_id)
    if root is None:
        return
    budget = context.config.limits.thread_fetches
    waiting = deque(uri for uri in (root.context_uri, root.replies_uri) if uri and not naming.is_ours(context.site.origin, uri))
    seen: set[str] = set(waiting)
    while waiting and budget > 0:
        budget -= 1
        found = await _list_items(context, waiting.popleft())
        for uri in found.posts:
            if budget < MOST_A_POST or uri in seen or naming.is_ours(context.site.origin, uri):
                continue
            seen.add(uri)
            if await context.database.read(posts.find_post_by_uri, uri) is None:
                post, cost = await _try_post(context, uri)
                budget -= cost
                if post is not None and post.replies_uri and post.replies_uri not in seen and not root.context_uri:
                    seen.add(post.replies_uri)
                    waiting.append(post.replies_uri)
        if found.following is not None and found.following not in seen:
            seen.add(found.following)
            waiting.append(found.following)


@dataclass(frozen=True, slots=True)
class _Listed:
    """What a page of a collection names, and where it goes on."""

    posts: Sequence[str] = ()
    following: str | None = None


async def _list_items(context: Context, uri: str) -> _Listed:
    try:
        items, following = items_from_document(await remote.fetch(context, uri))
    except FederationError:
        return _Listed()
    return _Listed([found for found in (uri_from(item) for item in items) if found], following)


async def _try_post(context: Context, uri: str) -> tuple[Post | None, int]:
    """The post, or None, and how many fetches it took: its author may be new to us as well."""
    began_ms = context.site.now_ms()
    try:
        post = await remote_posts.get_post(context, uri)
    except FederationError:
        return None, MOST_A_POST
    author = await context.database.read(accounts.get_account, post.account_id)
    return post, MOST_A_POST if author.fetched_ms > began_ms else 1
