"""The library, and the forms that fill it."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from node.errors import NodeError
from node.learning import resources
from node.learning.resources import Sharing
from node.social import documents
from node.web.forms import Form, number_from
from node.web.pages import languages, meanings, names, rendering
from node.web.pages.visiting import Member, Visitor, before, go, member_of, path_id, posted_by_member, visitor_of
from storage import accounts, communities, posts
from storage.database import Connection
from storage.ids import datetime_from_ms
from storage.learning import facets
from storage.learning.facets import Competency, label_of
from storage.learning.resources import Shelved, Wanted, list_resources
from storage.records import DIRECT, PUBLIC, Account

PAGE = 30


async def library(request: web.Request) -> web.Response:
    """GET /resources, ?community=<id> &teaches= &license= &minutes= &stale=1"""
    visitor = await visitor_of(request)
    query = {name: request.query.get(name, "")[:200] for name in ("community", "teaches", "license", "minutes", "stale")}
    community_id = number_from(query["community"], 0)
    community = await visitor.context.database.read(accounts.find_account, community_id) if community_id else None
    most = min(number_from(query["minutes"], 0), 100_000)
    wanted = Wanted(community.uri if community else "", label_of(query["teaches"]), query["license"], most, bool(query["stale"]))
    now_ms = visitor.context.site.now_ms()
    shelf = await visitor.context.database.read(_shelf, visitor.id, wanted, now_ms, before(request))
    stated = urlencode({name: value for name, value in query.items() if value})
    return await rendering.page(
        request,
        visitor,
        "resources.html",
        title=visitor.language.say("Resources"),
        query=query,
        community=community,
        communities=await _communities(visitor),
        licenses=meanings.LICENSES,
        license_name=meanings.license_name,
        shelf=shelf[:PAGE],
        is_stale=lambda shelved: shelved.resource.review_by_ms is not None and shelved.resource.review_by_ms < now_ms,
        day=day_of,
        later=f"/resources?{stated}{'&' if stated else ''}before={shelf[PAGE - 1][0].resource.post_id}" if len(shelf) > PAGE else "",
    )


def _shelf(db: Connection, viewer_id: int, wanted: Wanted, now_ms: int, before_id: int) -> list[tuple[Shelved, list[Competency], str]]:
    """Resources with what they teach, and where what is newer than they are stands here."""
    found = list_resources(db, viewer_id, wanted, now_ms, PAGE + 1, before_id)
    teaches = facets.list_competencies(db, [each.resource.post_id for each in found])
    return [(each, teaches.get(each.resource.post_id, []), newer_path(db, each.resource.superseded_by_uri)) for each in found]


def newer_path(db: Connection, uri: str | None) -> str:
    """Where something newer is: its page here, else its own address; '' for nothing."""
    post = posts.find_post_by_uri(db, uri) if uri else None
    return names.post_path(accounts.get_account(db, post.account_id), post.id) if post else uri or ""


def day_of(moment_ms: int) -> str:
    """A day as forms and machines write it."""
    moment: datetime = datetime_from_ms(moment_ms)
    return moment.date().isoformat()


async def _communities(visitor: Visitor) -> list[Account]:
    return await visitor.context.database.read(communities.list_joined, visitor.id) if visitor.id else []


async def share_page(request: web.Request) -> web.Response:
    """GET /resources/new, ?link= &title= &community=<id>"""
    member = await member_of(request)
    community_id = number_from(request.query.get("community", ""), 0) or None
    link, title = request.query.get("link", "")[:2000], request.query.get("title", "")[:200]
    return await _form(request, member, Sharing(title, link, language=member.language.tag, community_id=community_id))


async def share(request: web.Request) -> web.Response:
    """POST /resources/new"""
    member, form = await posted_by_member(request)
    sharing = _sharing(form)
    try:
        sharing = await _with_document(member, form, sharing)
        post = await resources.share(member.context, member.account, sharing)
    except NodeError as error:
        return await _form(request, member, sharing, problem=member.language.say(str(error)))
    return go(names.post_path(member.account, post.id))


async def revise_page(request: web.Request) -> web.Response:
    """GET /resources/{id}/edit"""
    member = await member_of(request)
    origin = member.context.site.origin
    sharing = await member.context.database.read(resources.own_sharing, member.account, path_id(request), origin)
    return await _form(request, member, sharing, editing=True)


async def revise(request: web.Request) -> web.Response:
    """POST /resources/{id}/edit"""
    member, form = await posted_by_member(request)
    sharing = _sharing(form)
    await member.context.database.read(resources.own_sharing, member.account, path_id(request), member.context.site.origin)
    try:
        sharing = await _with_document(member, form, sharing)
        post = await resources.revise(member.context, member.account, path_id(request), sharing)
    except NodeError as error:
        return await _form(request, member, sharing, editing=True, problem=member.language.say(str(error)))
    return go(names.post_path(member.account, post.id))


async def _with_document(member: Member, form: Form, sharing: Sharing) -> Sharing:
    """The document that came with the form in place of the one that stood there; it stays when something else of the form is wrong."""
    body = next(iter(form.files("document")), b"")
    if not body:
        return sharing
    return replace(sharing, document_id=(await documents.upload(member.context, member.account, body, sharing.title)).id)


def _sharing(form: Form) -> Sharing:
    return Sharing(
        title=form.line("title"),
        link=form.line("link"),
        text=form.text("text").strip(),
        teaches=form.text("about"),
        license=form.line("license"),
        minutes=form.number("minutes"),
        review_by=form.line("review_by"),
        superseded_by=form.line("superseded_by"),
        visibility=min(form.number("visibility", PUBLIC), DIRECT),
        language=languages.tag_or_none(form.line("language")),
        community_id=form.number("community") or None,
        document_id=form.number("document_id"),
    )


async def _form(request: web.Request, member: Member, sharing: Sharing, *, editing: bool = False, problem: str = "") -> web.Response:
    return await rendering.page(
        request,
        member,
        "resource_form.html",
        title=member.language.say("Change a resource") if editing else member.language.say("Share a resource"),
        action=request.path,
        sharing=sharing,
        editing=editing,
        communities=await _communities(member),
        licenses=meanings.LICENSES,
        problem=problem,
        status=422 if problem else 200,
    )
