"""What somebody on another server has said lately, so that a profile is not empty when people here first look at it."""

from collections.abc import Sequence

import orjson

from federation.audience import completed_object
from federation.collections import items_from_document
from federation.errors import Forbidden, Malformed
from federation.objects import post_from_document
from federation.origins import same_origin
from federation.reading import as_mapping, types_from, uri_from
from federation.records import Document, PostDocument
from node.context import Context
from node.site import Site
from node.social import remote, remote_posts
from storage import accounts, follows, jobs, seen, timelines
from storage.database import Connection
from storage.events import add_event
from storage.records import PRIVATE, Account

MOST = 20  # posts
FILLED = 20  # of them in the timeline of somebody who follows already
DAY_MS = 24 * 3600 * 1000


def send_for(db: Connection, site: Site, account: Account) -> None:
    """Puts down the job that fetches an account's latest posts: of another server's, and once a day."""
    now_ms = site.now_ms()
    if account.is_local or account.outbox is None or not same_origin(account.outbox, account.uri):
        return
    if seen.add_seen(db, account.uri, f"its outbox on day {now_ms // DAY_MS}", now_ms):
        jobs.add_job(db, "fetch_outbox", orjson.dumps({"account_id": account.id}).decode(), now_ms, key=str(account.id))
        add_event(db, "jobs")


async def fetch_outbox(context: Context, account_id: int) -> None:
    """A job: keeps the newest public posts that an account's outbox shows. Raises NotFetched, Malformed, Forbidden."""
    known = await context.database.read(accounts.find_account, account_id)
    if known is None or known.is_local or not known.is_active:
        return
    account = await remote.get_account(context, known.uri, fresh=True)
    if account.outbox is None or not same_origin(account.outbox, account.uri):
        return
    items = await _newest(context, account.outbox)
    stated = [document for item in items if (document := _own_post(account, item)) is not None]
    await context.database.write(_keep, context.site, account, stated)


async def _newest(context: Context, outbox: str) -> Sequence[Document | str]:
    """The first items of a collection: on itself, else on its first page. Raises Forbidden where it leads to another server."""
    items, following = await _page(context, outbox)
    if not items and following is not None and same_origin(following, outbox):
        items, _ = await _page(context, following)
    return items[:MOST]


async def _page(context: Context, uri: str) -> tuple[list[Document | str], str | None]:
    document = await remote.fetch(context, uri)
    if not same_origin(str(document["id"]), uri):
        raise Forbidden("an outbox and its account belong to one server")
    return items_from_document(document)


def _own_post(account: Account, item: Document | str) -> PostDocument | None:
    """The post in an item of an outbox, believed where it is the account's own: it came from the account's own server (FEP-fe34)."""
    document = as_mapping(item)
    if "Create" in types_from(document):
        document = completed_object(document, as_mapping(document.get("object")))
    if uri_from(document.get("attributedTo")) != account.uri:
        return None  # a boost, or something that is only named
    try:
        post = post_from_document(document)
    except Malformed:
        return None
    is_public = remote_posts.visibility_number(post.to, post.cc, account) < PRIVATE
    is_own = post.author_uri == account.uri and same_origin(post.uri, account.uri)
    return post if is_own and is_public and post.vote is None else None


def _keep(db: Connection, site: Site, account: Account, stated: Sequence[PostDocument]) -> None:
    for document in reversed(stated):  # oldest first, so that answers find what they answer
        remote_posts.save_post(db, site, account, document, arrives=False)
    for follower_id in follows.list_local_followers(db, account.id):
        timelines.fill_home(db, follower_id, account.id, FILLED)
