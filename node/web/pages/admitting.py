"""New accounts: the link in the mail, and those who wait for a moderator's word."""

from aiohttp import web

from node.social import registering
from node.web.forms import read_form
from node.web.pages import rendering
from node.web.pages.visiting import go, moderator_of, path_id, posted_by_member, visitor_of
from storage import applicants

SHOWN = 100


async def confirm_page(request: web.Request) -> web.Response:
    """GET /confirm/{secret}: asks first, for mail programs open links too"""
    visitor = await visitor_of(request)
    title = visitor.language.say("Confirm your address")
    return await rendering.page(request, visitor, "confirm_address.html", title=title, is_done=False, waits="")


async def confirm(request: web.Request) -> web.Response:
    """POST /confirm/{secret}"""
    visitor = await visitor_of(request)
    await read_form(request, None)
    waits = await registering.confirm(visitor.context, request.match_info["secret"])
    title = visitor.language.say("Confirm your address")
    return await rendering.page(request, visitor, "confirm_address.html", title=title, is_done=True, waits=waits)


async def waiting(request: web.Request) -> web.Response:
    """GET /admin/applicants"""
    member = await moderator_of(request)
    found = await member.context.database.read(applicants.list_waiting, SHOWN)
    return await rendering.page(request, member, "applicants.html", title=member.language.say("Who would like an account"), waiting=found)


async def answer(request: web.Request) -> web.Response:
    """POST /admin/applicants/{id}/approve, /refuse"""
    await moderator_of(request)
    member, _ = await posted_by_member(request)
    deed = registering.approve if request.match_info["answer"] == "approve" else registering.refuse
    await deed(member.context, path_id(request))
    return go("/admin/applicants")


ROUTES = (
    web.get("/confirm/{secret}", confirm_page),
    web.post("/confirm/{secret}", confirm),
    web.get("/admin/applicants", waiting),
    web.post(r"/admin/applicants/{id:\d+}/{answer:approve|refuse}", answer),
)
