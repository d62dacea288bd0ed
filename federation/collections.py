"""Collections and their pages, built and read (ActivityStreams Core, sections 5.2 and 5.3)."""

from collections.abc import Sequence

from federation.contexts import ACTIVITYSTREAMS
from federation.errors import Malformed
from federation.reading import as_list, as_mapping, count_from, types_from, uri_from
from federation.records import Document

MAX_ITEMS = 1000
PAGE_TYPES = ("CollectionPage", "OrderedCollectionPage")
COLLECTION_TYPES = ("Collection", "OrderedCollection", *PAGE_TYPES)


def ordered_collection(
    uri: str,
    total: int | None,
    first: str | None = None,
    last: str | None = None,
    items: Sequence[object] | None = None,
    attributed_to: str | None = None,
    context: object = ACTIVITYSTREAMS,
) -> dict[str, object]:
    """A collection: either with its pages' addresses or, where it is short, with its items. total None hides the count."""
    optional = {
        "totalItems": total,
        "attributedTo": attributed_to,  # FEP-7888: who owns a conversation
        "first": first,
        "last": last,
        "orderedItems": None if items is None else list(items),
    }
    return {"@context": context, "id": uri, "type": "OrderedCollection"} | _stated(optional)


def collection_page(
    uri: str,
    part_of: str,
    items: Sequence[object],
    next_uri: str | None = None,
    prev_uri: str | None = None,
    context: object = ACTIVITYSTREAMS,
) -> dict[str, object]:
    """One page of an ordered collection; items are ids or whole objects."""
    page = {"@context": context, "id": uri, "type": "OrderedCollectionPage", "partOf": part_of, "orderedItems": list(items)}
    return page | _stated({"next": next_uri, "prev": prev_uri})


def items_from_document(document: Document) -> tuple[list[Document | str], str | None]:
    """What a collection or page holds (objects, or addresses), and where it goes on; None at the end. Raises Malformed.

    An embedded first page is read with its collection, as Mastodon's `replies` are. What is neither object nor address is left out.
    """
    if not any(kind in COLLECTION_TYPES for kind in types_from(document)):
        raise Malformed("no collection")
    page = as_mapping(document.get("first"))
    items = _items(document) + _items(page)
    if len(items) > MAX_ITEMS:
        raise Malformed(f"more than {MAX_ITEMS} items in one page")
    following = uri_from(page.get("next")) if page else uri_from(document.get("next")) or uri_from(document.get("first"))
    return items, following if following != uri_from(document.get("id")) else None


def total_from_document(document: Document) -> int | None:
    """How many things a collection says it holds; None where it keeps that to itself."""
    return count_from(document.get("totalItems"))


def _items(document: Document) -> list[Document | str]:
    """`items` and `orderedItems` alike: servers mix them up."""
    stated = [*as_list(document.get("orderedItems")), *as_list(document.get("items"))]
    found = (item if isinstance(item, dict) else uri_from(item) for item in stated)
    return [item for item in found if item]


def _stated(optional: Document) -> dict[str, object]:
    return {name: value for name, value in optional.items() if value is not None}
