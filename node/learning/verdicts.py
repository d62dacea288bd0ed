"""What a credential is worth, in parts: each pass, fail or unknown, with a plain sentence. One function for pages, API and command line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from federation.credential_schema import faults_of
from federation.credentials import Credential, StatusEntry, credential_from_document
from federation.errors import Malformed
from federation.keys import DID_KEY
from federation.rdf_proofs import signer_of
from federation.reading import as_mapping
from federation.status_lists import is_revoked
from node.languages import noted
from node.learning.sealing import UNSIGNED, Doubt

Outcome = Literal["pass", "fail", "unknown"]
FRESH = timedelta(days=1)  # a status list older than this says what was, not what is
NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a verdict. sentence: of the source language, with the values' names as blanks.

    code: how it came about, where the headline differs: not_asked, early, suspended, unsigned.
    """

    name: str
    outcome: Outcome
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)
    code: str = ""

    @property
    def said(self) -> str:
        """The sentence in the source language."""
        return self.sentence % self.values


@dataclass(frozen=True, slots=True)
class SeenList:
    """A status list whose own proof holds, as it was at a moment. issuer: who signed it."""

    document: Mapping[str, Any]
    issuer: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What one knows beside the credential itself. bound: the keys that the actor which it names lists as its own; recipient: all names
    of the person whose it should be; None where nobody can be asked. silent: lists that were asked for just now, and why nothing came."""

    now: datetime
    bound: frozenset[str] | None = None
    recipient: frozenset[str] | None = None
    lists: Mapping[str, SeenList] = field(default_factory=dict)
    silent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """All parts: proof, schema, dates, status, issuer, recipient."""

    parts: Sequence[Part]

    @property
    def outcome(self) -> Outcome:
        """fail where one part fails; pass where all pass."""
        outcomes = {part.outcome for part in self.parts}
        return "fail" if "fail" in outcomes else "unknown" if "unknown" in outcomes else "pass"

    def part(self, name: str) -> Part:
        """One of them by its name."""
        return next(part for part in self.parts if part.name == name)


def judge(document: Mapping[str, Any], proof_fault: str, known: Known) -> Verdict:
    """The verdict on a credential. proof_fault: what sealing.find_fault said of it."""
    try:
        credential = credential_from_document(document)
    except Malformed as error:
        nothing = Part("schema", "unknown", noted("It is of a kind that this version does not know: %(reason)s."), {"reason": error})
        return Verdict((proof_part(proof_fault), nothing))
    parts = (
        proof_part(proof_fault),
        _schema(document),
        _dates(credential, known.now),
        _status(credential, known),
        _issuer(credential, document, known.bound),
        _recipient(credential, known.recipient),
    )
    return Verdict(parts)


def proof_part(fault: str) -> Part:
    """Whether the signature holds. fault: why not, '' where it does; UNSIGNED where nobody signed, a Doubt where it cannot be checked."""
    if fault == UNSIGNED:
        return Part("proof", "unknown", noted("Nobody signed it."), code=UNSIGNED)
    if isinstance(fault, Doubt):
        return Part("proof", "unknown", noted("The signature cannot be checked here: %(reason)s."), {"reason": str(fault)})
    if fault:
        return Part("proof", "fail", noted("The signature does not hold: %(reason)s."), {"reason": fault})
    return Part("proof", "pass", noted("The signature holds: nothing was changed since it was signed."))


def _schema(document: Mapping[str, Any]) -> Part:
    faults = faults_of(document)
    if faults:
        return Part("schema", "fail", noted("Fields are missing or wrong: %(fields)s."), {"fields": ", ".join(faults)})
    return Part("schema", "pass", noted("It has every field that Open Badges 3.0 asks for."))


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _dates(credential: Credential, now: datetime) -> Part:
    starts, ends = credential.valid_from, credential.valid_until
    if starts is None:
        return Part("dates", "unknown", noted("It does not say since when it holds."))
    if starts > now:
        return Part("dates", "fail", noted("It holds only from %(day)s on."), {"day": _day(starts)}, "early")
    if ends is not None and ends <= now:
        return Part("dates", "fail", noted("It has expired on %(day)s."), {"day": _day(ends)})
    if ends is not None:
        return Part("dates", "pass", noted("It holds from %(day)s until %(end)s."), {"day": _day(starts), "end": _day(ends)})
    return Part("dates", "pass", noted("It holds since %(day)s, without an end."), {"day": _day(starts)})


def _status(credential: Credential, known: Known) -> Part:
    """The worst that its lists say; without any it cannot be revoked."""
    parts = [_entry_part(credential, entry, known) for entry in credential.status]
    worst = [part for outcome in ("fail", "unknown", "pass") for part in parts if part.outcome == outcome]
    return worst[0] if worst else Part("status", "pass", noted("Its issuer keeps no list of revoked credentials for it."))


def _entry_part(credential: Credential, entry: StatusEntry, known: Known) -> Part:
    seen = known.lists.get(entry.list_url)
    since = {"day": _day(credential.valid_from) if credential.valid_from else "—"}
    if seen is None and entry.list_url in known.silent:
        values = {**since, "list": entry.list_url, "reason": known.silent[entry.list_url]}
        return Part("status", "unknown", noted("%(list)s was asked whether it was revoked, and gave no answer: %(reason)s."), values)
    if seen is None:
        return Part("status", "unknown", noted("Not asked whether it was revoked."), since, NOT_ASKED)
    day = {"day": _day(seen.moment)}
    same = known.bound if known.bound is not None and credential.issuer.did in known.bound else {credential.issuer.did}
    if entry.index is not None and seen.issuer not in same:
        return Part("status", "unknown", noted("The list of revoked credentials is somebody else's than its issuer's."), since)
    try:
        revoked = is_revoked(seen.document, entry, credential.uri)
    except Malformed as error:
        return Part("status", "unknown", noted("The list of revoked credentials cannot be read: %(reason)s."), {"reason": error, **since})
    if revoked and entry.purpose == "suspension":
        return Part("status", "fail", noted("Its issuer has suspended it (list of %(day)s)."), day, "suspended")
    if revoked:
        return Part("status", "fail", noted("Its issuer has revoked it (list of %(day)s)."), day)
    if known.now - seen.moment > FRESH:
        return Part("status", "unknown", noted("Not revoked as of %(day)s; the issuer's list could not be had since."), day)
    return Part("status", "pass", noted("Not revoked (list of %(day)s)."), day)


def _issuer(credential: Credential, document: Mapping[str, Any], bound: frozenset[str] | None) -> Part:
    """Whether the key that signed is the issuer's, and the issuer's actor says so too."""
    issuer = credential.issuer
    who = {"who": issuer.name or issuer.url or issuer.did}
    signer = signer_of(document)
    if issuer.did.startswith(DID_KEY) and not signer and _method_of(document).partition("#")[0] != issuer.did:
        return Part("issuer", "fail", noted("It was signed with another key than that of its issuer, %(who)s."), who)
    if bound is None:
        return Part("issuer", "unknown", noted("It claims to be from %(who)s; that is not confirmed."), who)
    if signer not in bound:
        return Part("issuer", "fail", noted("%(who)s does not list the key that signed it as its own."), who)
    return Part("issuer", "pass", noted("The key belongs to %(who)s."), who)


def _method_of(document: Mapping[str, Any]) -> str:
    return str(as_mapping(document.get("proof")).get("verificationMethod"))


def _recipient(credential: Credential, recipient: frozenset[str] | None) -> Part:
    if recipient is None:
        return Part("recipient", "unknown", noted("It names %(subject)s; whether that is the person who shows it, only they can prove."),
                    {"subject": credential.subject_id or "—"}, NOT_ASKED)  # fmt: skip
    if credential.subject_id in recipient:
        return Part("recipient", "pass", noted("It was given to the person who shows it."))
    return Part("recipient", "fail", noted("It was given to somebody else: %(subject)s."), {"subject": credential.subject_id or "—"})


def as_json(verdict: Verdict) -> dict[str, object]:
    """The verdict for programs."""
    parts = [{"part": part.name, "outcome": part.outcome, "said": part.said} for part in verdict.parts]
    return {"outcome": verdict.outcome, "parts": parts}


def as_text(verdict: Verdict) -> str:
    """The verdict for people at a terminal."""
    signs = {"pass": "ok     ", "fail": "FAIL   ", "unknown": "unknown"}
    return "\n".join(f"{signs[part.outcome]} {part.name:9} {part.said}" for part in verdict.parts)


def names_of(dids: Iterable[str], *uris: str) -> frozenset[str]:
    """All names under which somebody may have been given something."""
    return frozenset((*dids, *uris))
