"""Just in time: for what somebody looks for, the best resource, the people who know, and the path."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from node.learning.paths import Walk, path_of, walk_from_post
from node.learning.ranking import rank
from node.site import Site
from storage import accounts
from storage.database import Connection
from storage.learning import paths, questions, resources
from storage.learning.facets import label_of
from storage.learning.questions import Reason
from storage.learning.resources import Shelved
from storage.records import Account

PEOPLE, WORDS, REASONS = 3, 8, 2


@dataclass(frozen=True, slots=True)
class Best:
    """What helps at once; people come with the reasons. Anything may be missing."""

    resource: Shelved | None = None
    people: Sequence[tuple[Account, Sequence[Reason]]] = ()
    path: Walk | None = None


def best_of(db: Connection, site: Site, viewer_id: int, words: Sequence[str]) -> Best:
    """The best for some words, as far as the viewer may see it. People are named to members alone: they agreed to be asked, not listed."""
    names = labels_of(words)
    if not names:
        return Best()
    path = paths.find_best(db, viewer_id, list(names))
    steps = path_of(path) if path else None
    return Best(
        resources.find_best(db, viewer_id, list(names), site.now_ms()),
        _people(db, viewer_id, names) if viewer_id else (),
        walk_from_post(db, path, steps, viewer_id) if path and steps else None,
    )


def labels_of(words: Sequence[str]) -> dict[str, str]:
    """The competencies that words may name, by label: each word, each two that stand together, and all of them."""
    given = [word for word in words if label_of(word)][:WORDS]
    pairs = [" ".join(pair) for pair in pairwise(given)]
    return {label_of(name): name for name in (*given, *pairs, " ".join(given)) if name}


def _people(db: Connection, viewer_id: int, names: dict[str, str]) -> list[tuple[Account, Sequence[Reason]]]:
    found = rank(questions.list_facts(db, viewer_id, list(names)))[:PEOPLE]
    people = accounts.list_accounts(db, [knowing.account_id for knowing in found])
    return [
        (people[knowing.account_id], [(fact.kind, names[fact.label], fact.count) for fact in knowing.facts[:REASONS]])
        for knowing in found
        if knowing.account_id in people
    ]
