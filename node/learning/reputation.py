"""Reputation: how much of the trust that a reader gives to those whom they follow reaches somebody, through what others vouch for.

Recomputable by anybody from signed history: endorsements and accepted answers. docs/reputation.md explains it. Trust starts at those whom
the reader follows, and whoever is looked at passes none of it on: so a circle of endorsements leads nothing back to whoever began it, and a
crowd that nobody whom the reader trusts has vouched for counts for nothing at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log2
from typing import Any

from node.errors import BadInput
from storage import accounts, follows
from storage.database import Connection
from storage.learning import reputation as kept
from storage.learning.reputation import Voice
from storage.records import Account

DAMPING = 0.85  # what goes on with every step; the rest stays behind
DEEPEST = 4  # steps from the reader, the first being whom they follow
WEIGHTS = {"endorsement": 2.0, "answer": 1.0}
MOST_PEOPLE, MOST_FOLLOWED = 2_000, 5_000
KINDS = tuple(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Vouch:
    """One signed word: by whom, for whom, of which kind. uri: the endorsement's credential, or the question whose answer was accepted."""

    uri: str
    by: str
    of: str
    kind: str


@dataclass(frozen=True, slots=True)
class Share:
    """What came from one person: through how many endorsements and accepted answers."""

    by: str
    trust: float
    endorsements: int
    answers: int


@dataclass(frozen=True, slots=True)
class Reputation:
    """Somebody's, as one reader sees it. distance: steps from the reader, None where no way leads there; shares: the largest first."""

    trust: float
    distance: int | None
    shares: Sequence[Share]


def vouches_from_history(history: Iterable[Mapping[str, Any]]) -> list[Vouch]:
    """What lines of history state, each once, by its uri. Raises BadInput for a line that states nothing."""
    found: dict[str, Vouch] = {}
    for line in history:
        fields = [line.get(name) for name in ("uri", "by", "of", "kind")]
        if not all(isinstance(each, str) and each for each in fields) or line["kind"] not in KINDS:
            raise BadInput("A line of the history has uri, by, of, and a kind that is endorsement or answer.")
        found.setdefault(line["uri"], Vouch(line["uri"], line["by"], line["of"], line["kind"]))
    return list(found.values())


def history_from_vouches(vouches: Iterable[Vouch]) -> list[dict[str, str]]:
    """The same as lines that anybody can compute from, in one order."""
    stated = [{"uri": each.uri, "by": each.by, "of": each.of, "kind": each.kind} for each in vouches]
    return sorted(stated, key=lambda line: line["uri"])


def compute(vouches: Iterable[Vouch], reader: str, followed: Iterable[str], person: str) -> Reputation:
    """A person's reputation as the reader sees it: the same from the same history on every node, to the last bit.

    Personalised PageRank by power iteration, in which the person looked at passes nothing on: how much of the reader's trust arrives
    there for the first time. followed: whom the reader follows; each is given an equal part of 1.
    """
    ties = _ties(vouches)
    first = sorted(set(followed) - {reader})
    held: dict[str, float] = {each: 1 / len(first) for each in first}
    arrived, distance = [held.get(person, 0.0)], 1 if person in held else None
    shares: dict[str, list[float]] = {}
    for step in range(2, DEEPEST + 1):
        parts: dict[str, list[tuple[str, float]]] = {}
        for by in sorted(held.keys() - {person, reader}):
            for of, part in _parts(ties.get(by, {}), held[by]):
                parts.setdefault(of, []).append((by, part))
        held = {of: fsum(part for _, part in given) for of, given in parts.items()}
        for by, part in parts.get(person, ()):
            shares.setdefault(by, []).append(part)
        arrived.append(held.get(person, 0.0))
        distance = distance or (step if person in held else None)
    made = [Share(by, fsum(parts), *ties[by][person]) for by, parts in shares.items()]
    return Reputation(fsum(arrived), distance, sorted(made, key=lambda share: (-share.trust, share.by)))


def _parts(tied: Mapping[str, tuple[int, int]], trust: float) -> list[tuple[str, float]]:
    """What goes on to each for whom somebody vouches: who vouches for many gives each little."""
    whole = fsum(_weight(tie) for tie in tied.values())
    return [(of, DAMPING * trust * _weight(tie) / whole) for of, tie in sorted(tied.items())]


def _ties(vouches: Iterable[Vouch]) -> dict[str, dict[str, tuple[int, int]]]:
    """By a person, for whom: how many endorsements and accepted answers; what somebody says of themselves is nothing."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for each in {vouch.uri: vouch for vouch in vouches}.values():
        if each.by != each.of:
            endorsements, answers = found.setdefault(each.by, {}).get(each.of, (0, 0))
            is_answer = each.kind == "answer"
            found[each.by][each.of] = (endorsements + (not is_answer), answers + is_answer)
    return found


def _weight(tie: tuple[int, int]) -> float:
    """The tenth word for the same person says little more than the ninth."""
    return WEIGHTS["endorsement"] * log2(1 + tie[0]) + WEIGHTS["answer"] * log2(1 + tie[1])


def load_vouches(db: Connection, reader: Account) -> tuple[list[Vouch], list[str]]:
    """The signed history that reaches out from a reader, and whom they follow, as this node knows them."""
    followed = follows.list_following(db, reader.id, MOST_FOLLOWED)
    front, seen = [each.id for each in followed], {reader.id, *(each.id for each in followed)}
    found: list[Voice] = []
    for _ in range(DEEPEST - 1):
        voices = kept.list_voices(db, front)
        found += voices
        front = sorted({voice.of_id for voice in voices} - seen)[:MOST_PEOPLE]
        seen.update(front)
    uris = {each.id: each.uri for each in accounts.list_accounts(db, list({*seen, *(voice.of_id for voice in found)})).values()}
    vouches = [
        Vouch(each.uri, uris[each.by_id], uris[each.of_id], each.kind) for each in found if each.by_id in uris and each.of_id in uris
    ]
    return vouches, [each.uri for each in followed]


def reputation_for(db: Connection, reader: Account, person: Account) -> Reputation:
    """Somebody's reputation as a reader of this node sees it."""
    vouches, followed = load_vouches(db, reader)
    return compute(vouches, reader.uri, followed, person.uri)
