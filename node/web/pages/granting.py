"""Where people say whether a program may act for them (OAuth 2.0), and take it back."""

from collections.abc import Iterable
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from node.errors import BadInput
from node.social import programs
from node.social.programs import OUT_OF_BAND, Refusal, Wish
from node.web.pages import rendering
from node.web.pages.languages import Language
from node.web.pages.visiting import Member, go, member_of, path_id, posted_by_member, visitor_of

ASKED = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
LONGEST = 4000  # characters of a parameter


async def grant_page(request: web.Request) -> web.Response:
    """GET /oauth/authorize"""
    visitor = await visitor_of(request)
    given = _given(request.query.get(name, "") for name in ASKED)
    app, redirect_uri = await programs.find_redirect(visitor.context, given["client_id"], given["redirect_uri"])
    try:
        wish = programs.check_wish(app, redirect_uri, given)
    except Refusal as refused:
        return _refused(visitor.context.config.origin, redirect_uri, given["state"], refused)
    if request.query.get("force_login") in {"true", "1"}:
        return go(f"/signin?{urlencode({'again': 1, 'next': f'/oauth/authorize?{urlencode(given)}'})}")
    member = await member_of(request)
    return await rendering.page(
        request,
        member,
        "grant.html",
        title=member.language.say("May this program act for you?"),
        app=app,
        site_of=urlsplit(app.website).hostname or "",
        wishes=wishes(wish.scopes, member.language),
        asked=given,
        sends_to="" if redirect_uri == OUT_OF_BAND else redirect_uri,
    )


def _given(texts: Iterable[str]) -> dict[str, str]:
    found = dict(zip(ASKED, texts, strict=True))
    if any(len(text) > LONGEST for text in found.values()):
        raise BadInput("That is too long.")
    return found


def wishes(scopes: str, speech: Language) -> list[str]:
    """What a program may do then, in words; a narrow scope by its name."""
    say = speech.say
    words = {
        "read": say("read what you can read, your direct messages too"),
        "write": say("post, change and delete in your name"),
        "follow": say("follow, mute and block people"),
        "push": say("send your notifications to your device"),
        "profile": say("see your name and picture"),
    }
    return [words.get(scope, scope) for scope in scopes.split()]


def _refused(origin: str, redirect_uri: str, state: str, refused: Refusal) -> web.Response:
    """The error goes back to the program (RFC 6749, section 4.1.2.1)."""
    if redirect_uri == OUT_OF_BAND:
        raise refused
    return go(_with(redirect_uri, {"error": refused.code, "error_description": str(refused), "state": state, "iss": f"{origin}/"}))


def _with(redirect_uri: str, answer: dict[str, str]) -> str:
    """The address with what is said; its own query stays (RFC 6749, section 3.1.2). `iss` against mix-up (RFC 9207)."""
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode({name: text for name, text in answer.items() if text})}"


async def grant(request: web.Request) -> web.Response:
    """POST /oauth/authorize"""
    member, form = await posted_by_member(request)
    given = _given(form.secret(name) for name in ASKED)
    app, redirect_uri = await programs.find_redirect(member.context, given["client_id"], given["redirect_uri"])
    origin = member.context.config.origin
    try:
        wish = programs.check_wish(app, redirect_uri, given)
        if form.line("decision") != "allow":
            raise Refusal("access_denied", "The resource owner or authorization server denied the request.")
    except Refusal as refused:
        if redirect_uri == OUT_OF_BAND and refused.code == "access_denied":
            return go("/")
        return _refused(origin, redirect_uri, given["state"], refused)
    return await _allowed(request, member, wish)


async def _allowed(request: web.Request, member: Member, wish: Wish) -> web.Response:
    code = await programs.give_code(member.context, member.id, wish)
    if wish.redirect_uri != OUT_OF_BAND:
        return go(_with(wish.redirect_uri, {"code": code, "state": wish.state, "iss": f"{member.context.config.origin}/"}))
    title = member.language.say("Your code")
    return await rendering.page(request, member, "grant_code.html", title=title, code=code, app=wish.app)


async def programs_page(request: web.Request) -> web.Response:
    """GET /settings/programs"""
    member = await member_of(request)
    found = await programs.list_authorised(member.context, member.id)
    rows = [(each, wishes(each.scopes, member.language)) for each in found]
    return await rendering.page(request, member, "programs.html", title=member.language.say("Programs that act for you"), programs=rows)


async def withdraw(request: web.Request) -> web.Response:
    """POST /settings/programs/{id}/withdraw"""
    member, _ = await posted_by_member(request)
    await programs.withdraw(member.context, member.id, path_id(request))
    return go("/settings/programs")


ROUTES = (
    web.get("/oauth/authorize", grant_page),
    web.get("/oauth/authorize/", grant_page),
    web.post("/oauth/authorize", grant),
    web.get("/settings/programs", programs_page),
    web.post(r"/settings/programs/{id:\d+}/withdraw", withdraw),
)
