"""Writing, editing and deleting posts."""

from dataclasses import replace

from aiohttp import web

from node.errors import NodeError
from node.social import looking_up, posts, timelines
from node.social.posts import Draft
from node.web.forms import number_from
from node.web.pages import names, rendering, streams
from node.web.pages.drafts import draft_edit, draft_from_form, draft_reply, upload_pictures
from node.web.pages.visiting import Member, go, local_path, member_of, path_id, posted_by_member
from storage.records import Post

MOST_GIVEN = 5_000  # characters of a text that another page suggests


async def compose_page(request: web.Request) -> web.Response:
    """GET /compose, ?reply_to=<id>, ?to=<handle>; from elsewhere ?text= and ?in_reply_to=<address> (FEP-3b86, Create)"""
    member = await member_of(request)
    reply_to = number_from(request.query.get("reply_to", ""), 0)
    if reply_to:
        return await _compose_form(request, member, await member.context.database.read(draft_reply, member.account, reply_to))
    answered = request.query.get("in_reply_to", "")
    if answered:
        found = await looking_up.look_up(member.context, answered)
        if found.post is not None:
            return await _compose_form(request, member, await member.context.database.read(draft_reply, member.account, found.post.id))
    handle = " ".join(request.query.get("to", "").split())
    text = f"@{handle} " if handle else request.query.get("text", "")[:MOST_GIVEN]
    return await _compose_form(request, member, Draft(text, language=member.language.tag))


async def _compose_form(request: web.Request, member: Member, draft: Draft, *, problem: str = "") -> web.Response:
    say = member.language.say
    answered = [draft.in_reply_to_id] if draft.in_reply_to_id else []
    entries = await timelines.thread_entries(member.context, answered, member.id)
    return await rendering.page(
        request,
        member,
        "compose.html",
        title=say("Reply") if answered else say("Write"),
        action="/compose",
        button=say("Reply") if answered else say("Post"),
        answered=await streams.markup(member, list(entries.values())),
        draft=draft,
        editing=False,
        problem=problem,
        status=422 if problem else 200,
    )


async def compose(request: web.Request) -> web.Response:
    """POST /compose"""
    member, form = await posted_by_member(request)
    draft = draft_from_form(form)
    try:
        draft = replace(draft, media_ids=(*draft.media_ids, *await upload_pictures(member, form)))
        post = await posts.publish(member.context, member.account, draft)
    except NodeError as error:  # what was written is not lost
        return await _compose_form(request, member, draft, problem=member.language.say(str(error)))
    if draft.in_reply_to_id:
        return go(names.post_path(member.account, post.id))
    return go(local_path(form.text("then")))


async def edit_page(request: web.Request) -> web.Response:
    """GET /@{name}/{id}/edit"""
    member = await member_of(request)
    post, draft = await member.context.database.read(draft_edit, member.account, path_id(request))
    return await _edit_form(request, member, post, draft)


async def _edit_form(request: web.Request, member: Member, post: Post, draft: Draft, *, problem: str = "") -> web.Response:
    return await rendering.page(
        request,
        member,
        "compose.html",
        title=member.language.say("Edit your post"),
        action=f"{names.post_path(member.account, post.id)}/edit",
        button=member.language.say("Save"),
        answered="",
        draft=draft,
        editing=True,
        problem=problem,
        status=422 if problem else 200,
    )


async def edit(request: web.Request) -> web.Response:
    """POST /@{name}/{id}/edit"""
    member, form = await posted_by_member(request)
    post, _ = await member.context.database.read(draft_edit, member.account, path_id(request))
    draft = replace(draft_from_form(form), visibility=post.visibility, poll=None)
    try:
        draft = replace(draft, media_ids=(*draft.media_ids, *await upload_pictures(member, form)))
        await posts.edit(member.context, member.account, post.id, draft)
    except NodeError as error:
        return await _edit_form(request, member, post, draft, problem=member.language.say(str(error)))
    return go(names.post_path(member.account, post.id))


async def delete_page(request: web.Request) -> web.Response:
    """GET /@{name}/{id}/delete"""
    member = await member_of(request)
    post, _ = await member.context.database.read(draft_edit, member.account, path_id(request))
    entries = await timelines.thread_entries(member.context, [post.id], member.id)
    say = member.language.say
    return await rendering.page(
        request,
        member,
        "confirm.html",
        title=say("Delete this post?"),
        sentence=say("It goes here at once, and elsewhere as soon as the other servers hear of it. There is no way back."),
        button=say("Delete it"),
        back=names.post_path(member.account, post.id),
        entries=await streams.markup(member, list(entries.values())),
    )


async def delete(request: web.Request) -> web.Response:
    """POST /@{name}/{id}/delete"""
    member, _ = await posted_by_member(request)
    await posts.delete(member.context, member.account, path_id(request))
    return go("/")
