"""Reporting somebody to those who look after the node."""

from aiohttp import web

from node.errors import NotFound
from node.social import blocking, timelines
from node.web.forms import number_from
from node.web.pages import names, rendering, streams
from node.web.pages.visiting import go, member_of, path_id, posted_by_member
from storage import accounts


async def report_page(request: web.Request) -> web.Response:
    """GET /accounts/{id}/report, ?post=<id>"""
    member = await member_of(request)
    target = await member.context.database.read(accounts.find_account, path_id(request))
    if target is None or not target.is_active:
        raise NotFound("There is no such account.")
    post_id = number_from(request.query.get("post", ""), 0)
    entries = await timelines.thread_entries(member.context, [post_id] if post_id else [], member.id)
    return await rendering.page(
        request,
        member,
        "report.html",
        title=member.language.say("Report %(name)s") % {"name": target.title},
        target=target,
        post_id=post_id,
        entries=await streams.markup(member, list(entries.values())),
    )


async def report(request: web.Request) -> web.Response:
    """POST /accounts/{id}/report"""
    member, form = await posted_by_member(request)
    target_id = path_id(request)
    await blocking.report(
        member.context, member.account, target_id, form.numbers("post"), form.text("comment").strip(), forward=form.flag("forward")
    )
    target = await member.context.database.read(accounts.get_account, target_id)
    return go(names.profile_path(target))
