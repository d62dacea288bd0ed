"""Achievements as they are shown anywhere: who issued them and of what kind that is, one headline, the result, and who endorses them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson

from federation.credential_schema import faults_of
from federation.credentials import Credential, credential_from_document
from federation.errors import Malformed
from federation.keys import DID_KEY
from federation.rdf_proofs import signer_of
from node.languages import noted
from node.learning import attribution, persons
from node.learning.attribution import Kind
from node.learning.headlines import Facts, Headline, headline_of
from node.learning.judging import CLAIM
from node.learning.results import Result, result_of
from node.learning.verdicts import FRESH
from node.site import Site
from node.social import naming
from storage import accounts
from storage.database import Connection
from storage.ids import datetime_from_ms
from storage.learning import endorsements, evidence
from storage.learning.awards import Award
from storage.learning.endorsements import Endorsement
from storage.records import Account

KIND_WEIGHTS: Mapping[Kind, float] = {"organisation": 6.0, "community": 5.0, "person": 4.0, "self": 1.0, "unconfirmed": 0.0}
ENDORSED_WEIGHT = 2.0  # each other who vouches for it
FRESH_MS = int(FRESH.total_seconds() * 1000)
PROOFS = {"pass": "pass", "fail": "fail", CLAIM: "unsigned"}  # by what is kept of a proof; anything else is unknown
NOT_YET, UNKNOWN_SUITE = noted("nobody has looked at it yet"), noted("it is signed in a way that this version does not know")
KEPT_CHARACTERS = 16_000
KEY_LETTERS = 6  # of a key, at its end, by which people tell two apart


@dataclass(frozen=True, slots=True)
class Claim:
    """An achievement of somebody. issuer: whose key signed it, None where that is not confirmed; claimed_name: what the file calls its
    issuer, which proves nothing; seen_ms: when it was last known not to be revoked."""

    award: Award
    issuer: Account | None
    domain: str
    kind: Kind
    headline: Headline
    result: Result | None
    endorsers: Sequence[Account]
    claimed_name: str
    signer: str
    seen_ms: int

    @property
    def is_shown(self) -> bool:
        """Whether others than its owner see it at all."""
        return self.headline.row.is_shown

    @property
    def is_passed(self) -> bool:
        """False for a test that was not passed."""
        return self.result is None or self.result.share > 0

    @property
    def weight(self) -> float:
        """How much it says: by who issued it, the result, and who else endorses it. 0 for what counts for nothing."""
        if not self.headline.row.counts or not self.is_passed:
            return 0.0
        share = self.result.share / 100 if self.result is not None else 1.0
        return KIND_WEIGHTS[self.kind] * share + ENDORSED_WEIGHT * len(self.endorsers)

    @property
    def claimed_domain(self) -> str:
        """The domain of the actor that the credential names, '' for none."""
        return attribution.host_of_claim(self.award.claimed)

    @property
    def short_key(self) -> str:
        """The end of the key that signed, by which one is told from another."""
        return f"…{self.signer[-KEY_LETTERS:]}" if self.signer else "—"


def list_claims(db: Connection, site: Site, owner: Account, found: Sequence[Award]) -> list[Claim]:
    """What somebody was awarded, as it is shown, in the order given."""
    words = endorsements.list_for_awards(db, [each.id for each in found])
    ids = {each.issuer_id for each in found} | {word.endorser_id for each in words.values() for word in each}
    people = accounts.list_accounts(db, [each for each in ids if each is not None])
    contents = {each.id: content_of(each.credential) for each in found}
    urls = {entry.list_url for each in contents.values() if each.said is not None for entry in each.said.status}
    seen = evidence.list_seen_ms(db, [url for url in urls if not naming.is_ours(site.origin, url)])
    names = persons.all_names(db, owner) | attribution.keys_of(db, owner)
    own = attribution.list_own_communities(db, people.values(), owner)
    made = []
    for each in found:
        issuer = people.get(each.issuer_id) if each.issuer_id is not None else None
        given = Given(each, issuer, owner, contents[each.id], attribution.kind_of(issuer, owner, own))
        made.append(_claim(site, given, endorsers_of(words.get(each.id, ()), people, owner, own, issuer), seen, names))
    return made


def claim_of(db: Connection, site: Site, award: Award) -> Claim:
    """One achievement as it is shown."""
    return list_claims(db, site, accounts.get_account(db, award.recipient_id), [award])[0]


@dataclass(frozen=True, slots=True)
class Content:
    """What a credential's exact text says, which never changes. faults: fields that are missing or wrong."""

    said: Credential | None
    signer: str
    faults: Sequence[str]
    result: Result | None


def content_of(text: str) -> Content:
    """What a credential says. Reading one takes a third of a millisecond, so those of usual size are kept."""
    return _kept_content(text) if len(text) <= KEPT_CHARACTERS else _content(text)


def _content(text: str) -> Content:
    found = orjson.loads(text)
    document = found if isinstance(found, dict) else {}
    try:
        said = credential_from_document(document)
    except Malformed:
        return Content(None, signer_of(document), (), None)
    return Content(said, signer_of(document), tuple(faults_of(document)), result_of(said))


_kept_content = lru_cache(maxsize=300)(_content)


@dataclass(frozen=True, slots=True)
class Given:
    """An award with what is read from it."""

    award: Award
    issuer: Account | None
    owner: Account
    content: Content
    kind: Kind


def endorsers_of(
    words: Sequence[Endorsement],
    people: Mapping[int, Account],
    owner: Account,
    own: frozenset[int] = frozenset(),
    issuer: Account | None = None,
) -> list[Account]:
    """Who vouches, each once, where their own key signed: neither the owner nor who issued it."""
    ids = dict.fromkeys(word.endorser_id for word in words if word.counts and word.endorser_id is not None)
    found = [people[each] for each in ids if each in people and people[each].is_active]
    nobody = {owner.id, issuer.id if issuer is not None else owner.id}
    return [each for each in found if each.id not in nobody and attribution.kind_of(each, owner, own) != "self"]


def _claim(site: Site, given: Given, endorsers: Sequence[Account], seen: Mapping[str, int], names: frozenset[str]) -> Claim:
    award, issuer, owner, said, signer = given.award, given.issuer, given.owner, given.content.said, given.content.signer
    kind: Kind = "self" if issuer is not None and signer and signer in names else given.kind
    seen_ms = _seen_ms(site, award, said, seen)
    facts = Facts(
        proof=PROOFS.get(award.proof, "unknown"),
        issuer="pass" if award.bound else "fail" if award.refused else "unknown",
        status="fail" if award.revoked_ms is not None else "unknown" if seen_ms < site.now_ms() - FRESH_MS else "pass",
        dates=_dates(site, award),
        recipient=_recipient(owner, said, names),
        schema="fail" if given.content.faults else "pass",
        is_own=kind == "self",
        endorsed=len(endorsers),
    )
    domain = attribution.host_of_account(site, issuer) if issuer is not None else ""
    headline = headline_of(
        facts,
        owner=owner.title,
        issuer=attribution.label_of(site, issuer) if issuer is not None else "",
        reason=", ".join(given.content.faults) if facts.schema == "fail" else UNKNOWN_SUITE if award.proof else NOT_YET,
        day=_day(site, award, seen_ms, facts),
    )
    called = said.issuer.name if said is not None else ""
    return Claim(award, issuer, domain, kind, headline, given.content.result, endorsers, called, signer.removeprefix(DID_KEY), seen_ms)


def _dates(site: Site, award: Award) -> str:
    if award.valid_until_ms is not None and award.valid_until_ms <= site.now_ms():
        return "fail"
    return "early" if award.issued_ms > site.now_ms() else "pass"


def _recipient(owner: Account, said: Credential | None, names: frozenset[str]) -> str:
    if said is None or said.subject_id in names:
        return "pass"
    return "fail" if owner.is_local else "unknown"


def _seen_ms(site: Site, award: Award, said: Credential | None, seen: Mapping[str, int]) -> int:
    """The moment as of which it is known not to be revoked: now where its lists are ours or where nothing could revoke it, the day that it
    was issued where its list was never had."""
    others = [entry.list_url for entry in said.status if not naming.is_ours(site.origin, entry.list_url)] if said is not None else []
    return min([seen.get(url, award.issued_ms) for url in others], default=site.now_ms())


def _day(site: Site, award: Award, seen_ms: int, facts: Facts) -> str:
    moment_ms = (award.valid_until_ms or 0) if facts.dates == "fail" else award.issued_ms if facts.dates == "early" else seen_ms
    return datetime_from_ms(min(moment_ms, max(site.now_ms(), award.issued_ms, award.valid_until_ms or 0))).date().isoformat()


def as_text(claim: Claim) -> str:
    """A claim in one line, for people at a terminal: the result, who issued it, the headline."""
    result = f" · {claim.result.words(str)}" if claim.result is not None else ""
    who = f"{claim.issuer.title} @{claim.issuer.name}@{claim.domain}, {claim.kind}" if claim.issuer is not None else unconfirmed_name(claim)
    return f"{result} · by {who} · {claim.headline.said(str)}"


def unconfirmed_name(claim: Claim) -> str:
    """What stands for an issuer that nobody confirms."""
    named = " ".join(filter(None, (f"“{claim.claimed_name}”" if claim.claimed_name else "", claim.claimed_domain)))
    return f"key {claim.short_key}, claims to be from {named}; not confirmed" if named else f"key {claim.short_key}; not confirmed"


def as_json(claim: Claim) -> dict[str, object]:
    """A claim for programs (INTERFACE, `/@name/portfolio`). An issuer that is not confirmed has the key for its name."""
    issuer = claim.issuer
    return {
        "id": str(claim.award.id),
        "name": claim.award.name,
        "issuer": {
            "name": issuer.title if issuer is not None else f"key {claim.short_key}",
            "domain": claim.domain,
            "kind": claim.kind,
            "url": issuer.uri if issuer is not None else None,
            "claims_to_be": None if issuer is not None else {"name": claim.claimed_name, "url": claim.award.claimed or None},
        },
        "verdict": claim.headline.key,
        "said": claim.headline.said(str),
        "result": claim.result.words(str) if claim.result is not None else None,
        "passed": claim.is_passed,
        "bound": claim.award.bound,
        "endorsed_by": [each.uri for each in claim.endorsers],
        "weight": round(claim.weight, 2),
    }
