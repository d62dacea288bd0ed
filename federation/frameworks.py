"""Competency frameworks as 1EdTech CASE writes them (CASE 1.0 and 1.1, "CFPackage"), read with limits and written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson

from federation.errors import Malformed
from federation.reading import as_mapping, count_from, mappings, text_from, uri_from
from federation.records import Document

MAX_BYTES = 8 << 20
MAX_ITEMS, MAX_ASSOCIATIONS = 5_000, 20_000
MAX_NAME, MAX_STATEMENT, MAX_CODE = 200, 2_000, 100
CHILD_OF = "isChildOf"


@dataclass(frozen=True, slots=True)
class ItemDocument:
    """One competency of a framework (CASE "CFItem"). parent_url: '' at the top."""

    url: str
    name: str
    statement: str = ""
    code: str = ""
    kind: str = ""
    parent_url: str = ""


@dataclass(frozen=True, slots=True)
class FrameworkDocument:
    """A whole framework, its competencies in the order in which it is read: each below the one that it is a child of."""

    uri: str
    title: str
    description: str = ""
    creator: str = ""
    license: str = ""
    language: str = ""
    items: tuple[ItemDocument, ...] = ()


def framework_from_json(body: bytes) -> FrameworkDocument:
    """The framework that a file states. Raises Malformed, with what is wrong."""
    if len(body) > MAX_BYTES:
        raise Malformed("the file has more than 8 MiB")
    try:
        package = as_mapping(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise Malformed("the file is no JSON") from error
    head = as_mapping(package.get("CFDocument"))
    uri, title = uri_from(head.get("uri")), text_from(head.get("title"), MAX_NAME)
    if uri is None or not title:
        raise Malformed("the file has no CFDocument with uri and title")
    found = mappings(package.get("CFItems"))
    if not 0 < len(found) <= MAX_ITEMS:
        raise Malformed(f"a framework has 1 to {MAX_ITEMS} CFItems")
    items = {item.url: item for item in map(_item, found) if item is not None}
    return FrameworkDocument(
        uri,
        title,
        text_from(head.get("description"), MAX_STATEMENT),
        text_from(head.get("creator"), MAX_NAME),
        uri_from(as_mapping(head.get("licenseURI")).get("uri")) or "",
        text_from(head.get("language"), 20),
        tuple(_in_order(items, _parents(package, items))),
    )


def _item(document: Document) -> ItemDocument | None:
    url, statement = uri_from(document.get("uri")), text_from(document.get("fullStatement"), MAX_STATEMENT)
    name = text_from(document.get("abbreviatedStatement"), MAX_NAME) or statement[:MAX_NAME]
    if url is None or not name:
        return None
    code = text_from(document.get("humanCodingScheme"), MAX_CODE)
    return ItemDocument(url, name, statement, code, text_from(document.get("CFItemType"), MAX_NAME))


def _parents(package: Document, items: Mapping[str, ItemDocument]) -> dict[str, tuple[str, int]]:
    """By a child: whose child it is, and its place among its siblings."""
    found: dict[str, tuple[str, int]] = {}
    for each in mappings(package.get("CFAssociations"))[:MAX_ASSOCIATIONS]:
        child = uri_from(as_mapping(each.get("originNodeURI")).get("uri"))
        parent = uri_from(as_mapping(each.get("destinationNodeURI")).get("uri"))
        if each.get("associationType") != CHILD_OF or not child or not parent:
            continue
        if child in items and parent in items and child != parent:
            found.setdefault(child, (parent, count_from(each.get("sequenceNumber")) or 0))
    return found


def _in_order(items: Mapping[str, ItemDocument], parents: Mapping[str, tuple[str, int]]) -> Iterable[ItemDocument]:
    """Each once, below its parent; what stands in a circle of parents, or below one, stands at the top."""
    children: dict[str, list[str]] = {}
    for url in sorted(items, key=lambda each: parents.get(each, ("", 0))[1]):
        children.setdefault(parents.get(url, ("", 0))[0], []).append(url)
    seen: set[str] = set()
    waiting = [(url, "") for url in reversed(children.get("", []))]
    while waiting:
        url, parent = waiting.pop()
        seen.add(url)
        item = items[url]
        yield ItemDocument(url, item.name, item.statement, item.code, item.kind, parent)
        waiting += [(child, url) for child in reversed(children.get(url, []))]
    yield from (item for url, item in items.items() if url not in seen)


def document_from_framework(framework: FrameworkDocument, changed: str) -> dict[str, object]:
    """The framework as a CFPackage; framework_from_json reads it back. changed: when it last changed, as the wire writes dates."""
    here = {"title": framework.title, "identifier": framework.uri, "uri": framework.uri}
    head = {
        "identifier": framework.uri,
        "uri": framework.uri,
        "title": framework.title,
        "creator": framework.creator or framework.title,
        "description": framework.description,
        "language": framework.language,
        "lastChangeDateTime": changed,
    }
    return {
        "CFDocument": {name: value for name, value in head.items() if value},
        "CFItems": [document_from_item(item, here, changed) for item in framework.items],
        "CFAssociations": _associations(framework.items, here, changed),
    }


def document_from_item(item: ItemDocument, framework: Document, changed: str) -> dict[str, object]:
    """One competency as a CFItem. framework: title, identifier and uri of what it belongs to."""
    stated = {
        "identifier": item.url,
        "uri": item.url,
        "fullStatement": item.statement or item.name,
        "abbreviatedStatement": item.name,
        "humanCodingScheme": item.code,
        "CFItemType": item.kind,
        "CFDocumentURI": dict(framework),
        "lastChangeDateTime": changed,
    }
    return {name: value for name, value in stated.items() if value}


def _associations(items: Sequence[ItemDocument], framework: Document, changed: str) -> list[dict[str, object]]:
    names = {item.url: item.name for item in items}
    return [
        {
            "identifier": f"{framework['uri']}#child-{number}-{quote(item.code, safe='')}",
            "uri": f"{framework['uri']}#child-{number}-{quote(item.code, safe='')}",
            "associationType": CHILD_OF,
            "sequenceNumber": number,
            "originNodeURI": {"title": item.name, "identifier": item.url, "uri": item.url},
            "destinationNodeURI": {"title": names[item.parent_url], "identifier": item.parent_url, "uri": item.parent_url},
            "lastChangeDateTime": changed,
        }
        for number, item in enumerate(items, 1)
        if item.parent_url in names
    ]
