"""Events: numbered in the order of commits, and forgotten in the end."""

from storage.database import Event
from storage.events import add_event, forget_events, last_event_id, list_events_after, list_events_at


def test_events_are_listed_in_order_from_a_number_on(db):
    assert last_event_id(db) == 0
    add_event(db, "post", 7, "{}")
    add_event(db, "jobs")
    assert list_events_after(db, 0) == [Event(1, "post", 7, "{}"), Event(2, "jobs", 0, "")]
    assert list_events_after(db, 1) == [Event(2, "jobs", 0, "")]
    assert last_event_id(db) == 2


def test_the_newest_are_kept_and_no_number_comes_again(db):
    for number in range(5):
        add_event(db, "post", number)
    newest = last_event_id(db)
    forget_events(db, 2)
    assert [event.subject_id for event in list_events_after(db, 0)] == [3, 4]
    forget_events(db, 0)
    add_event(db, "post", 5)
    assert list_events_after(db, 0) == [Event(newest + 1, "post", 5, "")]
    assert list_events_at(db, newest + 1) == [Event(newest + 1, "post", 5, "")]
    assert list_events_at(db, newest) == []
