"""Webmention (W3C) and Pingback 1.0: where a page takes them, whether a page really links to another, and what it says of itself."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import urldefrag, urljoin
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

from federation.errors import Malformed
from federation.html_limits import page_text
from federation.reading import date_from, text_from, uri_from

MAX_NAME, MAX_TEXT, MAX_XML, DEEPEST = 200, 2000, 16 * 1024, 200
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
LINKING = ("href", "src", "cite", "poster")
RELATIONS = {"u-in-reply-to": "reply", "u-like-of": "like", "u-repost-of": "repost"}
TEXTS = ("p-name", "p-summary", "e-content")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")  # a target, and its parameters up to the next one
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))', re.IGNORECASE)

MentionKind = Literal["mention", "reply", "like", "repost"]


@dataclass(frozen=True, slots=True)
class WebMention:
    """What a page elsewhere says; texts are plain."""

    kind: MentionKind
    author_name: str
    author_url: str | None
    title: str
    text: str
    published: datetime | None


@dataclass
class _Open:
    """An element that is not closed yet, and what it is of the entry."""

    tag: str
    texts: list[str] = field(default_factory=list)  # under which names its text counts
    is_author: bool = False


@dataclass
class _Page(HTMLParser):
    """Reads a page once: its links, its endpoint, its first h-entry (microformats2, as much as a mention shows)."""

    url: str
    links: set[str] = field(default_factory=set)
    endpoint: str | None = None
    related: dict[str, str] = field(default_factory=dict)  # absolute address -> kind
    said: dict[str, list[str]] = field(default_factory=dict)
    author_url: str | None = None
    published: datetime | None = None

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        self.links.update(self._absolute(given[name]) for name in LINKING if name in given)
        if self.endpoint is None and tag in {"a", "link"} and "href" in given and "webmention" in given.get("rel", "").lower().split():
            self.endpoint = urljoin(self.url, given["href"])
        opened = self._opened(tag, given, classes)
        if tag not in VOID and len(self._open) < DEEPEST:
            self._open.append(opened)

    def _opened(self, tag: str, given: Mapping[str, str], classes: list[str]) -> _Open:
        is_author = "p-author" in classes or any(each.is_author for each in self._open)
        for name in RELATIONS.keys() & set(classes):
            self.related.setdefault(self._absolute(given.get("href", "")), RELATIONS[name])
        if is_author and "href" in given and self.author_url is None:
            self.author_url = uri_from(urljoin(self.url, given["href"]))
        if "dt-published" in classes and self.published is None:
            self.published = date_from(given.get("datetime"))
        if is_author:
            return _Open(tag, ["author"] if "p-author" in classes or "p-name" in classes else [], is_author)
        return _Open(tag, [name for name in (*TEXTS, "h-entry") if name in classes] + (["title"] if tag == "title" else []))

    def handle_endtag(self, tag: str) -> None:
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position].tag == tag:
                del self._open[position:]
                return

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1].tag in {"script", "style", "template"}:
            return
        for name in self._names():
            self.said.setdefault(name, []).append(data)

    def _names(self) -> set[str]:
        """Under which names a text counts that stands here."""
        return {name for each in self._open for name in each.texts}

    def text(self, name: str, most: int) -> str:
        """What stands under a name, in one line."""
        return text_from(" ".join("".join(self.said.get(name, ())).split()), most)

    def _absolute(self, address: str) -> str:
        try:
            return urldefrag(urljoin(self.url, address.strip())).url
        except ValueError:
            return ""


def _read(body: bytes, url: str) -> _Page:
    page = _Page(url)
    with suppress(AssertionError):  # what html.parser raises for a broken declaration; what it read until then counts
        page.feed(page_text(body))
    return page


def endpoint_from(headers: Mapping[str, str], body: bytes, url: str) -> str | None:
    """Where a page takes webmentions: its Link header before its first <link> or <a> (Webmention, section 3.1.2); None for nowhere."""
    for name, value in headers.items():
        if name.lower() == "link":
            for target, parameters in _LINK.findall(value):
                rel = _REL.search(parameters)
                if rel and "webmention" in (rel[1] or rel[2] or "").lower().split():
                    return uri_from(urljoin(url, target))
    is_page = "html" in next((value for name, value in headers.items() if name.lower() == "content-type"), "html")
    return uri_from(_read(body, url).endpoint) if is_page else None


def mention_from_page(body: bytes, url: str, target: str) -> WebMention | None:
    """What a page says, where it really links to the target; None where it does not (a comment or a text is no link)."""
    page, wanted = _read(body, url), urldefrag(target).url
    if wanted not in page.links:
        return None
    text = page.text("e-content", MAX_TEXT) or page.text("p-summary", MAX_TEXT)
    title = page.text("p-name", MAX_NAME) or page.text("title", MAX_NAME)
    return WebMention(
        kind=page.related.get(wanted, "mention"),  # type: ignore[arg-type]  # RELATIONS has no other values
        author_name=page.text("author", MAX_NAME),
        author_url=page.author_url,
        title="" if text.startswith(title) else title,
        text=text,
        published=page.published,
    )


def pingback_from_bytes(body: bytes) -> tuple[str, str]:
    """(source, target) of a pingback.ping call (XML-RPC). Raises Malformed."""
    plain = body.replace(b"\0", b"").lower()
    if len(body) > MAX_XML or b"<!doctype" in plain or b"<!entity" in plain:
        raise Malformed("the call is too large or declares a document type")
    try:
        root = fromstring(body)  # noqa: S314 - without a document type there is nothing to expand or to fetch
    except (ParseError, ValueError, LookupError) as error:
        raise Malformed("that is no XML-RPC call") from error
    given = ["".join(value.itertext()).strip() for value in root.findall("params/param/value")]
    if root.tag != "methodCall" or (root.findtext("methodName") or "").strip() != "pingback.ping" or len(given) != 2:
        raise Malformed("the only method here is pingback.ping(source, target)")
    return given[0], given[1]


def pingback_answer(said: str, fault: int | None = None) -> bytes:
    """The answer to a pingback: a sentence, or a fault with its number (Pingback 1.0, section 3)."""
    root = Element("methodResponse")
    if fault is None:
        value = SubElement(SubElement(SubElement(root, "params"), "param"), "value")
        SubElement(value, "string").text = said
    else:
        members = SubElement(SubElement(SubElement(root, "fault"), "value"), "struct")
        for name, kind, text in (("faultCode", "int", str(fault)), ("faultString", "string", said)):
            member = SubElement(members, "member")
            SubElement(member, "name").text = name
            SubElement(SubElement(member, "value"), kind).text = text
    return f'<?xml version="1.0"?>\n{tostring(root, encoding="unicode")}'.encode()
