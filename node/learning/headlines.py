"""What is said of a credential in one sentence: one table, for pages, portfolio, API, archive and command line.

The first row that applies is the headline. The word "valid", the word "verified", green and a tick stand for the last row alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from node.languages import noted
from node.learning.verdicts import NOT_ASKED, Part, Verdict

Tone = Literal["bad", "wait", "quiet", "own", "good"]
SIGNS: Mapping[Tone, str] = {"bad": "✗", "wait": "◷", "quiet": "?", "own": "✎", "good": "✓"}
BLANKS: Mapping[str, object] = {"owner": "", "issuer": "", "reason": "", "day": "—", "count": 0}
PARTS = ("proof", "issuer", "status", "dates", "recipient", "schema")
ABOUT = {"unchecked": "proof", "malformed": "schema", "expired": "dates", "early": "dates", "last_seen": "status"}  # whose values are named


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a credential, part by part: an outcome, or the part's code where that tells more (`suspended`, `early`, `unsigned`).

    recipient: '' where nobody was asked for; is_own: recorded by the person who shows it; endorsed: by how many others.
    """

    proof: str = "pass"
    issuer: str = "pass"
    status: str = "pass"
    dates: str = "pass"
    recipient: str = "pass"
    schema: str = "pass"
    is_own: bool = False
    endorsed: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. is_shown: whether others see such a claim at all; counts: whether it speaks for anything."""

    key: str
    sentence: str
    tone: Tone
    applies: Callable[[Facts], bool]
    is_shown: bool = True
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """The row that applies, with the values of its sentence: owner, issuer, reason, day, count."""

    row: Row
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The row's key, for programs."""
        return self.row.key

    @property
    def sign(self) -> str:
        """What stands before the sentence; colour never speaks alone."""
        return SIGNS[self.row.tone]

    def said(self, say: Callable[[str], str]) -> str:
        """The sentence in a language."""
        return say(self.row.sentence) % {**BLANKS, **self.values}


ROWS: tuple[Row, ...] = (
    Row("forged", noted("Changed or forged"), "bad", lambda facts: facts.proof == "fail", is_shown=False),
    Row("other_signer", noted("Signed by another than it names"), "bad", lambda facts: facts.issuer == "fail", is_shown=False),
    Row("revoked", noted("Revoked"), "bad", lambda facts: facts.status == "fail", is_shown=False),
    Row("suspended", noted("Suspended"), "bad", lambda facts: facts.status == "suspended", is_shown=False),
    Row("expired", noted("Expired on %(day)s"), "wait", lambda facts: facts.dates == "fail"),
    Row("early", noted("It holds only from %(day)s on"), "wait", lambda facts: facts.dates == "early"),
    Row("other_recipient", noted("Given to somebody else"), "bad", lambda facts: facts.recipient == "fail", is_shown=False),
    Row("unchecked", noted("Cannot be checked here: %(reason)s"), "quiet", lambda facts: facts.proof == "unknown"),
    Row("unsigned", noted("A claim that nobody signed"), "quiet", lambda facts: facts.proof == "unsigned"),
    Row("malformed", noted("Not a well-formed credential: %(reason)s"), "bad", lambda facts: facts.schema == "fail", is_shown=False),
    Row(
        "own",
        noted("Recorded by %(owner)s themselves · nobody else confirms it yet"),
        "own",
        lambda facts: facts.is_own and not facts.endorsed,
        counts=True,
    ),
    Row("own_endorsed", noted("Recorded by %(owner)s themselves · endorsed by %(count)s"), "own", lambda facts: facts.is_own, counts=True),
    Row("unknown_signer", noted("Signature holds; who signed is not known"), "quiet", lambda facts: facts.issuer == "unknown"),
    Row(
        "unknown_recipient",
        noted("Signature holds; who it was given to is not confirmed"),
        "quiet",
        lambda facts: facts.recipient == "unknown" or facts.dates == "unknown",
    ),
    Row(
        "last_seen", noted("Valid when last seen: not revoked as of %(day)s"), "wait", lambda facts: facts.status == "unknown", counts=True
    ),
    Row("valid", noted("Valid: issued by %(issuer)s"), "good", lambda _: True, counts=True),
)
BY_KEY: Mapping[str, Row] = {row.key: row for row in ROWS}


def headline_of(facts: Facts, **values: object) -> Headline:
    """The first row that applies. values: what its sentence names."""
    return Headline(next(row for row in ROWS if row.applies(facts)), {"count": facts.endorsed, **values})


def headline_of_verdict(verdict: Verdict, *, is_own: bool = False, endorsed: int = 0, owner: str = "", issuer: str = "") -> Headline:
    """The headline of a whole verdict. A recipient that nobody was asked for is left out of it."""
    parts = {part.name: part for part in verdict.parts}
    facts = Facts(**{name: _told(parts.get(name)) for name in PARTS}, is_own=is_own, endorsed=endorsed)
    made = headline_of(facts, owner=owner, issuer=issuer)
    part = parts.get(ABOUT.get(made.key, ""))
    if part is None:
        return made
    reason = part.values.get("reason", part.values.get("fields", part.said))
    return Headline(made.row, {**made.values, "reason": reason, "day": part.values.get("day", "—")})


def _told(part: Part | None) -> str:
    """The outcome of a part, or how it came about where that makes another headline."""
    if part is None:
        return "unknown"
    if part.code == NOT_ASKED:
        return "" if part.name == "recipient" else "unknown"
    return part.code or part.outcome
