"""The cohorts of a community."""

from datetime import date

from aiohttp import web

from node.errors import BadInput
from node.social import cohorts
from node.web.forms import Form
from node.web.pages import names, rendering
from node.web.pages.profiles import account_named
from node.web.pages.visiting import go, local_path, path_id, posted_by_member, visitor_of
from storage import communities
from storage.ids import datetime_from_ms


async def cohorts_page(request: web.Request) -> web.Response:
    """GET /@{name}/cohorts"""
    visitor = await visitor_of(request)
    community = await account_named(request, visitor.context)
    read = visitor.context.database.read
    shown = await read(cohorts.list_shown, visitor.context.site, community.id, visitor.id)
    return await rendering.page(
        request,
        visitor,
        "cohorts.html",
        title=visitor.language.say("Cohorts of %(name)s") % {"name": community.title},
        community=community,
        shown=[(each, datetime_from_ms(each.cohort.starts_ms).date(), datetime_from_ms(each.cohort.ends_ms - 1).date()) for each in shown],
        may_start=await read(communities.is_moderator, community.id, visitor.id),
    )


async def start(request: web.Request) -> web.Response:
    """POST /@{name}/cohorts"""
    member, form = await posted_by_member(request)
    community = await account_named(request, member.context)
    await cohorts.start(member.context, member.account, community.id, form.line("title"), _day(form, "starts"), _day(form, "ends"))
    return go(f"{names.profile_path(community)}/cohorts")


def _day(form: Form, name: str) -> date:
    try:
        return date.fromisoformat(form.line(name))
    except ValueError as error:
        raise BadInput("Write a day as 2026-12-31.") from error


async def act(request: web.Request) -> web.Response:
    """POST /cohorts/{id}/join or leave"""
    member, form = await posted_by_member(request)
    deed = cohorts.join if request.match_info["deed"] == "join" else cohorts.leave
    await deed(member.context, member.account, path_id(request))
    return go(local_path(form.text("back")))
