"""Reflections: the form with its prompts, drafts, one's own list, sharing with more people."""

from dataclasses import replace

from aiohttp import web

from node.errors import NodeError
from node.learning import goals, reflections
from node.learning.reflections import Thought
from node.web.forms import Form, number_from
from node.web.pages import languages, names, rendering, streams
from node.web.pages.languages import Language
from node.web.pages.visiting import Member, before, go, member_of, path_id, posted_by_member
from storage.database import Connection
from storage.learning import reflections as kept
from storage.records import DIRECT, Account, Post

PAGE = 20


def prompts(speech: Language) -> list[str]:
    """Questions to start from."""
    return [
        speech.say("What did I want to find out, and what do I know now?"),
        speech.say("What surprised me?"),
        speech.say("Where did I get stuck, and what helped?"),
        speech.say("How would I explain it to somebody who begins?"),
        speech.say("What can I do now that I could not do before?"),
        speech.say("What do I want to try next?"),
        speech.say("What would I do differently another time?"),
    ]


async def write_page(request: web.Request) -> web.Response:
    """GET /reflect, ?draft=<id>, or ?goal=<id>, ?resource=<address>, ?path=<id>&step=<number>, ?prompt=<text>"""
    member, query = await member_of(request), request.query
    draft_id = number_from(query.get("draft", ""), 0)
    if draft_id:
        return await _form(request, member, await member.context.database.read(reflections.find_draft, member.account, draft_id), draft_id)
    thought = Thought(
        prompt=query.get("prompt", "")[:500],
        resource=query.get("resource", "")[:2000],
        goal_id=number_from(query.get("goal", ""), 0),
        path_id=number_from(query.get("path", ""), 0),
        step=number_from(query.get("step", ""), -1),
        language=member.language.tag,
    )
    return await _form(request, member, thought)


async def write(request: web.Request) -> web.Response:
    """POST /reflect; the button `keep` only keeps a draft"""
    member, form = await posted_by_member(request)
    thought, draft_id = _thought(form), form.number("draft")
    try:
        if form.flag("keep"):
            await reflections.keep_draft(member.context, member.account, thought, draft_id)
            return go("/reflections")
        post = await reflections.write(member.context, member.account, thought, draft_id)
    except NodeError as error:
        return await _form(request, member, thought, draft_id, problem=member.language.say(str(error)))
    return go(names.post_path(member.account, post.id))


def _thought(form: Form) -> Thought:
    return Thought(
        form.text("text").strip(),
        form.line("title"),
        form.line("summary"),
        form.line("prompt"),
        form.line("resource"),
        form.number("goal"),
        form.number("path"),
        form.number("step", -1),
        min(form.number("visibility", DIRECT), DIRECT),
        languages.tag_or_none(form.line("language")),
    )


async def _form(
    request: web.Request, member: Member, thought: Thought, draft_id: int = 0, *, editing: bool = False, problem: str = ""
) -> web.Response:
    views = await member.context.database.read(goals.list_views, member.account, member.id)
    return await rendering.page(
        request,
        member,
        "reflect.html",
        title=member.language.say("Change a reflection") if editing else member.language.say("Reflect"),
        action=request.path,
        thought=thought,
        draft_id=draft_id,
        editing=editing,
        prompts=prompts(member.language),
        goals=[(view.post.id, goals.statement_of(view.post)) for view in views],
        problem=problem,
        status=422 if problem else 200,
    )


async def change_page(request: web.Request) -> web.Response:
    """GET /reflections/{id}/edit"""
    member = await member_of(request)
    thought = await member.context.database.read(reflections.own_thought, member.account, path_id(request))
    return await _form(request, member, thought, editing=True)


async def change(request: web.Request) -> web.Response:
    """POST /reflections/{id}/edit"""
    member, form = await posted_by_member(request)
    known = await member.context.database.read(reflections.own_thought, member.account, path_id(request))
    thought = replace(_thought(form), visibility=known.visibility)
    try:
        post = await reflections.change(member.context, member.account, path_id(request), thought)
    except NodeError as error:
        return await _form(request, member, thought, editing=True, problem=member.language.say(str(error)))
    return go(names.post_path(member.account, post.id))


async def share(request: web.Request) -> web.Response:
    """POST /reflections/{id}/share"""
    member, form = await posted_by_member(request)
    post = await reflections.share(member.context, member.account, path_id(request), form.number("visibility", DIRECT))
    return go(names.post_path(member.account, post.id))


async def drop_draft(request: web.Request) -> web.Response:
    """POST /reflections/drafts/{id}/drop"""
    member, _ = await posted_by_member(request)
    await member.context.database.write(kept.remove_unfinished, member.id, path_id(request))
    return go("/reflections")


async def reflection_list(request: web.Request) -> web.Response:
    """GET /reflections"""
    member = await member_of(request)
    found, drafts = await member.context.database.read(_listed, member.account, before(request))
    return await rendering.page(
        request,
        member,
        "reflections.html",
        title=member.language.say("Your reflections"),
        found=found[:PAGE],
        drafts=drafts if "before" not in request.query else [],
        later=streams.older("/reflections", found[PAGE - 1].id if len(found) > PAGE else None),
    )


def _listed(db: Connection, account: Account, before_id: int) -> tuple[list[Post], list[tuple[int, int, Thought]]]:
    """One's reflections, and drafts as (id, when last touched, what is written)."""
    drafts = kept.list_unfinished(db, account.id)
    found = kept.list_reflections(db, account.id, account.id, PAGE + 1, before_id)
    return found, [(each.id, each.updated_ms, reflections.thought_from_draft(each)) for each in drafts]
