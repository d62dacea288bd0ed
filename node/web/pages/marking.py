"""Marks: the form beside a post, a mark's own page, and the achievement that it may become."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from node.errors import NodeError, NotFound
from node.learning import marking
from node.learning.marking import Line, Marking
from node.social import timelines
from node.web.forms import number_from
from node.web.pages import giving, names, rendering, streams
from node.web.pages.visiting import Member, go, member_of, path_id, posted_by_member
from storage import accounts
from storage.database import Connection
from storage.learning import evidence
from storage.learning.badges import Badge
from storage.learning.evidence import Mark, Snapshot
from storage.records import Account

LINES = 4  # of the rubric in the form


async def mark_page(request: web.Request) -> web.Response:
    """GET /marks/new?post=<id>"""
    return await _form(request, await member_of(request), number_from(request.query.get("post", ""), 0), Marking(()))


async def _form(request: web.Request, member: Member, post_id: int, said: Marking, problem: str = "") -> web.Response:
    entries = await timelines.thread_entries(member.context, [post_id], member.id)
    if post_id not in entries:
        raise NotFound("There is no such post, or it is not for you.")
    return await rendering.page(
        request,
        member,
        "mark_form.html",
        title=member.language.say("Mark a post"),
        post_id=post_id,
        marked=await streams.markup(member, [entries[post_id]]),
        said=said,
        lines=[*said.lines, *[Line("", "")] * (LINES - len(said.lines))],
        problem=problem,
        status=422 if problem else 200,
    )


async def mark(request: web.Request) -> web.Response:
    """POST /marks/new"""
    member, form = await posted_by_member(request)
    columns = (form.texts(name) for name in ("competency", "level", "most"))
    said = Marking(tuple(Line(*fields) for fields in zip(*columns, strict=False) if fields[0].strip()), form.text("comment"))
    post_id = form.number("post")
    try:
        made = await marking.mark(member.context, member.account, post_id, said)
    except NodeError as error:
        return await _form(request, member, post_id, said, member.language.say(str(error)))
    return go(f"/marks/{made.id}")


async def marked_page(request: web.Request) -> web.Response:
    """GET /marks/{id}: for the mentor and for whose post it was"""
    return await _marked(request, await member_of(request))


async def _marked(request: web.Request, member: Member, problem: str = "") -> web.Response:
    found = await member.context.database.read(_load, path_id(request), member)
    title = member.language.say("What a mentor says of a post")
    return await rendering.page(request, member, "mark.html", title=title, **found, problem=problem, status=422 if problem else 200)


def _load(db: Connection, mark_id: int, member: Member) -> dict[str, Any]:
    kept = evidence.find_mark(db, mark_id)
    if kept is None or member.id not in (kept.marker_id, kept.author_id):
        raise NotFound("There is no such page, or it is not for you.")
    givable: Sequence[tuple[Badge, Account]] = giving.list_givable(db, member.account) if member.id == kept.marker_id else ()
    snapshot: Snapshot | None = evidence.list_snapshots(db, [kept.digest]).get(kept.digest)
    return {
        "kept": kept,
        "marker": accounts.get_account(db, kept.marker_id),
        "author": accounts.get_account(db, kept.author_id),
        "snapshot": snapshot,
        "givable": givable,
        "award_path": _award_path(db, kept),
    }


def _award_path(db: Connection, kept: Mark) -> str:
    marker = accounts.get_account(db, kept.marker_id)
    return f"{names.profile_path(marker)}/achievements/{kept.award_id}" if kept.award_id else ""


async def make_award(request: web.Request) -> web.Response:
    """POST /marks/{id}/award"""
    member, form = await posted_by_member(request)
    try:
        made = await marking.award_mark(member.context, member.account, path_id(request), form.number("badge"), form.text("narrative"))
    except NodeError as error:
        return await _marked(request, member, member.language.say(str(error)))
    return go(await member.context.database.read(giving.award_address, made))
