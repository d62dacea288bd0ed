"""Webmentions: the web speaks of posts of ours, and posts of ours tell the pages that they link to."""

import asyncio
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urlencode, urlsplit

import orjson

from federation.errors import Denied, FederationError, Forbidden, Gone, Malformed, Unreachable
from federation.origins import host_of
from federation.outbound import Response
from federation.reading import uri_from
from federation.webmentions import WebMention, endpoint_from, mention_from_page
from node.context import Context
from node.errors import NotAllowed, NotFound
from node.site import Site
from node.social import guardianship, naming, notifying, previewing, rates
from storage import accounts, jobs, posts, users, webmentions
from storage.database import Connection
from storage.events import add_event
from storage.ids import ms_from_datetime
from storage.records import PRIVATE, Account, Post
from storage.webmentions import Mention

MOST_TOLD = 20  # links of one post that are told
HTML = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
STRANGER = 0


async def receive(context: Context, source: str, target: str, sender: str) -> None:
    """Puts the job down that looks whether the source really links to a post of ours. sender: the address of whoever says so.

    Raises Malformed, Forbidden, NotFound, TooMany.
    """
    if not uri_from(source) or naming.is_ours(context.site.origin, source) or urldefrag(source).url == urldefrag(target).url:
        raise Malformed("source is no address of another site")
    if context.domains.is_suspended(source):
        raise Forbidden("This node does not talk to that server.")
    await rates.count(context, rates.WEBMENTIONS, rates.network(sender), host_of(source))
    await context.database.write(_receive, context.site, source, target)


def _receive(db: Connection, site: Site, source: str, target: str) -> None:
    post = _find_target(db, site, target)
    if post is None:
        raise Malformed("target is no public post of this server")
    payload = {"source": source, "target": target, "post_id": post.id}
    jobs.add_job(db, "verify_webmention", orjson.dumps(payload).decode(), site.now_ms(), key=f"{post.id} {source}")
    add_event(db, "jobs")


def _find_target(db: Connection, site: Site, target: str) -> Post | None:
    """The post of one of our people that an address names, if everybody may see it."""
    if not uri_from(target) or not naming.is_ours(site.origin, target):
        return None
    last = urlsplit(target).path.rstrip("/").rpartition("/")[2]
    post = posts.find_visible_post(db, int(last), STRANGER) if last.isascii() and last.isdigit() and len(last) <= 18 else None
    if post is None or post.boost_of_id is not None:
        return None
    author = accounts.get_account(db, post.account_id)
    if users.find_user(db, author.id) is None or guardianship.is_ward(author):
        return None
    named = {naming.post_uri(site.origin, author.name, post.id), naming.post_url(site.origin, author.name, post.id)}
    return post if urlsplit(target)._replace(query="", fragment="").geturl() in named else None


async def verify(context: Context, source: str, target: str, post_id: int) -> None:
    """A job: keeps what the source says, brings it up to date, or drops it where it no longer links here. Raises Unreachable."""
    try:
        response = await context.outbound.get(source, accept=HTML)
    except Unreachable:
        raise
    except FederationError:
        return
    if response.status >= 500:
        raise Unreachable(f"status {response.status}")
    found = await asyncio.to_thread(_mention, response, target)
    await context.database.write(_keep, context.site, source, post_id, found)


def _mention(response: Response, target: str) -> WebMention | None:
    is_page = response.status == 200 and "html" in response.headers.get("content-type", "")
    return mention_from_page(response.body, response.url, target) if is_page else None


def _keep(db: Connection, site: Site, source: str, post_id: int, found: WebMention | None) -> None:
    if found is None or not posts.is_visible(db, post_id, STRANGER):
        webmentions.remove_mention(db, post_id, source)
        return
    now_ms = site.now_ms()
    mention = Mention(
        id=0,
        post_id=post_id,
        source=source,
        kind=found.kind,
        author_name=found.author_name or host_of(source),
        author_url=found.author_url or "",
        title=found.title,
        content=found.text,
        published_ms=min(ms_from_datetime(found.published), now_ms) if found.published else now_ms,
        received_ms=now_ms,
    )
    if webmentions.save_mention(db, mention):
        notifying.tell_of_web(db, site, post_id)


async def hide(context: Context, account: Account, mention_id: int) -> None:
    """Takes a page's words away from below one's own post, for good. Raises NotFound, NotAllowed."""
    await context.database.write(_hide, account, mention_id)


def _hide(db: Connection, account: Account, mention_id: int) -> None:
    mention = webmentions.find_mention(db, mention_id)
    post = posts.find_visible_post(db, mention.post_id, account.id) if mention else None
    if post is None:
        raise NotFound("There is no such post.")
    if post.account_id != account.id:
        raise NotAllowed("That is somebody else's post.")
    webmentions.hide_mention(db, mention_id)


def send_for(db: Connection, site: Site, post: Post) -> None:
    """Enqueues the webmentions to the pages to which a public post of one of our people links, or did before.

    A supervised account sends none, as it receives none: nothing of it is shown to strangers' pages without being asked.
    """
    is_ours = users.find_user(db, post.account_id) is not None and not guardianship.is_ward(accounts.get_account(db, post.account_id))
    if is_ours and post.visibility < PRIVATE and (_links(site, post) or webmentions.list_told(db, post.id)):
        jobs.add_job(db, "send_webmentions", orjson.dumps({"post_id": post.id}).decode(), site.now_ms(), key=str(post.id))
        add_event(db, "jobs")


def send_for_deletion(db: Connection, site: Site, post: Post) -> None:
    """Puts the job down that tells whoever was told that the post is gone; before its rows go."""
    told = webmentions.list_told(db, post.id)
    if told:
        jobs.add_job(db, "send_webmentions", orjson.dumps({"source": post.url, "targets": told}).decode(), site.now_ms())
        add_event(db, "jobs")


def _links(site: Site, post: Post) -> list[str]:
    """The pages of others that a post links to; mentions and hashtags are told by other means."""
    found = [unescape(href) for href, rest in previewing.links_in(post.content) if "mention" not in rest]
    found += [file["url"] for file in post.files if file["type"] == "Link"]
    wanted = dict.fromkeys(uri for uri in found if uri_from(uri) and not naming.is_ours(site.origin, uri))
    return list(wanted)[:MOST_TOLD]


async def send(context: Context, payload: Mapping[str, Any]) -> None:
    """A job: tells the pages that a post links to; those that take no webmentions are left alone."""
    if "targets" in payload:
        await _tell_all(context, payload["source"], payload["targets"])
        return
    found = await context.database.read(_source_and_targets, context.site, payload["post_id"])
    if found is not None:
        answers = await _tell_all(context, *found)
        await context.database.write(webmentions.save_told, payload["post_id"], answers, context.site.now_ms())


def _source_and_targets(db: Connection, site: Site, post_id: int) -> tuple[str, list[str]] | None:
    post = posts.find_visible_post(db, post_id, STRANGER)
    if post is None or not post.url:
        return None
    return post.url, list(dict.fromkeys([*_links(site, post), *webmentions.list_told(db, post_id)]))


async def _tell_all(context: Context, source: str, targets: Sequence[str]) -> list[tuple[str, str]]:
    """(target, answer) of those that have an endpoint."""
    answers = await asyncio.gather(*(_tell(context, source, target) for target in targets))
    return [(target, answer) for target, answer in zip(targets, answers, strict=True) if answer]


async def _tell(context: Context, source: str, target: str) -> str:
    try:
        if context.domains.is_suspended(target):
            return ""
        page = await context.outbound.get(target, accept=HTML)
        endpoint = await asyncio.to_thread(endpoint_from, page.headers, page.body, page.url)
        if endpoint is None or naming.is_ours(context.site.origin, endpoint):
            return ""
        body = urlencode({"source": source, "target": target}).encode()
        where = context.outbound.checked_url(endpoint)
        answer = await context.outbound.post(where, body, {"Content-Type": "application/x-www-form-urlencoded"})
    except (Denied, Gone):
        return ""
    except FederationError as error:
        return f"not told: {error}"
    return str(answer.status)
