"""When and where an Event is (FEP-8a8e; Mobilizon, Gancio, Friendica)."""

from collections.abc import Iterator

from federation.links import page_url
from federation.reading import as_list, date_from, named_text, text_from, wire_date
from federation.records import Document, EventDetails

MAX_PLACE = 500
MAX_JOIN_MODE = 32
ADDRESS_LINES = ("streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry")


def event_from(document: Document) -> EventDetails:
    """What an Event says about its time and place; all of it may be missing."""
    return EventDetails(
        starts=date_from(document.get("startTime")),
        ends=date_from(document.get("endTime")),
        location=text_from("; ".join(filter(None, map(_place, as_list(document.get("location"))))), MAX_PLACE),
        join_mode=text_from(document.get("joinMode"), MAX_JOIN_MODE),
    )


def document_from_event(event: EventDetails) -> dict[str, object]:
    """The properties that an Event has besides those of any post; event_from reads them back."""
    optional = {
        "startTime": wire_date(event.starts) if event.starts else None,
        "endTime": wire_date(event.ends) if event.ends else None,
        "location": {"type": "Place", "name": event.location} if event.location else None,
        "joinMode": event.join_mode or None,
    }
    return {name: value for name, value in optional.items() if value is not None}


def _place(place: object) -> str:
    """One place in one line: its name, its address, and where it is virtual its link."""
    if not isinstance(place, dict):
        return text_from(place, MAX_PLACE)
    lines = [named_text(place, "name", MAX_PLACE), *_address(place.get("address")), page_url(place.get("url")) or ""]
    return ", ".join(dict.fromkeys(filter(None, lines)))


def _address(address: object) -> Iterator[str]:
    """The parts of a schema:PostalAddress, or the one string."""
    if isinstance(address, dict):
        stated: Document = address
        yield from (text_from(stated.get(line), MAX_PLACE) for line in ADDRESS_LINES)
    else:
        yield text_from(address, MAX_PLACE)
