from datetime import UTC, datetime

from federation.events import document_from_event, event_from
from federation.records import EventDetails


def test_an_event_survives_the_wire():
    event = EventDetails(datetime(2026, 5, 1, 17, tzinfo=UTC), datetime(2026, 5, 1, 19, tzinfo=UTC), "Library, 8010 Graz", "free")
    assert event_from(document_from_event(event)) == event
    assert event_from(document_from_event(EventDetails(None))) == EventDetails(None)


def test_places_come_as_text_as_address_and_as_list():
    assert event_from({"location": "Library"}).location == "Library"
    postal = {
        "streetAddress": "15 Street",
        "postalCode": "8010",
        "addressLocality": "Graz",
        "addressCountry": "Austria",
        "addressRegion": None,
    }
    assert (
        event_from({"location": {"type": "Place", "name": "Foo Bar", "address": postal}}).location
        == "Foo Bar, 15 Street, 8010, Graz, Austria"
    )
    hybrid = [
        {"type": "Place", "name": "University", "address": "1 Way"},
        {"type": "VirtualLocation", "name": "Jitsi", "url": "https://j.example/x"},
    ]
    assert event_from({"location": hybrid}).location == "University, 1 Way; Jitsi, https://j.example/x"


def test_nothing_usable_is_nothing():
    assert event_from({"startTime": 7, "location": [7, None, {}], "joinMode": ["x"], "endTime": "soon"}) == EventDetails(None)
