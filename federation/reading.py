"""Lenient readers of single values: each takes whatever a server sent and gives a clean value or nothing.

ActivityStreams allows nearly every property to be a string, an object or a list of both (Core, section 4), and servers
use all of it. Objects are dicts, as federation.json makes them. What is given too often or not at all raises Malformed;
everything else of a wrong shape is nothing.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from federation.errors import Malformed
from federation.origins import same_origin
from federation.records import PUBLIC, Document

MAX_URI = 2048
MAX_ADDRESSEES = 1000
MAX_TYPE = 100
PUBLIC_NAMES = frozenset({PUBLIC, "as:Public", "Public"})
TYPE_PREFIXES = ("as:", "toot:", "schema:", "https://www.w3.org/ns/activitystreams#")
URI = re.compile(
    r"""https?://(?:[^\s\0-\x1f\x7f/?#@\\<>":\[\]]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#][^\s\0-\x1f\x7f<>"]*)?""", re.IGNORECASE
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")  # NUL breaks PostgreSQL's text, the others break XML feeds
SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character: no UTF-8 can write it, so neither nh3 nor a database takes it
OLDEST, NEWEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)

Kind = TypeVar("Kind", bound=str)


def as_list(value: object) -> Sequence[object]:
    """The value as a list: none for null, one for anything that is no list."""
    if isinstance(value, list | tuple):
        return value
    return () if value is None else (value,)


def as_mapping(value: object) -> Document:
    """The value where it is an object (the first, of a list), else an empty one."""
    if isinstance(value, dict):
        return value
    return next((item for item in as_list(value) if isinstance(item, dict)), {})


def mappings(value: object) -> list[Document]:
    """The objects among the values."""
    return [item for item in as_list(value) if isinstance(item, dict)]


def uri_from(value: object) -> str | None:
    """The http(s) address that a string, an object with an id, or a Link names; the first usable one of a list."""
    if isinstance(value, str):
        return value if len(value) <= MAX_URI and URI.fullmatch(value) and _has_origin(value) else None
    if isinstance(value, dict):
        named = value.get("id") or value.get("href")
        return uri_from(named) if isinstance(named, str) else None
    if isinstance(value, list | tuple):
        return next(iter(uris_from(value)), None)
    return None


def _has_origin(uri: str) -> bool:
    """Whether an address that looks right also has a host that can be one; only unusual hosts need the slow question."""
    return (uri.isascii() and "[" not in uri) or same_origin(uri, uri)


def uris_from(value: object) -> tuple[str, ...]:
    """Every usable address among the values, each once, in their order."""
    found = (uri_from(item) for item in as_list(value) if not isinstance(item, list | tuple))
    return tuple(dict.fromkeys(uri for uri in found if uri))


def addressees_from(value: object) -> tuple[str, ...]:
    """Whom to or cc names, the public collection under its full name. Raises Malformed over 1000 of them."""
    values = as_list(value)
    if len(values) > MAX_ADDRESSEES:
        raise Malformed(f"more than {MAX_ADDRESSEES} addressees")
    found = (PUBLIC if isinstance(item, str) and item in PUBLIC_NAMES else uri_from(item) for item in values)
    return tuple(dict.fromkeys(uri for uri in found if uri))


def searchers_from(document: Document) -> tuple[str, ...] | None:
    """Whom `searchableBy` lets find it by its words (FEP-268d); None where nothing is said. Raises Malformed like addressees_from."""
    return addressees_from(document["searchableBy"]) if "searchableBy" in document else None


def group_from(value: object) -> str | None:
    """The group that `audience` names (FEP-1b12); others put the public collection there too."""
    return next((uri for uri in uris_from(value) if uri != PUBLIC), None)


def require_uri(document: Document, name: str) -> str:
    """The http(s) address under a name. Raises Malformed where there is none."""
    uri = uri_from(document.get(name))
    if uri is None:
        raise Malformed(f"{name} is missing or no http(s) address")
    return uri


def types_from(document: Document) -> list[str]:
    """The names of the types, without the prefixes of JSON-LD; those that nobody would define are left out."""
    stated = as_list(document.get("type"))
    return [_plain_type(item) for item in stated if isinstance(item, str) and 0 < len(item) <= MAX_TYPE and item.isprintable()]


def _plain_type(name: str) -> str:
    if ":" not in name:
        return name
    prefix = next((prefix for prefix in TYPE_PREFIXES if name.startswith(prefix)), "")
    return name[len(prefix) :]


def type_from(document: Document, known: Iterable[Kind]) -> Kind | None:
    """The first of the object's types that is known."""
    return next((kind for name in types_from(document) for kind in known if kind == name), None)


def text_from(value: object, most: int) -> str:
    """The string, stripped and without control characters, cut after `most` characters; empty where it is none."""
    if not isinstance(value, str):
        return ""
    return printable(value[: 2 * most]).strip()[:most].rstrip()


def printable(text: str) -> str:
    """The text without control characters, a lone surrogate made U+FFFD."""
    return UNPRINTABLE.sub("", whole(text))


def whole(text: str) -> str:
    """The text with each lone surrogate made U+FFFD, as long as it was."""
    return text if text.isascii() else SURROGATE.sub("\ufffd", text)


def named_text(document: Document, name: str, most: int) -> str:
    """The text under a name, or under its language map (`nameMap`) where that is all they sent."""
    return text_from(document.get(name), most) or text_from(first_of_map(document.get(f"{name}Map"))[1], most)


def first_of_map(value: object) -> tuple[str | None, str]:
    """The first language of a language map with a text, and that text."""
    for language, text in as_mapping(value).items():
        if isinstance(text, str) and text:
            return language_from(language), text
    return None, ""


def language_from(value: object) -> str | None:
    """A BCP 47 tag, or None; `und` says that nobody knows."""
    return value if isinstance(value, str) and value != "und" and LANGUAGE.fullmatch(value) else None


def date_from(value: object) -> datetime | None:
    """The moment in UTC that an RFC 3339 string states; a string without a zone is UTC. None for what cannot be a date of a post."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if OLDEST <= moment <= NEWEST else None


def count_from(value: object, most: int = 2**31 - 1) -> int | None:
    """The whole number from 0 up, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None


def wire_date(moment: datetime) -> str:
    """The moment as servers write it: UTC, with a Z (RFC 3339)."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
