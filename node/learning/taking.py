"""Achievements and endorsements of other nodes, taken in with their full meaning; what they are worth is looked at by a job."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from federation.credentials import ACHIEVEMENT, ENDORSEMENT, MAX_NAME, Credential, credential_from_document, digest_of
from federation.errors import Malformed
from federation.facets import Achievement, Endorsement
from federation.html import text_from_html
from federation.linked_data import MAX_BYTES
from federation.origins import host_of, same_origin
from federation.reading import as_mapping, text_from, types_from, uri_from
from node.context import Context
from node.errors import NotFound
from node.learning import attribution, persons
from node.learning.attribution import Attribution
from node.learning.judging import CLAIM
from node.learning.results import result_of
from node.site import Site
from node.social import notifying, wishing
from node.social.facets import facets_of
from storage import accounts, jobs, reactions
from storage import posts as kept_posts
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id, ms_from_datetime
from storage.learning import awards, endorsements
from storage.learning.awards import OFFERED, PUBLIC, Award
from storage.learning.endorsements import Endorsement as Kept
from storage.learning.facets import Competency
from storage.records import PRIVATE, Account, Post

log = logging.getLogger(__name__)

LOOKS = 500  # in one transaction


def send_for_look(db: Connection, site: Site, what: str, row_id: int) -> None:
    """Puts down the job that looks what an award or endorsement is worth. what: award, endorsement."""
    jobs.add_job(db, "look_at_credential", orjson.dumps({what: row_id}).decode(), site.now_ms(), key=f"{what}{row_id}")
    add_event(db, "jobs")


async def look_again(context: Context) -> None:
    """Enqueues a look at everything that people here were given elsewhere: issuers revoke, and one day they are gone; and at what an
    actor was named for that could not be reached."""
    for look in (_look_at_awards, _look_at_endorsements):
        after = 0
        while found := await context.database.write(look, context.site, after):
            after = found


def _look_at_awards(db: Connection, site: Site, after: int) -> int:
    found = awards.list_to_look_at(db, LOOKS, after, site.now_ms() - attribution.ASKED_AGAIN_MS)
    for award in found:
        send_for_look(db, site, "award", award.id)
    return found[-1].id if found else 0


def _look_at_endorsements(db: Connection, site: Site, after: int) -> int:
    found = endorsements.list_to_look_at(db, LOOKS, after, site.now_ms() - attribution.ASKED_AGAIN_MS)
    for endorsement in found:
        send_for_look(db, site, "endorsement", endorsement.id)
    return found[-1].id if found else 0


def take_achievement(db: Connection, site: Site, post: Post) -> None:
    """The achievement that a post tells of: kept where it is for everybody, or for one of ours; looked at again with every change."""
    facet = next((facet for facet in facets_of(post) if isinstance(facet, Achievement)), None)
    issuer = accounts.get_account(db, post.account_id)
    if facet is None or issuer.is_local:
        return
    text = orjson.dumps(facet.credential).decode()
    credential = _read(facet.credential, text, ACHIEVEMENT)
    if credential is None:
        _take_claim(db, site, post, issuer, facet.credential, text)
        return
    is_theirs = attribution.claimed_actor(credential) == issuer.uri and same_origin(credential.uri, issuer.uri)
    recipient = persons.find_person(db, credential.subject_id)
    if not is_theirs or recipient is None:
        reason = "it names another issuer than its author" if not is_theirs else "its recipient is not known here"
        log.info("activity rejected", extra={"host": host_of(issuer.uri), "type": "Achievement", "reason": reason})
        return
    whose = attribution.attribute(db, facet.credential, credential)
    known = awards.find_award_by_uri(db, credential.uri)
    if known is not None and known.credential != text and whose.account is not None and awards.remove_unattributed(db, credential.uri):
        known = None
    if known is None:
        _add(db, site, post, whose, recipient, credential, text)
    elif known.credential == text:
        if post.visibility < PRIVATE and known.state != PUBLIC and not recipient.is_local:
            awards.set_state(db, known.id, PUBLIC, site.now_ms())
        send_for_look(db, site, "award", known.id)


def _read(document: Mapping[str, Any], text: str, kind: str) -> Credential | None:
    try:
        credential = credential_from_document(document)
    except Malformed:
        return None
    return credential if credential.kind == kind and len(text) <= MAX_BYTES and uri_from(credential.uri) else None


def _add(db: Connection, site: Site, post: Post, whose: Attribution, recipient: Account, credential: Credential, text: str) -> None:
    state = PUBLIC if post.visibility < PRIVATE else OFFERED
    if state == OFFERED and not recipient.is_local:
        return
    badge, now_ms = credential.badge, site.now_ms()
    picture = next((str(file["url"]) for file in post.files if file["type"] == "Image"), None)
    row = Award(
        id=free_id(db, "award", now_ms),
        uri=credential.uri,
        issuer_id=whose.account.id if whose.account else None,
        recipient_id=recipient.id,
        badge_id=None,
        post_id=post.id,
        state=state,
        name=credential.name,
        kind=badge.kind if badge else "",
        image_url=picture or (badge.image_url if badge else None),
        credential=text,
        issued_ms=ms_from_datetime(credential.valid_from) if credential.valid_from else now_ms,
        valid_until_ms=ms_from_datetime(credential.valid_until) if credential.valid_until else None,
        claimed=whose.claimed,
        bound=whose.account is not None,
        refused=whose.state == "refused",
        bound_ms=now_ms,
        share=result.share if (result := result_of(credential)) else 100,
    )
    row = replace(row, state=wishing.state_of_award(db, site, recipient, accounts.get_account(db, post.account_id), row))
    awards.add_award(db, row, [Competency(each.url, each.name) for each in (badge.alignment if badge else ())])
    attribution.join_waiting(db, row)
    if state == OFFERED and whose.account is not None:
        notifying.tell_more(db, site, recipient.id, "awarded", whose.account.id, post.id)
    send_for_look(db, site, "award", row.id)


def _take_claim(db: Connection, site: Site, post: Post, issuer: Account, document: Mapping[str, Any], text: str) -> None:
    """An assertion of Open Badges 2.0 (as BadgeFed sends them): kept as what somebody claims, for one of ours whom it names."""
    uri = uri_from(document.get("id"))
    identity = as_mapping(document.get("recipient")).get("identity")
    named = [account for account in reactions.list_mentioned(db, post.id) if account.is_local]
    recipient = next((account for account in named if identity in (account.uri, account.url)), None)
    is_claim = "Assertion" in types_from(document) and uri is not None and same_origin(uri, issuer.uri) and len(text) <= MAX_BYTES
    if uri is None or not is_claim or recipient is None or awards.find_award_by_uri(db, uri) is not None:
        return
    badge = as_mapping(document.get("badge"))
    name = text_from(badge.get("name"), MAX_NAME) or post.title or text_from_html(post.content).strip().partition("\n")[0][:MAX_NAME] or uri
    award_id, image = free_id(db, "award", site.now_ms()), uri_from(document.get("image")) or uri_from(badge.get("image"))
    award = Award(
        award_id, uri, None, recipient.id, None, post.id, OFFERED, name, "Badge", image, text, post.published_ms, proof=CLAIM,
        claimed=issuer.uri, bound_ms=site.now_ms()
    )  # fmt: skip
    award = replace(award, state=wishing.state_of_award(db, site, recipient, issuer, award))
    awards.add_award(db, award)
    notifying.tell_more(db, site, recipient.id, "awarded", issuer.id, post.id)


def take_endorsement(db: Connection, site: Site, post: Post) -> None:
    """The endorsement that a post tells of, where we know whom or what it is about; a digest that does not fit makes it none."""
    facet = next((facet for facet in facets_of(post) if isinstance(facet, Endorsement)), None)
    endorser = accounts.get_account(db, post.account_id)
    if facet is None or endorser.is_local:
        return
    text = orjson.dumps(facet.credential).decode()
    credential = _read(facet.credential, text, ENDORSEMENT)
    if credential is None or attribution.claimed_actor(credential) != endorser.uri or not same_origin(credential.uri, endorser.uri):
        log.info("activity rejected", extra={"host": host_of(endorser.uri), "type": "Endorsement", "reason": "it is not its author's"})
        return
    award = _endorsed(db, site, post, credential.subject_id)
    recipient = accounts.get_account(db, award.recipient_id) if award else persons.find_person(db, credential.subject_id)
    if recipient is None or recipient.id == endorser.id:
        return
    if award is not None and credential.digest and credential.digest != digest_of(award.credential.encode()):
        return
    whose = attribution.attribute(db, facet.credential, credential)
    row = replace(endorsement_of(db, site, credential, text, (whose, recipient), award), post_id=post.id)
    if row.bound:
        endorsements.remove_unattributed(db, row.uri)
    if endorsements.add_endorsement(db, row):
        if row.bound:
            notifying.tell_more(db, site, recipient.id, "endorsed", endorser.id, post.id)
        send_for_look(db, site, "endorsement", row.id)


def endorsement_of(
    db: Connection, site: Site, credential: Credential, text: str, people: tuple[Attribution, Account], award: Award | None
) -> Kept:
    """A new row for what was said of an award or, where there is none, of a person.

    people: whose word it is, as far as that is known, and the recipient; text: as it was signed.
    """
    whose, recipient = people
    return Kept(
        id=free_id(db, "award", site.now_ms()),
        uri=credential.uri,
        endorser_id=whose.account.id if whose.account else None,
        recipient_id=recipient.id,
        award_id=award.id if award else None,
        post_id=None,
        subject_uri=credential.subject_id,
        competency=next((each.url for each in credential.evidence), "") if award is None else "",
        comment=credential.comment,
        credential=text,
        issued_ms=ms_from_datetime(credential.valid_from) if credential.valid_from else site.now_ms(),
        claimed=whose.claimed,
        bound=whose.account is not None,
        refused=whose.state == "refused",
        bound_ms=site.now_ms(),
    )


def _endorsed(db: Connection, site: Site, post: Post, uri: str) -> Award | None:
    """The award that an endorsement names; where it was only fetched to be read, it is taken in now."""
    above = kept_posts.find_post(db, post.in_reply_to_id) if post.in_reply_to_id else None
    if above is not None and awards.find_award_by_uri(db, uri) is None:
        take_achievement(db, site, above)
    return awards.find_award_by_uri(db, uri)


async def award_of_post(context: Context, post_id: int) -> Award:
    """The award that a post tells of, taken in now where it was only fetched to be read. Raises NotFound."""
    found = await context.database.write(_award_of_post, context.site, post_id)
    if found is None:
        raise NotFound("That post tells of no achievement that we could take in.")
    return found


def _award_of_post(db: Connection, site: Site, post_id: int) -> Award | None:
    post = kept_posts.find_post(db, post_id)
    if post is not None and awards.find_award_by_post(db, post.id) is None:
        take_achievement(db, site, post)
    return awards.find_award_by_post(db, post_id)
