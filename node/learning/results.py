"""What somebody reached, as a credential states it: in words beside the achievement, and as a share of the best that there was."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from federation.credentials import Credential, Outcome
from node.languages import noted

FAILING = frozenset(
    ("fail", "failed", "failure", "not passed", "f", "withdrew", "enrolled", "inprogress", "in progress", "onhold", "none", "nil", "zero",
     "nicht bestanden", "durchgefallen", "ungenügend")
)  # fmt: skip
NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?")
UNREADABLE = 10  # percent, for a value that cannot be held against its best
OF, NOT_PASSED = noted("%(value)s of %(most)s"), noted("not passed")


@dataclass(frozen=True, slots=True)
class Result:
    """What was reached. share: of the best, 0 to 100 percent; 0 is a test that was not passed."""

    outcomes: Sequence[Outcome]
    share: int

    def words(self, say: Callable[[str], str]) -> str:
        """ "17 of 20"; "Moss: 3 of 5; Ferns: good" where there are several; "0 of 100, not passed". say: into a language."""
        several = len(self.outcomes) > 1
        said = [f"{each.name}: {_words(each, say)}" if several and each.name else _words(each, say) for each in self.outcomes]
        text = "; ".join(filter(None, said))
        if self.share:
            return text
        return say(NOT_PASSED) if not text or text.casefold() == NOT_PASSED else f"{text}, {say(NOT_PASSED)}"


def _words(outcome: Outcome, say: Callable[[str], str]) -> str:
    return say(OF) % {"value": outcome.value, "most": outcome.most} if outcome.most else outcome.value


def result_of(credential: Credential | None) -> Result | None:
    """The result that a credential states; None where it states none."""
    outcomes = [each for each in credential.outcomes if each.value] if credential is not None else []
    if not outcomes:
        return None
    shares = [share_of(each) for each in outcomes]
    return Result(outcomes, 0 if not any(shares) else max(1, round(sum(shares) / len(shares))))


def share_of(outcome: Outcome) -> int:
    """How much of the best was reached, in percent: 0 for what was failed, 100 where nothing better is stated."""
    value, best, least = _number(outcome.value), _number(outcome.most), _number(outcome.required)
    if best is None and (outcome.kind == "Percent" or outcome.value.rstrip().endswith("%")):
        best = 100.0
    if value is None:
        return 0 if _is_failing(outcome.value) else 100 if best is None else UNREADABLE
    if value <= 0 or (least is not None and value < least):
        return 0 if best is None or best > 0 else UNREADABLE  # golf: a best of 0 says nothing of more
    return 100 if best is None or best <= 0 else max(1, min(100, round(100 * value / best)))


def _number(text: str) -> float | None:
    """A number as people write them, with a comma or a percent sign; None for anything else."""
    bare = text.strip().removesuffix("%").strip()
    value = float(bare.replace(",", ".")) if NUMBER.fullmatch(bare) else None
    return value if value is not None and isfinite(value) else None


def _is_failing(text: str) -> bool:
    return " ".join(text.casefold().split()).strip(".!") in FAILING
