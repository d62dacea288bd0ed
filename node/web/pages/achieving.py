"""Achievements: one's own, what is offered, an achievement's page with its verdict, and what can be done there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from federation.credentials import Credential, credential_from_document
from federation.errors import Malformed
from node.errors import BadInput, NotFound
from node.learning import answering, claims, endorsing, judging, persons, revoking, taking, verdicts
from node.learning.claims import Claim
from node.learning.competencies import alignments_from_text
from node.learning.endorsing import Word
from node.learning.verdicts import Verdict
from node.site import Site
from node.web import credentials
from node.web.forms import Form, read_form
from node.web.negotiating import json_response
from node.web.pages import giving, names, rendering
from node.web.pages.profiles import account_named
from node.web.pages.visiting import Member, Visitor, go, member_of, path_id, posted_by_member, visitor_of
from storage import posts
from storage.database import Connection
from storage.learning import awards, endorsements, evidence
from storage.learning.awards import ACCEPTED, DECLINED, OFFERED, PUBLIC, Award
from storage.learning.endorsements import Endorsement
from storage.learning.evidence import Snapshot
from storage.records import Account, Post

GONE = ("revoked", "suspended")
SIGNS = {"pass": "✓", "fail": "✗", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An achievement as its page shows it. issuer: None where it is not confirmed; said: what its credential says, None for what is none.

    unconfirmed: words of endorsement whose key nobody vouches for.
    """

    award: Award
    claim: Claim
    issuer: Account | None
    recipient: Account
    post: Post | None
    endorsed: Sequence[tuple[Endorsement, Account]]
    unconfirmed: Sequence[Endorsement]
    snapshots: Mapping[str, Snapshot]
    said: Credential | None
    is_steward: bool


async def mine(request: web.Request) -> web.Response:
    """GET /achievements"""
    member = await member_of(request)
    found = await member.context.database.read(_mine, member)
    by_state = {state: [each for each in found if each.award.state == state] for state in (OFFERED, ACCEPTED, PUBLIC, DECLINED)}
    title = member.language.say("Your achievements")
    return await rendering.page(
        request,
        member,
        "achievements.html",
        title=title,
        account=None,
        by_state=by_state,
        vouched=(),
        problem="",
    )


def _mine(db: Connection, member: Member) -> list[Claim]:
    found = awards.list_received(db, member.id, (OFFERED, ACCEPTED, PUBLIC, DECLINED))
    return claims.list_claims(db, member.context.site, member.account, found)


async def of_somebody(request: web.Request) -> web.Response:
    """GET /@{name}/achievements: what they show to everybody"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context)
    return await _shown_page(request, visitor, account)


async def _shown_page(request: web.Request, visitor: Visitor, account: Account, problem: str = "") -> web.Response:
    found = await visitor.context.database.read(_shown_by, visitor.context.site, account)
    vouched = await visitor.context.database.read(_vouched, account)
    return await rendering.page(
        request,
        visitor,
        "achievements.html",
        title=visitor.language.say("Achievements of %(name)s") % {"name": account.title},
        account=account,
        by_state={PUBLIC: found},
        vouched=vouched,
        problem=problem,
        status=422 if problem else 200,
    )


def _vouched(db: Connection, account: Account) -> list[tuple[Endorsement, Account, str]]:
    """What people vouch for that somebody can do, with the competency's name; a ward's is not shown."""
    if account.mode == "supervised":
        return []
    found = [each for each in endorsements.list_for_person(db, account.id) if each.competency]
    return [(kept, person, endorsing.name_of(kept)) for kept, person in endorsing.with_endorsers(db, found)]


async def vouch(request: web.Request) -> web.Response:
    """POST /@{name}/achievements/vouch: for what somebody can do; `withdraw` takes it back"""
    member, form = await posted_by_member(request)
    account = await account_named(request, member.context)
    try:
        if form.number("withdraw"):
            await endorsing.withdraw(member.context, member.account, form.number("withdraw"))
        else:
            competencies = alignments_from_text(form.line("competency").replace(",", " "), member.context.site.origin)
            word = Word(form.text("comment"), person_id=account.id, competency=next(iter(competencies), None))
            await endorsing.endorse(member.context, member.account, word)
    except BadInput as error:
        return await _shown_page(request, member, account, member.language.say(str(error)))
    return go(f"{names.profile_path(account)}/achievements")


def _shown_by(db: Connection, site: Site, account: Account) -> list[Claim]:
    """What is shown to everybody, the weightiest first."""
    found = [] if account.mode == "supervised" else awards.list_received(db, account.id, (PUBLIC,))
    shown = [each for each in claims.list_claims(db, site, account, found) if each.is_shown]
    return sorted(shown, key=lambda each: (-each.weight, -each.award.issued_ms))


async def achievement(request: web.Request) -> web.Response:
    """GET /@{name}/achievements/{id}: a page for people, the credential for machines"""
    visitor = await visitor_of(request)
    shown = await visitor.context.database.read(_load, visitor.context.site, path_id(request), visitor.id)
    handles = {shown.recipient.handle} | ({shown.issuer.handle} if shown.issuer is not None else set())
    if request.match_info["name"] not in handles:
        raise NotFound("There is no such achievement, or it is not for you.")
    if credentials.wants_credential(request):
        return credentials.json_text(shown.award.credential, credentials.SHARED if shown.award.state == PUBLIC else credentials.OWN)
    return await _page(request, visitor, shown)


async def _page(request: web.Request, visitor: Visitor, shown: Shown, problem: str = "") -> web.Response:
    verdict = await judging.verdict_on_award(visitor.context, shown.award)
    is_ours = shown.issuer is not None and shown.issuer.is_local
    if not is_ours and verdict.part("status").outcome == "unknown":
        await visitor.context.database.write(taking.send_for_look, visitor.context.site, "award", shown.award.id)
    return await rendering.page(
        request,
        visitor,
        "achievement.html",
        title=shown.award.name,
        shown=shown,
        parts=said_parts(visitor, verdict),
        sees_all=shown.claim.is_shown or visitor.id in (shown.recipient.id, shown.award.issuer_id) or shown.is_steward,
        address=names.award_path(shown.award.id, shown.issuer, shown.recipient),
        problem=problem,
        status=422 if problem else 200,
    )


def said_parts(visitor: Visitor, verdict: Verdict) -> list[dict[str, Any]]:
    """The parts of a verdict in the visitor's language."""
    say = visitor.language.say
    titles = {
        "proof": say("Signature"),
        "schema": say("Form"),
        "dates": say("Dates"),
        "status": say("Not revoked"),
        "issuer": say("Issuer"),
        "recipient": say("Recipient"),
    }
    return [
        {"title": titles[part.name], "outcome": part.outcome, "sign": SIGNS[part.outcome], "said": say(part.sentence) % part.values}
        for part in verdict.parts
    ]


def _load(db: Connection, site: Site, award_id: int, viewer_id: int) -> Shown:
    """Raises NotFound, also for what only its owner sees; what was revoked is left at the address that was given out."""
    award, issuer, recipient = judging.get_award(db, award_id, viewer_id)
    claim = claims.claim_of(db, site, award)
    try:
        said = credential_from_document(orjson.loads(award.credential))
    except Malformed:
        said = None
    kept = evidence.list_snapshots(db, [each.digest for each in said.evidence] if said else [])
    words = endorsements.list_for_award(db, award.id)
    endorsed = endorsing.with_endorsers(db, words)
    post = posts.find_post(db, award.post_id) if award.post_id else None
    is_steward = issuer is not None and (viewer_id == issuer.id or persons.is_steward(db, issuer, viewer_id))
    if not claim.is_shown and claim.headline.key not in GONE and viewer_id != recipient.id and not is_steward:
        raise NotFound("There is no such achievement, or it is not for you.")
    unconfirmed = [each for each in words if each.proof == "pass" and not each.bound and not each.refused]
    return Shown(award, claim, issuer, recipient, post, endorsed, unconfirmed, kept, said, is_steward)


async def credential_file(request: web.Request) -> web.Response:
    """GET /@{name}/achievements/{id}/credential.json"""
    visitor = await visitor_of(request)
    award, _, _ = await visitor.context.database.read(judging.get_award, path_id(request), visitor.id)
    return credentials.json_text(award.credential, credentials.OWN)


async def verdict_json(request: web.Request) -> web.Response:
    """GET /@{name}/achievements/{id}/verdict: the same verdict for programs"""
    visitor = await visitor_of(request)
    award, _, _ = await visitor.context.database.read(judging.get_award, path_id(request), visitor.id)
    verdict = await judging.verdict_on_award(visitor.context, award)
    claim = await visitor.context.database.read(claims.claim_of, visitor.context.site, award)
    return json_response({**verdicts.as_json(verdict), "headline": claim.headline.key, "said": claim.headline.said(str)})


async def _answer(member: Member, award_id: int, form: Form) -> None:
    wished = form.text("state")
    state = next((each for each in answering.ANSWERS if each == wished), None)
    if state is None:
        raise BadInput("Accept it, accept it for everybody to see, or decline it.")
    await answering.answer(member.context, member.account, award_id, state)


async def _endorse(member: Member, award_id: int, form: Form) -> None:
    await endorsing.endorse(member.context, member.account, Word(form.text("comment"), award_id=award_id))


async def _withdraw(member: Member, _award_id: int, form: Form) -> None:
    await endorsing.withdraw(member.context, member.account, form.number("endorsement"))


async def _revoke(member: Member, award_id: int, form: Form) -> None:
    await revoking.revoke(member.context, member.account, award_id, form.text("reason"))


DEEDS: Mapping[str, Callable[[Member, int, Form], Awaitable[None]]] = {
    "answer": _answer,
    "endorse": _endorse,
    "withdraw": _withdraw,
    "revoke": _revoke,
}


async def act(request: web.Request) -> web.Response:
    """POST /achievements/{id}/{deed}"""
    member, form = await posted_by_member(request)
    award_id, deed = path_id(request), DEEDS.get(request.match_info["deed"])
    if deed is None:
        raise NotFound("There is no such page.")
    shown = await member.context.database.read(_load, member.context.site, award_id, member.id)
    try:
        await deed(member, award_id, form)
    except BadInput as error:
        return await _page(request, member, shown, member.language.say(str(error)))
    return go(names.award_path(award_id, shown.issuer, shown.recipient))


async def of_post(request: web.Request) -> web.Response:
    """GET /posts/{id}/achievement: the achievement that a post tells of"""
    visitor = await visitor_of(request)
    post = await visitor.context.database.read(posts.find_visible_post, path_id(request), visitor.id)
    if post is None:
        raise NotFound("There is no such achievement, or it is not for you.")
    award = await taking.award_of_post(visitor.context, post.id)
    return go(await visitor.context.database.read(giving.award_address, award))


async def offer_page(request: web.Request) -> web.Response:
    """GET /achievements/answer/{secret}: for somebody elsewhere"""
    visitor = await visitor_of(request)
    award, issuer = await answering.find_offer(visitor.context, request.match_info["secret"])
    return await rendering.page(request, visitor, "offer.html", title=award.name, award=award, issuer=issuer, is_done=False)


async def answer_offer(request: web.Request) -> web.Response:
    """POST /achievements/answer/{secret}"""
    visitor = await visitor_of(request)
    form = await read_form(request, None)
    award, issuer = await answering.find_offer(visitor.context, request.match_info["secret"])
    state = next((each for each in answering.ANSWERS if each == form.text("state")), None)
    if state is not None:
        await answering.answer_by_link(visitor.context, request.match_info["secret"], state)
    return await rendering.page(request, visitor, "offer.html", title=award.name, award=award, issuer=issuer, is_done=state is not None)
