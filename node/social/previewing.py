"""Previews of pages that posts link to: fetched some time after the post came, once for all posts that link there."""

import asyncio
import random
import re
from dataclasses import asdict
from html import unescape

import orjson

from federation.errors import FederationError, Unreachable
from federation.outbound import Response
from federation.previews import Preview as Said
from federation.previews import preview_from_page
from federation.reading import uri_from
from node.context import Context
from node.site import Site
from node.social import naming
from storage import jobs, previews
from storage.database import Connection
from storage.events import add_event
from storage.ids import ms_from_datetime
from storage.previews import Preview
from storage.records import DIRECT, Post

FRESH_MS = 14 * 24 * 3600 * 1000
DELAY_MS = (1_000, 45_000)  # a post reaches hundreds of servers at once: its link must not
HTML = "text/html, application/xhtml+xml;q=0.9"
MAX_URL = 2000
_ANCHOR = re.compile(r"<a ([^<>]*)>")


def send_for(db: Connection, site: Site, post: Post, *, is_known: bool = False) -> None:
    """Notes which page a post links to, and puts a job down where nothing fresh is known of it. is_known: the post has changed."""
    url = link_of(site, post)
    if is_known:
        previews.set_link(db, post.id, url)
    elif url is not None:
        previews.add_link(db, post.id, url)
    if url is None:
        return
    known = previews.find_preview(db, url)
    if known is None or known.fetched_ms < site.now_ms() - FRESH_MS:
        due_ms = site.now_ms() + random.randint(*DELAY_MS)  # noqa: S311 - spreads load, no secret
        jobs.add_job(db, "preview", orjson.dumps({"url": url}).decode(), due_ms, key=url)
        add_event(db, "jobs")


def link_of(site: Site, post: Post) -> str | None:
    """The first page that a post links to; None where it has files to show, warns of itself, or is a private word."""
    if post.boost_of_id or post.visibility == DIRECT or post.summary or any(file["type"] != "Link" for file in post.files):
        return None
    linked = [unescape(href) for href, rest in links_in(post.content) if "mention" not in rest]
    stated = [*(str(file["url"]) for file in post.files), *linked]
    found = (uri for uri in stated if len(uri) <= MAX_URL and uri_from(uri) and not naming.is_ours(site.origin, uri))
    return next(found, None)


def links_in(content: str) -> list[tuple[str, str]]:
    """(address, further attributes) of each link in clean HTML."""
    found = []
    for attributes in _ANCHOR.findall(content):
        href, _, rest = attributes.partition('href="')[2].partition('"')
        if href:
            found.append((href, rest))
    return found


async def fetch(context: Context, url: str) -> None:
    """A job: what a page says of itself. One that does not answer is asked again; one that refuses is left alone. Raises Unreachable."""
    try:
        response = None if context.domains.is_suspended(url) else await context.outbound.get(url, accept=HTML)
    except Unreachable:
        raise
    except FederationError:
        response = None
    found = await asyncio.to_thread(_read, response) if response else None
    now_ms = context.site.now_ms()
    if found is None:
        await context.database.write(previews.save_preview, Preview(url, now_ms))
        return
    said = asdict(found)
    published = said.pop("published")
    row = Preview(url, now_ms, **said, published_ms=ms_from_datetime(published) if published else None)
    await context.database.write(previews.save_preview, row)


def _read(response: Response) -> Said | None:
    is_page = response.status == 200 and "html" in response.headers.get("content-type", "")
    return preview_from_page(response.body, response.url) if is_page else None
