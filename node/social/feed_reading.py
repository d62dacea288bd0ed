"""Feeds as strangers write them (RSS, Atom, RDF, JSON Feed), read into frozen records; and where a page says that its feed is."""

import hashlib
import io
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]  # it has no stubs; what it gives is read as Any

from federation.errors import Malformed
from federation.html import clean_html, html_from_text, text_from_html
from federation.json import document_from_bytes
from federation.reading import as_list, as_mapping, date_from, mappings, text_from, uri_from
from federation.records import Document

ENTRIES = 50  # the newest so many of a feed are read
MAX_TITLE, MAX_ABOUT, MAX_GUID, MAX_TAGS, MAX_FILES, MAX_TEXT = 300, 2000, 500, 10, 4, 100_000
PAGE_CHARACTERS = 300_000  # of a page in which a feed is looked for
FEED_TYPES = ("application/atom+xml", "application/rss+xml", "application/feed+json", "application/json", "application/rdf+xml")
NO_TEXT = ("image/", "audio/", "video/")
JSON_FEED = "https://jsonfeed.org/version/1"
_TAG = re.compile(r"\w{2,100}")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. content is sanitised HTML; guid at most 500 characters; files as posts.attachments has them."""

    guid: str
    url: str | None
    title: str
    content: str
    published: datetime | None
    tags: tuple[str, ...] = ()
    files: tuple[Mapping[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """Changes with what the entry says."""
        return hashlib.sha256(f"{self.title}\0{self.content}\0{self.url}".encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed, its entries as it lists them. Texts are plain; ttl_s: how long it asks to be left alone."""

    title: str
    about: str
    link: str | None
    language: str | None
    ttl_s: int
    entries: tuple[FeedEntry, ...]


def feed_from_bytes(body: bytes, url: str, content_type: str) -> FeedDocument:
    """The feed that a body states; takes a while, so call it in a thread. Raises Malformed."""
    if body.lstrip()[:1] == b"{":
        return _from_json_feed(document_from_bytes(body))
    if b"<!entity" in body.replace(b"\0", b"").lower():
        raise Malformed("the feed declares entities of its own, which is how small documents are blown up")
    headers = {"content-type": content_type, "content-location": url}
    parsed = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)
    if not parsed.get("version"):
        raise Malformed("that is no feed")
    about: Any = parsed.feed
    return FeedDocument(
        title=_plain(about.get("title"), MAX_TITLE),
        about=_plain(about.get("subtitle"), MAX_ABOUT),
        link=uri_from(about.get("link")),
        language=text_from(about.get("language"), 20) or None,
        ttl_s=_ttl_s(about.get("ttl")),
        entries=tuple(_unique(map(_entry_from_parsed, parsed.entries[:ENTRIES]))),
    )


def _entry_from_parsed(entry: Any) -> FeedEntry:
    bodies = [part.get("value") for part in entry.get("content", ()) if not part.get("type", "").startswith(NO_TEXT)]
    stated = max((text for text in [*bodies, entry.get("summary")] if isinstance(text, str)), key=len, default="")
    url, title, content = uri_from(entry.get("link")), _plain(entry.get("title"), MAX_TITLE), _clean(stated)
    files = [(uri_from(file.get("href")), text_from(file.get("type"), 100)) for file in entry.get("enclosures", ())]
    return FeedEntry(
        guid=_guid(entry.get("id"), url, title + content),
        url=url,
        title=title,
        content=content,
        published=_moment(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
        tags=_tags(tag.get("term") for tag in entry.get("tags", ())),
        files=_files(files),
    )


def _from_json_feed(document: Document) -> FeedDocument:
    """JSON Feed 1.0 and 1.1. Raises Malformed."""
    if not str(document.get("version", "")).startswith(JSON_FEED):
        raise Malformed("that is no feed")
    return FeedDocument(
        title=text_from(document.get("title"), MAX_TITLE),
        about=text_from(document.get("description"), MAX_ABOUT),
        link=uri_from(document.get("home_page_url")),
        language=text_from(document.get("language"), 20) or None,
        ttl_s=0,
        entries=tuple(_unique(map(_entry_from_item, mappings(document.get("items"))[:ENTRIES]))),
    )


def _entry_from_item(item: Document) -> FeedEntry:
    url, title = uri_from(item.get("url")), _plain(item.get("title"), MAX_TITLE)
    html, text = item.get("content_html"), item.get("content_text")
    content = _clean(html) if isinstance(html, str) else html_from_text(text[:MAX_TEXT]) if isinstance(text, str) else ""
    files = [(uri_from(file.get("url")), text_from(file.get("mime_type"), 100)) for file in mappings(item.get("attachments"))]
    return FeedEntry(
        guid=_guid(item.get("id"), url, title + content),
        url=url,
        title=title,
        content=content,
        published=date_from(item.get("date_published")) or date_from(item.get("date_modified")),
        tags=_tags(as_list(item.get("tags"))),
        files=_files(files),
    )


def _unique(entries: Iterator[FeedEntry]) -> Iterator[FeedEntry]:
    seen: set[str] = set()
    for entry in entries:
        if entry.guid not in seen and (entry.title or entry.content):
            seen.add(entry.guid)
            yield entry


def _guid(stated: object, url: str | None, said: str) -> str:
    found = str(stated) if isinstance(stated, str | int) and stated else url or said
    return found if len(found) <= MAX_GUID else hashlib.sha256(found.encode("utf-8", "replace")).hexdigest()


def _plain(stated: object, most: int) -> str:
    if not isinstance(stated, str):
        return ""
    try:
        return " ".join(text_from(text_from_html(stated[: most * 20]), most).split())
    except Malformed:
        return ""


def _clean(markup: str) -> str:
    """Sanitised; nothing where it is too large to be read: its title and link stay."""
    try:
        return clean_html(markup).strip()
    except Malformed:
        return ""


def _tags(stated: Any) -> tuple[str, ...]:
    """Categories that can be hashtags: one word each."""
    words = (term.strip().replace(" ", "_").lower() for term in stated if isinstance(term, str))
    return tuple(dict.fromkeys(word for word in words if _TAG.fullmatch(word) and not word.isdecimal()))[:MAX_TAGS]


def _files(stated: list[tuple[str | None, str]]) -> tuple[Mapping[str, str], ...]:
    kinds = {"image": "Image", "audio": "Audio", "video": "Video"}
    found = ((url, media_type, kinds.get(media_type.partition("/")[0])) for url, media_type in stated[:MAX_FILES])
    return tuple({"type": kind, "url": url, "media_type": media_type, "alt": ""} for url, media_type, kind in found if url and kind)


def _moment(parsed: time.struct_time | None) -> datetime | None:
    try:
        return datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except (ValueError, TypeError):
        return None


def _ttl_s(stated: object) -> int:
    """RSS says minutes."""
    minutes = str(stated or "")
    return int(minutes) * 60 if minutes.isascii() and minutes.isdigit() and len(minutes) < 6 else 0


class _Links(HTMLParser):
    """The addresses of the feeds that a page names in its head."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = as_mapping(dict(attrs))
        rels = str(given.get("rel") or "").lower().split()
        if tag == "link" and "alternate" in rels and str(given.get("type") or "").lower().partition(";")[0].strip() in FEED_TYPES:
            self.found.append(str(given.get("href") or ""))


def feed_address_from_page(body: bytes, url: str) -> str | None:
    """Where a page says that its feed is: its first <link rel="alternate"> with a feed's type (WHATWG HTML, 4.6.7.1); or None."""
    parser = _Links()
    parser.feed(body.decode("utf-8", "replace")[:PAGE_CHARACTERS])
    addresses = (uri_from(urljoin(url, href)) for href in parser.found[:20] if href)
    return next((address for address in addresses if address), None)
