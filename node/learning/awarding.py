"""Achievements given: signed, put into a picture, told to the recipient alone; they decide what becomes of it."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import orjson

from federation import credentials
from federation.baking import bake_png
from federation.credentials import ACHIEVEMENT, MAX_EVIDENCE, MAX_TEXT, Credential, Evidence, Outcome, StatusEntry
from federation.facets import MAX_ALIGNMENTS, Achievement, document_from_facet
from federation.keys import ProofSigner
from node.context import Context
from node.errors import BadInput, NotFound
from node.learning import attribution, badge_pictures, persons, revoking, sealing, snapshots
from node.learning.badges import document_of, own_badge
from node.learning.results import result_of
from node.site import Site
from node.social import media, naming, notifying, passwords, posts, wishing
from node.social.posts import Draft
from storage import accounts
from storage.database import Connection
from storage.ids import free_id, ms_from_datetime
from storage.learning import awards
from storage.learning.awards import ACCEPTED, OFFERED, PUBLIC, Award
from storage.learning.badges import Badge
from storage.learning.facets import Competency
from storage.records import DIRECT, Account, Post
from storage.records import PUBLIC as EVERYBODY


@dataclass(frozen=True, slots=True)
class Gift:
    """What is given to whom. post_ids: posts that prove it; links: pages that do; taken: snapshots that stand already.

    is_public: for everybody at once, of what somebody records of themselves.
    """

    badge_id: int
    recipient_id: int
    narrative: str = ""
    post_ids: tuple[int, ...] = ()
    links: tuple[str, ...] = ()
    taken: tuple[snapshots.Taken, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that is needed to sign, read in one hop."""

    award_id: int
    badge: Badge
    giver: Account
    recipient: Account
    signer: ProofSigner
    credential: Credential
    taken: Sequence[snapshots.Taken]
    list_index: int
    list_body: str | None


async def award(context: Context, account: Account, gift: Gift) -> Award:
    """The achievement, signed and offered. Raises BadInput, NotFound, NotAllowed and as posts.publish."""
    if len(gift.narrative) > MAX_TEXT or len(gift.outcomes) > MAX_ALIGNMENTS or len(gift.post_ids) + len(gift.links) > MAX_EVIDENCE:
        raise BadInput("That is too much for one achievement.")
    plan = await context.database.read(_plan, context.site, account, gift)
    now = context.site.now()
    signed = await sealing.seal(credentials.document_from_credential(plan.credential), plan.signer, now)
    text = orjson.dumps(signed).decode()
    first_list = await revoking.sign_list(context, plan.giver, ()) if plan.list_body is None else None
    picture = await baked_png(context, plan.badge, text)
    alt = f"{plan.badge.name}: {plan.badge.description or plan.badge.name}"
    file = await media.keep_made(context, plan.giver, picture, badge_pictures.SIDE, alt)
    secret = passwords.new_secret() if not plan.recipient.is_local else ""
    facet = Achievement(signed, plan.credential.uri, plan.badge.kind)
    draft = Draft(
        text_of(context.site, plan.giver, plan.recipient, plan.credential, plan.award_id, secret),
        EVERYBODY if gift.is_public and plan.giver.id == plan.recipient.id else DIRECT,
        media_ids=(file.id,),
        facets=(document_from_facet(facet),),
        named_ids=() if plan.giver.id == plan.recipient.id else (plan.recipient.id,),
    )
    row = _row(plan, text, context.site, is_public=gift.is_public)
    await posts.publish(context, plan.giver, draft, also=partial(_keep, plan, row, first_list, secret))
    found = await context.database.read(awards.find_award, row.id)
    if found is None:
        raise NotFound("The achievement could not be kept.")
    return found


async def plain_png(context: Context, badge: Badge) -> bytes:
    """The badge's picture: the one that was uploaded, or drawn. Raises NotFound, Unreachable."""
    if not badge.image:
        return await asyncio.to_thread(badge_pictures.png_of, badge.name)
    return await asyncio.to_thread(badge_pictures.png_from, await context.stores.media.get(badge.image))


async def baked_png(context: Context, badge: Badge, credential: str) -> bytes:
    """The badge's picture with a credential in it. Raises as plain_png."""
    return await asyncio.to_thread(bake_png, await plain_png(context, badge), credential)


def bake_drawn(name: str, credential: str) -> bytes:
    """The same for a badge of another node. Fit for a thread."""
    return bake_png(badge_pictures.png_of(name), credential)


def _plan(db: Connection, site: Site, account: Account, gift: Gift) -> _Plan:
    badge, giver = own_badge(db, account, gift.badge_id)
    recipient = accounts.find_account(db, gift.recipient_id)
    if recipient is None or not recipient.is_active or recipient.type == "Group":
        raise NotFound("There is nobody like that to give it to.")
    award_id = free_id(db, "award", site.now_ms())
    taken = [*gift.taken, *(snapshots.take(db, site, account, post_id) for post_id in gift.post_ids)]
    index = free_index(db, giver)
    now = site.now()
    credential = Credential(
        uri=naming.achievement_uri(site.origin, giver.name, award_id),
        kind=ACHIEVEMENT,
        issuer=persons.issuer_of(db, site, giver),
        subject_id=persons.subject_of(db, recipient),
        name=badge.name,
        valid_from=now,
        valid_until=now + timedelta(days=badge.valid_days) if badge.valid_days else None,
        status=(StatusEntry(naming.status_list_uri(site.origin, giver.name), index),),
        badge=document_of(badge, site.origin),
        narrative=gift.narrative.strip(),
        evidence=(*(each.evidence for each in taken), *(Evidence(link) for link in gift.links)),
        outcomes=gift.outcomes,
    )
    signer = site.keyring.proof_signer(db, giver.id)
    return _Plan(award_id, badge, giver, recipient, signer, credential, taken, index, revoking.find_list(db, giver.id))


def free_index(db: Connection, giver: Account) -> int:
    """A number of the giver's status list that nothing has, drawn so that it tells nothing."""
    while True:
        index = secrets.randbelow(revoking.SIZE)
        if not awards.is_index_taken(db, giver.id, index):
            return index


def _row(plan: _Plan, credential: str, site: Site, *, is_public: bool) -> Award:
    is_own = plan.giver.id == plan.recipient.id
    ends = plan.credential.valid_until
    return Award(
        id=plan.award_id,
        uri=plan.credential.uri,
        issuer_id=plan.giver.id,
        recipient_id=plan.recipient.id,
        badge_id=plan.badge.id,
        post_id=None,
        state=(PUBLIC if is_public else ACCEPTED) if is_own else OFFERED,
        name=plan.badge.name,
        kind=plan.badge.kind,
        image_url=f"{naming.achievement_url(site.origin, plan.giver.name, plan.award_id)}.png",
        credential=credential,
        issued_ms=site.now_ms(),
        valid_until_ms=ms_from_datetime(ends) if ends else None,
        list_index=plan.list_index,
        proof="pass",
        claimed=plan.giver.uri,
        bound=True,
        bound_ms=site.now_ms(),
        share=result.share if (result := result_of(plan.credential)) else 100,
    )


def _keep(plan: _Plan, row: Award, first_list: str | None, secret: str, db: Connection, site: Site, post: Post) -> None:
    badge = plan.credential.badge
    competencies = [Competency(each.url, each.name) for each in badge.alignment] if badge else []
    state = wishing.state_of_award(db, site, plan.recipient, plan.giver, row)
    awards.add_award(db, replace(row, post_id=post.id, state=state), competencies)
    for taken in plan.taken:
        snapshots.keep(db, taken)
    if first_list is not None and revoking.find_list(db, plan.giver.id) is None:
        revoking.save_list(db, plan.giver.id, first_list, site.now_ms())
    if secret:
        awards.add_link(db, passwords.digest(secret), row.id)
    attribution.join_waiting(db, row)
    notifying.tell_more(db, site, plan.recipient.id, "awarded", plan.giver.id, post.id)


def text_of(site: Site, giver: Account, recipient: Account, credential: Credential, award_id: int, secret: str = "") -> str:
    """What everybody reads who reads no facets, in Markdown: the result too, and that somebody recorded it themselves.

    secret: of the link under which one elsewhere answers the offer.
    """
    result = result_of(credential)
    name = f"**{plain(credential.name)}**" + (f" ({plain(result.words(str))})" if result is not None else "")
    page = naming.achievement_url(site.origin, giver.name, award_id)
    verified = f"[{page}](<{page}>)"
    if giver.id == recipient.id:
        return f"{name}, recorded by themselves: {verified}"
    handle = f"@{recipient.name}@{recipient.domain}" if recipient.domain else f"@{recipient.name}"
    said = f"{handle} {name} 🏅 {verified}"
    if secret:
        answer = f"{site.origin}/achievements/answer/{secret}"
        said += f"\n\nTo accept or decline, open [{answer}](<{answer}>), or reply with “accept” or “decline”."
    return said


def plain(text: str) -> str:
    """A text without what Markdown would take for itself."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#@:" else letter for letter in text)
