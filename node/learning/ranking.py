"""Who is likely to know: a pure reading of what people's records say."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log2

from storage.learning.questions import Fact

WEIGHTS = {
    "achievements": 5.0,
    "answers": 4.0,
    "endorsements": 3.0,
    "resources": 2.0,
    "posts": 1.0,
}  # an answer that somebody accepted says more than a hashtag


@dataclass(frozen=True, slots=True)
class Knowing:
    """Somebody who may know, and the facts that say so, the weightiest first."""

    account_id: int
    facts: tuple[Fact, ...]
    weight: float


def rank(facts: Iterable[Fact]) -> list[Knowing]:
    """Everybody whom a fact speaks for, the likeliest first. Each competency counts for itself, and the tenth post says little more
    than the ninth; who is equal stands in the order of accounts."""
    by_account: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.kind in WEIGHTS and fact.count > 0:
            by_account.setdefault(fact.account_id, []).append(fact)
    ranked = [
        Knowing(account_id, tuple(sorted(theirs, key=lambda fact: (-_weight(fact), fact.label, fact.kind))), sum(map(_weight, theirs)))
        for account_id, theirs in by_account.items()
    ]
    return sorted(ranked, key=lambda knowing: (-knowing.weight, knowing.account_id))


def _weight(fact: Fact) -> float:
    return WEIGHTS[fact.kind] * log2(1 + fact.count)
