"""The network as a file: taken along, brought back, and how far that has come."""

from aiohttp import web

from node.errors import NodeError
from node.social import networks
from node.web.pages import rendering
from node.web.pages.visiting import Member, go, member_of, posted_by_member
from storage import imports


async def network(request: web.Request) -> web.Response:
    """GET /settings/network"""
    return await _page(request, await member_of(request))


async def _page(request: web.Request, member: Member, *, problem: str = "") -> web.Response:
    return await rendering.page(
        request,
        member,
        "network.html",
        title=member.language.say("Your network as a file"),
        imports=await member.context.database.read(imports.list_imports, member.id),
        problem=problem,
        status=422 if problem else 200,
    )


async def export_opml(request: web.Request) -> web.Response:
    """GET /settings/network.opml"""
    member = await member_of(request)
    return _file(await networks.export_opml(member.context, member.account), "text/x-opml; charset=utf-8", f"{member.account.name}.opml")


async def export_csv(request: web.Request) -> web.Response:
    """GET /settings/following_accounts.csv"""
    member = await member_of(request)
    return _file(await networks.export_csv(member.context, member.account), "text/csv; charset=utf-8", "following_accounts.csv")


def _file(body: bytes, content_type: str, name: str) -> web.Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=body, headers={"Content-Type": content_type, **headers})


async def bring(request: web.Request) -> web.Response:
    """POST /settings/network: a file to follow, block or mute by"""
    member, form = await posted_by_member(request)
    body = next(iter(form.files("file")), b"")
    try:
        await networks.start_import(member.context, member.account, form.line("kind"), body)
    except NodeError as error:
        return await _page(request, member, problem=member.language.say(str(error)))
    return go("/settings/network")
