"""Taking everything along, and bringing it here: the page with both forms, and how far each archive is."""

from aiohttp import web

from node.errors import NodeError
from node.learning import transferring
from node.web.pages import rendering
from node.web.pages.visiting import Member, go, member_of, path_id, posted_by_member
from storage.learning import archives
from storage.learning.archives import RUNNING


async def archive_page(request: web.Request) -> web.Response:
    """GET /settings/archive; it loads itself again while something runs"""
    return await _page(request, await member_of(request))


async def _page(request: web.Request, member: Member, problem: str = "") -> web.Response:
    transfers = await member.context.database.read(archives.list_transfers, member.id)
    return await rendering.page(
        request,
        member,
        "archive.html",
        title=member.language.say("Take everything along"),
        transfers=transfers,
        runs=any(each.state == RUNNING for each in transfers) and not problem,
        problem=problem,
        status=422 if problem else 200,
    )


async def start_export(request: web.Request) -> web.Response:
    """POST /settings/archive"""
    member, form = await posted_by_member(request)
    try:
        await transferring.start_export(member.context, member.account, form.secret("passphrase"))
    except NodeError as error:
        return await _page(request, member, member.language.say(str(error)))
    return go("/settings/archive")


async def start_import(request: web.Request) -> web.Response:
    """POST /settings/archive/bring"""
    member, form = await posted_by_member(request)
    body = next(iter(form.files("file")), b"")
    try:
        await transferring.start_import(member.context, member.account, body, form.secret("passphrase"))
    except NodeError as error:
        return await _page(request, member, member.language.say(str(error)))
    return go("/settings/archive")


async def download(request: web.Request) -> web.StreamResponse:
    """GET /settings/archive/{id}.zip"""
    member = await member_of(request)
    file = await transferring.ready_file(member.context, member.account, path_id(request))
    name = f'attachment; filename="{member.account.name}.zip"'
    headers = {"Content-Type": "application/zip", "Content-Disposition": name, "Cache-Control": "private, no-store"}
    return web.FileResponse(file, headers=headers)
