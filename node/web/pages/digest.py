"""The digest: what somebody may have missed, and how they want it."""

from aiohttp import web

from node.errors import NodeError
from node.social import digests
from node.social.digest_mails import reason_of
from node.web.pages import rendering, streams
from node.web.pages.visiting import Member, go, member_of, posted_by_member, visitor_of

SHARES = tuple(range(0, 101, 10))  # percent


async def digest(request: web.Request) -> web.Response:
    """GET /digest"""
    member = await member_of(request)
    return await _page(request, member, done=member.language.say("Saved.") if "saved" in request.query else "")


async def _page(request: web.Request, member: Member, *, done: str = "", problem: str = "") -> web.Response:
    wish, items = await digests.get_digest(member.context, member.id)
    say = member.language
    return await rendering.page(
        request,
        member,
        "digest.html",
        title=say.say("What you may have missed"),
        wish=wish,
        share=round(wish.serendipity * 10) * 10,
        shares=SHARES,
        items=[
            (reason_of(say, item.reason, item.card.author, item.through), await streams.markup(member, [item.card.entry])) for item in items
        ],
        sends_mail=bool(member.context.config.mail.host),
        done=done,
        problem=problem,
        status=422 if problem else 200,
    )


async def save(request: web.Request) -> web.Response:
    """POST /digest"""
    member, form = await posted_by_member(request)
    share = form.number("serendipity", -1) / 100
    try:
        await digests.set_wish(member.context, member.account, form.line("every"), share, by_mail=form.flag("by_mail"))
    except NodeError as error:
        return await _page(request, member, problem=member.language.say(str(error)))
    return go("/digest?saved")


async def stop_page(request: web.Request) -> web.Response:
    """GET /digest/stop/{secret}: asks first, for programs open links too"""
    visitor = await visitor_of(request)
    return await rendering.page(request, visitor, "digest_stop.html", title=visitor.language.say("No more mails"), is_done=False)


async def stop(request: web.Request) -> web.Response:
    """POST /digest/stop/{secret}: from the page, or by one click in a mail program (RFC 8058)"""
    visitor = await visitor_of(request)
    await digests.stop_mails(visitor.context, request.match_info["secret"])
    return await rendering.page(request, visitor, "digest_stop.html", title=visitor.language.say("No more mails"), is_done=True)
