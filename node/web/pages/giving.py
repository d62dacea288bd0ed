"""Badges: what one gives, the form for another, a badge's own page, and giving it."""

from aiohttp import web

from federation.credentials import ACHIEVEMENT_TYPES, Outcome
from federation.facets import MAX_NAME
from federation.reading import uri_from
from node.errors import BadInput, NodeError, NotFound
from node.learning import awarding, badges
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.social import looking_up
from node.web.forms import Form
from node.web.pages import names, rendering
from node.web.pages.visiting import Member, go, member_of, path_id, posted_by_member, visitor_of
from storage import accounts, communities
from storage.database import Connection
from storage.learning import awards
from storage.learning.awards import Award
from storage.learning.badges import Badge
from storage.records import Account

OUTCOMES = 3  # lines of results in the form
HOLDERS = 100


async def badge_list(request: web.Request) -> web.Response:
    """GET /badges: what the member gives, and to whom they gave it"""
    member = await member_of(request)
    givable, given, people = await member.context.database.read(_mine, member.account)
    return await rendering.page(
        request,
        member,
        "badges.html",
        title=member.language.say("Badges that you give"),
        givable=givable,
        given=given,
        people=people,
        to=request.query.get("to", "")[:300],
    )


def _mine(db: Connection, account: Account) -> tuple[list[tuple[Badge, Account]], list[tuple[Award, Account]], dict[int, Account]]:
    givers = (account, *_looked_after(db, account))
    given = [(award, giver) for giver in givers for award in awards.list_issued(db, giver.id, HOLDERS)]
    people = accounts.list_accounts(db, [award.recipient_id for award, _ in given])
    return list_givable(db, account), given, people


def list_givable(db: Connection, account: Account) -> list[tuple[Badge, Account]]:
    """The badges that somebody can give, each with the name that it is given in."""
    return badges.list_givable(db, account, _looked_after(db, account))


def _looked_after(db: Connection, account: Account) -> list[Account]:
    """Communities of ours in whose name somebody gives."""
    joined = communities.list_joined(db, account.id)
    return [each for each in joined if each.is_local and communities.is_moderator(db, each.id, account.id)]


async def new_page(request: web.Request) -> web.Response:
    """GET /badges/new"""
    return await _badge_form(request, await member_of(request), BadgeDraft(""))


async def _badge_form(request: web.Request, member: Member, draft: BadgeDraft, problem: str = "") -> web.Response:
    return await rendering.page(
        request,
        member,
        "badge_form.html",
        title=member.language.say("Define a badge"),
        draft=draft,
        kinds=ACHIEVEMENT_TYPES,
        givers=await member.context.database.read(_looked_after, member.account),
        problem=problem,
        status=422 if problem else 200,
    )


async def define(request: web.Request) -> web.Response:
    """POST /badges/new"""
    member, form = await posted_by_member(request)
    draft = BadgeDraft(
        name=form.line("name"),
        description=form.text("description"),
        criteria=form.text("criteria"),
        about=form.text("about"),
        kind=form.line("kind") or "Badge",
        picture=next(iter(form.files("picture")), b""),
        valid_days=form.number("valid_days") or None,
        giver_id=form.number("giver") or None,
    )
    try:
        made = await badges.define(member.context, member.account, draft)
    except NodeError as error:
        return await _badge_form(request, member, draft, member.language.say(str(error)))
    return go(f"/badges/{made.id}/award")


async def badge_page(request: web.Request) -> web.Response:
    """GET /@{name}/badges/{id}"""
    visitor = await visitor_of(request)
    found, giver = await visitor.context.database.read(badges.get_badge, path_id(request))
    if giver.handle != request.match_info["name"]:
        raise NotFound("There is no such badge.")
    holders = await visitor.context.database.read(_holders, found.id)
    can_give = visitor.session is not None and await visitor.context.database.read(_can_give, visitor.session.account, found.id)
    return await rendering.page(
        request, visitor, "badge.html", title=found.name, defined=found, giver=giver, holders=holders, can_give=can_give
    )


def _holders(db: Connection, badge_id: int) -> list[tuple[Award, Account]]:
    """Who shows it to everybody, and holds it still."""
    found = awards.list_holders(db, badge_id, HOLDERS)
    people = accounts.list_accounts(db, [each.recipient_id for each in found])
    return [(each, people[each.recipient_id]) for each in found if people[each.recipient_id].is_active]


def award_address(db: Connection, award: Award) -> str:
    """Where an achievement has its page: under who issued it, where that is one of ours, else under who has it."""
    issuer = accounts.find_account(db, award.issuer_id) if award.issuer_id is not None else None
    return names.award_path(award.id, issuer, accounts.get_account(db, award.recipient_id))


def _can_give(db: Connection, account: Account, badge_id: int) -> bool:
    try:
        badges.own_badge(db, account, badge_id)
    except NodeError:
        return False
    return True


async def retire(request: web.Request) -> web.Response:
    """POST /badges/{id}/retire"""
    member, _ = await posted_by_member(request)
    await badges.retire(member.context, member.account, path_id(request))
    return go("/badges")


async def award_page(request: web.Request) -> web.Response:
    """GET /badges/{id}/award, ?to=<handle>"""
    return await _award_form(request, await member_of(request), {"to": request.query.get("to", "")[:300], "narrative": "", "evidence": ""})


async def _award_form(request: web.Request, member: Member, said: dict[str, str], problem: str = "") -> web.Response:
    badge, giver = await member.context.database.read(badges.own_badge, member.account, path_id(request))
    return await rendering.page(
        request,
        member,
        "award_form.html",
        title=member.language.say("Give “%(name)s”") % {"name": badge.name},
        defined=badge,
        giver=giver,
        said=said,
        outcomes=range(1, OUTCOMES + 1),
        problem=problem,
        status=422 if problem else 200,
    )


async def award(request: web.Request) -> web.Response:
    """POST /badges/{id}/award"""
    member, form = await posted_by_member(request)
    said = {name: form.text(name).strip() for name in ("to", "narrative", "evidence")}
    try:
        gift = await _gift(member, form, path_id(request), said)
        made = await awarding.award(member.context, member.account, gift)
    except NodeError as error:
        return await _award_form(request, member, said, member.language.say(str(error)))
    return go(await member.context.database.read(award_address, made))


async def _gift(member: Member, form: Form, badge_id: int, said: dict[str, str]) -> Gift:
    """What the form asks for; addresses of posts that we can find become snapshots. Raises BadInput, NotFound."""
    if not said["to"]:
        raise BadInput("Say who gets it: @name or @name@server.")
    recipient = (await looking_up.look_up(member.context, said["to"])).account
    if recipient is None:
        raise BadInput("That is a post, not an account.")
    post_ids, links = await evidence_from(member, said["evidence"])
    columns = (form.texts(name) for name in ("outcome", "value", "most"))
    lines = [[text[:MAX_NAME] for text in fields] for fields in zip(*columns, strict=False)]
    stated = tuple(Outcome(name, value, "RawScore", most) for name, value, most in lines if name and value)
    return Gift(badge_id, recipient.id, said["narrative"], post_ids, links, outcomes=stated, is_public=form.flag("is_public"))


async def evidence_from(member: Member, text: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Addresses, one a line: posts by their ids, and what is none. Raises BadInput for what is no address."""
    post_ids, links = [], []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        url = uri_from(line)
        if url is None:
            raise BadInput("Give the address of each piece of evidence, beginning with https://.")
        try:
            found = (await looking_up.look_up(member.context, url)).post
        except NotFound:
            found = None
        if found is None:
            links.append(url)
        else:
            post_ids.append(found.id)
    return tuple(post_ids), tuple(links)
