"""Goals: the list, the form, a goal with what leads to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from aiohttp import web

from federation.facets import STATUSES
from node.errors import BadInput, NodeError, NotFound
from node.learning import goals, sculpting
from node.learning.goals import Aim
from node.social import looking_up
from node.web.forms import Form
from node.web.pages import languages, meanings, rendering
from node.web.pages.visiting import Member, Visitor, go, member_of, path_id, posted_by_member, visitor_of
from storage.learning.facets import label_of
from storage.records import DIRECT


async def goal_list(request: web.Request) -> web.Response:
    """GET /goals"""
    member = await member_of(request)
    return await rendering.page(
        request,
        member,
        "goals.html",
        title=member.language.say("Your goals"),
        views=await member.context.database.read(goals.list_views, member.account, member.id),
        statement=goals.statement_of,
        status_names=meanings.status_names(member.language.tag),
    )


async def sculpture(request: web.Request) -> web.Response:
    """GET /goals/network: the network, as far as it feeds the goals"""
    member = await member_of(request)
    found = await member.context.database.read(sculpting.sculpt, member.context.site, member.account)
    return await rendering.page(
        request,
        member,
        "sculpture.html",
        title=member.language.say("Your network and your goals"),
        sculpture=found,
        statement=goals.statement_of,
        why=lambda stated: meanings.reasons(stated, member.language),
    )


async def goal_page(request: web.Request) -> web.Response:
    """GET /goals/{id}"""
    return await _goal_page(request, await visitor_of(request))


async def _goal_page(request: web.Request, visitor: Visitor, *, problem: str = "") -> web.Response:
    view = await visitor.context.database.read(goals.get_view, path_id(request), visitor.id)
    return await rendering.page(
        request,
        visitor,
        "goal.html",
        title=goals.statement_of(view.post) or visitor.language.say("Goal"),
        view=view,
        is_own=view.author.id == visitor.id,
        is_shown=lambda each: label_of(each.name) in view.shown,
        statuses=STATUSES,
        status_names=meanings.status_names(visitor.language.tag),
        problem=problem,
        status=422 if problem else 200,
    )


async def new_page(request: web.Request) -> web.Response:
    """GET /goals/new, ?about=<competencies>"""
    member = await member_of(request)
    return await _form(request, member, Aim("", request.query.get("about", "")[:2000], language=member.language.tag))


async def set_goal(request: web.Request) -> web.Response:
    """POST /goals/new"""
    member, form = await posted_by_member(request)
    aim = _aim(form)
    try:
        post = await goals.set_goal(member.context, member.account, aim)
    except NodeError as error:
        return await _form(request, member, aim, problem=member.language.say(str(error)))
    return go(f"/goals/{post.id}")


async def change_page(request: web.Request) -> web.Response:
    """GET /goals/{id}/edit"""
    member = await member_of(request)
    aim = await member.context.database.read(goals.own_aim, member.account, path_id(request), member.context.site.origin)
    return await _form(request, member, aim, editing=True)


async def change(request: web.Request) -> web.Response:
    """POST /goals/{id}/edit"""
    member, form = await posted_by_member(request)
    known = await member.context.database.read(goals.own_aim, member.account, path_id(request), member.context.site.origin)
    aim = replace(_aim(form), visibility=known.visibility)
    try:
        post = await goals.change_goal(member.context, member.account, path_id(request), aim)
    except NodeError as error:
        return await _form(request, member, aim, editing=True, problem=member.language.say(str(error)))
    return go(f"/goals/{post.id}")


def _aim(form: Form) -> Aim:
    return Aim(
        form.text("text").strip(),
        form.text("about"),
        form.line("due"),
        form.line("status") or STATUSES[0],
        min(form.number("visibility", DIRECT), DIRECT),
        languages.tag_or_none(form.line("language")),
    )


async def _form(request: web.Request, member: Member, aim: Aim, *, editing: bool = False, problem: str = "") -> web.Response:
    return await rendering.page(
        request,
        member,
        "goal_form.html",
        title=member.language.say("Change a goal") if editing else member.language.say("Set yourself a goal"),
        action=request.path,
        aim=aim,
        editing=editing,
        statuses=STATUSES,
        status_names=meanings.status_names(member.language.tag),
        problem=problem,
        status=422 if problem else 200,
    )


async def _set_status(member: Member, form: Form, goal_id: int) -> None:
    await goals.set_status(member.context, member.account, goal_id, form.line("status"))


async def _link(member: Member, form: Form, goal_id: int) -> None:
    found = await looking_up.look_up(member.context, form.line("address"))
    if found.post is None:
        raise BadInput("That is the address of somebody, not of a post.")
    await goals.link(member.context, member.account, goal_id, found.post.id)


async def _unlink(member: Member, form: Form, goal_id: int) -> None:
    await goals.unlink(member.context, member.account, goal_id, form.number("post"))


DEEDS: Mapping[str, Callable[[Member, Form, int], Awaitable[None]]] = {"status": _set_status, "link": _link, "unlink": _unlink}


async def act(request: web.Request) -> web.Response:
    """POST /goals/{id}/{deed}"""
    member, form = await posted_by_member(request)
    deed = DEEDS.get(request.match_info["deed"])
    if deed is None:
        raise NotFound("There is no such page.")
    try:
        await deed(member, form, path_id(request))
    except NodeError as error:
        return await _goal_page(request, member, problem=member.language.say(str(error)))
    return go(f"/goals/{path_id(request)}")
