"""Who looks at a page, in which language, and what the address of the page says."""

from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from node.context import Context
from node.errors import NotAllowed, NotFound
from node.social import authorizing, rates
from node.web import sessions
from node.web.forms import Form, number_from, read_form
from node.web.keys import CONTEXT
from node.web.pages import languages
from node.web.pages.languages import Language
from storage.records import Account
from storage.timelines import BEFORE_ALL
from storage.users import Session

MODERATORS = {"owner", "moderator"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who looks at a page; session is None for a stranger."""

    context: Context
    session: Session | None
    language: Language

    @property
    def id(self) -> int:
        """The visitor's account, 0 for a stranger: as storage wants its viewers."""
        return self.session.account.id if self.session else 0

    @property
    def csrf(self) -> str:
        """What the visitor's forms carry."""
        return self.session.csrf if self.session else ""

    @property
    def is_moderator(self) -> bool:
        """Whether they look after this node."""
        return self.session is not None and self.session.role in MODERATORS


@dataclass(frozen=True, slots=True)
class Member(Visitor):
    """A visitor who is signed in."""

    account: Account


async def visitor_of(request: web.Request) -> Visitor:
    """Who asks."""
    context = request.app[CONTEXT]
    secret = sessions.read_cookie(request)
    session = await authorizing.find_session(context, secret) if secret else None
    return Visitor(context, session, language_of(request, session))


def language_of(request: web.Request, session: Session | None) -> Language:
    """The language that someone has chosen, else the one that their browser asks for."""
    if session is not None and session.language in languages.available():
        return languages.language(session.language)
    default = request.app[CONTEXT].config.node.default_language
    return languages.chosen(request.headers.get("Accept-Language", ""), default)


async def member_of(request: web.Request) -> Member:
    """Who asks, signed in; a stranger is sent to the sign-in page and back."""
    visitor = await visitor_of(request)
    if visitor.session is None:
        back = request.path_qs if request.method == "GET" else "/"
        raise web.HTTPSeeOther(f"/signin?next={quote(back, safe='')}")
    return Member(visitor.context, visitor.session, visitor.language, visitor.session.account)


async def moderator_of(request: web.Request) -> Member:
    """Who asks, if they look after this node. Raises NotAllowed."""
    member = await member_of(request)
    if not member.is_moderator:
        raise NotAllowed("Only those who look after this node can see this page.")
    return member


async def posted_by_member(request: web.Request) -> tuple[Member, Form]:
    """Who posts a form, and what it says. Raises NotAllowed where the form was not one of ours, TooMany."""
    member = await member_of(request)
    await rates.count(member.context, rates.DEEDS, member.id)
    return member, await read_form(request, member.csrf)


def path_id(request: web.Request, name: str = "id") -> int:
    """The id in a page's address. Raises NotFound for a number that no row can have."""
    found = number_from(request.match_info[name], -1)
    if found < 0:
        raise NotFound("There is no such page.")
    return found


def before(request: web.Request) -> int:
    """Where a page of a list begins, `?before=`; from the newest on where it says nothing usable."""
    return number_from(request.query.get("before", ""), BEFORE_ALL)


def after(request: web.Request) -> int:
    """Where a page of accounts begins, `?after=`."""
    return number_from(request.query.get("after", ""), 0)


def local_path(target: str, otherwise: str = "/") -> str:
    """A path of our own to go back to; never an address of another site, however it is written."""
    is_plain = target.isascii() and target.isprintable() and " " not in target
    return target if is_plain and target.startswith("/") and not target.startswith(("//", "/\\")) else otherwise


def go(path: str) -> web.Response:
    """Sends the browser to a page after a form."""
    return web.Response(status=303, headers={"Location": path})
