"""What a page of the web says of itself to whoever links to it: Open Graph, Twitter's cards, and plain HTML."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from federation.html_limits import page_text
from federation.reading import date_from, text_from, uri_from

MAX_TITLE, MAX_DESCRIPTION, MAX_NAME, MAX_PIXELS = 200, 500, 100, 20_000
TITLES = ("og:title", "twitter:title")
DESCRIPTIONS = ("og:description", "twitter:description", "description")
PICTURES = ("og:image:secure_url", "og:image", "twitter:image")


@dataclass(frozen=True, slots=True)
class Preview:
    """Texts are plain. image_url: of its picture, '' for none; width and height are the picture's, 0 where it does not say."""

    title: str
    description: str = ""
    author_name: str = ""
    provider_name: str = ""
    image_url: str = ""
    image_alt: str = ""
    width: int = 0
    height: int = 0
    language: str = ""
    published: datetime | None = None


@dataclass
class _Head(HTMLParser):
    """Reads what stands in a page's head, as far as it goes."""

    meta: dict[str, str] = field(default_factory=dict)
    title: str = ""
    language: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (given.get("property") or given.get("name") or "").lower()
            self.meta.setdefault(name, given.get("content", ""))
        elif tag == "html":
            self.language = given.get("lang", "")
        self._in_title = tag == "title" and not self.title

    def handle_endtag(self, _tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def preview_from_page(body: bytes, url: str) -> Preview | None:
    """What a page says of itself, or None where it has no title. url: where it was found, after redirects."""
    head = _Head()
    with suppress(AssertionError):  # what html.parser raises for a broken declaration; what it read until then counts
        head.feed(page_text(body))
    title = _first(head, TITLES, MAX_TITLE) or text_from(" ".join(head.title.split()), MAX_TITLE)
    if not title:
        return None
    return Preview(
        title=title,
        description=_first(head, DESCRIPTIONS, MAX_DESCRIPTION),
        author_name=_first(head, ("author", "article:author"), MAX_NAME),
        provider_name=_first(head, ("og:site_name",), MAX_NAME) or (urlsplit(url).hostname or ""),
        image_url=_picture(head, url),
        image_alt=_first(head, ("og:image:alt", "twitter:image:alt"), MAX_DESCRIPTION),
        width=_pixels(head, "og:image:width"),
        height=_pixels(head, "og:image:height"),
        language=head.language[:35],
        published=date_from(head.meta.get("article:published_time")),
    )


def _first(head: _Head, names: tuple[str, ...], most: int) -> str:
    found = (text_from(" ".join(head.meta.get(name, "").split()), most) for name in names)
    return next(filter(None, found), "")


def _picture(head: _Head, url: str) -> str:
    stated = next(filter(None, (head.meta.get(name, "").strip() for name in PICTURES)), "")
    try:
        return uri_from(urljoin(url, stated)) or "" if stated else ""
    except ValueError:
        return ""


def _pixels(head: _Head, name: str) -> int:
    value = head.meta.get(name, "")
    return min(int(value), MAX_PIXELS) if value.isascii() and value.isdigit() and len(value) < 7 else 0
