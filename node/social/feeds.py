"""Feeds of the web as accounts that anybody here can follow: found, fetched when they are due, their entries kept as posts."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import urlsplit

import orjson

from federation.errors import Denied, FederationError, Malformed
from federation.html import clean_html, html_from_link, html_from_text
from federation.outbound import Pool, Response
from node.context import Context
from node.errors import BadInput, NodeError, NotFound
from node.site import Site
from node.social import accounts, changes, follows, looking_up, naming, publishing
from node.social.accounts import Made, NewAccount
from node.social.feed_reading import FeedDocument, FeedEntry, feed_address_from_page, feed_from_bytes
from node.social.looking_up import PREFIXES
from node.social.remote_posts import published_ms
from storage import accounts as kept_accounts
from storage import feeds, jobs, posts, reactions, timelines, users
from storage import follows as kept_follows
from storage.database import Connection
from storage.errors import Taken
from storage.events import add_event
from storage.feeds import Feed
from storage.ids import free_id
from storage.records import PUBLIC, Account, Post, dumped

ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, text/html;q=0.8, */*;q=0.5"
MAX_BYTES = 3 * 1024 * 1024
HOUR_MS = 3600 * 1000
SOONEST_MS, LATEST_MS = HOUR_MS, 24 * HOUR_MS  # between two fetches of a feed that answers
BACK_OFF_MS = 7 * 24 * HOUR_MS  # the longest wait for one that does not
AT_ONCE = 50
_NO_NAME = re.compile(r"[^a-z0-9]+")
_MAX_AGE = re.compile(r"max-age=(\d{1,7})")


async def follow_anything(context: Context, account: Account, text: str) -> Account:
    """Whom the account follows now: a person by handle or address, else the feed at an address or of the page there. Raises NodeError."""
    try:
        found = (await looking_up.look_up(context, text)).account
    except NodeError:
        if not text.lower().startswith(PREFIXES) or naming.is_ours(context.site.origin, text):
            raise
        return await follow_feed(context, account, text)
    if found is None:
        raise NotFound("That is the address of a post. Give the handle or address of a person.")
    await follows.follow(context, account, found.id)
    return found


async def follow_feed(context: Context, account: Account, address: str) -> Account:
    """The account of the feed at an address, which is followed now. Raises BadInput, NotFound."""
    found = await find_feed(context, address.strip())
    await follows.follow(context, account, found.id)
    return found


async def find_feed(context: Context, address: str) -> Account:
    """The account of the feed at an address, or of the feed that the page there names; made where it is new. Raises BadInput, NotFound."""
    if naming.is_ours(context.site.origin, address):
        raise BadInput("That is a page of this server. Follow the person or community itself.")
    known = await context.database.read(_known, address)
    if known is not None:
        return known
    try:
        response, document = await _discover(context, address)
    except Malformed as error:
        raise BadInput(f"This can be neither followed as a person nor as a feed: {error}.") from error
    except FederationError as error:
        raise NotFound(f"This can be neither followed as a person nor as a feed: {error}.") from error
    known = await context.database.read(_known, response.url)
    if known is not None:
        return known
    made = await accounts.make_secrets(None)
    try:
        return await context.database.write(_add, context.site, response, document, made)
    except Taken as error:
        raise BadInput("Somebody else has begun to follow this feed just now. Try again.") from error


def _known(db: Connection, address: str) -> Account | None:
    feed = feeds.find_feed_by_address(db, address)
    return kept_accounts.find_account(db, feed.account_id) if feed else None


async def _discover(context: Context, address: str) -> tuple[Response, FeedDocument]:
    """The feed itself, by way of a page that names it. Raises FederationError."""
    response = await _get(context, address, pool="ours")
    try:
        return response, await asyncio.to_thread(feed_from_bytes, response.body, response.url, response.headers.get("content-type", ""))
    except Malformed:
        named = feed_address_from_page(response.body, response.url)
        if named is None:
            raise
    response = await _get(context, named, pool="ours")
    return response, await asyncio.to_thread(feed_from_bytes, response.body, response.url, response.headers.get("content-type", ""))


async def _get(context: Context, address: str, *, pool: Pool, feed: Feed | None = None) -> Response:
    """What stands at an address, or 304 or 410 for a known feed. Raises FederationError."""
    if context.domains.is_suspended(address):
        raise Malformed("this node does not talk to that server")
    stated = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified} if feed else {}
    conditions = {name: value for name, value in stated.items() if value}
    response = await context.outbound.get(address, accept=ACCEPT, max_bytes=MAX_BYTES, pool=pool, conditions=conditions)
    if context.domains.is_suspended(response.url):
        raise Malformed("this node does not talk to the server that it leads to")
    if response.status == 200 or (feed and response.status in (304, 410)):
        return response
    raise Denied(f"its server answers with status {response.status}")


def _add(db: Connection, site: Site, response: Response, document: FeedDocument, made: Made) -> Account:
    account = accounts.add_account(db, site, NewAccount(_name(response.url), document.title, kind="Service"), made)
    users.remove_user(db, account.id)  # nobody signs in as a feed
    link = document.link or response.url
    account = replace(
        account,
        summary=html_from_text(document.about),
        fields=dumped([["Web", clean_html(f'<a href="{escape(link)}">{escape(urlsplit(link).netloc)}</a>')]]) or "[]",
        discoverable=False,
        indexable=False,  # search engines shall find the original
        searchable_by=PUBLIC,
    )
    kept_accounts.update_account(db, account)
    feeds.add_feed(db, _answered(site, Feed(account.id, response.url), response, document.ttl_s))
    _keep(db, site, account, document.entries)
    return account


def _name(address: str) -> str:
    """Stable and readable: the host, and as much of a hash as makes it the only one."""
    host = _NO_NAME.sub("-", (urlsplit(address).hostname or "").lower().removeprefix("www.")).strip("-")[:18].strip("-")
    return f"{host or 'feed'}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"


def _answered(site: Site, feed: Feed, response: Response, ttl_s: int) -> Feed:
    """The feed after a fetch that went well. It is left alone for as long as it asks, within our own bounds."""
    age = _MAX_AGE.search(response.headers.get("cache-control", ""))
    wait_ms = min(max(ttl_s * 1000, int(age[1]) * 1000 if age else 0, SOONEST_MS), LATEST_MS)
    return replace(
        feed,
        etag=response.headers.get("etag", feed.etag)[:500],
        last_modified=response.headers.get("last-modified", feed.last_modified)[:100],
        fetched_ms=site.now_ms(),
        next_ms=site.now_ms() + wait_ms,
        failures=0,
        problem="",
    )


def _failed(site: Site, feed: Feed, problem: str) -> Feed:
    wait_ms = min(HOUR_MS << min(feed.failures, 10), BACK_OFF_MS)
    return replace(feed, next_ms=site.now_ms() + wait_ms, failures=feed.failures + 1, problem=problem[:200])


def _keep(db: Connection, site: Site, account: Account, entries: Sequence[FeedEntry]) -> list[Post]:
    """Keeps what is new or changed, the oldest first; answers what is new."""
    known = feeds.list_entries(db, account.id, [entry.guid for entry in entries])
    new = []
    for entry in reversed(entries):
        post_id, digest = known.get(entry.guid, (0, ""))
        if not post_id:
            new.append(_add_post(db, site, account, entry))
        elif digest != entry.digest:
            _change_post(db, site, account, post_id, entry)
    return new


def _add_post(db: Connection, site: Site, account: Account, entry: FeedEntry) -> Post:
    moment_ms = published_ms(entry.published, site.now_ms())
    post_id = free_id(db, "post", moment_ms)
    post = Post(
        id=post_id,
        uri=naming.post_uri(site.origin, account.name, post_id),
        account_id=account.id,
        visibility=PUBLIC,
        published_ms=moment_ms,
        context_uri=naming.context_uri(site.origin, post_id),
        searchable_by=PUBLIC,
        **_said(site, account, post_id, entry),
    )
    post = posts.add_post(db, post, entry.tags)
    feeds.save_entry(db, account.id, entry.guid, post.id, entry.digest)
    return post


def _said(site: Site, account: Account, post_id: int, entry: FeedEntry) -> dict[str, Any]:
    content = entry.content or (html_from_link(entry.url, entry.title) if entry.url else html_from_text(entry.title))
    return {
        "type": "Article" if entry.title else "Note",
        "title": entry.title,
        "content": content,
        "url": entry.url or naming.post_url(site.origin, account.name, post_id),
        "attachments": dumped([dict(file) for file in entry.files]),
    }


def _change_post(db: Connection, site: Site, account: Account, post_id: int, entry: FeedEntry) -> None:
    feeds.save_entry(db, account.id, entry.guid, post_id, entry.digest)
    known = posts.find_post(db, post_id)
    if known is None:  # deleted here
        return
    post = replace(known, edited_ms=site.now_ms(), revision_ms=site.now_ms(), **_said(site, account, post_id, entry))
    posts.update_post(db, post)
    reactions.set_tags(db, post.id, entry.tags)
    if kept_follows.list_follower_inboxes(db, account.id):
        publishing.publish_edit(db, site, account, post)
    changes.tell_changed(db, post)


async def send_for_due(context: Context) -> None:
    """A job: puts down one for every feed that is due."""
    await context.database.write(_send_for_due, context.site)


def _send_for_due(db: Connection, site: Site) -> None:
    for account_id in feeds.list_due_feeds(db, site.now_ms(), AT_ONCE):
        jobs.add_job(db, "fetch_feed", orjson.dumps({"account_id": account_id}).decode(), site.now_ms(), key=str(account_id))
    add_event(db, "jobs")


async def fetch(context: Context, account_id: int) -> None:
    """A job: what is new in a feed. One that does not answer, or cannot be read, is tried less and less often; one that is gone ends."""
    feed = await context.database.read(feeds.find_feed, account_id)
    if feed is None or feed.state != "active":
        return
    try:
        response = await _get(context, feed.address, pool="strangers", feed=feed)
        document = None
        if response.status == 200:
            content_type = response.headers.get("content-type", "")
            document = await asyncio.to_thread(feed_from_bytes, response.body, response.url, content_type)
    except FederationError as error:
        await context.database.write(feeds.update_feed, _failed(context.site, feed, str(error)))
        return
    await context.database.write(_take_in, context.site, feed, response, document)


def _take_in(db: Connection, site: Site, feed: Feed, response: Response, document: FeedDocument | None) -> None:
    account = kept_accounts.get_account(db, feed.account_id)
    if response.status == 410 or not account.is_active:
        feeds.update_feed(db, replace(feed, state="ended", problem="its server says that it is gone"))
        return
    feeds.update_feed(db, _answered(site, feed, response, document.ttl_s if document else 0))
    has_readers_elsewhere = bool(kept_follows.list_follower_inboxes(db, account.id))
    for post in _keep(db, site, account, document.entries if document else ()):
        timelines.add_to_home(db, post)
        if has_readers_elsewhere:
            publishing.publish_post(db, site, account, post)
        changes.tell_new(db, post)
