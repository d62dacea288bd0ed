"""Moments and numbers in words."""

from datetime import UTC, datetime, timedelta

import pytest

from node.web.pages import wording
from node.web.pages.languages import language
from storage.ids import ms_from_datetime

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "english", "german"),
    [
        (timedelta(seconds=-5), "now", "jetzt"),
        (timedelta(seconds=59), "now", "jetzt"),
        (timedelta(minutes=1), "1 min", "1 Min."),
        (timedelta(minutes=59, seconds=59), "59 min", "59 Min."),
        (timedelta(hours=5), "5 h", "5 Std."),
        (timedelta(days=6, hours=23), "6 d", "6 T."),
        (timedelta(days=7), "16 Nov", "16. Nov."),
        (timedelta(days=400), "Oct 19, 2025", "19.10.2025"),
    ],
)
def test_how_long_ago(ago, english, german):
    then_ms = ms_from_datetime(NOW - ago)
    assert wording.age(language("en"), ms_from_datetime(NOW), then_ms) == english
    assert wording.age(language("de"), ms_from_datetime(NOW), then_ms) == german


def test_a_moment_names_its_zone():
    assert wording.moment(language("en"), NOW) == "23 Nov 2026, 12:00 UTC"
    assert wording.machine_moment(NOW) == "2026-11-23T12:00:00Z"


def test_a_day_is_said_as_people_say_it():
    assert wording.day(language("en"), NOW) == "23 Nov 2026"
    assert wording.day(language("de"), NOW) == "23. Nov. 2026"


@pytest.mark.parametrize(("count", "said"), [(0, "0"), (9_999, "9999"), (12_345, "12K")])
def test_large_numbers_are_short(count, said):
    assert wording.number(language("en"), count) == said
