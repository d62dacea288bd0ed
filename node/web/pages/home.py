"""The first page: a member's home timeline, the front page for everybody else; and what people here write.

Home is the page that is asked for most. Its frame is rendered once per session and its posts once per revision, so that a
page is one question to the database and one join of bytes.
"""

from collections.abc import Sequence

from aiohttp import web

from node.learning import guiding
from node.site import Site
from node.social import timelines
from node.social.posts import Draft
from node.social.timelines import Page
from node.web.pages import rendering, streams
from node.web.pages.fragments import HOLE
from node.web.pages.visiting import Member, Visitor, before, visitor_of
from storage import users
from storage.database import Connection

FRONT = 10  # posts on the front page


async def first_page(request: web.Request) -> web.Response:
    """GET /"""
    visitor = await visitor_of(request)
    if visitor.session is None:
        return await front(request, visitor)
    member = Member(visitor.context, visitor.session, visitor.language, visitor.session.account)
    page, unread = await member.context.database.read(_home, member.context.site, member.id, before(request))
    pieces = await streams.pieces(member, streams.once(page.entries))
    to_badge, to_path, to_first, to_entries, to_later, end = frame(member)
    first = await guidance(member)
    badge = str(rendering.badge(member.language, unread)).encode()
    here = b"/" if not request.query_string else b"/?before=%d" % before(request)
    body = b"".join(
        [
            to_badge,
            badge,
            to_path,
            here,
            to_first,
            first,
            to_entries,
            *(pieces or [empty(member)]),
            to_later,
            later(member, page.before),
            end,
        ]
    )
    return rendering.answer(member, body)


def _home(db: Connection, site: Site, account_id: int, before_id: int) -> tuple[Page, int]:
    return timelines.load_home(db, site, account_id, before_id), users.count_unread(db, account_id)


async def guidance(member: Member) -> bytes:
    """What stands above the timeline of a guided learner: paths and those who help; nothing for others."""
    if member.account.mode != "guided":
        return b""
    found = await member.context.database.read(guiding.guide, member.account)
    values = rendering.frame(member, "/") | {"guidance": found}
    return rendering.render(member.context.site, member.language, "guidance.html", values).encode("utf-8", "replace")


def frame(member: Member) -> Sequence[bytes]:
    """What stands around a member's home timeline, split where the badge, the path, the posts and the way on go in."""
    kept, session = member.context.caches.fragments, member.session
    key = ("home", member.id, member.account.revision_ms, member.language.tag, member.csrf)
    parts: Sequence[bytes] | None = kept.get(key)
    if parts is None:
        draft = Draft("", language=session.language if session else None)
        values = {"title": "", "badge": HOLE, "path": HOLE, "first": HOLE, "entries": HOLE, "later": HOLE, "draft": draft, "editing": False}
        text = rendering.render(member.context.site, member.language, "home.html", rendering.frame(member, HOLE) | values)
        parts = tuple(part.encode("utf-8", "replace") for part in text.split(HOLE))
        kept.put(key, parts)
    return parts


def later(visitor: Visitor, before_id: int | None) -> bytes:
    """The way to older posts."""
    if before_id is None:
        return b""
    return b'<p class="later"><a href="/?before=%d" rel="next">%s</a></p>' % (before_id, visitor.language.say("Older").encode())


def empty(visitor: Visitor) -> bytes:
    """What a new member reads first."""
    text = visitor.language.say("Follow somebody, and what they write comes here. Search for a name to begin.")
    return b'<p class="empty">%s</p>' % text.encode()


async def front(request: web.Request, visitor: Visitor) -> web.Response:
    """The front page, with the newest public posts of people here."""
    page = await timelines.local(visitor.context, 0, before(request))
    entries = await streams.markup(visitor, page.entries[:FRONT])
    return await rendering.page(request, visitor, "front.html", title="", entries=entries, later="")


async def everyone_here(request: web.Request) -> web.Response:
    """GET /local"""
    visitor = await visitor_of(request)
    page = await timelines.local(visitor.context, visitor.id, before(request))
    return await rendering.page(
        request,
        visitor,
        "stream.html",
        title=visitor.language.say("Everyone here"),
        lead=visitor.language.say("Public posts of the people on this node."),
        feed_base="",
        entries=await streams.markup(visitor, page.entries),
        later=streams.older("/local", page.before),
    )


async def tagged(request: web.Request) -> web.Response:
    """GET /tags/{tag}"""
    visitor = await visitor_of(request)
    name = request.match_info["tag"].lstrip("#")
    page = await timelines.tag(visitor.context, name, visitor.id, before(request))
    path = f"/tags/{request.match_info['tag']}"
    return await rendering.page(
        request,
        visitor,
        "stream.html",
        title=f"#{name}",
        lead="",
        feed_base=path,
        entries=await streams.markup(visitor, page.entries),
        later=streams.older(path, page.before),
    )
