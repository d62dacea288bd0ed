"""Feeds of public posts: of a person, a community, a hashtag or a search, for any feed reader: Atom, RSS and JSON Feed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from federation.html import text_from_html
from node.errors import NotFound
from node.site import Site
from node.social import accounts, archive, naming, queries, rates
from node.social.timelines import Card, load_cards
from node.web.feeds import FORMATS, Feed, File, Item
from node.web.keys import CONTEXT
from node.web.requests import client_address
from storage import timelines
from storage.database import Connection
from storage.records import PUBLIC
from storage.timelines import Entry

READ, SHOWN = 60, 20  # of so many entries the first so many that belong into a feed
STRANGER = 0
FILTERS = ("from", "in", "kind", "after", "before", "has")  # as on the search page
TITLE = 80  # characters of a text that stand for its title
HEADERS = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}


async def of_account(request: web.Request) -> web.Response:
    """GET /@{name}.atom, .rss, .json"""
    context, kind = request.app[CONTEXT], request.match_info["kind"]
    return _answer(request, await context.database.read(_account_feed, context.site, request.match_info["name"], kind))


async def of_tag(request: web.Request) -> web.Response:
    """GET /tags/{tag}.atom, .rss, .json"""
    context, kind = request.app[CONTEXT], request.match_info["kind"]
    return _answer(request, await context.database.read(_tag_feed, context.site, request.match_info["tag"].lower(), kind))


async def of_search(request: web.Request) -> web.Response:
    """GET /search.atom, .rss, .json?q=: what everybody may find, newest first"""
    context, kind = request.app[CONTEXT], request.match_info["kind"]
    await rates.count(context, rates.SEARCHES, rates.network(client_address(request)))
    text = " ".join([request.query.get("q", ""), *(f"{name}:{value}" for name in FILTERS if (value := request.query.get(name)))])
    return _answer(request, await context.database.read(_search_feed, context.site, text, kind))


def _account_feed(db: Connection, site: Site, name: str, kind: str) -> Feed:
    account = accounts.get_local(db, name)
    if account.suspended_ms is not None or account.mode == "supervised":
        raise NotFound("There is no such feed.")
    is_community = account.type == "Group"  # which speaks by boosting what its members say
    found = timelines.list_account_posts(db, account.id, STRANGER, READ)
    entries = [entry for entry in found if entry.booster_id is None or is_community]
    items = _items(db, site, entries, with_replies=is_community)
    page = naming.actor_url(site.origin, account.name)
    return Feed(
        uri=account.uri,
        address=f"{page}.{kind}",
        url=page,
        title=account.title,
        description=text_from_html(account.summary),
        updated=items[0].updated if items else account.created,
        icon_url=account.icon_url,
        items=items,
    )


def _tag_feed(db: Connection, site: Site, tag: str, kind: str) -> Feed:
    items = _items(db, site, timelines.list_tag(db, tag, STRANGER, SHOWN), with_replies=True)
    page = naming.tag_url(site.origin, tag)
    updated = items[0].updated if items else site.now()
    return Feed(page, f"{page}.{kind}", page, f"#{tag}", "", updated, None, items)


def _search_feed(db: Connection, site: Site, text: str, kind: str) -> Feed:
    query = queries.parse(text)
    results = archive.load_results(db, site, query, STRANGER, newest_first=True)
    items = [_item(site, card) for card in results.cards if card.post.visibility == PUBLIC]
    asked = urlencode({"q": text})
    page = f"{site.origin}/search?{asked}"
    updated = items[0].updated if items else site.now()
    return Feed(page, f"{site.origin}/search.{kind}?{asked}", page, text.strip(), "", updated, None, items)


def _items(db: Connection, site: Site, entries: Sequence[Entry], *, with_replies: bool) -> list[Item]:
    """What was said to everybody: nothing unlisted, and in a person's feed no replies."""
    cards = load_cards(db, entries, STRANGER)
    public = [card for card in cards if card.post.visibility == PUBLIC and (with_replies or card.post.in_reply_to_uri is None)]
    return [_item(site, card) for card in public[:SHOWN]]


def _item(site: Site, card: Card) -> Item:
    post, author = card.post, card.author
    pictures = [File(file["url"], file.get("media_type") or "application/octet-stream") for file in post.files if file["type"] != "Link"]
    here = f"{site.origin}/@{author.handle}/{post.id}"
    return Item(
        uri=post.uri,
        url=post.url or here,
        title=post.title or post.summary or _beginning(post.content),
        content=post.content,
        author=author.title,
        published=post.published,
        updated=post.edited or post.published,
        language=post.language,
        files=() if post.sensitive else tuple(pictures),
    )


def _beginning(content: str) -> str:
    text = " ".join(text_from_html(content).split())
    return text if len(text) <= TITLE else f"{text[: TITLE - 1].rstrip()}…"


def _answer(request: web.Request, feed: Feed) -> web.Response:
    write, content_type = FORMATS[request.match_info["kind"]]
    body = write(feed)
    tag = hashlib.sha256(body).hexdigest()[:20]
    sent_with = {
        "Content-Type": content_type,
        "Cache-Control": "public, max-age=300",
        "ETag": f'"{tag}"',
        "X-Content-Type-Options": "nosniff",
    }
    if any(known.value in {tag, "*"} for known in request.if_none_match or ()):
        return web.Response(status=304, headers=sent_with)
    response = web.Response(body=body, headers=sent_with)
    response.last_modified = _latest(feed)
    return response


def _latest(feed: Feed) -> datetime:
    return max((item.updated for item in feed.items), default=feed.updated)


KINDS = "{kind:atom|rss|json}"
ROUTES = (
    web.get(f"/@{{name:[^/]+}}.{KINDS}", of_account),
    web.get(f"/tags/{{tag:[^/]+}}.{KINDS}", of_tag),
    web.get(f"/search.{KINDS}", of_search),
)
