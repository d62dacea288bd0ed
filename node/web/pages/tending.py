"""For those who look after the node: what is on its way, blocked servers, reports. And for authors: where a post is."""

from dataclasses import dataclass

from aiohttp import web

from node.errors import NodeError
from node.social import blocking, queues
from node.web.forms import Form
from node.web.pages import names, rendering
from node.web.pages.visiting import Member, go, member_of, moderator_of, path_id, posted_by_member
from storage import accounts, moderation
from storage.database import Connection
from storage.records import Account, Report, loaded

SHOWN = 100  # reports


async def deliveries(request: web.Request) -> web.Response:
    """GET /@{name}/{id}/deliveries"""
    member = await member_of(request)
    say = member.language.say
    return await rendering.page(
        request,
        member,
        "deliveries.html",
        title=say("Where your post is"),
        lead=say("Each server that it goes to, what it answered, and when we try again."),
        owed=await queues.list_for_post(member.context, member.account, path_id(request)),
        empty=say("This post goes to no other server: nobody elsewhere follows you yet, or it is only for people here."),
        back=names.post_path(member.account, path_id(request)),
    )


async def queue(request: web.Request) -> web.Response:
    """GET /admin/queue"""
    member = await moderator_of(request)
    say = member.language.say
    found = await queues.get_queue(member.context, request.query.get("host") or None)
    states = (("waiting", say("on their way")), ("delivered", say("arrived")), ("gave up", say("given up")))
    return await rendering.page(
        request,
        member,
        "deliveries.html",
        title=say("What is on its way"),
        lead="",
        counts=[(label, found.counts.get(state, 0)) for state, label in states],
        owed=found.owed,
        empty=say("Nothing waits. Everything has arrived."),
        back="",
    )


async def retry(request: web.Request) -> web.Response:
    """POST /admin/queue"""
    member, form = await _posted_by_moderator(request)
    await queues.retry(member.context, form.line("host") or None)
    return go("/admin/queue")


async def _posted_by_moderator(request: web.Request) -> tuple[Member, Form]:
    await moderator_of(request)
    return await posted_by_member(request)


async def blocks(request: web.Request) -> web.Response:
    """GET /admin/blocks"""
    return await _blocks_page(request, await moderator_of(request))


async def _blocks_page(request: web.Request, member: Member, *, problem: str = "") -> web.Response:
    found = await member.context.database.read(moderation.list_domain_blocks)
    title, status = member.language.say("Blocked servers"), 422 if problem else 200
    return await rendering.page(request, member, "blocks.html", title=title, blocks=found, problem=problem, status=status)


async def block(request: web.Request) -> web.Response:
    """POST /admin/blocks"""
    member, form = await _posted_by_moderator(request)
    try:
        await blocking.block_domain(member.context, form.line("domain"), form.line("comment"), form.line("severity"))
    except NodeError as error:
        return await _blocks_page(request, member, problem=member.language.say(str(error)))
    return go("/admin/blocks")


async def allow(request: web.Request) -> web.Response:
    """POST /admin/blocks/remove"""
    member, form = await _posted_by_moderator(request)
    await blocking.allow_domain(member.context, form.line("value"))
    return go("/admin/blocks")


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A report as its template shows it."""

    id: int
    target: Account | None
    reporter: Account | None
    comment: str
    posts: list[str]
    created_ms: int
    is_resolved: bool


async def reports(request: web.Request) -> web.Response:
    """GET /admin/reports"""
    member = await moderator_of(request)
    found = await member.context.database.read(_list_reports)
    return await rendering.page(request, member, "reports.html", title=member.language.say("Reports"), reports=found)


async def resolve(request: web.Request) -> web.Response:
    """POST /admin/reports/{id}/resolve"""
    member, _ = await _posted_by_moderator(request)
    await blocking.resolve_report(member.context, path_id(request))
    return go("/admin/reports")


def _list_reports(db: Connection) -> list[ReportShown]:
    rows = moderation.list_reports(db, SHOWN)
    people = accounts.list_accounts(db, [account_id for row in rows for account_id in (row.account_id, row.target_id) if account_id])
    return [_shown(row, people) for row in rows]


def _shown(row: Report, people: dict[int, Account]) -> ReportShown:
    reporter = people.get(row.account_id) if row.account_id else None
    posts = loaded(row.post_uris)
    return ReportShown(row.id, people.get(row.target_id), reporter, row.comment, posts, row.created_ms, row.resolved_ms is not None)
