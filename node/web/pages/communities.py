"""Communities: the list, their members, moderation, settings and invitations. Their posts are on their profile."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from node.errors import BadInput, NodeError, NotAllowed, NotFound
from node.social import communities, guardianship, looking_up, stewarding, timelines
from node.social.communities import Settings, View
from node.web.forms import Form
from node.web.pages import names, rendering, streams
from node.web.pages.languages import Language
from node.web.pages.profiles import account_named, find_view
from node.web.pages.visiting import Member, Visitor, after, before, go, local_path, member_of, path_id, posted_by_member, visitor_of
from storage import accounts, follows, stewardship
from storage import communities as stored
from storage import posts as stored_posts
from storage.communities import ROLES, Place
from storage.database import Connection
from storage.records import Account, Post
from storage.stewardship import Deed
from storage.timelines import Entry

PAGE = 40


async def index(request: web.Request) -> web.Response:
    """GET /communities"""
    return await _index(request, await visitor_of(request), Settings(""))


async def _index(request: web.Request, visitor: Visitor, values: Settings, name: str = "", problem: str = "") -> web.Response:
    listed = await visitor.context.database.read(stored.list_communities, PAGE + 1, after(request))
    mine = await visitor.context.database.read(stored.list_joined, visitor.id) if visitor.id else []
    return await rendering.page(
        request,
        visitor,
        "communities.html",
        title=visitor.language.say("Communities"),
        listed=listed[:PAGE],
        mine=mine,
        later=f"/communities?after={listed[PAGE - 1].account.id}" if len(listed) > PAGE else "",
        values=values,
        name=name,
        problem=problem,
        status=422 if problem else 200,
    )


async def create(request: web.Request) -> web.Response:
    """POST /communities"""
    member, form = await posted_by_member(request)
    values, name = _settings(form), form.line("name")
    try:
        made = await communities.create(member.context, name, values, [member.account])
    except NodeError as error:
        return await _index(request, member, values, name, member.language.say(str(error)))
    return go(names.profile_path(made))


def _settings(form: Form) -> Settings:
    return Settings(
        title=form.line("title"),
        summary=form.text("summary").strip(),
        join_mode=form.line("join_mode") or "open",
        is_private=form.flag("is_private"),
        approves_first=form.flag("approves_first"),
        members_shown_to=form.line("members_shown_to"),
    )


async def _view(request: web.Request, visitor: Visitor) -> View:
    """The community that a page is about. Raises NotFound."""
    account = await account_named(request, visitor.context)
    view = await visitor.context.database.read(find_view, account, visitor.id)
    if view is None or not view.may_read:
        raise NotFound("There is no such page, or it is not for you.")
    return view


async def members(request: web.Request) -> web.Response:
    """GET /@{name}/members"""
    visitor = await visitor_of(request)
    view = await _view(request, visitor)
    if not view.shows_members:
        raise NotFound("This list is for members.")
    found = await visitor.context.database.read(stored.list_members, view.account.id, PAGE + 1, after(request))
    people = await visitor.context.database.read(guardianship.shown, [account for account, _ in found[:PAGE]], visitor.id)
    listed = {account.id for account in people}
    return await rendering.page(
        request,
        visitor,
        "community_members.html",
        title=visitor.language.say("Members of %(name)s") % {"name": view.account.title},
        view=view,
        members=[(account, role) for account, role in found[:PAGE] if view.is_moderator or account.id in listed],
        roles=ROLES,
        later=f"{request.path}?after={found[PAGE - 1][0].id}" if len(found) > PAGE else "",
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log as its template shows it."""

    actor: Account | None
    words: str
    account: Account | None
    uri: str
    reason: str
    created_ms: int


async def moderation(request: web.Request) -> web.Response:
    """GET /@{name}/moderation: the log for members, and for moderators what waits for them"""
    member = await member_of(request)
    view = await _view(request, member)
    if not view.role:
        raise NotAllowed("Only members see what the moderators did.")
    found = await member.context.database.read(_load, view, before(request), member.id)
    waiting = [(place, post, await streams.markup(member, [entry])) for place, post, entry in found.waiting]
    return await rendering.page(
        request,
        member,
        "community_moderation.html",
        title=member.language.say("Moderation of %(name)s") % {"name": view.account.title},
        view=view,
        asking=found.asking,
        waiting=waiting,
        bans=found.bans,
        lines=[_line(member.language, deed, found.people) for deed in found.deeds[:PAGE]],
        later=streams.older(request.path, found.deeds[PAGE - 1].id if len(found.deeds) > PAGE else None),
    )


@dataclass(frozen=True, slots=True)
class _Loaded:
    deeds: Sequence[Deed]
    people: dict[int, Account]
    asking: Sequence[Account] = ()
    waiting: Sequence[tuple[Place, Post, Entry]] = ()
    bans: Sequence[tuple[Account, str]] = ()


def _load(db: Connection, view: View, before_id: int, viewer_id: int) -> _Loaded:
    group_id = view.account.id
    deeds = stewardship.list_deeds(db, group_id, PAGE + 1, before_id)
    people = accounts.list_accounts(db, [found for deed in deeds for found in (deed.actor_id, deed.account_id) if found])
    if not view.is_moderator:
        people = {account.id: account for account in guardianship.shown(db, list(people.values()), viewer_id)}
        return _Loaded([deed for deed in deeds if deed.deed != "reported"], people)
    places = stored.list_waiting(db, group_id, communities.SHOWN_WAITING)
    entries = timelines.list_entries(db, [place.post_id for place in places], viewer_id)
    shown = stored_posts.list_posts(db, list(entries))
    waiting = [(place, shown[place.post_id], entries[place.post_id]) for place in places if place.post_id in entries]
    asking = follows.list_followers(db, group_id, communities.SHOWN_WAITING, 0, "requested")
    return _Loaded(deeds, people, asking, waiting, stewardship.list_bans(db, group_id))


def _line(speech: Language, deed: Deed, people: dict[int, Account]) -> Line:
    uri = deed.subject_uri if deed.post_id and deed.subject_uri.startswith(("https://", "http://")) else ""
    subject = people.get(deed.account_id or 0) if deed.account_id != deed.actor_id else None
    return Line(people.get(deed.actor_id), _words(speech).get(deed.deed, deed.deed), subject, uri, deed.reason, deed.created_ms)


def _words(speech: Language) -> dict[str, str]:
    say = speech.say
    return {
        "created": say("started the community"),
        "changed": say("changed the settings"),
        "invited": say("invited"),
        "admitted": say("let in"),
        "declined": say("declined"),
        "approve": say("approved a post of"),
        "remove": say("removed a post of"),
        "restore": say("let in again a post of"),
        "lock": say("locked a thread of"),
        "unlock": say("unlocked a thread of"),
        "pin": say("pinned a post of"),
        "unpin": say("unpinned a post of"),
        "ban": say("banned"),
        "unban": say("let back in"),
        "refused": say("was refused, being banned"),
        "reported": say("reported a post"),
        "newcomer": say("made a newcomer:"),
        "member": say("made a member:"),
        "mentor": say("made a mentor:"),
        "alumnus": say("made an alumnus:"),
        "employer": say("made an employer:"),
        "guest": say("made a guest:"),
        "moderator": say("made a moderator:"),
    }


async def settings_page(request: web.Request) -> web.Response:
    """GET /@{name}/settings"""
    member = await member_of(request)
    view = await _view(request, member)
    done = member.language.say("Saved.") if "saved" in request.query else ""
    return await _settings_form(request, member, view, done=done)


async def _settings_form(
    request: web.Request, member: Member, view: View, values: Settings | None = None, *, done: str = "", problem: str = "", link: str = ""
) -> web.Response:
    if not view.is_moderator:
        raise NotAllowed("Only moderators of the community can do that.")
    known, run = view.account, view.community
    return await rendering.page(
        request,
        member,
        "community_settings.html",
        title=member.language.say("Settings of %(name)s") % {"name": known.title},
        view=view,
        values=values
        or Settings(known.display_name, known.summary_source, run.join_mode, run.is_private, run.approves_first, run.members_shown_to),
        roles=ROLES,
        done=done,
        problem=problem,
        link=link,
        status=422 if problem else 200,
    )


async def save_settings(request: web.Request) -> web.Response:
    """POST /@{name}/settings"""
    member, form = await posted_by_member(request)
    view, values = await _view(request, member), _settings(form)
    try:
        await communities.change(member.context, member.account, view.account.id, values)
    except BadInput as error:
        return await _settings_form(request, member, view, values, problem=member.language.say(str(error)))
    return go(f"{names.profile_path(view.account)}/settings?saved")


async def _moderated(member: Member, request: web.Request) -> View:
    """The community of a form's address, for its moderators. Raises NotFound, NotAllowed."""
    group = await member.context.database.read(stewarding.moderated, path_id(request), member.account)
    return await member.context.database.read(communities.get_view, group, member.id)


async def invite(request: web.Request) -> web.Response:
    """POST /communities/{id}/invite; the answer shows the link once"""
    member, form = await posted_by_member(request)
    view = await _moderated(member, request)
    secret = await communities.invite(member.context, member.account, view.account.id, form.line("role"))
    return await _settings_form(request, member, view, link=f"{member.context.site.origin}/join/{secret}")


async def expect(request: web.Request) -> web.Response:
    """POST /communities/{id}/expect: somebody of any server may join"""
    member, form = await posted_by_member(request)
    view = await _moderated(member, request)
    try:
        found = await looking_up.look_up(member.context, form.line("who"))
    except NodeError as error:
        return await _settings_form(request, member, view, problem=member.language.say(str(error)))
    if found.account is None:
        return await _settings_form(request, member, view, problem=member.language.say("That is the address of a post."))
    await communities.expect(member.context, member.account, view.account.id, found.account)
    return go(f"{names.profile_path(view.account)}/settings?saved")


async def join_page(request: web.Request) -> web.Response:
    """GET /join/{secret}"""
    member = await member_of(request)
    secret = request.match_info["secret"]
    group, role = await member.context.database.read(communities.find_invited, member.context.site, secret)
    title = member.language.say("Join %(name)s") % {"name": group.title}
    summary = Markup(group.summary)  # noqa: S704 - sanitised before it was stored
    return await rendering.page(request, member, "community_join.html", title=title, summary=summary, role=role)


async def join(request: web.Request) -> web.Response:
    """POST /join/{secret}"""
    member, _ = await posted_by_member(request)
    return go(names.profile_path(await communities.join_by_link(member.context, member.account, request.match_info["secret"])))


async def order_post(request: web.Request) -> web.Response:
    """POST /communities/{id}/posts/{post}"""
    member, form = await posted_by_member(request)
    post_id, deed = path_id(request, "post"), form.line("deed")
    await stewarding.on_post(member.context, member.account, path_id(request), post_id, deed, form.line("reason"))
    return go(local_path(form.text("back")))


async def order_member(request: web.Request) -> web.Response:
    """POST /communities/{id}/members/{account}"""
    member, form = await posted_by_member(request)
    account_id, deed = path_id(request, "account"), form.line("deed") or form.line("value")
    await stewarding.on_member(member.context, member.account, path_id(request), account_id, deed, form.line("reason"))
    return go(local_path(form.text("back")))


async def answer_request(request: web.Request) -> web.Response:
    """POST /communities/{id}/requests/{account}"""
    member, form = await posted_by_member(request)
    is_accepted = form.line("value") == "accept"
    await communities.answer_request(member.context, member.account, path_id(request), path_id(request, "account"), is_accepted=is_accepted)
    return go(local_path(form.text("back")))


ROUTES = (
    web.get("/communities", index),
    web.post("/communities", create),
    web.post(r"/communities/{id:\d+}/invite", invite),
    web.post(r"/communities/{id:\d+}/expect", expect),
    web.post(r"/communities/{id:\d+}/posts/{post:\d+}", order_post),
    web.post(r"/communities/{id:\d+}/members/{account:\d+}", order_member),
    web.post(r"/communities/{id:\d+}/requests/{account:\d+}", answer_request),
    web.get("/join/{secret}", join_page),
    web.post("/join/{secret}", join),
    web.get("/@{name:[^/]+}/members", members),
    web.get("/@{name:[^/]+}/moderation", moderation),
    web.get("/@{name:[^/]+}/settings", settings_page),
    web.post("/@{name:[^/]+}/settings", save_settings),
)
