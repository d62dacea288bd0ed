"""Ids: 63 bits, milliseconds << 16 | 16 random bits; they sort by time as numbers and, at 18 digits, as text."""

import secrets
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(2018, 6, 1, tzinfo=UTC)  # from here on an id has 18 decimal digits


def ms_from_datetime(moment: datetime) -> int:
    """Milliseconds since 1970, UTC."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def datetime_from_ms(milliseconds: int) -> datetime:
    """An aware UTC datetime."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def new_id(moment_ms: int) -> int:
    """An id for a moment; two of the same millisecond meet once in 65,536 times, so insert it where a conflict is seen."""
    return moment_ms << 16 | secrets.randbits(16)


def ms_from_id(row_id: int) -> int:
    """When the row was made, by its id."""
    return row_id >> 16


def id_range_start(moment_ms: int) -> int:
    """The smallest id of a moment, to page by date."""
    return moment_ms << 16
