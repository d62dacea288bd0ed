"""Credentials of an archive, taken in again where their signatures hold: what the learner was given, who vouched, and what they gave.

Whose they are is decided by node.learning.attribution; an archive proves nothing but that its owner has the key.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import orjson

from federation.credentials import ACHIEVEMENT, ENDORSEMENT, Credential, credential_from_document, digest_of
from federation.errors import FederationError, Malformed
from federation.facets import Alignment
from federation.identities import predecessors
from federation.keys import DID_KEY
from federation.linked_data import MAX_BYTES
from federation.origins import host_of
from federation.rdf_proofs import signer_of
from federation.reading import uri_from
from federation.records import ActorDocument
from node.context import Context
from node.learning import attribution, persons, sealing, taking
from node.learning.attribution import Attribution
from node.learning.results import result_of
from node.site import Site
from node.social import naming, remote
from node.social.guardianship import is_ward
from storage import accounts
from storage import posts as kept_posts
from storage.database import Connection
from storage.ids import free_id, ms_from_datetime
from storage.learning import awards, badges, endorsements
from storage.learning.awards import ACCEPTED, OFFERED, PUBLIC, Award
from storage.learning.facets import Competency
from storage.records import Account


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose archive it is, proven by the key. names: what credentials may call them: the key, and the former actor where that one, as this
    node knows it or its server says now, has this key. Else anybody could write another's actor into an archive of their own.
    """

    actor: ActorDocument
    multibase: str
    is_confirmed: bool

    @property
    def names(self) -> frozenset[str]:
        key = {DID_KEY + self.multibase}
        return frozenset(key | predecessors(key, self.actor.statements) | ({self.actor.uri} if self.is_confirmed else set()))


def loaded_document(text: object) -> dict[str, Any] | None:
    """A JSON object that an archive holds as a text, or None."""
    try:
        found = orjson.loads(text) if isinstance(text, str) and len(text) <= MAX_BYTES else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _credential(stated: Mapping[str, Any], kind: str) -> tuple[dict[str, Any], Credential] | None:
    document = loaded_document(stated.get("credential"))
    try:
        credential = credential_from_document(document or {})
    except Malformed:
        return None
    return (document or {}, credential) if credential.kind == kind and uri_from(credential.uri) else None


async def _meet(context: Context, credential: Credential) -> None:
    """Fetches the actor that a credential names, where this node does not know it yet and its server answers."""
    uri = uri_from(attribution.claimed_actor(credential))
    if uri is not None and not naming.is_ours(context.site.origin, uri):
        with suppress(FederationError):
            await remote.get_account(context, uri)


async def _person(context: Context, uri: str) -> Account:
    """Who was given something, as their own server tells it; where it is gone, a name without keys, of which nothing is believed."""
    try:
        return await remote.get_account(context, uri)
    except FederationError:
        return await context.database.write(_stand_in, context.site, uri)


def _stand_in(db: Connection, site: Site, uri: str) -> Account:
    known = accounts.find_account_by_uri(db, uri)
    if known is not None:
        return known
    now_ms = site.now_ms()
    name = "".join(letter for letter in uri.rstrip("/").rpartition("/")[2] if letter.isalnum() or letter in "_-.")[:30] or "somebody"
    made = Account(free_id(db, "account", now_ms), uri, "Person", name, host_of(uri), f"{uri}/inbox", now_ms, now_ms)
    accounts.add_account(db, made)
    return made


async def bring_award(context: Context, account: Account, owner: Owner, stated: Mapping[str, Any]) -> bool:
    """True where an achievement is new here. It must be the learner's: given to their key, or to the former actor."""
    found, actor = _credential(stated, ACHIEVEMENT), owner.actor
    if found is None or found[1].subject_id not in owner.names:
        return False
    document, credential = found
    if await context.database.write(_hand_over, account, actor.uri, credential, stated):
        return True
    known = await context.database.read(awards.find_award_by_uri, credential.uri)
    if (known is not None and known.bound) or await sealing.find_fault(document):
        return False
    await _meet(context, credential)
    return await context.database.write(partial(_keep_award, account, actor.uri, found, stated), context.site)


def _state(stated: Mapping[str, Any]) -> str:
    state = stated.get("state")
    return state if state in (OFFERED, ACCEPTED, PUBLIC) else ACCEPTED


def _hand_over(db: Connection, account: Account, former_uri: str, credential: Credential, stated: Mapping[str, Any]) -> bool:
    """True where this node knew the same achievement as the former account's, whose it is no longer."""
    former, known = accounts.find_account_by_uri(db, former_uri), awards.find_award_by_uri(db, credential.uri)
    if (
        former is None
        or former.is_local
        or known is None
        or known.recipient_id != former.id
        or known.credential != stated.get("credential")
    ):
        return False
    awards.hand_over(db, known.id, account.id, ACCEPTED if is_ward(account) else _state(stated))
    return True


def _keep_award(
    account: Account, former_uri: str, found: tuple[dict[str, Any], Credential], stated: Mapping[str, Any], db: Connection, site: Site
) -> bool:
    """False where something else has the credential's address and is confirmed, or as little as this one."""
    document, credential = found
    whose = attribution.attribute_own(db, account, former_uri, document, credential)
    if not _makes_room(db, credential.uri, whose):
        return False
    post = kept_posts.find_post_by_uri(db, str(stated.get("post")))
    row = replace(
        _award_row(db, site, credential, stated),
        issuer_id=whose.account.id if whose.account else None,
        claimed=whose.claimed,
        bound=whose.account is not None,
        refused=whose.state == "refused",
        recipient_id=account.id,
        state=ACCEPTED if is_ward(account) else _state(stated),
        post_id=post.id if post else None,
    )
    _add(db, row, credential)
    attribution.join_waiting(db, row)
    taking.send_for_look(db, site, "award", row.id)
    return True


def _makes_room(db: Connection, uri: str, whose: Attribution) -> bool:
    """Whether a credential may have its address: what nobody confirmed gives way to what its issuer signed."""
    return awards.find_award_by_uri(db, uri) is None or (whose.account is not None and awards.remove_unattributed(db, uri))


def _award_row(db: Connection, site: Site, credential: Credential, stated: Mapping[str, Any]) -> Award:
    """What a credential says, as a row that says nothing yet of whom and whose."""
    return Award(
        id=free_id(db, "award", site.now_ms()),
        uri=credential.uri,
        issuer_id=None,
        recipient_id=0,
        badge_id=None,
        post_id=None,
        state=OFFERED,
        name=credential.name,
        kind=credential.badge.kind if credential.badge else "",
        image_url=None,
        credential=str(stated.get("credential")),
        issued_ms=ms_from_datetime(credential.valid_from) if credential.valid_from else site.now_ms(),
        valid_until_ms=ms_from_datetime(credential.valid_until) if credential.valid_until else None,
        proof="pass",
        bound_ms=site.now_ms(),
        share=result.share if (result := result_of(credential)) else 100,
    )


def _add(db: Connection, row: Award, credential: Credential) -> None:
    awards.add_award(db, row, _competencies(credential.badge.alignment if credential.badge else ()))


def _competencies(alignments: Sequence[Alignment]) -> list[Competency]:
    return [Competency(each.url, each.name) for each in alignments]


async def bring_endorsement(context: Context, account: Account, owner: Owner, stated: Mapping[str, Any]) -> bool:
    """True where an endorsement of the learner is new here."""
    found = _credential(stated, ENDORSEMENT)
    if found is None:
        return False
    document, credential = found
    known = await context.database.read(endorsements.find_endorsement_by_uri, credential.uri)
    if known is not None and known.bound:
        return False
    award = await context.database.read(awards.find_award_by_uri, credential.subject_id)
    is_theirs = award.recipient_id == account.id if award else credential.subject_id in owner.names
    if not attribution.claimed_actor(credential) or not is_theirs:
        return False
    if (award and credential.digest != digest_of(award.credential.encode())) or await sealing.find_fault(document):
        return False
    await _meet(context, credential)
    keep = partial(_keep_endorsement, (account, None), found, str(stated.get("credential")))
    return await context.database.write(keep, context.site, award)


def _keep_endorsement(
    people: tuple[Account, Account | None],
    found: tuple[dict[str, Any], Credential],
    text: str,
    db: Connection,
    site: Site,
    award: Award | None,
) -> bool:
    """people: who was endorsed, and the owner of the archive where it is they who did."""
    document, credential = found
    recipient, owner = people
    if owner is None:
        whose = attribution.attribute(db, document, credential)
    else:
        whose = Attribution("bound", attribution.claimed_actor(credential), owner)
    row = replace(taking.endorsement_of(db, site, credential, text, (whose, recipient), award), proof="pass")
    if row.endorser_id == recipient.id:
        return False
    if row.bound:
        endorsements.remove_unattributed(db, row.uri)
    taking.send_for_look(db, site, "endorsement", row.id)
    return endorsements.add_endorsement(db, row)


async def bring_given(context: Context, account: Account, owner: Owner, stated: Mapping[str, Any]) -> bool:
    """True where this node did not know an achievement that the learner gave to somebody elsewhere.

    Whether they accepted it is theirs to say, so it counts as offered; its status list stays where it was signed for.
    """
    found = _credential(stated, ACHIEVEMENT)
    if found is None or not _is_by(owner, found) or await context.database.read(awards.find_award_by_uri, found[1].uri) is not None:
        return False
    document, credential = found
    recipient = await _recipient(context, account, credential, stated)
    if recipient is None or await sealing.find_fault(document):
        return False
    await context.database.write(partial(_keep_given, account, recipient, credential, stated), context.site)
    return True


def _is_by(owner: Owner, found: tuple[dict[str, Any], Credential]) -> bool:
    document, credential = found
    return credential.issuer.url == owner.actor.uri and credential.issuer.did in owner.names and signer_of(document) in owner.names


async def _recipient(context: Context, account: Account, credential: Credential, stated: Mapping[str, Any]) -> Account | None:
    """Who got something, where they live elsewhere and the credential names them: people here hear of nothing by another's archive."""
    uri = uri_from(stated.get("recipient"))
    if uri is None:
        return None
    person = await _person(context, uri)
    names = await context.database.read(persons.dids_of, person) | {person.uri}
    return person if not person.is_local and person.id != account.id and credential.subject_id in names else None


def _keep_given(
    account: Account, recipient: Account, credential: Credential, stated: Mapping[str, Any], db: Connection, site: Site
) -> None:
    badge, revoked_ms = credential.badge, stated.get("revoked_ms")
    row = replace(
        _award_row(db, site, credential, stated),
        issuer_id=account.id,
        claimed=attribution.claimed_actor(credential),
        bound=True,
        recipient_id=recipient.id,
        badge_id=next((each.id for each in badges.list_badges(db, account.id) if badge and each.name == badge.name), None),
        revoked_ms=revoked_ms if isinstance(revoked_ms, int) else None,
        reason=str(stated.get("reason") or "")[:500],
    )
    _add(db, row, credential)


async def bring_vouched(context: Context, account: Account, owner: Owner, stated: Mapping[str, Any]) -> bool:
    """True where this node did not know the learner's word for somebody elsewhere."""
    found = _credential(stated, ENDORSEMENT)
    if found is None or not _is_by(owner, found):
        return False
    document, credential = found
    if await context.database.read(endorsements.find_endorsement_by_uri, credential.uri) is not None:
        return False
    award = await context.database.read(awards.find_award_by_uri, credential.subject_id)
    if award is not None:
        is_same = credential.digest == digest_of(award.credential.encode())
        person = await context.database.read(accounts.find_account, award.recipient_id) if is_same else None
    else:
        person = await _recipient(context, account, credential, stated)
    if person is None or person.is_local or await sealing.find_fault(document):
        return False
    keep = partial(_keep_endorsement, (person, account), found, str(stated.get("credential")))
    return await context.database.write(keep, context.site, award)
