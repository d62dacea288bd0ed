"""How pages say moments and numbers."""

from datetime import datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal

from node.web.pages.languages import Language, language
from storage.ids import datetime_from_ms

MINUTE, HOUR, DAY = 60, 3600, 86_400
RECENT = 7 * DAY  # what is older is given by its date


def age(speech: Language, now_ms: int, then_ms: int) -> str:
    """How long ago something was, in a few letters: `now`, `5 min`, `3 h`, `2 d`, `12 May`, `12 May 2024`."""
    seconds = (now_ms - then_ms) // 1000
    if seconds < MINUTE:
        return speech.say("now")
    if seconds < HOUR:
        return _ago(speech.tag, "minutes", seconds // MINUTE)
    if seconds < DAY:
        return _ago(speech.tag, "hours", seconds // HOUR)
    if seconds < RECENT:
        return _ago(speech.tag, "days", seconds // DAY)
    return _day(speech.tag, then_ms // (DAY * 1000), datetime_from_ms(now_ms).year)


@lru_cache(maxsize=2000)
def _ago(tag: str, unit: str, number: int) -> str:
    say = language(tag).say
    patterns = {"minutes": say("%(number)s min"), "hours": say("%(number)s h"), "days": say("%(number)s d")}
    return patterns[unit] % {"number": number}


@lru_cache(maxsize=2000)
def _day(tag: str, day: int, this_year: int) -> str:
    date = datetime_from_ms(day * DAY * 1000).date()
    speech = language(tag)
    if date.year != this_year:
        return format_date(date, "medium", locale=speech.locale)
    return format_date(date, speech.say("d MMM"), locale=speech.locale)


def moment(speech: Language, then: datetime) -> str:
    """A moment in full: `12 May 2026, 14:03 UTC`."""
    pattern = speech.say("d MMM y, HH:mm")
    return f"{format_datetime(then, pattern, locale=speech.locale)} UTC"


def day(speech: Language, then: datetime) -> str:
    """A day: `12 May 2026`."""
    return str(format_date(then.date(), speech.say("d MMM y"), locale=speech.locale))


def machine_moment(then: datetime) -> str:
    """A moment for `datetime` attributes and feeds."""
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def number(speech: Language, count: int) -> str:
    """A number in a few letters: `7`, `12K`."""
    return str(format_compact_decimal(count, locale=speech.locale)) if count >= 10_000 else str(count)
