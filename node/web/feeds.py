"""Feeds as bytes: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1, from the same records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import orjson

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
register_namespace("atom", ATOM)


@dataclass(frozen=True, slots=True)
class File:
    """Something that belongs to an item."""

    url: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Item:
    """One post. content is sanitised HTML."""

    uri: str
    url: str
    title: str
    content: str
    author: str
    published: datetime
    updated: datetime
    language: str | None = None
    files: Sequence[File] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Feed:
    """A list of posts, newest first. address: the feed's own; url: the page with the same posts."""

    uri: str
    address: str
    url: str
    title: str
    description: str
    updated: datetime
    icon_url: str | None
    items: Sequence[Item]


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = Element("feed", {"xmlns": ATOM})
    _text(root, "id", feed.uri)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.description)
    _text(root, "updated", feed.updated.isoformat())
    _text(root, "icon", feed.icon_url)
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.address})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.url})
    for item in feed.items:
        _atom_entry(root, item)
    return _xml(root)


def _atom_entry(root: Element, item: Item) -> None:
    entry = SubElement(root, "entry", {XML_LANG: item.language} if item.language else {})
    _text(entry, "id", item.uri)
    _text(entry, "title", item.title)
    _text(SubElement(entry, "author"), "name", item.author)
    _text(entry, "published", item.published.isoformat())
    _text(entry, "updated", item.updated.isoformat())
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.url})
    for file in item.files:
        SubElement(entry, "link", {"rel": "enclosure", "type": file.media_type, "href": file.url})
    content = SubElement(entry, "content", {"type": "html"})
    content.text = item.content


def rss(feed: Feed) -> bytes:
    """The feed as RSS."""
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    _text(channel, "title", feed.title)
    _text(channel, "link", feed.url)
    _text(channel, "description", feed.description or feed.title)
    _text(channel, "lastBuildDate", format_datetime(feed.updated))
    SubElement(channel, f"{{{ATOM}}}link", {"rel": "self", "type": "application/rss+xml", "href": feed.address})
    if feed.icon_url:
        image = SubElement(channel, "image")
        for name, value in (("url", feed.icon_url), ("title", feed.title), ("link", feed.url)):
            _text(image, name, value)
    for item in feed.items:
        entry = SubElement(channel, "item")
        _text(entry, "guid", item.uri).set("isPermaLink", "false")
        _text(entry, "title", item.title)
        _text(entry, "link", item.url)
        _text(entry, "pubDate", format_datetime(item.published))
        _text(entry, "description", item.content)
        for file in item.files[:1]:  # RSS knows one
            SubElement(entry, "enclosure", {"url": file.url, "type": file.media_type, "length": "0"})
    return _xml(root)


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed."""
    return orjson.dumps(
        _given(
            version="https://jsonfeed.org/version/1.1",
            title=feed.title,
            description=feed.description,
            home_page_url=feed.url,
            feed_url=feed.address,
            icon=feed.icon_url,
        )
        | {"items": [_json_item(item) for item in feed.items]}
    )


def _json_item(item: Item) -> dict[str, Any]:
    return _given(
        id=item.uri,
        url=item.url,
        title=item.title,
        content_html=item.content or " ",
        date_published=item.published.isoformat(),
        date_modified=item.updated.isoformat(),
        authors=[{"name": item.author}],
        language=item.language,
        attachments=[{"url": file.url, "mime_type": file.media_type} for file in item.files],
    )


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}


def _text(parent: Element, name: str, value: str | None) -> Element:
    made = Element(name)
    if value:
        made.text = value
        parent.append(made)
    return made


def _xml(root: Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode("utf-8", "replace")


FORMATS: Mapping[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "rss": (rss, "application/rss+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json; charset=utf-8"),
}
