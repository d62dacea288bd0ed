"""A learning network as one file: people, communities and feeds as OPML 2.0, and Mastodon's CSV lists; both ways."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, indent, tostring

from federation.reading import text_from, uri_from
from node.errors import BadInput

MOST_BYTES, MOST_SOURCES, MAX_TEXT = 2 * 1024 * 1024, 5000, 300
SECTIONS = {"person": "People", "community": "Communities", "feed": "Feeds"}
HEADERS = {"account address", "account", "address"}


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody or something to follow. address: of the actor or feed; handle: name@host of an actor, or ''; page: for people to read."""

    kind: str  # person, community, feed
    title: str
    address: str
    handle: str = ""
    page: str = ""


def write_opml(sources: Sequence[Source], owner: str, now: datetime) -> bytes:
    """The sources as OPML (http://opml.org/spec2.opml), one section for each kind; feed readers know the section of feeds."""
    root = Element("opml", {"version": "2.0"})
    head, body = SubElement(root, "head"), SubElement(root, "body")
    SubElement(head, "title").text = owner
    SubElement(head, "dateCreated").text = format_datetime(now)
    for kind, label in SECTIONS.items():
        chosen = [source for source in sources if source.kind == kind]
        if chosen:
            section = SubElement(body, "outline", {"text": label})
            for source in chosen:
                SubElement(section, "outline", {name: value for name, value in _attributes(source).items() if value})
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'.encode()


def _attributes(source: Source) -> dict[str, str]:
    if source.kind == "feed":
        return {"text": source.title, "type": "rss", "xmlUrl": source.address, "htmlUrl": source.page}
    account = f"@{source.handle}" if source.handle else ""
    return {"text": source.title, "type": source.kind, "actor": source.address, "account": account, "htmlUrl": source.page}


def read_opml(body: bytes) -> list[Source]:
    """The sources of an OPML file, ours or another program's, each once. Raises BadInput."""
    if len(body) > MOST_BYTES:
        raise BadInput("That file is too large.")
    plain = body.replace(b"\0", b"").lower()
    if b"<!doctype" in plain or b"<!entity" in plain:
        raise BadInput("That file declares a document type or entities. Only plain OPML is read.")
    try:
        root = fromstring(body)  # noqa: S314 - without a document type there is nothing to expand or to fetch
    except (ParseError, ValueError, LookupError) as error:
        raise BadInput("That is no OPML file.") from error
    if root.tag != "opml":
        raise BadInput("That is no OPML file.")
    found = {source.address or source.handle: source for source in _sources(root)}
    if len(found) > MOST_SOURCES:
        raise BadInput(f"At most {MOST_SOURCES} can be followed at once.")
    return list(found.values())


def _sources(root: Element) -> Iterator[Source]:
    for outline in root.iter("outline"):
        given = {name.lower(): value for name, value in outline.attrib.items()}
        kind = "community" if given.get("type") == "community" else "person" if given.get("actor") or given.get("account") else "feed"
        address = uri_from(given.get("actor") if kind != "feed" else given.get("xmlurl") or given.get("url")) or ""
        handle, page = text_from(given.get("account"), MAX_TEXT).lstrip("@"), uri_from(given.get("htmlurl")) or ""
        if address or handle:
            yield Source(kind, text_from(given.get("text") or given.get("title"), MAX_TEXT), address, handle, page)


def read_csv(body: bytes) -> list[str]:
    """The handles of one of Mastodon's lists (following_accounts.csv, blocked_accounts.csv, muted_accounts.csv). Raises BadInput."""
    if len(body) > MOST_BYTES:
        raise BadInput("That file is too large.")
    try:
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput("That is no CSV file.") from error
    first = (row[0].strip().lstrip("@") for row in rows if row and row[0].strip())
    handles = dict.fromkeys(text_from(cell, MAX_TEXT) for cell in first if cell.lower() not in HEADERS)
    if any("@" not in handle or " " in handle for handle in handles):
        raise BadInput("That is not one of the lists that can be read here: each line begins with name@server.")
    if len(handles) > MOST_SOURCES:
        raise BadInput(f"At most {MOST_SOURCES} can be followed at once.")
    return list(handles)


def write_csv(handles: Sequence[str]) -> bytes:
    """following_accounts.csv as Mastodon writes and reads it."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["Account address", "Show boosts", "Notify on new posts", "Languages"])
    rows.writerows([handle, "true", "false", ""] for handle in handles)
    return out.getvalue().encode()
