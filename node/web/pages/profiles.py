"""People: their pages, followers, and those who ask to follow."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from markupsafe import Markup

from federation.html import text_from_html
from node.context import Context
from node.errors import NotFound, WasDeleted
from node.learning import paths
from node.social import accounts, communities, follows, guardianship, network_privacy, timelines
from node.social.accounts import Profile
from node.social.communities import View
from node.social.posts import Draft
from node.web.pages import names, rendering, streams
from node.web.pages.emojis import with_emojis
from node.web.pages.visiting import Visitor, after, before, go, member_of, visitor_of
from storage import accounts as stored
from storage import communities as stored_communities
from storage import follows as stored_follows
from storage.database import Connection
from storage.records import Account, loaded

EXCERPT = 200  # characters
PEOPLE = 40  # on a page


def excerpt(html: str, most: int = EXCERPT) -> str:
    """The beginning of a text, plain, in one line."""
    text = " ".join(text_from_html(html[: most * 20]).split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


async def account_named(request: web.Request, context: Context, *, with_hidden: bool = False) -> Account:
    """Whose page it is: `name` or `name@domain`. Raises NotFound, also for who is outside of the circle of a supervised account, and
    WasDeleted. with_hidden: the caller shows no more than a stub then."""
    name, _, domain = request.match_info["name"].partition("@")
    here = {"", context.config.handle_domain, context.config.host}
    account = await context.database.read(stored.find_account_by_handle, name, "" if domain.lower() in here else domain.lower())
    if account is None or account.suspended_ms is not None:
        raise NotFound("There is nobody by that name here.")
    if account.deleted_ms is not None:
        raise WasDeleted("This account is gone.")
    if not with_hidden and await context.database.read(guardianship.hides, account, (await visitor_of(request)).id):
        raise NotFound("There is nobody by that name here.")
    return account


async def profile(request: web.Request) -> web.Response:
    """GET /@{name}"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context, with_hidden=True)
    if request.match_info["name"] != account.handle:
        return go(names.profile_path(account))
    if await visitor.context.database.read(guardianship.hides, account, visitor.id):
        return await rendering.page(request, visitor, "stub.html", title=f"@{account.handle}", account=account)
    shown = await visitor.context.database.read(accounts.get_profile, account, visitor.id)
    page = await timelines.account_posts(visitor.context, account.id, visitor.id, before(request))
    community = await visitor.context.database.read(find_view, account, visitor.id)
    is_first = "before" not in request.query
    pinned = await timelines.pinned(visitor.context, account.id, visitor.id) if is_first else []
    return await rendering.page(
        request,
        visitor,
        "profile.html",
        leaves=visitor.session is None,
        title=f"{account.title} ({names.full_handle(account, visitor.context.config.handle_domain)})",
        **_about(visitor, shown),
        community=community,
        draft=Draft("", language=visitor.language.tag, community_id=account.id),
        editing=False,
        newcomer=await paths.newcomer_walk(visitor.context, account, visitor.id) if account.type == "Group" else None,
        pinned=await streams.pinned_markup(visitor, pinned, is_own=visitor.id == account.id),
        entries=await streams.markup(visitor, page.entries),
        later=streams.older(names.profile_path(account), page.before),
    )


def find_view(db: Connection, account: Account, viewer_id: int) -> View | None:
    """A community of ours as the viewer sees it, None for people."""
    is_ours = account.is_local and stored_communities.find_community(db, account.id) is not None
    return communities.get_view(db, account, viewer_id) if is_ours else None


def _about(visitor: Visitor, shown: Profile) -> dict[str, Any]:
    account = shown.account
    return {
        "account": account,
        "handle": names.full_handle(account, visitor.context.config.handle_domain),
        "address": f"{visitor.context.config.origin}{names.profile_path(account)}",
        "excerpt": excerpt(account.summary),
        "summary": with_emojis(Markup(account.summary), account.emojis),  # noqa: S704 - sanitised before it was stored
        "fields": [(name, Markup(value)) for name, value in loaded(account.fields)],  # noqa: S704 - sanitised before it was stored
        "profile": shown,
        "is_self": visitor.id == account.id,
    }


async def followers(request: web.Request) -> web.Response:
    """GET /@{name}/followers"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context)
    title = visitor.language.say("Followers of %(name)s") % {"name": account.title}
    found = await visitor.context.database.read(_followers, account, visitor.id, after(request))
    return await _people(request, visitor, account, title, found, empty=visitor.language.say("Nobody yet."))


def _followers(db: Connection, account: Account, viewer_id: int, after_id: int) -> Sequence[Account]:
    _require_network(db, account, viewer_id)
    return network_privacy.list_network(
        db, account, viewer_id, lambda db: stored_follows.list_followers(db, account.id, PEOPLE + 1, after_id)
    )


def _require_network(db: Connection, account: Account, viewer_id: int) -> None:
    if not account.is_local or not network_privacy.shows_network(db, account, viewer_id):
        raise NotFound("This list is not shown here.")


async def following(request: web.Request) -> web.Response:
    """GET /@{name}/following"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context)
    title = visitor.language.say("Whom %(name)s follows") % {"name": account.title}
    found = await visitor.context.database.read(_following, account, visitor.id, after(request))
    return await _people(request, visitor, account, title, found, empty=visitor.language.say("Nobody yet."))


def _following(db: Connection, account: Account, viewer_id: int, after_id: int) -> Sequence[Account]:
    _require_network(db, account, viewer_id)
    return network_privacy.list_network(
        db, account, viewer_id, lambda db: stored_follows.list_following(db, account.id, PEOPLE + 1, after_id)
    )


async def _people(
    request: web.Request, visitor: Visitor, account: Account, title: str, found: Sequence[Account], *, empty: str
) -> web.Response:
    return await rendering.page(
        request,
        visitor,
        "people.html",
        title=title,
        lead="",
        people=found[:PEOPLE],
        with_follow=visitor.id == account.id and request.path.endswith("/following"),
        asking=False,
        empty=empty,
        later=f"{request.path}?after={found[PEOPLE - 1].id}" if len(found) > PEOPLE else "",
    )


async def requests(request: web.Request) -> web.Response:
    """GET /requests"""
    member = await member_of(request)
    asking = await follows.list_requests(member.context, member.account)
    say = member.language.say
    return await rendering.page(
        request,
        member,
        "people.html",
        title=say("Follow requests"),
        lead=say("These people ask to follow you."),
        people=asking,
        with_follow=False,
        asking=True,
        empty=say("Nobody is waiting."),
        later="",
    )
