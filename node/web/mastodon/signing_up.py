"""Making an account through a program, and the mail that confirms its address."""

from node.errors import NotSignedIn
from node.social import programs, registering
from node.social.registering import SignUp
from node.web.mastodon.doors import INVALID_TOKEN, Ask
from storage import applicants


async def sign_up(ask: Ask) -> object:
    """POST /api/v1/accounts, by a program in its own name; answers a token for the new account"""
    bearer, given = ask.bearer, ask.given
    if bearer is None or bearer.app_id is None:
        raise NotSignedIn(INVALID_TOKEN)
    app = await programs.get_app(ask.context, bearer.app_id)
    wish = SignUp(
        name=given.text("username").strip(),
        email=given.text("email").strip(),
        password=given.secret("password"),
        agreed=given.flag("agreement"),
        language=given.text("locale")[:20],
        reason=given.text("reason").strip(),
        invitation=given.secret("invite_code"),
    )
    token = await registering.sign_up(ask.context, app, bearer.scopes, wish)
    return {"access_token": token.secret, "token_type": "Bearer", "scope": token.scopes, "created_at": token.created_ms // 1000}


async def send_mail(ask: Ask) -> None:
    """POST /api/v1/emails/confirmations: another mail, to another address where one is given"""
    await registering.send_again(ask.context, ask.account, ask.given.text("email").strip())


async def is_confirmed(ask: Ask) -> object:
    """GET /api/v1/emails/check_confirmation"""
    applicant = await ask.context.database.read(applicants.find_applicant, ask.account.id)
    return applicant is None or applicant.secret_hash is None
