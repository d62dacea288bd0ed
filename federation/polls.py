"""A Question's answers, and a Note that is one (FEP-9967)."""

from datetime import datetime

from federation.errors import Malformed
from federation.reading import as_list, as_mapping, count_from, date_from, mappings, named_text, uri_from, wire_date
from federation.records import Document, Poll, PollOption

MAX_OPTIONS = 50
MAX_TITLE = 500


def poll_from(document: Document) -> Poll | None:
    """The poll of a Question; None where it has no answers to choose from. Raises Malformed over 50 of them."""
    multiple = bool(as_list(document.get("anyOf")))
    stated = mappings(document.get("anyOf" if multiple else "oneOf"))
    if len(stated) > MAX_OPTIONS:
        raise Malformed(f"more than {MAX_OPTIONS} answers")
    options = tuple(option for option in map(_option, stated) if option.title)
    if not options:
        return None
    closes = date_from(document.get("endTime"))
    return Poll(options, multiple, closes, _closed(document, closes), count_from(document.get("votersCount")))


def vote_from(document: Document) -> str | None:
    """The answer that a Note without a text of its own gives to a poll, or None where it is no vote."""
    if document.get("content") or document.get("contentMap") or not uri_from(document.get("inReplyTo")):
        return None
    return named_text(document, "name", MAX_TITLE) or None


def document_from_poll(poll: Poll) -> dict[str, object]:
    """The properties that make an object a poll; poll_from reads them back."""
    optional = {
        "endTime": wire_date(poll.closes) if poll.closes else None,
        "closed": wire_date(poll.closed) if poll.closed else None,
        "votersCount": poll.voters,
    }
    options = [
        {"type": "Note", "name": option.title, "replies": {"type": "Collection", "totalItems": option.votes}} for option in poll.options
    ]
    return {"anyOf" if poll.multiple else "oneOf": options} | {name: value for name, value in optional.items() if value is not None}


def _option(document: Document) -> PollOption:
    votes = count_from(as_mapping(document.get("replies")).get("totalItems"))
    return PollOption(named_text(document, "name", MAX_TITLE), votes or 0)


def _closed(document: Document, closes: datetime | None) -> datetime | None:
    """`closed` is a moment, or just true (Vocabulary, "closed")."""
    stated = document.get("closed")
    return closes or date_from(document.get("published")) if stated is True else date_from(stated)
