"""An activity takes effect once."""

from storage.seen import add_seen, forget_seen
from tests.storage.rows import START_MS

BOB, EVE = "https://far.example/users/bob", "https://far.example/users/eve"


def test_an_activity_is_new_once(db):
    assert add_seen(db, BOB, "https://far.example/1", START_MS)
    assert not add_seen(db, BOB, "https://far.example/1", START_MS + 1)
    assert add_seen(db, BOB, "https://far.example/2", START_MS)


def test_nobody_uses_up_the_id_of_somebody_elses_activity(db):
    assert add_seen(db, EVE, "https://far.example/1", START_MS)
    assert add_seen(db, BOB, "https://far.example/1", START_MS)


def test_what_is_old_is_forgotten(db):
    add_seen(db, BOB, "https://far.example/1", START_MS)
    add_seen(db, BOB, "https://far.example/2", START_MS + 1)
    forget_seen(db, START_MS + 1)
    assert add_seen(db, BOB, "https://far.example/1", START_MS + 2)
    assert not add_seen(db, BOB, "https://far.example/2", START_MS + 2)
