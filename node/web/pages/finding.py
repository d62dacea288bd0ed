"""Following from one's own server, from either side; and what was found by handle or address."""

from urllib.parse import quote

from aiohttp import web
from markupsafe import Markup

from federation import fetching, webfinger
from federation.errors import FederationError
from node.errors import BadInput, NotFound
from node.social import accounts, guardianship, looking_up, rates, timelines
from node.social.accounts import Profile
from node.social.looking_up import Found
from node.web.forms import read_form
from node.web.pages import names, rendering, streams
from node.web.pages.visiting import Visitor, go, member_of, visitor_of
from node.web.requests import client_address

FOLLOW_PATH = "/authorize_interaction?uri="  # where most servers take it, when their WebFinger does not say


async def profile_of(visitor: Visitor, found: Found) -> Profile | None:
    """Whom a look-up found, as a page shows them."""
    if found.account is None:
        return None
    return await visitor.context.database.read(accounts.get_profile, found.account, visitor.id)


async def post_markup(visitor: Visitor, found: Found) -> Markup:
    """The post that a look-up found."""
    wanted = [found.post.id] if found.post else []
    entries = await timelines.thread_entries(visitor.context, wanted, visitor.id)
    return await streams.markup(visitor, list(entries.values()))


async def interact(request: web.Request) -> web.Response:
    """GET /authorize_interaction?uri=: a member comes from another server's page to follow or answer here"""
    member = await member_of(request)
    found = await looking_up.look_up(member.context, request.query.get("uri", "").removeprefix("acct:"))
    account = found.account
    if account is not None and await member.context.database.read(guardianship.hides, account, member.id):
        return go(names.profile_path(account))
    return await rendering.page(
        request,
        member,
        "interact.html",
        title=member.language.say("Follow %(name)s") % {"name": account.title} if account else member.language.say("Answer from here"),
        found=await profile_of(member, found),
        summary=Markup(account.summary) if account else "",  # noqa: S704 - sanitised before it was stored
        entries=await post_markup(member, found),
    )


async def from_elsewhere(request: web.Request) -> web.Response:
    """POST /remote: takes a stranger to their own server, to follow or answer what they saw here. Raises BadInput, NotFound."""
    visitor = await visitor_of(request)
    form = await read_form(request, None)
    context = visitor.context
    await rates.count(context, rates.STRANGERS, rates.network(client_address(request)))
    uri = form.line("uri")
    if not uri.startswith(f"{context.config.origin}/"):
        raise BadInput("That is nothing of this server.")
    try:
        name, host = webfinger.parse_handle(form.line("handle"))
    except FederationError as error:
        raise BadInput("Give your handle as @name@server.") from error
    if host in {context.config.host, context.config.handle_domain}:
        return go(f"{FOLLOW_PATH}{quote(uri, safe='')}")
    if context.domains.is_suspended(f"https://{host}/"):
        raise NotFound("That server is not one that this node talks to.")
    return go(await _page_elsewhere(visitor, name, host, uri))


async def _page_elsewhere(visitor: Visitor, name: str, host: str, uri: str) -> str:
    """Where a person's own server lets them follow an address (FEP-3b86; OStatus' subscribe template before it)."""
    context = visitor.context
    try:
        jrd = await fetching.fetch_jrd(context.outbound, host, f"acct:{name}@{host}", scheme=context.config.scheme)
    except FederationError as error:
        raise NotFound("Your server did not answer. Is the handle right?") from error
    intent = jrd.intents.get("Follow") or jrd.intents.get("Object")
    if intent:
        return webfinger.fill_template(intent, object=uri, uri=uri)
    if jrd.subscribe_template:
        return webfinger.fill_template(jrd.subscribe_template, uri=uri)
    return f"{context.config.scheme}://{host}{FOLLOW_PATH}{quote(uri, safe='')}"
