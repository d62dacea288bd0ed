"""Custom emojis, for those who look after the node."""

from aiohttp import web

from node.errors import BadInput, NodeError
from node.social import emojis as use_cases
from node.social.naming import media_url
from node.web.pages import rendering
from node.web.pages.visiting import Member, go, moderator_of, path_id, posted_by_member
from storage import emojis


async def emoji_page(request: web.Request) -> web.Response:
    """GET /admin/emojis"""
    return await _page(request, await moderator_of(request))


async def _page(request: web.Request, member: Member, *, problem: str = "") -> web.Response:
    found = await member.context.database.read(emojis.list_emojis)
    rows = [(each, media_url(member.context.site.origin, each.file)) for each in found]
    status = 422 if problem else 200
    title = member.language.say("Emojis of this server")
    return await rendering.page(request, member, "emojis.html", title=title, emojis=rows, problem=problem, status=status)


async def add(request: web.Request) -> web.Response:
    """POST /admin/emojis"""
    await moderator_of(request)
    member, form = await posted_by_member(request)
    body = next(iter(form.files("file")), b"")
    try:
        if not body:
            raise BadInput("Choose a picture first.")
        await use_cases.add(member.context, form.line("shortcode"), body, form.line("category"))
    except NodeError as error:
        return await _page(request, member, problem=member.language.say(str(error)))
    return go("/admin/emojis")


async def remove(request: web.Request) -> web.Response:
    """POST /admin/emojis/{id}/remove"""
    await moderator_of(request)
    member, _ = await posted_by_member(request)
    await use_cases.remove(member.context, path_id(request))
    return go("/admin/emojis")


ROUTES = (
    web.get("/admin/emojis", emoji_page),
    web.post("/admin/emojis", add),
    web.post(r"/admin/emojis/{id:\d+}/remove", remove),
)
