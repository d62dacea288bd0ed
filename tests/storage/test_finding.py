"""Whom somebody finds by a name that they begin to type."""

from storage import finding, wards
from tests.storage.rows import add_follow, add_person


def found(db, text, viewer):
    return {account.name for account in finding.list_people(db, text, viewer.id, 10)}


def test_a_ward_is_found_by_those_alone_who_are_let_near(db):
    kit = add_person(db, "kit", mode="supervised", display_name="Kitty")
    ada, friend, stranger = add_person(db, "ada"), add_person(db, "friend"), add_person(db, "stranger")
    wards.add_guardian(db, kit.id, ada.id, 1)
    add_follow(db, friend, kit)
    for text in ("ki", "itty"):
        assert [found(db, text, viewer) for viewer in (ada, friend, kit, stranger)] == [{"kit"}, {"kit"}, {"kit"}, set()]
    assert found(db, "frie", stranger) == {"friend"}
