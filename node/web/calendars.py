"""Events as a calendar that any program reads (iCalendar, RFC 5545)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

UNSTATED = timedelta(hours=1)  # how long an event is shown that does not say when it ends


@dataclass(frozen=True, slots=True)
class Item:
    """One event. uri: what it is known by, for ever; text: plain."""

    uri: str
    url: str
    title: str
    text: str
    location: str
    starts: datetime
    ends: datetime | None
    changed: datetime


def calendar(name: str, items: Sequence[Item]) -> bytes:
    """A calendar with a name."""
    whole = Calendar()
    whole.add("prodid", "-//Hedgerow//Events//EN")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", name)
    for item in items:
        whole.add_component(_event(item))
    return bytes(whole.to_ical())


def _event(item: Item) -> Event:
    event = Event()
    event.add("uid", item.uri)
    event.add("dtstamp", item.changed)
    event.add("last-modified", item.changed)
    event.add("dtstart", item.starts)
    event.add("dtend", item.ends or item.starts + UNSTATED)
    event.add("summary", item.title)
    event.add("description", item.text)
    event.add("url", item.url)
    if item.location:
        event.add("location", item.location)
    return event
