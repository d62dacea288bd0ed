"""Endorsements: somebody vouches, with their signature, for an achievement or for what a person can do, until they take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import orjson

from federation.credentials import (
    ENDORSEMENT,
    MAX_TEXT,
    Credential,
    Evidence,
    StatusEntry,
    credential_from_document,
    digest_of,
    document_from_credential,
)
from federation.facets import Alignment, Endorsement, document_from_facet
from federation.keys import ProofSigner
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import judging, persons, revoking, sealing
from node.learning.awarding import free_index, plain
from node.site import Site
from node.social import naming, notifying, posts
from node.social.posts import Draft
from storage import accounts
from storage.database import Connection
from storage.ids import free_id
from storage.learning import awards, endorsements
from storage.learning.awards import Award
from storage.learning.endorsements import Endorsement as Kept
from storage.records import DIRECT, Account, Post
from storage.records import PUBLIC as EVERYBODY


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody vouches for: an achievement, or a person's competency; giver_id: a community in whose name."""

    comment: str
    award_id: int | None = None
    person_id: int | None = None
    competency: Alignment | None = None
    giver_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    endorsement_id: int
    giver: Account
    recipient: Account
    award: Award | None
    signer: ProofSigner
    credential: Credential
    list_index: int
    list_body: str | None


async def endorse(context: Context, account: Account, word: Word) -> Kept:
    """The endorsement, signed, and visible as a reply where it is of an achievement. Raises BadInput, NotFound, NotAllowed."""
    if not 0 < len(word.comment.strip()) <= MAX_TEXT:
        raise BadInput("Say why you vouch for it, in at most 5000 characters.")
    plan = await context.database.read(_plan, context.site, account, word)
    signed = await sealing.seal(document_from_credential(plan.credential), plan.signer, context.site.now())
    text = orjson.dumps(signed).decode()
    first_list = await revoking.sign_list(context, plan.giver, ()) if plan.list_body is None else None
    draft = Draft(
        _text(plan, word),
        EVERYBODY if plan.award is None or plan.award.state == awards.PUBLIC else DIRECT,
        in_reply_to_id=plan.award.post_id if plan.award else None,
        facets=(document_from_facet(Endorsement(signed, plan.credential.uri)),),
        named_ids=(plan.recipient.id,),
    )
    await posts.publish(context, plan.giver, draft, also=partial(_keep, plan, word, text, first_list))
    found = await context.database.read(endorsements.find_endorsement, plan.endorsement_id)
    if found is None:
        raise NotFound("The endorsement could not be kept.")
    return found


def _plan(db: Connection, site: Site, account: Account, word: Word) -> _Plan:
    giver = persons.acting_for(db, account, word.giver_id)
    award, recipient = _endorsed(db, word, account)
    if recipient.id == giver.id:
        raise NotAllowed("Nobody vouches for themselves.")
    endorsement_id, index = free_id(db, "award", site.now_ms()), free_index(db, giver)
    about = [Evidence(word.competency.url, word.competency.name)] if word.competency else []
    credential = Credential(
        uri=naming.achievement_uri(site.origin, giver.name, endorsement_id),
        kind=ENDORSEMENT,
        issuer=persons.issuer_of(db, site, giver),
        subject_id=award.uri if award else persons.subject_of(db, recipient),
        name=award.name if award else word.competency.name if word.competency else recipient.title,
        valid_from=site.now(),
        status=(StatusEntry(naming.status_list_uri(site.origin, giver.name), index),),
        comment=word.comment.strip(),
        digest=digest_of(award.credential.encode()) if award else "",
        evidence=tuple(about),
    )
    signer = site.keyring.proof_signer(db, giver.id)
    return _Plan(endorsement_id, giver, recipient, award, signer, credential, index, revoking.find_list(db, giver.id))


def _endorsed(db: Connection, word: Word, account: Account) -> tuple[Award | None, Account]:
    """What is endorsed, and whose it is. Raises NotFound, NotAllowed, BadInput."""
    if word.award_id is not None:
        award, _, recipient = judging.get_award(db, word.award_id, account.id)
        if award.revoked_ms is not None:
            raise NotAllowed("Its issuer has taken that achievement back.")
        return award, recipient
    recipient_or_none = accounts.find_account(db, word.person_id or 0)
    if recipient_or_none is None or not recipient_or_none.is_active:
        raise NotFound("There is nobody like that.")
    if word.competency is None:
        raise BadInput("Say what they can do.")
    return None, recipient_or_none


def _text(plan: _Plan, word: Word) -> str:
    """What everybody reads who reads no facets, in Markdown."""
    handle = f"@{plan.recipient.name}@{plan.recipient.domain}" if plan.recipient.domain else f"@{plan.recipient.name}"
    return f"👍 {handle} **{plain(plan.credential.name)}**\n\n{plain(word.comment.strip())}"


def _keep(plan: _Plan, word: Word, text: str, first_list: str | None, db: Connection, site: Site, post: Post) -> None:
    kept = Kept(
        id=plan.endorsement_id,
        uri=plan.credential.uri,
        endorser_id=plan.giver.id,
        recipient_id=plan.recipient.id,
        award_id=plan.award.id if plan.award else None,
        post_id=post.id,
        subject_uri=plan.credential.subject_id,
        competency=word.competency.url if word.competency else "",
        comment=word.comment.strip(),
        credential=text,
        issued_ms=site.now_ms(),
        proof="pass",
        list_index=plan.list_index,
        claimed=plan.giver.uri,
        bound=True,
        bound_ms=site.now_ms(),
    )
    endorsements.add_endorsement(db, kept)
    if first_list is not None and revoking.find_list(db, plan.giver.id) is None:
        revoking.save_list(db, plan.giver.id, first_list, site.now_ms())
    notifying.tell_more(db, site, plan.recipient.id, "endorsed", plan.giver.id, post.id)


async def withdraw(context: Context, account: Account, endorsement_id: int) -> None:
    """The endorsement, taken back: its list says so, and its post is deleted. Raises NotFound, NotAllowed."""
    kept, giver = await context.database.read(_own, account, endorsement_id)
    await revoking.take_back(context, giver, kept.list_index or 0)
    if kept.post_id is not None:
        await posts.delete(context, giver, kept.post_id)
    await context.database.write(endorsements.set_withdrawn, kept.id, context.site.now_ms())


def _own(db: Connection, account: Account, endorsement_id: int) -> tuple[Kept, Account]:
    kept = endorsements.find_endorsement(db, endorsement_id)
    if kept is None or kept.withdrawn_ms is not None:
        raise NotFound("There is no such endorsement.")
    if kept.list_index is None or kept.endorser_id is None:
        raise NotAllowed("Only who vouched for something can take that back.")
    return kept, persons.acting_for(db, account, kept.endorser_id)


def name_of(kept: Kept) -> str:
    """What is vouched for, as people call it."""
    return credential_from_document(orjson.loads(kept.credential)).name


def with_endorsers(db: Connection, kept: Sequence[Kept]) -> list[tuple[Kept, Account]]:
    """Endorsements with who made them: those that count, without those of people who are gone."""
    people = accounts.list_accounts(db, [each.endorser_id for each in kept if each.endorser_id is not None])
    made = [(each, people.get(each.endorser_id)) for each in kept if each.counts and each.endorser_id is not None]
    return [(each, person) for each, person in made if person is not None and person.is_active]
