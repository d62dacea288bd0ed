"""The pages of guardians: whom they look after, what waits for them, what they agreed to; and a ward's own wishes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import orjson
from aiohttp import web

from node.errors import NodeError, NotAllowed, NotFound
from node.social import supervising
from node.web.forms import Form
from node.web.pages import rendering
from node.web.pages.languages import Language
from node.web.pages.visiting import Member, go, member_of, path_id, posted_by_member
from storage import wards
from storage.database import Connection
from storage.ids import ms_from_id
from storage.records import Account
from storage.wards import Wish

LISTED = 200
ASKED_BY_OTHERS = {"follower", "award"}  # what strangers want of a supervised account, which it does not see


@dataclass(frozen=True, slots=True)
class Line:
    """A wish as a page shows it. about: whom it is about; text: what the ward wants to say."""

    wish: Wish
    said: str
    about: Account | None
    text: str
    asked_ms: int


def _said(kind: str, speech: Language) -> str:
    return {
        "follow": speech.say("wants to follow"),
        "follower": speech.say("somebody asks to follow"),
        "post": speech.say("wants to show everybody, or with pictures"),
        "picture": speech.say("wants another picture"),
        "export": speech.say("wants to take everything along as a file"),
        "award": speech.say("is offered an achievement"),
        "cohort": speech.say("wants to go along in a cohort"),
        "attend": speech.say("wants to come to an event"),
        "vote": speech.say("wants to vote in a poll"),
    }.get(kind, kind)


def _line(wish: Wish, about: Account | None, speech: Language) -> Line:
    text = str(orjson.loads(wish.payload).get("text", ""))[:2000]
    return Line(wish, _said(wish.kind, speech), about, text, ms_from_id(wish.id))


async def ward_list(request: web.Request) -> web.Response:
    """GET /wards"""
    return await _list(request, await member_of(request))


async def _list(request: web.Request, member: Member, *, problem: str = "") -> web.Response:
    return await rendering.page(
        request,
        member,
        "wards.html",
        title=member.language.say("Whom you look after"),
        wards=await member.context.database.read(_wards, member.id),
        problem=problem,
        status=422 if problem else 200,
    )


def _wards(db: Connection, guardian_id: int) -> list[tuple[Account, int]]:
    return [(each, wards.count_waiting(db, each.id)) for each in wards.list_wards(db, guardian_id)]


async def make(request: web.Request) -> web.Response:
    """POST /wards: those who look after the node make supervised accounts"""
    member, form = await posted_by_member(request)
    if not member.is_moderator:
        raise NotAllowed("Ask those who look after this node to make the account and to name you as its guardian.")
    name, title, password = form.line("name"), form.line("display_name"), form.secret("password")
    try:
        ward = await supervising.make_ward(member.context, member.account, name, title, password)
    except NodeError as error:
        return await _list(request, member, problem=member.language.say(str(error)))
    return go(f"/wards/{ward.id}")


async def ward_page(request: web.Request) -> web.Response:
    """GET /wards/{id}"""
    return await _ward_page(request, await member_of(request))


async def _ward_page(request: web.Request, member: Member, *, problem: str = "") -> web.Response:
    view = await member.context.database.read(supervising.view_ward, member.account, path_id(request), member.context.site.now_ms())
    lines = [_line(wish, about, member.language) for wish, about in view.wishes]
    return await rendering.page(
        request,
        member,
        "ward.html",
        title=view.account.title,
        view=view,
        waiting=[each for each in lines if each.wish.state == "waiting"],
        decided=[each for each in lines if each.wish.state != "waiting"],
        states=_states(member.language),
        given=lambda each: ms_from_id(each.id),
        problem=problem,
        status=422 if problem else 200,
    )


def _states(speech: Language) -> dict[str, str]:
    return {
        "waiting": speech.say("waits"),
        "agreed": speech.say("agreed"),
        "refused": speech.say("refused"),
        "withdrawn": speech.say("withdrawn"),
        "used": speech.say("done"),
    }


async def _consent(member: Member, _form: Form, ward_id: int) -> None:
    await supervising.consent(member.context, member.account, ward_id)


async def _withdraw_consent(member: Member, _form: Form, ward_id: int) -> None:
    await supervising.withdraw_consent(member.context, member.account, ward_id)


async def _agree(member: Member, form: Form, _ward_id: int) -> None:
    await supervising.decide(member.context, member.account, form.number("wish"), is_agreed=True)


async def _refuse(member: Member, form: Form, _ward_id: int) -> None:
    await supervising.decide(member.context, member.account, form.number("wish"), is_agreed=False)


async def _withdraw(member: Member, form: Form, _ward_id: int) -> None:
    await supervising.withdraw(member.context, member.account, form.number("wish"))


async def _expel(member: Member, form: Form, ward_id: int) -> None:
    await supervising.remove_follower(member.context, member.account, ward_id, form.number("account"))


async def _unfollow(member: Member, form: Form, ward_id: int) -> None:
    await supervising.unfollow(member.context, member.account, ward_id, form.number("account"))


async def _hand_over(member: Member, form: Form, ward_id: int) -> None:
    if not form.flag("sure"):
        raise NotAllowed("Tick the box first: handing over cannot be taken back here.")
    await supervising.hand_over(member.context, member.account, ward_id)


async def _enrol(member: Member, form: Form, ward_id: int) -> None:
    await supervising.enrol(member.context, member.account, ward_id, form.number("cohort"))


DEEDS: Mapping[str, Callable[[Member, Form, int], Awaitable[None]]] = {
    "consent": _consent,
    "withdraw-consent": _withdraw_consent,
    "agree": _agree,
    "refuse": _refuse,
    "withdraw": _withdraw,
    "expel": _expel,
    "unfollow": _unfollow,
    "hand-over": _hand_over,
    "enrol": _enrol,
}


async def act(request: web.Request) -> web.Response:
    """POST /wards/{id}/{deed}"""
    member, form = await posted_by_member(request)
    deed, ward_id = DEEDS.get(request.match_info["deed"]), path_id(request)
    if deed is None:
        raise NotFound("There is no such page.")
    try:
        await member.context.database.read(supervising.get_ward, member.account, ward_id)
        await deed(member, form, ward_id)
    except NotFound:
        raise
    except NodeError as error:
        return await _ward_page(request, member, problem=member.language.say(str(error)))
    return go("/wards" if request.match_info["deed"] == "hand-over" else f"/wards/{ward_id}")


async def wishes(request: web.Request) -> web.Response:
    """GET /wishes: what a ward has asked for"""
    member = await member_of(request)
    found = await member.context.database.read(wards.list_wishes, member.id, LISTED)
    return await rendering.page(
        request,
        member,
        "wishes.html",
        title=member.language.say("What you asked your guardian"),
        lines=[_line(wish, None, member.language) for wish in found if wish.kind not in ASKED_BY_OTHERS],
        states=_states(member.language),
    )
