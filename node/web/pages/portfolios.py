"""Portfolios: for the reader with two minutes, arranged by the learner, and views by link."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web
from markupsafe import Markup

from node.errors import NodeError, NotFound
from node.learning import audiences, cards, claims, portfolio, reputation
from node.learning.portfolio import Item, Portfolio, Wish
from node.learning.reputation import Reputation
from node.social.guardianship import is_ward
from node.web import credentials
from node.web.forms import Form
from node.web.keys import CONTEXT
from node.web.negotiating import json_response
from node.web.pages import names, rendering
from node.web.pages.languages import Language
from node.web.pages.profiles import account_named, excerpt
from node.web.pages.visiting import Member, Visitor, go, member_of, path_id, posted_by_member, visitor_of
from storage import accounts
from storage.database import Connection
from storage.learning import awards
from storage.learning import portfolios as kept
from storage.records import Account

FIRST = 12  # competencies on the first screen


def kind_names(speech: Language) -> dict[str, str]:
    """What speaks for somebody, as people call it."""
    return {
        "award": speech.say("achievement"),
        "answer": speech.say("accepted answer"),
        "path": speech.say("path walked to its end"),
        "workshop": speech.say("event"),
        "reflection": speech.say("reflection"),
    }


@dataclass(frozen=True, slots=True)
class Groups:
    """A portfolio's items by what they are worth. withheld: what others do not see."""

    confirmed: Sequence[Item]
    own: Sequence[Item]
    open: Sequence[Item]
    withheld: Sequence[Item]


def grouped(items: Sequence[Item]) -> Groups:
    """Items in their order, each in one group."""
    shown = [item for item in items if item.is_shown]
    own = [item for item in shown if item.claim is not None and item.claim.kind == "self" and item.weight > 0]
    open_ones = [item for item in shown if item.weight == 0]
    confirmed = [item for item in shown if item not in own and item not in open_ones]
    return Groups(confirmed, own, open_ones, [item for item in items if not item.is_shown])


def _frame(visitor: Visitor) -> dict[str, Any]:
    return {"kinds": kind_names(visitor.language), "first": FIRST}


def _json(found: Sequence[Item], owner: Account, handle_domain: str) -> web.Response:
    """The claims for programs (INTERFACE)."""
    stated = [claims.as_json(item.claim) for item in found if item.claim is not None]
    person = {"name": owner.title, "handle": f"@{owner.name}@{handle_domain}", "url": owner.uri}
    response = json_response({"owner": person, "claims": stated})
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Accept, Cookie"
    return response


async def portfolio_page(request: web.Request) -> web.Response:
    """GET /@{name}/portfolio"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context)
    if request.match_info["name"] != account.handle:
        return go(f"{names.profile_path(account)}/portfolio")
    found, trust, people = await visitor.context.database.read(_load, visitor, account)
    if credentials.wants_credential(request):
        return _json(found.items, account, visitor.context.site.handle_domain)
    skills = ", ".join(skill.name for skill in found.skills[:5])
    return await rendering.page(
        request,
        visitor,
        "portfolio.html",
        title=visitor.language.say("What %(name)s can do") % {"name": account.title},
        owner=account,
        intro=found.arrangement.intro,
        skills=found.skills,
        groups=grouped(found.items),
        snapshots={},
        contents={},
        here="",
        is_own=visitor.id == account.id,
        view=None,
        trust=trust,
        people=people,
        excerpt=excerpt(found.arrangement.intro) or skills or excerpt(account.summary),
        address=f"{visitor.context.config.origin}{names.profile_path(account)}/portfolio",
        **_frame(visitor),
    )


async def card(request: web.Request) -> web.Response:
    """GET /@{name}/portfolio.png: what strangers may see of it, as the picture that a link is shown with."""
    context = request.app[CONTEXT]
    account = await account_named(request, context)
    found = await context.database.read(portfolio.get_portfolio, context.site, account, 0)
    handle = f"@{account.name}@{context.site.handle_domain}"
    body = await asyncio.to_thread(cards.card_of, found, handle, context.config.node.name)
    return web.Response(body=body, content_type="image/png", headers={"Cache-Control": "public, max-age=300"})


def _load(db: Connection, visitor: Visitor, account: Account) -> tuple[Portfolio, Reputation | None, dict[str, Account]]:
    """The portfolio, and for a member what their own network says."""
    found = portfolio.get_portfolio(db, visitor.context.site, account, visitor.id)
    if visitor.session is None or visitor.id == account.id:
        return found, None, {}
    trust = reputation.reputation_for(db, visitor.session.account, account)
    known = (accounts.find_account_by_uri(db, share.by) for share in trust.shares[:5])
    return found, trust, {each.uri: each for each in known if each is not None}


async def history(request: web.Request) -> web.Response:
    """GET /reputation.json: the signed words that reach out from whom one follows, so that anybody can reckon with them again"""
    member = await member_of(request)
    vouches, followed = await member.context.database.read(reputation.load_vouches, member.account)
    document = {"reader": member.account.uri, "followed": sorted(followed), "history": reputation.history_from_vouches(vouches)}
    response = json_response(document)
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def arrange_page(request: web.Request) -> web.Response:
    """GET /portfolio"""
    return await _arrange(request, await member_of(request))


async def _arrange(request: web.Request, member: Member, *, problem: str = "", link: str = "") -> web.Response:
    arrangement, items, views = await member.context.database.read(_own, member)
    return await rendering.page(
        request,
        member,
        "portfolio_arrange.html",
        title=member.language.say("Your portfolio"),
        arrangement=arrangement,
        items=items,
        places={key: place for place, key in enumerate(portfolio.choices_of(arrangement)["order"], 1)},
        views=views,
        count=lambda view: len(orjson.loads(view.items)),
        is_ward=is_ward(member.account),
        link=link,
        problem=problem,
        status=422 if problem else 200,
        **_frame(member),
    )


def _own(db: Connection, member: Member) -> tuple[kept.Arrangement, list[portfolio.Item], list[kept.View]]:
    arrangement = kept.find_arrangement(db, member.id)
    items = portfolio.arranged(portfolio.draft(db, member.context.site, member.account, member.id), arrangement)
    return arrangement, items, kept.list_views(db, member.id)


async def arrange(request: web.Request) -> web.Response:
    """POST /portfolio"""
    member, form = await posted_by_member(request)
    try:
        await portfolio.arrange(member.context, member.account, form.text("intro"), _wishes(form), is_hidden=form.flag("hide_all"))
    except NodeError as error:
        return await _arrange(request, member, problem=member.language.say(str(error)))
    return go("/portfolio?saved")


def _wishes(form: Form) -> list[Wish]:
    shown = set(form.texts("show"))
    rows = zip(form.texts("key"), form.texts("place"), form.texts("note"), strict=False)
    return [
        Wish(key, int(place) if place.isascii() and place.isdigit() and len(place) < 4 else 0, key not in shown, note)
        for key, place, note in rows
    ]


async def make_view(request: web.Request) -> web.Response:
    """POST /portfolio/views; the answer shows the link once"""
    member, form = await posted_by_member(request)
    try:
        secret = await audiences.make_view(member.context, member.account, form.line("title"), form.texts("item"), form.line("last_day"))
    except NodeError as error:
        return await _arrange(request, member, problem=member.language.say(str(error)))
    return await _arrange(request, member, link=f"{member.context.config.origin}/portfolio/{secret}")


async def revoke_view(request: web.Request) -> web.Response:
    """POST /portfolio/views/{id}/revoke"""
    member, _ = await posted_by_member(request)
    await audiences.revoke_view(member.context, member.account, path_id(request))
    return go("/portfolio#views")


async def view_page(request: web.Request) -> web.Response:
    """GET /portfolio/{secret}: a view by link"""
    visitor = await visitor_of(request)
    shown = await visitor.context.database.read(audiences.show_view, visitor.context.site, request.match_info["secret"])
    if credentials.wants_credential(request):
        return _json(shown.items, shown.owner, visitor.context.site.handle_domain)
    response = await rendering.page(
        request,
        visitor,
        "portfolio.html",
        title=visitor.language.say("What %(name)s can do") % {"name": shown.owner.title},
        owner=shown.owner,
        intro=shown.arrangement.intro,
        skills=shown.skills,
        groups=grouped(shown.items),
        snapshots=shown.snapshots,
        contents={key: Markup(stated.get("content", "")) for key, stated in shown.snapshots.items()},  # noqa: S704 - sanitised before it was stored
        here=request.path,
        is_own=False,
        view=shown.view,
        trust=None,
        people={},
        excerpt=shown.view.title,
        address="",
        **_frame(visitor),
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


async def view_document(request: web.Request) -> web.Response:
    """GET /portfolio/{secret}/{key}.json: the signed snapshot, or the credential, of something in a view"""
    visitor = await visitor_of(request)
    key = request.match_info["key"]
    document = await visitor.context.database.read(_document, visitor, request.match_info["secret"], key)
    response = json_response(document)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _document(db: Connection, visitor: Visitor, secret: str, key: str) -> object:
    shown = audiences.show_view(db, visitor.context.site, secret)
    item = next((item for item in shown.items if item.key == key), None)
    if item is not None and item.award is not None:
        award = awards.find_award(db, item.award.id)
        return orjson.loads(award.credential) if award else {}
    if item is None or key not in shown.snapshots:
        raise NotFound("There is nothing here.")
    return shown.snapshots[key]
