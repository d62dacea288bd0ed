"""What a member can change: profile, pictures, language, password, tokens."""

from aiohttp import web

from federation.html import text_from_html
from node.errors import BadInput, NodeError
from node.social import accounts, authorizing, media
from node.social.accounts import FIELDS, ProfileEdit
from node.web import sessions
from node.web.forms import Form
from node.web.pages import languages, rendering
from node.web.pages.visiting import Member, go, member_of, path_id, posted_by_member
from node.web.requests import client_address
from storage import accounts as stored
from storage import users
from storage.database import Connection
from storage.events import add_event
from storage.learning import learners
from storage.learning.learners import Learner
from storage.records import Account, loaded
from storage.users import Token

SHOWN_FIELDS = 4  # empty lines are shown up to this many


async def settings_page(request: web.Request) -> web.Response:
    """GET /settings"""
    member = await member_of(request)
    done = member.language.say("Saved.") if "saved" in request.query else ""
    return await _page(request, member, done=done)


async def _page(request: web.Request, member: Member, *, done: str = "", problem: str = "", token: str = "") -> web.Response:
    account, tokens, learner = await member.context.database.read(_load, member.id)
    fields = [(name, text_from_html(value)) for name, value in loaded(account.fields)]
    lines = min(max(SHOWN_FIELDS, len(fields) + 1), FIELDS)
    return await rendering.page(
        request,
        member,
        "settings.html",
        title=member.language.say("Settings"),
        account=account,
        fields=[*fields, *[("", "")] * (lines - len(fields))],
        tokens=tokens,
        learner=learner,
        token=token,
        done=done,
        problem=problem,
        status=422 if problem else 200,
    )


def _load(db: Connection, account_id: int) -> tuple[Account, list[Token], Learner]:
    return stored.get_account(db, account_id), users.list_tokens(db, account_id), learners.find_learner(db, account_id)


async def save_learning(request: web.Request) -> web.Response:
    """POST /settings/learning"""
    member, form = await posted_by_member(request)
    learner = Learner(form.flag("answers_questions"), form.flag("shows_network"))
    await member.context.database.write(learners.save_learner, member.id, learner)
    return go("/settings?saved#s-learning")


async def save_profile(request: web.Request) -> web.Response:
    """POST /settings/profile"""
    member, form = await posted_by_member(request)
    language = member.session.language if member.session else ""
    try:
        await accounts.edit_profile(member.context, member.account, _edit_from_form(form, language))
    except NodeError as error:
        return await _page(request, member, problem=member.language.say(str(error)))
    return go("/settings?saved#s-profile")


def _edit_from_form(form: Form, language: str) -> ProfileEdit:
    pairs = zip(form.texts("field_name"), form.texts("field_value"), strict=False)
    return ProfileEdit(
        display_name=form.line("display_name"),
        summary=form.text("summary").strip(),
        locked=form.flag("locked"),
        discoverable=form.flag("discoverable"),
        indexable=form.flag("indexable"),
        fields=tuple((name.strip(), text.strip()) for name, text in pairs if name.strip()),
        language=language,
    )


async def save_picture(request: web.Request) -> web.Response:
    """POST /settings/picture"""
    member, form = await posted_by_member(request)
    purpose = "image" if form.text("kind") == "image" else "icon"
    body = next(iter(form.files("file")), b"")
    try:
        if not body:
            raise BadInput("Choose a picture first.")
        await media.set_picture(member.context, member.account, body, form.line("alt"), purpose)
    except NodeError as error:
        return await _page(request, member, problem=member.language.say(str(error)))
    return go("/settings?saved#s-picture")


async def save_language(request: web.Request) -> web.Response:
    """POST /settings/language"""
    member, form = await posted_by_member(request)
    wished = form.line("language")
    if wished not in languages.available():
        raise BadInput("There are no pages in that language.")
    await member.context.database.write(_set_language, member.id, wished)
    return go("/settings?saved#s-language")


def _set_language(db: Connection, account_id: int, language: str) -> None:
    users.set_language(db, account_id, language)
    add_event(db, "account", account_id)


async def change_password(request: web.Request) -> web.Response:
    """POST /settings/password; every other browser is signed out, and every app unless `keep_apps` is ticked"""
    member, form = await posted_by_member(request)
    context, account = member.context, member.account
    try:
        await authorizing.sign_in(context, account.name, form.secret("current"), client_address(request))
        await accounts.set_password(context, account.id, form.secret("password"), keeps_apps=form.flag("keep_apps"))
    except NodeError as error:
        return await _page(request, member, problem=member.language.say(str(error)))
    secret, _ = await authorizing.open_session(context, account.id)
    response = go("/settings?saved#s-password")
    sessions.set_cookie(request, response, secret)
    return response


async def make_token(request: web.Request) -> web.Response:
    """POST /settings/tokens; the answer shows the token once"""
    member, form = await posted_by_member(request)
    try:
        token = await authorizing.new_token(member.context, member.id, form.line("app")[:100], " ".join(form.texts("scope")))
    except NodeError as error:
        return await _page(request, member, problem=member.language.say(str(error)))
    return await _page(request, member, token=token)


async def revoke_token(request: web.Request) -> web.Response:
    """POST /settings/tokens/{id}/revoke"""
    member, _ = await posted_by_member(request)
    await authorizing.revoke_token(member.context, member.id, path_id(request))
    return go("/settings?saved#s-tokens")
