"""A portfolio with one achievement of each sort, for tests that look at how they are told apart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from federation import keys
from federation.credentials import ACHIEVEMENT, Badge, Credential, Issuer, Outcome, document_from_credential
from federation.facets import Alignment
from federation.keys import ProofSigner
from federation.rdf_proofs import add_rdf_proof, did_key_of
from node.context import Context
from node.learning import answering, awarding, badges, persons, revoking
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from storage.ids import free_id, ms_from_datetime
from storage.learning import awards
from storage.learning.awards import PUBLIC, Award
from storage.learning.facets import Competency
from storage.records import Account

REASON = "It was a fern"
SORTS = ("own", "person", "community", "forged", "revoked", "missed", "unchecked", "unconfirmed")
HIDDEN = ("forged", "revoked")  # from everybody but the owner
TITLES = {
    "own": "Doctor of Botany",
    "person": "Knows ten mosses",
    "community": "Laid a hedge",
    "forged": "Master of forgery",
    "revoked": "Names the ferns",
    "missed": "Latin names",
    "unchecked": "Soil science",
    "unconfirmed": "Dean of everything",
}


@dataclass(frozen=True)
class Cast:
    """Whose portfolio it is, who gives, and a community that gives."""

    owner: Account
    teacher: Account
    group: Account


async def fill(context: Context, cast: Cast) -> dict[str, Award]:
    """One public achievement of each sort, by sort."""
    made = {
        "own": await _give(context, cast.owner, cast.owner, "own", is_public=True),
        "person": await _give(context, cast.teacher, cast, "person"),
        "community": await _give(context, cast.teacher, cast, "community", cast.group.id),
        "revoked": await _give(context, cast.teacher, cast, "revoked"),
        "missed": await _give(context, cast.teacher, cast, "missed", outcomes=(Outcome("Paper", "0", "RawScore", "100"),)),
    }
    await revoking.revoke(context, cast.teacher, made["revoked"].id, REASON)
    now = context.site.now()
    subject = await context.database.read(persons.subject_of, cast.owner)
    real = signed(now, subject, cast.teacher.uri, "forged")
    for sort, document, proof, is_refused in (
        ("forged", {**real, "name": "Changed"}, "fail", True),
        ("unchecked", _other_suite(signed(now, subject, "https://orchard.example/actor", "unchecked")), "unknown", False),
        ("unconfirmed", signed(now, subject, "https://university.example/actor", "unconfirmed"), "pass", False),
    ):
        made[sort] = await context.database.write(_keep, context, cast, sort, document, proof, is_refused)
    return made


async def _give(
    context: Context, giver: Account, to: Cast | Account, sort: str, giver_id: int | None = None, *, is_public: bool = False, **said: Any
) -> Award:
    owner = to.owner if isinstance(to, Cast) else to
    draft = BadgeDraft(TITLES[sort], "In the wild.", "Come and work.", about=f"About {sort}", giver_id=giver_id)
    badge = await badges.define(context, giver, draft)
    given = await awarding.award(context, giver, Gift(badge.id, owner.id, "Well done", is_public=is_public, **said))
    if not is_public:
        await answering.answer(context, owner, given.id, "public")
    return given


def signed(now: datetime, subject: str, url: str, sort: str) -> dict[str, Any]:
    """A credential by a throw-away key in somebody's name."""
    signer = ProofSigner("x", keys.generate_ed25519())
    about = (Alignment(f"https://x.example/{sort}", f"About {sort}"),)
    badge = Badge(f"{url}/badges/{sort}", TITLES[sort], "In the wild.", "Come and work.", alignment=about)
    issuer = Issuer(did_key_of(signer), "University of Everything", url)
    credential = Credential(f"{url}/achievements/{sort}", ACHIEVEMENT, issuer, subject, badge.name, now - timedelta(days=1), badge=badge)
    return add_rdf_proof(document_from_credential(credential), signer, now)


def _other_suite(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "proof": {**document["proof"], "type": "Ed25519Signature2020", "cryptosuite": None}}


def _keep(db: Any, context: Context, cast: Cast, sort: str, document: dict[str, Any], proof: str, is_refused: bool) -> Award:
    now_ms = ms_from_datetime(context.site.now())
    row = Award(free_id(db, "award", now_ms), document["id"], None, cast.owner.id, None, None, PUBLIC, TITLES[sort], "Badge", None,
                orjson.dumps(document).decode(), now_ms, proof=proof, claimed=document["issuer"]["url"], refused=is_refused,
                bound_ms=now_ms)  # fmt: skip
    awards.add_award(db, row, [Competency(f"https://x.example/{sort}", f"About {sort}")])
    return row
