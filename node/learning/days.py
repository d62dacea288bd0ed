"""Days as people write them in a form, and as a facet keeps them."""

from datetime import UTC, date, datetime

from node.errors import BadInput


def day_from_text(text: str) -> datetime | None:
    """The beginning of a day, YYYY-MM-DD, in UTC; None for ''. Raises BadInput."""
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("Give the day as YYYY-MM-DD.") from error
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


def text_from_day(moment: datetime | None) -> str:
    """The same as a form has it."""
    return moment.date().isoformat() if moment else ""
