"""What somebody typed into the search box, as a question: words, "phrases", -not, and a few operators. Nothing typed is ever an error."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

MOST_CHARACTERS, MOST_PHRASES = 500, 16
_PIECE = re.compile(r'-?(?:[a-z]+:)?"[^"]*"?|\S+')
_UNWANTED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_OPERATOR = re.compile(r"([a-z]+):(.+)", re.DOTALL)
KINDS = ("post", "reflection", "resource", "path", "question", "achievement", "goal", "workshop", "event", "poll")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for. author and community are handles without the first '@'; strange: operators that make no sense."""

    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    author: str = ""
    community: str = ""
    tag: str = ""
    kind: str = ""
    after: datetime | None = None
    before: datetime | None = None
    answered: bool = False
    pictured: bool = False
    strange: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return self == Query(without=self.without, strange=self.strange)


def parse(text: str) -> Query:
    """The question that a text asks, whatever it is."""
    query = Query()
    for piece in _PIECE.findall(_UNWANTED.sub(" ", text[:MOST_CHARACTERS])):
        query = _with_piece(query, piece)
    return query


def _with_piece(query: Query, piece: str) -> Query:
    if piece.startswith("#") and _is_word(piece):
        return replace(query, tag=piece[1:].lower())
    operator = _OPERATOR.fullmatch(piece)
    if operator and operator[1] in OPERATORS:
        changed = OPERATORS[operator[1]](query, operator[2].strip('"'))
        return replace(query, strange=(*query.strange, piece)) if changed is None else changed
    return _with_phrase(query, piece)


def _with_phrase(query: Query, piece: str) -> Query:
    is_not, phrase = piece.startswith("-"), " ".join(piece.lstrip("-").replace('"', " ").split())
    if not _is_word(phrase) or len(query.phrases) + len(query.without) >= MOST_PHRASES:
        return query
    return replace(query, without=(*query.without, phrase)) if is_not else replace(query, phrases=(*query.phrases, phrase))


def _is_word(text: str) -> bool:
    """Whether the index can know it: it has a letter or a digit."""
    return any(character.isalnum() for character in text)


def _author(query: Query, value: str) -> Query | None:
    return replace(query, author=value.lstrip("@")) if value.strip("@") else None


def _community(query: Query, value: str) -> Query | None:
    return replace(query, community=value.lstrip("@")) if value.strip("@") else None


def _tag(query: Query, value: str) -> Query | None:
    return replace(query, tag=value.lstrip("#").lower()) if _is_word(value) else None


def _kind(query: Query, value: str) -> Query | None:
    return replace(query, kind=value.lower()) if value.lower() in KINDS else None


def _after(query: Query, value: str) -> Query | None:
    day = _day(value)
    return replace(query, after=day) if day else None


def _before(query: Query, value: str) -> Query | None:
    day = _day(value)
    return replace(query, before=day) if day else None


def _day(value: str) -> datetime | None:
    """The beginning of a day (UTC), a year or a month."""
    given = value.split("-")
    try:
        year, month, day = (*map(int, given), 1, 1)[:3]
        return datetime.combine(date(year, month, day), datetime.min.time(), UTC) if 1970 <= year <= 9000 and len(given) <= 3 else None
    except (ValueError, OverflowError):
        return None


def _has(query: Query, value: str) -> Query | None:
    wanted = value.lower()
    if wanted not in {"answer", "picture"}:
        return None
    return replace(query, answered=query.answered or wanted == "answer", pictured=query.pictured or wanted == "picture")


OPERATORS: Mapping[str, Callable[[Query, str], Query | None]] = {
    "from": _author,
    "in": _community,
    "tag": _tag,
    "kind": _kind,
    "after": _after,
    "before": _before,
    "has": _has,
}
