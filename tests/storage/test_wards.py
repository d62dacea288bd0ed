"""Wards, what they wish, and the consent on record."""

from storage import posts, wards
from storage.wards import AGREED, USED, WAITING, Consent, Wish
from tests.storage.rows import add_follow, add_person, add_post


def test_who_looks_after_whom(db):
    ada, kit, eve = add_person(db, "ada"), add_person(db, "kit"), add_person(db, "eve")
    for _ in range(2):
        wards.add_guardian(db, kit.id, ada.id, 1)
    assert [each.id for each in wards.list_guardians(db, kit.id)] == [ada.id]
    assert [each.id for each in wards.list_wards(db, ada.id)] == [kit.id]
    assert [wards.is_guardian(db, each.id, kit.id) for each in (ada, eve)] == [True, False]
    assert [wards.is_in_circle(db, kit.id, each.id) for each in (ada, eve)] == [True, False]
    wards.remove_guardians(db, kit.id)
    assert wards.list_guardians(db, kit.id) == []


def test_somebody_is_in_the_circle_once_a_follow_is_accepted_either_way(db):
    kit, eve, bob, kim = (add_person(db, name) for name in ("kit", "eve", "bob", "kim"))
    add_follow(db, kit, eve)
    add_follow(db, bob, kit)
    add_follow(db, kim, kit, "requested")
    assert [wards.is_in_circle(db, kit.id, each.id) for each in (eve, bob, kim)] == [True, True, False]


def test_a_wish_is_decided_and_ended(db):
    ada, kit = add_person(db, "ada"), add_person(db, "kit")
    for number in (1, 2):
        wards.add_wish(db, Wish(number, kit.id, "follow", "7", "{}", WAITING))
    assert (wards.count_waiting(db, kit.id), wards.find_latest_wish(db, kit.id, "follow", "7").id) == (2, 2)
    wards.decide_wish(db, 2, AGREED, ada.id, 5)
    assert wards.find_wish(db, 2) == Wish(2, kit.id, "follow", "7", "{}", AGREED, ada.id, 5)
    assert [wish.id for wish in wards.list_wishes(db, kit.id, 10)] == [1, 2]
    wards.set_wish_subject(db, 2, "9")
    wards.end_wish(db, 2, USED, 8)
    assert (wards.find_wish(db, 2).subject, wards.find_wish(db, 2).withdrawn_ms) == ("9", 8)
    wards.end_waiting(db, kit.id, 9)
    assert wards.count_waiting(db, kit.id) == 0


def test_consent_stays_on_record_when_it_is_withdrawn(db):
    ada, kit = add_person(db, "ada"), add_person(db, "kit")
    assert not wards.has_consent(db, kit.id)
    wards.add_consent(db, Consent(1, kit.id, ada.id, "I agree"))
    assert wards.has_consent(db, kit.id)
    wards.withdraw_consents(db, kit.id, 9)
    assert not wards.has_consent(db, kit.id)
    assert wards.list_consents(db, kit.id) == [Consent(1, kit.id, ada.id, "I agree", 9)]


def test_what_was_public_is_for_followers_from_then_on(db):
    kit = add_person(db, "kit")
    made = [add_post(db, kit, visibility=visibility) for visibility in range(4)]
    wards.narrow_posts(db, kit.id)
    assert [posts.find_post(db, post.id).visibility for post in made] == [2, 2, 2, 3]
