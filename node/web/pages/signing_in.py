"""Signing in and out, and the one-time links under which accounts are made."""

from aiohttp import web

from node.errors import NodeError, NotFound, NotSignedIn, TooMany
from node.social import authorizing
from node.social.accounts import NewAccount
from node.web import sessions
from node.web.forms import read_form
from node.web.pages import languages, rendering
from node.web.pages.languages import noted
from node.web.pages.visiting import Visitor, go, local_path, posted_by_member, visitor_of
from node.web.requests import client_address
from storage.users import Link

WRONG = noted("That name and password do not match.")  # what the use case says


async def sign_in_page(request: web.Request) -> web.Response:
    """GET /signin"""
    visitor = await visitor_of(request)
    target = local_path(request.query.get("next", "/"))
    if visitor.session is not None and "again" not in request.query:
        return go(target)
    return await _sign_in_form(request, visitor, target)


async def _sign_in_form(
    request: web.Request, visitor: Visitor, target: str, *, login: str = "", problem: str = "", status: int = 200
) -> web.Response:
    title = visitor.language.say("Sign in")
    return await rendering.page(request, visitor, "signin.html", title=title, next=target, login=login, problem=problem, status=status)


async def sign_in(request: web.Request) -> web.Response:
    """POST /signin"""
    visitor = await visitor_of(request)
    form = await read_form(request, None)
    target, login = local_path(form.line("next")), form.line("login")
    try:
        secret, _ = await authorizing.sign_in(visitor.context, login, form.secret("password"), client_address(request))
    except (NotSignedIn, TooMany) as error:
        status = 429 if isinstance(error, TooMany) else 401
        problem = visitor.language.say(str(error))
        return await _sign_in_form(request, visitor, target, login=login, problem=problem, status=status)
    response = go(target)
    sessions.set_cookie(request, response, secret)
    return response


async def sign_out(request: web.Request) -> web.Response:
    """POST /signout"""
    await posted_by_member(request)
    response = go("/")
    secret = sessions.read_cookie(request)
    if secret is not None:
        await authorizing.sign_out((await visitor_of(request)).context, secret)
    sessions.drop_cookie(request, response)
    return response


async def welcome_page(request: web.Request) -> web.Response:
    """GET /welcome/{secret}"""
    visitor = await visitor_of(request)
    link = await _link(request, visitor)
    return await _welcome_form(request, visitor, link, NewAccount(""))


async def _link(request: web.Request, visitor: Visitor) -> Link:
    link = await authorizing.find_link(visitor.context, request.match_info["secret"])
    if link is None or link.purpose not in {"owner", "invite"}:
        raise NotFound("This link was used already, or is too old. Ask for a new one.")
    return link


async def _welcome_form(
    request: web.Request, visitor: Visitor, link: Link, new: NewAccount, *, problem: str = "", status: int = 200
) -> web.Response:
    return await rendering.page(
        request,
        visitor,
        "welcome.html",
        title=visitor.language.say("Welcome"),
        purpose=link.purpose,
        name=new.name,
        display_name=new.display_name,
        problem=problem,
        status=status,
    )


async def welcome(request: web.Request) -> web.Response:
    """POST /welcome/{secret}"""
    visitor = await visitor_of(request)
    link = await _link(request, visitor)
    form = await read_form(request, None)
    wished = form.line("language")
    language = wished if wished in languages.available() else visitor.language.tag
    name = form.line("name").removeprefix("@")
    new = NewAccount(name, display_name=form.line("display_name"), password=form.secret("password"), language=language)
    try:
        secret, _ = await authorizing.use_setup_link(visitor.context, request.match_info["secret"], new)
    except NodeError as error:
        problem = visitor.language.say(str(error))
        return await _welcome_form(request, visitor, link, new, problem=problem, status=422)
    response = go("/")
    sessions.set_cookie(request, response, secret)
    return response
