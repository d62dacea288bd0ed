"""Addresses that come wrapped: `url`, `icon`, `image` as strings, Links, Images or lists of them."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from federation.origins import same_origin
from federation.reading import as_list, count_from, mappings, text_from, uri_from
from federation.records import Document

MAX_MEDIA_TYPE = 100
MAX_ALT = 5_000
HTML_TYPES = ("text/html", "application/xhtml+xml", "")


def page_url(value: object, uri: str | None = None) -> str | None:
    """Where a person reads it: a text/html Link before a bare address; None where every Link is a file (PeerTube's videos).

    uri: the id of what is to be read; an address of the same origin goes before those of others, which own_page judges.
    """
    found = [(media_type_of(item), uri_from(item)) for item in as_list(value)]
    candidates = [url for wanted in HTML_TYPES for media_type, url in found if url and media_type == wanted]
    own = (url for url in candidates if uri is not None and same_origin(url, uri))
    return next(own, next(iter(candidates), None))


def own_page(url: str | None, uri: str, domain: str = "") -> str | None:
    """The page of a post or actor, where it is one of its own server: readers take it for the author's address.

    uri: its id, which stands in where the page is of another origin. domain: of the author's handle, as WebFinger has proven it in
    both directions ('' for none). None where no page was stated.
    """
    if url is None or same_origin(url, uri) or (domain and same_origin(url, f"{urlsplit(uri).scheme}://{domain}")):
        return url
    return uri


def image_from(value: object) -> tuple[str | None, str]:
    """The address and description of a picture; of several sizes the widest (PeerTube lists them)."""
    images = mappings(value)
    if not images:
        return uri_from(value), ""
    widest = max(images, key=lambda image: count_from(image.get("width")) or 0)
    url = file_url(widest)
    return url, text_from(widest.get("name"), MAX_ALT) if url else ""


def file_url(file: Document) -> str | None:
    """The address of a file object: its `url` or `href`, never its id, which names the object and not the bytes."""
    for item in as_list(file.get("url")) or as_list(file.get("href")):
        target = item.get("href") if isinstance(item, dict) else item
        if isinstance(target, str) and (url := uri_from(target)):
            return url
    return None


def media_links(value: object) -> Iterator[Document]:
    """The Links of a `url` list that are files to play or to see; PeerTube hangs some of them as tags under a playlist."""
    for link in mappings(value):
        if media_type_of(link).startswith(("video/", "audio/", "image/")):
            yield link
        for inner in mappings(link.get("tag")):
            if media_type_of(inner).startswith("video/"):
                yield inner


def media_type_of(value: object) -> str:
    """The media type, lower case and without parameters; empty where none is given."""
    stated = text_from(value.get("mediaType"), MAX_MEDIA_TYPE) if isinstance(value, dict) else ""
    return stated.partition(";")[0].strip().lower()
