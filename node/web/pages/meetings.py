"""Events: announcing one, the list of what is coming, who comes, and all of it as a calendar."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from aiohttp import web

from federation.facets import Workshop, document_from_facet
from federation.html import text_from_html
from federation.records import EventDetails
from node import loading
from node.errors import BadInput, NodeError
from node.social import describing, posts, timelines, workshops
from node.social.posts import Draft
from node.web.forms import Form, number_from, read_form
from node.web.pages import names, rendering, streams
from node.web.pages.profiles import account_named
from node.web.pages.visiting import Member, go, local_path, member_of, path_id, posted_by_member, visitor_of
from storage import workshops as kept
from storage.records import PUBLIC, Account, Post

STRANGER = 0
FIELDS = ("title", "starts", "ends", "zone", "location", "join_mode")
NEW = dict.fromkeys(FIELDS, "") | {"zone": "UTC", "join_mode": "free"}
CALENDAR = {"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}


async def new_page(request: web.Request) -> web.Response:
    """GET /events/new, ?community=<id>"""
    member = await member_of(request)
    return await _form(request, member, number_from(request.query.get("community", ""), 0), NEW | {"text": ""})


async def _form(request: web.Request, member: Member, community_id: int, given: Mapping[str, str], problem: str = "") -> web.Response:
    community = await member.context.database.read(posts.find_community, community_id) if community_id else None
    return await rendering.page(
        request,
        member,
        "event_new.html",
        title=member.language.say("Announce an event"),
        community=community,
        zones=_zones(),
        given=given,
        problem=problem,
        status=422 if problem else 200,
    )


@lru_cache(maxsize=1)
def _zones() -> list[str]:
    return ["UTC", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))]


async def announce(request: web.Request) -> web.Response:
    """POST /events/new"""
    member, form = await posted_by_member(request)
    community_id = form.number("community")
    community = await member.context.database.read(posts.find_community, community_id) if community_id else None
    try:
        post = await posts.publish(member.context, member.account, _draft(form, member.language.tag, community))
    except NodeError as error:
        given = {name: form.line(name) for name in FIELDS} | {"text": form.text("text")}
        return await _form(request, member, community_id, given, member.language.say(str(error)))
    return go(names.post_path(member.account, post.id))


def _draft(form: Form, language: str, community: Account | None) -> Draft:
    title, starts, ends = form.line("title"), _moment(form, "starts"), _moment(form, "ends")
    if not title or starts is None:
        raise BadInput("An event needs a name and a beginning.")
    if ends is not None and ends < starts:
        raise BadInput("An event ends after it has begun.")
    mode = "restricted" if form.line("join_mode") == "restricted" else "free"
    event = EventDetails(starts, ends, form.line("location")[:500], mode)
    return Draft(
        form.text("text").strip(),
        PUBLIC,
        language=language,
        type="Event",
        title=title,
        event=event,
        facets=(document_from_facet(Workshop(community.uri)),) if community else None,
        community_id=community.id if community else None,
    )


def _moment(form: Form, name: str) -> datetime | None:
    text, zone = form.line(name), form.line("zone")
    if not text:
        return None
    try:
        local = datetime.fromisoformat(text)
        return local.replace(tzinfo=UTC if zone not in _zones() else ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput("Write a date as 2026-12-31 and a time as 18:30.") from error


async def events(request: web.Request) -> web.Response:
    """GET /@{name}/events"""
    visitor = await visitor_of(request)
    host = await account_named(request, visitor.context)
    now_ms, read = visitor.context.site.now_ms(), visitor.context.database.read
    coming = await read(kept.list_coming, host.id, visitor.id, now_ms)
    past = await read(kept.list_past, host.id, visitor.id, now_ms)
    entries = await timelines.thread_entries(visitor.context, [post.id for post in (*coming, *past)], visitor.id)
    return await rendering.page(
        request,
        visitor,
        "events.html",
        title=visitor.language.say("Events of %(name)s") % {"name": host.title},
        host=host,
        coming=await streams.markup(visitor, [entries[post.id] for post in coming if post.id in entries]),
        past=await streams.markup(visitor, [entries[post.id] for post in past if post.id in entries]),
    )


async def calendar(request: web.Request) -> web.Response:
    """GET /@{name}/events.ics: what a stranger may see"""
    visitor = await visitor_of(request)
    host = await account_named(request, visitor.context)
    now_ms, read = visitor.context.site.now_ms(), visitor.context.database.read
    found = [*await read(kept.list_coming, host.id, STRANGER, now_ms), *await read(kept.list_past, host.id, STRANGER, now_ms)]
    calendars = loading.load("node.web.calendars")
    items = [calendars.Item(**_item(post)) for post in found]
    return web.Response(body=calendars.calendar(host.title, items), headers=CALENDAR)


def _item(post: Post) -> dict[str, object]:
    event = describing.event_from_row(post)
    return {
        "uri": post.uri,
        "url": post.url or post.uri,
        "title": post.title,
        "text": text_from_html(post.content),
        "location": event.location,
        "starts": event.starts,
        "ends": event.ends,
        "changed": post.edited or post.published,
    }


async def add_guest(request: web.Request) -> web.Response:
    """POST /posts/{id}/guests: somebody without an account comes"""
    visitor = await visitor_of(request)
    form = await read_form(request, None)
    await workshops.add_guest(visitor.context, path_id(request), form.line("name"), form.line("email"), request.remote or "")
    return go(local_path(form.text("back")))


async def answer(request: web.Request) -> web.Response:
    """POST /posts/{id}/attendees/{account}/accept or refuse"""
    member, form = await posted_by_member(request)
    attendee_id = path_id(request, "account")
    is_accepted = request.match_info["answer"] == "accept"
    await workshops.answer(member.context, member.account, path_id(request), attendee_id, is_accepted=is_accepted)
    return go(local_path(form.text("back")))
