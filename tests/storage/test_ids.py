"""Ids sort by time, as numbers and as text."""

from datetime import UTC, datetime, timedelta

import pytest

from storage.ids import EARLIEST, TAKEN, datetime_from_ms, free_id, id_range_start, ms_from_datetime, ms_from_id, new_id

MOMENT = datetime(2025, 11, 20, 12, 0, 0, 123000, tzinfo=UTC)


def test_a_moment_survives_the_way_into_a_column_and_back():
    assert datetime_from_ms(ms_from_datetime(MOMENT)) == MOMENT
    assert ms_from_datetime(datetime(1970, 1, 1, tzinfo=UTC)) == 0


def test_an_id_tells_its_moment():
    moment_ms = ms_from_datetime(MOMENT)
    assert ms_from_id(new_id(moment_ms)) == moment_ms
    assert id_range_start(moment_ms) <= new_id(moment_ms) < id_range_start(moment_ms + 1)


def test_ids_have_eighteen_digits_from_2018_on_for_centuries():
    for moment in (EARLIEST, MOMENT, EARLIEST + timedelta(days=365 * 400)):
        assert len(str(new_id(ms_from_datetime(moment)))) == 18


def test_ids_of_one_millisecond_differ_nearly_always():
    assert len({new_id(0) for _ in range(100)}) > 90


@pytest.mark.parametrize("kind", TAKEN)
def test_every_kind_of_row_has_free_ids_of_a_moment(db, kind):
    assert ms_from_id(free_id(db, kind, ms_from_datetime(MOMENT))) == ms_from_datetime(MOMENT)
