"""Competency frameworks and competencies: lists, forms, and a page for each; CASE for programs."""

from aiohttp import web

from federation.frameworks import ItemDocument, document_from_framework, document_from_item
from federation.reading import uri_from, wire_date
from node.errors import NodeError, NotFound
from node.learning import frameworks, paths
from node.learning.competencies import text_from_alignments
from node.learning.frameworks import Known, Writing
from node.site import Site
from node.web.forms import number_from
from node.web.keys import CONTEXT
from node.web.negotiating import json_response
from node.web.pages import meanings, names, rendering
from node.web.pages.visiting import Visitor, before, go, path_id, posted_by_member, visitor_of
from storage import accounts, communities
from storage.database import Connection
from storage.ids import datetime_from_ms
from storage.learning import frameworks as kept
from storage.learning.frameworks import Framework
from storage.records import Account

PAGE = 50


def wants_json(request: web.Request) -> bool:
    """Whether a program asks; a browser asks for HTML."""
    accept = request.headers.get("Accept", "")
    return "json" in accept and "text/html" not in accept


async def framework_list(request: web.Request) -> web.Response:
    """GET /frameworks, ?community=<id>"""
    return await _list(request, await visitor_of(request))


async def _list(request: web.Request, visitor: Visitor, *, problem: str = "") -> web.Response:
    community_id = number_from(request.query.get("community", ""), 0)
    found = await visitor.context.database.read(_found, before(request), community_id)
    return await rendering.page(
        request,
        visitor,
        "frameworks.html",
        title=visitor.language.say("Competencies"),
        found=found[:PAGE],
        communities=await visitor.context.database.read(_writable, visitor),
        problem=problem,
        later=f"/frameworks?community={community_id}&before={found[PAGE - 1][0].id}" if len(found) > PAGE else "",
        status=422 if problem else 200,
    )


def _found(db: Connection, before_id: int, owner_id: int) -> list[tuple[Framework, Account | None]]:
    found = kept.list_frameworks(db, PAGE + 1, before_id, owner_id)
    owners = accounts.list_accounts(db, [each.account_id for each in found])
    return [(each, owners.get(each.account_id)) for each in found]


def _writable(db: Connection, visitor: Visitor) -> list[Account]:
    """The communities whose frameworks the visitor may write."""
    if visitor.session is None:
        return []
    account = visitor.session.account
    return [each for each in communities.list_joined(db, account.id) if paths.may_offer(db, account, each)]


async def start(request: web.Request) -> web.Response:
    """POST /frameworks/new"""
    member, form = await posted_by_member(request)
    owner, title, text = form.number("community"), form.line("title"), form.text("description")
    try:
        framework = await frameworks.start_framework(member.context, member.account, owner, title, text)
    except NodeError as error:
        return await _list(request, member, problem=member.language.say(str(error)))
    return go(f"/frameworks/{framework.id}")


async def bring(request: web.Request) -> web.Response:
    """POST /frameworks/import: a CASE file"""
    member, form = await posted_by_member(request)
    body = next(iter(form.files("file")), b"")
    try:
        framework = await frameworks.import_case(member.context, member.account, form.number("community"), body)
    except NodeError as error:
        return await _list(request, member, problem=member.language.say(str(error)))
    return go(f"/frameworks/{framework.id}")


async def framework_page(request: web.Request) -> web.Response:
    """GET /frameworks/{id}; CASE for programs"""
    if wants_json(request):
        context = request.app[CONTEXT]
        return json_response(await context.database.read(_case, context.site, path_id(request)))
    return await _framework_page(request, await visitor_of(request))


def _case(db: Connection, site: Site, framework_id: int) -> dict[str, object]:
    framework = frameworks.get_framework(db, framework_id)
    return document_from_framework(frameworks.document_of(db, site, framework), wire_date(datetime_from_ms(framework.updated_ms)))


async def _framework_page(request: web.Request, visitor: Visitor, *, problem: str = "") -> web.Response:
    framework, owner, items, may_write = await visitor.context.database.read(_framework, visitor, path_id(request))
    depths: dict[str, int] = {}
    for item in items:
        depths[item.url] = depths.get(item.parent_url, -1) + 1
    return await rendering.page(
        request,
        visitor,
        "framework.html",
        title=framework.title,
        framework=framework,
        owner=owner,
        items=[(item, min(depths[item.url], 5)) for item in items],
        may_write=may_write,
        problem=problem,
        status=422 if problem else 200,
    )


def _framework(db: Connection, visitor: Visitor, framework_id: int) -> tuple[Framework, Account, list[kept.Item], bool]:
    framework = frameworks.get_framework(db, framework_id)
    may_write = visitor.session is not None and frameworks.may_write(db, visitor.session.account, framework)
    return framework, accounts.get_account(db, framework.account_id), _tree(kept.list_items(db, framework.id)), may_write


def _tree(items: list[kept.Item]) -> list[kept.Item]:
    """Each below its parent, also those that were written later."""
    children: dict[str, list[kept.Item]] = {}
    urls = {item.url for item in items}
    for item in items:
        children.setdefault(item.parent_url if item.parent_url in urls else "", []).append(item)
    found: list[kept.Item] = []
    waiting = children.get("", [])[::-1]
    while waiting:
        item = waiting.pop()
        found.append(item)
        waiting += children.get(item.url, [])[::-1]
    return found


async def write(request: web.Request) -> web.Response:
    """POST /frameworks/{id}/write"""
    member, form = await posted_by_member(request)
    writing = Writing(form.line("name"), form.text("statement"), form.line("code"), form.number("parent"))
    try:
        await frameworks.write_competency(member.context, member.account, path_id(request), writing)
    except NodeError as error:
        return await _framework_page(request, member, problem=member.language.say(str(error)))
    return go(f"/frameworks/{path_id(request)}")


async def competency_page(request: web.Request) -> web.Response:
    """GET /competencies/{id}; CASE for programs"""
    if wants_json(request):
        context = request.app[CONTEXT]
        return json_response(await context.database.read(_case_item, context.site, path_id(request)))
    visitor = await visitor_of(request)
    known = await visitor.context.database.read(frameworks.known_by_id, visitor.context.site, visitor.id, path_id(request))
    return await _page(request, visitor, known)


def _case_item(db: Connection, site: Site, item_id: int) -> dict[str, object]:
    item = kept.find_item(db, item_id)
    if item is None:
        raise NotFound("There is no such competency.")
    framework = frameworks.get_framework(db, item.framework_id)
    uri = frameworks.document_of(db, site, framework).uri
    stated = ItemDocument(item.url, item.name, item.statement, item.code, item.kind, item.parent_url)
    here = {"title": framework.title, "identifier": uri, "uri": uri}
    return document_from_item(stated, here, wire_date(datetime_from_ms(framework.updated_ms)))


async def competency(request: web.Request) -> web.Response:
    """GET /competencies?url=<its address>&name=<what it is called>"""
    visitor = await visitor_of(request)
    url = uri_from(request.query.get("url", "")[:2000])
    if url is None:
        return go("/frameworks")
    name = request.query.get("name", "")[:200]
    return await _page(
        request, visitor, await visitor.context.database.read(frameworks.known_by_url, visitor.context.site, visitor.id, url, name)
    )


async def _page(request: web.Request, visitor: Visitor, known: Known) -> web.Response:
    return await rendering.page(
        request,
        visitor,
        "competency.html",
        title=known.alignment.name,
        known=known,
        about=text_from_alignments([known.alignment], visitor.context.site.origin),
        people=[(person, meanings.reasons(why, visitor.language)) for person, why in known.people],
        post_path=names.post_path,
    )
