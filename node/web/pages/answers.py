"""What stands above the results of a search: the best resource, people who know, a path to follow. Nothing yet but the place."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.social.queries import Query
from node.web.pages.visiting import Visitor


@dataclass(frozen=True, slots=True)
class Answer:
    """One line above the results: what it is, where it leads, and why it stands there."""

    label: str
    title: str
    url: str
    reason: str = ""


async def best_of(_visitor: Visitor, _query: Query) -> Sequence[Answer]:
    """The answers that are better than a list; those who know of learning fill it."""
    return ()
