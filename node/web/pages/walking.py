"""Paths: the list, the form, a path step by step."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from aiohttp import web

from federation.facets import MAX_MINUTES, MAX_NAME, MAX_TEXT, Step
from federation.reading import uri_from
from node.errors import BadInput, NodeError, NotFound
from node.learning import paths, walks
from node.learning.paths import PathDraft
from node.learning.walks import Proof
from node.web.forms import Form, number_from
from node.web.pages import languages, names, rendering
from node.web.pages.profiles import account_named
from node.web.pages.visiting import Member, Visitor, before, go, member_of, path_id, posted_by_member, visitor_of
from storage import communities
from storage.database import Connection
from storage.learning import paths as kept
from storage.records import DIRECT, PRIVATE, PUBLIC, Account

PAGE = 20
FIRST_STEPS, MORE_STEPS = 3, 1  # empty fieldsets of a new form, and how many each press of the button adds
NO_POST = "none"


async def path_list(request: web.Request) -> web.Response:
    """GET /paths"""
    visitor = await visitor_of(request)
    started, found = await paths.list_walks(visitor.context, visitor.id, PAGE + 1, before(request))
    return await rendering.page(
        request,
        visitor,
        "paths.html",
        title=visitor.language.say("Paths"),
        started=started if "before" not in request.query else [],
        found=found[:PAGE],
        later=f"/paths?before={found[PAGE - 1].post.id}" if len(found) > PAGE else "",
    )


async def path_page(request: web.Request) -> web.Response:
    """GET /@{name}/{id}/path"""
    visitor = await visitor_of(request)
    author = await account_named(request, visitor.context)
    walk = await paths.get_walk(visitor.context, path_id(request), visitor.id)
    if walk.author.id != author.id:
        raise NotFound("There is no such path, or it is not for you.")
    return await _path_page(request, visitor, walk.post.id)


async def _path_page(request: web.Request, visitor: Visitor, post_id: int, *, problem: str = "") -> web.Response:
    walk = await paths.get_walk(visitor.context, post_id, visitor.id)
    offering, can_offer = await visitor.context.database.read(_offers, visitor, post_id)
    return await rendering.page(
        request,
        visitor,
        "path.html",
        title=walk.post.title or visitor.language.say("Path"),
        walk=walk,
        address=names.post_path(walk.author, walk.post.id),
        usual=PRIVATE if visitor.id else PUBLIC,
        offering=offering,
        can_offer=can_offer,
        problem=problem,
        status=422 if problem else 200,
    )


def _offers(db: Connection, visitor: Visitor, post_id: int) -> tuple[list[Account], list[Account]]:
    """The communities that offer a path to newcomers, and those that the visitor may make offer it."""
    offering = kept.list_offering(db, post_id)
    if visitor.session is None:
        return offering, []
    account = visitor.session.account
    joined = communities.list_joined(db, account.id)
    return offering, [each for each in joined if paths.may_offer(db, account, each)]


async def _start(member: Member, _form: Form, post_id: int) -> None:
    await walks.start(member.context, member.account, post_id)


async def _leave(member: Member, _form: Form, post_id: int) -> None:
    await walks.leave(member.context, member.account, post_id)


async def _do_step(member: Member, form: Form, post_id: int) -> None:
    visibility = None if form.text("visibility") == NO_POST else min(form.number("visibility", PRIVATE), DIRECT)
    proof = Proof(form.text("text").strip(), form.line("evidence"), visibility)
    await walks.do_step(member.context, member.account, post_id, form.number("step", -1), proof)


async def _undo_step(member: Member, form: Form, post_id: int) -> None:
    await walks.undo_step(member.context, member.account, post_id, form.number("step", -1))


async def _offer(member: Member, form: Form, post_id: int) -> None:
    await paths.offer(member.context, member.account, form.number("community"), None if form.flag("stop") else post_id)


DEEDS: Mapping[str, Callable[[Member, Form, int], Awaitable[None]]] = {
    "start": _start,
    "leave": _leave,
    "do": _do_step,
    "undo": _undo_step,
    "offer": _offer,
}


async def walk_on(request: web.Request) -> web.Response:
    """POST /paths/{id}/{deed}"""
    member, form = await posted_by_member(request)
    post_id, deed = path_id(request), DEEDS.get(request.match_info["deed"])
    if deed is None:
        raise NotFound("There is no such page.")
    try:
        await deed(member, form, post_id)
    except BadInput as error:
        return await _path_page(request, member, post_id, problem=member.language.say(str(error)))
    walk = await paths.get_walk(member.context, post_id, member.id)
    return go(f"{names.post_path(walk.author, post_id)}/path")


async def new_page(request: web.Request) -> web.Response:
    """GET /paths/new, ?community=<id>"""
    member = await member_of(request)
    community_id = number_from(request.query.get("community", ""), 0) or None
    return await _form(request, member, PathDraft(language=member.language.tag, community_id=community_id))


async def write(request: web.Request) -> web.Response:
    """POST /paths/new; the button `more` only adds a step to the form"""
    member, form = await posted_by_member(request)
    draft = _draft(form)
    if form.flag("more"):
        return await _form(request, member, draft, empty=MORE_STEPS)
    try:
        post = await paths.write_path(member.context, member.account, draft)
    except NodeError as error:
        return await _form(request, member, draft, problem=member.language.say(str(error)))
    return go(f"{names.post_path(member.account, post.id)}/path")


async def change_page(request: web.Request) -> web.Response:
    """GET /paths/{id}/edit"""
    member = await member_of(request)
    draft = await member.context.database.read(paths.own_draft, member.account, path_id(request), member.context.site.origin)
    return await _form(request, member, draft, empty=MORE_STEPS, editing=True)


async def change(request: web.Request) -> web.Response:
    """POST /paths/{id}/edit"""
    member, form = await posted_by_member(request)
    known = await member.context.database.read(paths.own_draft, member.account, path_id(request), member.context.site.origin)
    draft = replace(_draft(form), visibility=known.visibility)
    if form.flag("more"):
        return await _form(request, member, draft, empty=MORE_STEPS, editing=True)
    try:
        post = await paths.change_path(member.context, member.account, path_id(request), draft)
    except NodeError as error:
        return await _form(request, member, draft, editing=True, problem=member.language.say(str(error)))
    return go(f"{names.post_path(member.account, post.id)}/path")


def _draft(form: Form) -> PathDraft:
    columns = (form.texts(name) for name in ("step_title", "step_link", "step_minutes", "step_evidence", "step_kind"))
    steps = [_step(*fields) for fields in zip(*columns, strict=False)]
    return PathDraft(
        title=form.line("title"),
        intro=form.text("intro").strip(),
        steps=tuple(step for step in steps if step is not None),
        about=form.text("about"),
        visibility=min(form.number("visibility", PUBLIC), DIRECT),
        language=languages.tag_or_none(form.line("language")),
        community_id=form.number("community") or None,
    )


def _step(title: str, link: str, minutes: str, evidence: str, kind: str) -> Step | None:
    """A fieldset that was filled in; what is no address is no link."""
    title, address = " ".join(title.split())[:MAX_NAME], uri_from(link.strip())
    if not title and address is None:
        return None
    asked = " ".join(evidence.split())[:MAX_TEXT]
    length = min(number_from(minutes, 0), MAX_MINUTES) or None
    return Step(title or (address or "")[:MAX_NAME], address, length, asked, kind == "optional", kind == "stretch")


async def _form(
    request: web.Request, member: Member, draft: PathDraft, *, empty: int = 0, editing: bool = False, problem: str = ""
) -> web.Response:
    blank = max(empty, FIRST_STEPS - len(draft.steps))
    return await rendering.page(
        request,
        member,
        "path_form.html",
        title=member.language.say("Change a path") if editing else member.language.say("Lay out a path"),
        action=request.path,
        draft=draft,
        steps=[*draft.steps, *[Step("")] * blank],
        editing=editing,
        communities=await member.context.database.read(communities.list_joined, member.id),
        problem=problem,
        status=422 if problem else 200,
    )
