"""Making an account through a program, as far as the keeper lets people."""

import re
from typing import Any

import pytest

from node.errors import NotSignedIn
from node.social import authorizing, mailing, programs
from tests.node.web.pages.conftest import surf

__all__ = ["surf"]

WHO = {"username": "newt", "email": "newt@pond.example", "password": "a long password", "agreement": True, "locale": "de"}


@pytest.fixture
def mode() -> str:
    return "open"


@pytest.fixture
def confirms() -> bool:
    return False


@pytest.fixture
def settings(mode: str, confirms: bool) -> str:
    return f'[registrations]\nmode = "{mode}"\nconfirm_email = {str(confirms).lower()}\n[mail]\nhost = "mail.test"\n'


@pytest.fixture
def mails(monkeypatch) -> list[Any]:
    """What was handed to the mail server."""
    sent: list[Any] = []

    async def send(_context: Any, mail: Any) -> None:
        sent.append(mail)

    monkeypatch.setattr(mailing, "send", send)
    return sent


@pytest.fixture
async def program(run, world):
    """A program with a token of its own."""
    made = await programs.register(world.context, "Reader", ["x://y"], "read write")
    given = await programs.give_app_token(world.context, made.app, "read write")
    found = await run()
    found.token = given.secret
    return found


async def test_the_new_account_can_be_used_at_once(program):
    token = await program.post("/api/v1/accounts", **WHO)
    program.token = token["access_token"]
    assert (await program.get("/api/v1/accounts/verify_credentials"))["username"] == "newt"
    assert (await program.get("/api/v1/emails/check_confirmation")) is True
    assert (await program.post("/api/v1/statuses", status="Hello"))["application"]["name"] == "Reader"


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"username": "ada"}, "username", "ERR_TAKEN"),
        ({"username": "n e w"}, "username", "ERR_INVALID"),
        ({"username": "admin"}, "username", "ERR_RESERVED"),
        ({"email": "nowhere"}, "email", "ERR_INVALID"),
        ({"email": ""}, "email", "ERR_BLANK"),
        ({"password": "short"}, "password", "ERR_TOO_SHORT"),
        ({"agreement": False}, "agreement", "ERR_ACCEPTED"),
    ],
)
async def test_what_cannot_be_is_said_field_by_field(program, ada, said, field, code):
    answered = await program.ask("POST", "/api/v1/accounts", json={**WHO, **said})
    assert answered.status == 422
    assert [each["error"] for each in answered.body["details"][field]] == [code]
    assert answered.body["error"].startswith("Validation failed: ")


async def test_somebody_elses_token_makes_no_account(run, ada):
    assert (await (await run(ada)).refused("POST", "/api/v1/accounts", **WHO))[0] == 401
    assert (await (await run()).refused("POST", "/api/v1/accounts", **WHO))[0] == 401


@pytest.mark.parametrize("mode", ["closed", "invite"])
async def test_a_closed_node_takes_nobody(program):
    assert (await program.refused("POST", "/api/v1/accounts", **WHO))[0] == 403


@pytest.mark.parametrize("mode", ["invite"])
async def test_an_invitation_lets_one_in_once(program, world):
    secret = await authorizing.new_link(world.context, "invite")
    assert (await program.post("/api/v1/accounts", **WHO, invite_code=secret))["access_token"]
    again = {**WHO, "username": "second", "email": "2@pond.example", "invite_code": secret}
    assert (await program.refused("POST", "/api/v1/accounts", **again))[0] == 403


@pytest.mark.parametrize("mode", ["approval"])
async def test_a_moderator_says_yes_first(program, world, surf):
    boss = await world.account("boss", role="owner")
    assert (await program.refused("POST", "/api/v1/accounts", **WHO))[0] == 422
    token = await program.post("/api/v1/accounts", **WHO, reason="To learn")
    program.token = token["access_token"]
    assert await program.refused("GET", "/api/v1/timelines/home") == (403, "Your login is currently pending approval")
    with pytest.raises(NotSignedIn, match="has to say yes"):
        await authorizing.sign_in(world.context, "newt", WHO["password"], "127.0.0.1")
    browser = await surf(boss)
    page = await browser.get("/admin/applicants")
    assert "To learn" in page.text
    path = re.search(r'formaction="(/admin/applicants/\d+/approve)"', page.text)[1]
    assert (await (await surf(await world.account("eve"))).send(path)).status == 403
    assert (await browser.send(path)).status == 303
    assert await program.get("/api/v1/timelines/home") == []
    assert "Nobody waits." in (await browser.get("/admin/applicants")).text


@pytest.mark.parametrize("mode", ["approval"])
async def test_or_no(program, world, surf):
    boss = await world.account("boss", role="owner")
    token = await program.post("/api/v1/accounts", **WHO, reason="Spam")
    browser = await surf(boss)
    path = re.search(r'formaction="(/admin/applicants/\d+/refuse)"', (await browser.get("/admin/applicants")).text)[1]
    await browser.send(path)
    program.token = token["access_token"]
    assert (await program.refused("GET", "/api/v1/timelines/home"))[0] == 401


@pytest.mark.parametrize("confirms", [True])
async def test_an_address_is_confirmed_by_the_link_in_a_mail(program, world, surf, mails):
    token = await program.post("/api/v1/accounts", **WHO)
    program.token = token["access_token"]
    assert await program.refused("GET", "/api/v1/timelines/home") == (403, "Your login is missing a confirmed e-mail address")
    assert (await program.get("/api/v1/emails/check_confirmation")) is False
    assert await program.post("/api/v1/emails/confirmations", email="other@pond.example") == {}
    assert [mail["To"] for mail in mails] == ["newt@pond.example", "other@pond.example"]
    links = [re.search(r"hedge\.test(/confirm/\S+)", mail.get_content())[1] for mail in mails]
    browser = await surf()
    assert (await browser.send_raw(links[0], {})).status == 404  # another mail has taken its place
    assert "Yes, this is my address" in (await browser.get(links[1])).text
    assert await program.refused("GET", "/api/v1/timelines/home") == (403, "Your login is missing a confirmed e-mail address")
    assert "Your account is ready" in (await browser.send_raw(links[1], {})).text
    assert await program.get("/api/v1/timelines/home") == []
    assert (await program.refused("POST", "/api/v1/emails/confirmations"))[0] == 403
