"""Questions: the form, whom a question was brought to, which reply answered it, and somebody's accepted answers."""

from dataclasses import replace

from aiohttp import web

from node.errors import NodeError
from node.learning import questions
from node.learning.questions import Question
from node.social import timelines
from node.social.posts import Draft
from node.social.threads import Thread
from node.web.pages import meanings, names, rendering, streams
from node.web.pages.drafts import draft_from_form
from node.web.pages.profiles import account_named
from node.web.pages.visiting import Member, Visitor, before, go, member_of, posted_by_member, visitor_of
from storage import communities
from storage.learning import questions as kept
from storage.learning import record
from storage.records import Account, Post

PAGE = 20


async def ask_page(request: web.Request) -> web.Response:
    """GET /ask, ?about=<competencies>, ?community=<id>"""
    member = await member_of(request)
    community = request.query.get("community", "")
    draft = Draft("", language=member.language.tag, community_id=int(community) if community.isascii() and community.isdigit() else None)
    return await _ask_form(request, member, Question(draft, request.query.get("about", "")[:500]))


async def _ask_form(request: web.Request, member: Member, question: Question, *, problem: str = "") -> web.Response:
    return await rendering.page(
        request,
        member,
        "ask.html",
        title=member.language.say("Ask a question"),
        draft=question.draft,
        about=question.about,
        communities=await member.context.database.read(communities.list_joined, member.id),
        problem=problem,
        status=422 if problem else 200,
    )


async def ask(request: web.Request) -> web.Response:
    """POST /ask"""
    member, form = await posted_by_member(request)
    draft = replace(draft_from_form(form), in_reply_to_id=None, poll=None, community_id=form.number("community") or None)
    question = Question(draft, form.text("about"))
    try:
        post = await questions.ask(member.context, member.account, question)
    except NodeError as error:
        return await _ask_form(request, member, question, problem=member.language.say(str(error)))
    return go(names.post_path(member.account, post.id))


async def asked_people(visitor: Visitor, post: Post) -> list[tuple[Account, str]]:
    """Whom a question was brought to, and why: for whoever asked, and nobody else."""
    if not visitor.id or post.account_id != visitor.id or not questions.is_question(post):
        return []
    asked = await visitor.context.database.read(kept.list_asked, post.id)
    return [(person, meanings.reasons(why, visitor.language)) for person, why in asked]


def deed(visitor: Visitor, thread: Thread, reply: Post) -> str:
    """What can be done with a reply to a question: accept, withdraw (both for whoever asked), accepted, or ''."""
    asked = [post for post in (thread.post, *thread.ancestors) if questions.is_question(post)]
    if not asked:
        return ""
    is_asker = visitor.id == asked[0].account_id
    if reply.uri == questions.accepted_uri(asked[0]):
        return "withdraw" if is_asker else "accepted"
    return "accept" if is_asker and reply.account_id != visitor.id else ""


async def record_page(request: web.Request) -> web.Response:
    """GET /@{name}/record"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context)
    found = await visitor.context.database.read(record.list_accepted, account.id, visitor.id, PAGE + 1, before(request))
    ids = [post_id for each in found[:PAGE] for post_id in (each.id, each.answer_id)]
    entries = await timelines.thread_entries(visitor.context, ids, visitor.id)
    return await rendering.page(
        request,
        visitor,
        "record.html",
        title=visitor.language.say("Record of %(name)s") % {"name": account.title},
        account=account,
        pairs=[
            (await streams.markup(visitor, [entries[each.id]]), await streams.markup(visitor, [entries[each.answer_id]]))
            for each in found[:PAGE]
            if each.id in entries and each.answer_id in entries
        ],
        later=streams.older(request.path, found[PAGE - 1].id if len(found) > PAGE else None),
    )
