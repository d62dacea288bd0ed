"""How much of a limit was used."""

from storage import rates

KEY, OTHER = b"k" * 16, b"o" * 16
NOW = 1_000_000
STEP, WINDOW = 10, 30


def spend(db, key=KEY, now=NOW):
    return rates.spend(db, key, STEP, WINDOW, now)


def test_a_window_takes_so_many_and_no_more(db):
    assert [spend(db) for _ in range(5)] == [NOW + 10, NOW + 20, NOW + 30, None, None]
    assert rates.find_full(db, KEY) == NOW + 30
    assert spend(db, OTHER) == NOW + 10


def test_with_time_there_is_room_again(db):
    for _ in range(3):
        spend(db)
    assert spend(db, now=NOW + 9) is None
    assert spend(db, now=NOW + 10) == NOW + 40
    assert spend(db, now=NOW + 1000) == NOW + 1010


def test_what_was_let_through_already_counts_in_any_case(db):
    assert rates.add(db, KEY, 25, NOW) == NOW + 25
    assert rates.add(db, KEY, 25, NOW) == NOW + 50
    assert spend(db) is None
    assert rates.add(db, KEY, 5, NOW + 1000) == NOW + 1005


def test_a_key_begins_anew_and_what_is_past_goes(db):
    spend(db)
    rates.forget(db, KEY)
    assert rates.find_full(db, KEY) == 0
    spend(db)
    spend(db, OTHER, NOW + 100)
    rates.forget_past(db, NOW + 50)
    assert rates.find_full(db, KEY) == 0
    assert rates.find_full(db, OTHER) == NOW + 110
