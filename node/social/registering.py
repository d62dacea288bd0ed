"""Making an account oneself, as far as `[registrations] mode` lets people: at once, after a moderator's word, with an invitation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.languages import available, language
from node.site import Site
from node.social import accounts as making
from node.social import mailing, notifying, passwords, programs
from node.social.accounts import Made, NewAccount
from node.social.programs import Given
from storage import accounts, applicants, users
from storage.applicants import Applicant
from storage.database import Connection
from storage.errors import Taken
from storage.events import add_event
from storage.programs import App
from storage.records import Account

EMAIL = re.compile(r"[^@\s,;<>()\[\]\\\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
REASON_CHARACTERS = 1000

Details = Mapping[str, Sequence[Mapping[str, str]]]


class Invalid(BadInput):
    """What somebody gave to sign up with cannot be used; details says of each field why, as programs show it."""

    def __init__(self, faults: Mapping[str, tuple[str, str]]) -> None:
        said = ", ".join(f"{name.replace('_', ' ').capitalize()} {sentence}" for name, (_, sentence) in faults.items())
        super().__init__(f"Validation failed: {said}")
        self.details: Details = {name: [{"error": code, "description": sentence}] for name, (code, sentence) in faults.items()}


@dataclass(frozen=True, slots=True)
class SignUp:
    """What somebody gives to have an account."""

    name: str
    email: str
    password: str
    agreed: bool
    language: str = ""
    reason: str = ""
    invitation: str = ""  # the secret of a one-time link


@dataclass(frozen=True, slots=True)
class _Kept:
    """Who has signed up, and the secret of the link that confirms their address, '' where it needs none."""

    account: Account
    secret: str = ""


async def sign_up(context: Context, app: App, scopes: str, wish: SignUp) -> Given:
    """A token for the new account; until it is admitted, whatever is asked with it is refused. Raises Invalid, NotAllowed."""
    mode, must_confirm = context.config.registrations.mode, context.config.registrations.confirm_email
    is_invited = bool(wish.invitation) and await _is_invited(context, wish.invitation)
    if mode == "closed" or (mode == "invite" and not is_invited):
        raise NotAllowed("This server takes no new accounts by itself.")
    if must_confirm and not context.config.mail.host:
        raise NotAllowed("This server cannot send the mail that a new account needs. Ask the people who keep it.")
    faults = await context.database.read(_faults, wish, needs_reason=mode == "approval")
    if faults:
        raise Invalid(faults)
    new = NewAccount(wish.name, email=wish.email, password=wish.password, language=wish.language if wish.language in available() else "")
    made = await making.make_secrets(wish.password)
    secret = passwords.new_secret() if must_confirm else ""
    try:
        kept = await context.database.write(_sign_up, context.site, new, made, wish, secret, needs_approval=mode == "approval")
    except Taken as error:
        raise Invalid({"username": ("ERR_TAKEN", "has already been taken")}) from error
    if kept.secret:
        await _send_link(context, kept.account, wish.email, kept.secret)
    return await programs.give_token(context, app, kept.account.id, scopes)


async def _is_invited(context: Context, secret: str) -> bool:
    link = await context.database.read(users.find_link, passwords.digest(secret), context.site.now_ms())
    return link is not None and link.purpose == "invite"


def _faults(db: Connection, wish: SignUp, *, needs_reason: bool) -> dict[str, tuple[str, str]]:
    """What is wrong, by field: Mastodon's code and a sentence."""
    found = {}
    try:
        making.check_new(NewAccount(wish.name))
    except BadInput as error:
        found["username"] = (
            "ERR_RESERVED" if "kept for" in str(error) else "ERR_INVALID",
            "must contain only letters, numbers and underscores",
        )
    if accounts.find_account_by_handle(db, wish.name) is not None:
        found["username"] = ("ERR_TAKEN", "has already been taken")
    if not EMAIL.fullmatch(wish.email):
        found["email"] = ("ERR_INVALID" if wish.email else "ERR_BLANK", "is invalid" if wish.email else "can't be blank")
    elif users.find_user_by_login(db, wish.email) is not None:
        found["email"] = ("ERR_TAKEN", "has already been taken")
    least, most = making.PASSWORD_CHARACTERS
    if not least <= len(wish.password) <= most:
        is_short = len(wish.password) < least
        found["password"] = (
            ("ERR_TOO_SHORT", f"is too short (minimum is {least} characters)") if is_short else ("ERR_TOO_LONG", "is too long")
        )
    if not wish.agreed:
        found["agreement"] = ("ERR_ACCEPTED", "must be accepted")
    if (needs_reason and not wish.reason) or len(wish.reason) > REASON_CHARACTERS:
        found["reason"] = ("ERR_TOO_LONG", "is too long") if wish.reason else ("ERR_BLANK", "can't be blank")
    return found


def _sign_up(db: Connection, site: Site, new: NewAccount, made: Made, wish: SignUp, secret: str, *, needs_approval: bool) -> _Kept:
    if wish.invitation:
        users.use_link(db, passwords.digest(wish.invitation), site.now_ms())
    account = making.add_account(db, site, new, made)
    if needs_approval or secret:
        digest = passwords.digest(secret) if secret else None
        applicants.add_applicant(db, Applicant(account.id, wish.reason, digest, needs_approval, site.now_ms()))
    for moderator_id in users.list_moderators(db):
        notifying.tell(db, site, moderator_id, "sign_up", account.id)
    return _Kept(account, secret)


async def _send_link(context: Context, account: Account, email: str, secret: str) -> None:
    """The mail with the link that confirms an address."""
    user = await context.database.read(users.get_user, account.id)
    speech, site, config = language(user.language), context.site, context.config
    mail = EmailMessage()
    mail["Subject"] = speech.say("Is this your address? Your account on %(node)s") % {"node": config.node.name}
    mail["From"] = config.mail.sender or f"{config.node.name} <noreply@{config.host.partition(':')[0]}>"
    mail["To"] = email
    mail["Date"] = format_datetime(site.now())
    mail["Message-ID"] = make_msgid(domain=config.host.partition(":")[0])
    mail["Auto-Submitted"] = "auto-generated"
    hello = speech.say("Hello %(name)s,") % {"name": account.name}
    asks = speech.say("somebody has made an account with your address. If it was you, open this page:")
    ending = speech.say("If it was not, do nothing.")
    mail.set_content(f"{hello}\n\n{asks}\n\n{site.origin}/confirm/{secret}\n\n{ending}\n")
    await mailing.send(context, mail)


async def send_again(context: Context, account: Account, email: str = "") -> None:
    """Another mail, to another address where one is given. Raises NotAllowed, Invalid."""
    secret = passwords.new_secret()
    address = await context.database.write(_new_link, account.id, email, secret)
    await _send_link(context, account, address, secret)


def _new_link(db: Connection, account_id: int, email: str, secret: str) -> str:
    applicant = applicants.find_applicant(db, account_id)
    if applicant is None or applicant.secret_hash is None:
        raise NotAllowed("This method is only available while the e-mail is awaiting confirmation")
    if email:
        if not EMAIL.fullmatch(email) or users.find_user_by_login(db, email) is not None:
            raise Invalid({"email": ("ERR_INVALID", "is invalid")})
        users.set_email(db, account_id, email)
    applicants.set_secret(db, account_id, passwords.digest(secret))
    return users.get_user(db, account_id).email or ""


async def confirm(context: Context, secret: str) -> str:
    """Why the account cannot do anything yet; '' where it can now. Raises NotFound for a link that does not hold."""
    return await context.database.write(_confirm, passwords.digest(secret))


def _confirm(db: Connection, digest: bytes) -> str:
    applicant = applicants.find_by_secret(db, digest)
    if applicant is None:
        raise NotFound("This link was used already, or is too old.")
    applicants.set_secret(db, applicant.account_id, None)
    applicants.admit(db)
    add_event(db, "account", applicant.account_id)
    return applicants.waiting(db, applicant.account_id)


async def approve(context: Context, account_id: int) -> None:
    """A moderator says yes. Raises NotFound."""
    await context.database.write(_approve, account_id)


def _approve(db: Connection, account_id: int) -> None:
    _waiting(db, account_id)
    applicants.approve(db, account_id)
    applicants.admit(db)
    add_event(db, "account", account_id)


def _waiting(db: Connection, account_id: int) -> Applicant:
    found = applicants.find_applicant(db, account_id)
    if found is None:
        raise NotFound("Nobody waits under that name any more.")
    return found


async def refuse(context: Context, account_id: int) -> None:
    """A moderator says no: the account is gone. Raises NotFound."""
    await context.database.read(_waiting, account_id)
    account = await context.database.read(accounts.get_account, account_id)
    await making.delete(context, account.name)
