"""Achievements: one's own, what is offered, an achievement's page with its verdict, and what can be done there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from federation.credentials import Credential, credential_from_document
from federation.errors import Malformed
from node.errors import BadInput, NotFound
from node.learning import answering, endorsing, judging, persons, revoking, taking, verdicts
from node.learning.competencies import alignments_from_text
from node.learning.endorsing import Word
from node.learning.verdicts import Verdict
from node.web import credentials
from node.web.forms import Form, read_form
from node.web.negotiating import json_response
from node.web.pages import names, rendering
from node.web.pages.profiles import account_named
from node.web.pages.visiting import Member, Visitor, go, member_of, path_id, posted_by_member, visitor_of
from storage import accounts, posts
from storage.database import Connection
from storage.learning import awards, endorsements, evidence
from storage.learning.awards import ACCEPTED, DECLINED, OFFERED, PUBLIC, Award
from storage.learning.endorsements import Endorsement
from storage.learning.evidence import Snapshot
from storage.records import Account, Post

SIGNS = {"pass": "✓", "fail": "✗", "unknown": "?"}


@dataclass(frozen=True, slots=True)
class Shown:
    """An achievement as its page shows it. said: what its credential says; None for a claim that is none."""

    award: Award
    issuer: Account
    recipient: Account
    post: Post | None
    endorsed: Sequence[tuple[Endorsement, Account]]
    snapshots: Mapping[str, Snapshot]
    said: Credential | None
    is_steward: bool


async def mine(request: web.Request) -> web.Response:
    """GET /achievements"""
    member = await member_of(request)
    found, people = await member.context.database.read(_mine, member.id)
    by_state = {state: [each for each in found if each.state == state] for state in (OFFERED, ACCEPTED, PUBLIC, DECLINED)}
    title = member.language.say("Your achievements")
    return await rendering.page(
        request,
        member,
        "achievements.html",
        title=title,
        account=None,
        by_state=by_state,
        people=people,
        vouched=(),
        problem="",
    )


def _mine(db: Connection, account_id: int) -> tuple[list[Award], dict[int, Account]]:
    found = awards.list_received(db, account_id, (OFFERED, ACCEPTED, PUBLIC, DECLINED))
    return found, accounts.list_accounts(db, [each.issuer_id for each in found])


async def of_somebody(request: web.Request) -> web.Response:
    """GET /@{name}/achievements: what they show to everybody"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context)
    found, people = await visitor.context.database.read(_shown_by, account)
    return await _shown_page(request, visitor, account, found, people)


async def _shown_page(
    request: web.Request, visitor: Visitor, account: Account, found: Sequence[Award], people: Mapping[int, Account], problem: str = ""
) -> web.Response:
    vouched = await visitor.context.database.read(_vouched, account)
    return await rendering.page(
        request,
        visitor,
        "achievements.html",
        title=visitor.language.say("Achievements of %(name)s") % {"name": account.title},
        account=account,
        by_state={PUBLIC: found},
        people=people,
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
        found, people = await member.context.database.read(_shown_by, account)
        return await _shown_page(request, member, account, found, people, member.language.say(str(error)))
    return go(f"{names.profile_path(account)}/achievements")


def _shown_by(db: Connection, account: Account) -> tuple[list[Award], dict[int, Account]]:
    found = [] if account.mode == "supervised" else awards.list_received(db, account.id, (PUBLIC,))
    return found, accounts.list_accounts(db, [each.issuer_id for each in found])


async def achievement(request: web.Request) -> web.Response:
    """GET /@{name}/achievements/{id}: a page for people, the credential for machines"""
    visitor = await visitor_of(request)
    shown = await visitor.context.database.read(_load, path_id(request), visitor.id)
    if request.match_info["name"] != shown.issuer.handle:
        raise NotFound("There is no such achievement, or it is not for you.")
    if credentials.wants_credential(request):
        return credentials.json_text(shown.award.credential, credentials.SHARED if shown.award.state == PUBLIC else credentials.OWN)
    return await _page(request, visitor, shown)


async def _page(request: web.Request, visitor: Visitor, shown: Shown, problem: str = "") -> web.Response:
    verdict = await judging.verdict_on_award(visitor.context, shown.award)
    if not shown.issuer.is_local and verdict.part("status").outcome == "unknown":
        await visitor.context.database.write(taking.send_for_look, visitor.context.site, "award", shown.award.id)
    return await rendering.page(
        request,
        visitor,
        "achievement.html",
        title=shown.award.name,
        shown=shown,
        parts=said_parts(visitor, verdict),
        outcome=verdict.outcome,
        address=f"{names.profile_path(shown.issuer)}/achievements/{shown.award.id}",
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


def _load(db: Connection, award_id: int, viewer_id: int) -> Shown:
    award, issuer, recipient = judging.get_award(db, award_id, viewer_id)
    try:
        said = credential_from_document(orjson.loads(award.credential))
    except Malformed:
        said = None
    kept = evidence.list_snapshots(db, [each.digest for each in said.evidence] if said else [])
    endorsed = endorsing.with_endorsers(db, endorsements.list_for_award(db, award.id))
    post = posts.find_post(db, award.post_id) if award.post_id else None
    is_steward = viewer_id == issuer.id or persons.is_steward(db, issuer, viewer_id)
    return Shown(award, issuer, recipient, post, endorsed, kept, said, is_steward)


async def credential_file(request: web.Request) -> web.Response:
    """GET /@{name}/achievements/{id}/credential.json"""
    visitor = await visitor_of(request)
    award, _, _ = await visitor.context.database.read(judging.get_award, path_id(request), visitor.id)
    return credentials.json_text(award.credential, credentials.OWN)


async def verdict_json(request: web.Request) -> web.Response:
    """GET /@{name}/achievements/{id}/verdict: the same verdict for programs"""
    visitor = await visitor_of(request)
    award, _, _ = await visitor.context.database.read(judging.get_award, path_id(request), visitor.id)
    return json_response(verdicts.as_json(await judging.verdict_on_award(visitor.context, award)))


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
    shown = await member.context.database.read(_load, award_id, member.id)
    try:
        await deed(member, award_id, form)
    except BadInput as error:
        return await _page(request, member, shown, member.language.say(str(error)))
    return go(f"{names.profile_path(shown.issuer)}/achievements/{award_id}")


async def of_post(request: web.Request) -> web.Response:
    """GET /posts/{id}/achievement: the achievement that a post tells of"""
    visitor = await visitor_of(request)
    post = await visitor.context.database.read(posts.find_visible_post, path_id(request), visitor.id)
    if post is None:
        raise NotFound("There is no such achievement, or it is not for you.")
    award = await taking.award_of_post(visitor.context, post.id)
    issuer = await visitor.context.database.read(accounts.get_account, award.issuer_id)
    return go(f"{names.profile_path(issuer)}/achievements/{award.id}")


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
