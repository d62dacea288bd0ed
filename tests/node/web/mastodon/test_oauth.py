"""OAuth 2.0: how a program comes to act for somebody, and all the ways in which it must not."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from node.social import programs
from tests.node.web.pages.conftest import CSRF, Surfer, surf

__all__ = ["surf"]

BACK = "https://reader.example/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Reader:
    """A program that is registered."""

    id: str
    secret: str

    def wish(self, **said: str) -> dict[str, str]:
        shape = {"response_type": "code", "client_id": self.id, "redirect_uri": BACK, "scope": "read", "state": "s1"}
        return {name: text for name, text in {**shape, **said}.items() if text}

    def redeem(self, code: str, **said: str) -> dict[str, str]:
        shape = {"grant_type": "authorization_code", "client_id": self.id, "client_secret": self.secret, "redirect_uri": BACK, "code": code}
        return {name: text for name, text in {**shape, **said}.items() if text}


@pytest.fixture
async def reader(world) -> Reader:
    made = await programs.register(world.context, "Reader", [BACK], "read write")
    return Reader(made.app.client_id, made.secret)


async def allow(browser: Surfer, wish: dict[str, str], decision: str = "allow") -> dict[str, list[str]]:
    """What the program is told when somebody has answered on the page."""
    page = await browser.get(f"/oauth/authorize?{urlencode(wish)}")
    assert page.status == 200, page.text
    sent = await browser.send("/oauth/authorize", {**wish, "decision": decision})
    assert sent.status == 303, sent.text
    assert sent.headers["Location"].startswith(wish["redirect_uri"])
    return parse_qs(urlsplit(sent.headers["Location"]).query)


async def code_for(browser: Surfer, wish: dict[str, str]) -> str:
    return (await allow(browser, wish))["code"][0]


async def redeem(program: Any, fields: dict[str, str], **headers: str) -> tuple[int, Any]:
    answered = await program.ask("POST", "/oauth/token", data=fields, headers=headers)
    return answered.status, answered.body


async def test_somebody_lets_a_program_act_for_them(run, surf, ada, reader):
    told = await allow(await surf(ada), reader.wish(code_challenge=CHALLENGE, code_challenge_method="S256"))
    assert (told["state"], told["iss"]) == (["s1"], ["http://hedge.test/"])
    program = await run()
    status, token = await redeem(program, reader.redeem(told["code"][0], code_verifier=VERIFIER))
    assert (status, token["scope"], token["token_type"]) == (200, "read", "Bearer")
    program.token = token["access_token"]
    assert (await program.get("/api/v1/accounts/verify_credentials"))["username"] == "ada"
    assert (await program.get("/api/v1/apps/verify_credentials"))["name"] == "Reader"


async def test_the_page_says_who_asks_for_what_and_lets_the_form_lead_back(surf, ada, reader):
    page = await (await surf(ada)).get(f"/oauth/authorize?{urlencode(reader.wish())}")
    assert "Reader" in page.text
    assert "read what you can read" in page.text
    assert "form-action 'self' https://reader.example" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


async def test_a_stranger_signs_in_first_and_comes_back(surf, reader):
    page = await (await surf()).get(f"/oauth/authorize?{urlencode(reader.wish())}")
    assert page.status == 303
    assert page.headers["Location"].startswith("/signin?next=/oauth/authorize")


async def test_whoever_must_sign_in_anew_does(surf, ada, reader):
    browser = await surf(ada)
    page = await browser.get(f"/oauth/authorize?{urlencode(reader.wish(force_login='true'))}")
    assert page.headers["Location"].startswith("/signin?again=1&next=")
    assert "force_login" not in page.headers["Location"]
    assert (await browser.get(page.headers["Location"])).status == 200


async def test_who_says_no_is_taken_at_their_word(surf, ada, reader):
    told = await allow(await surf(ada), reader.wish(), "deny")
    assert (told["error"], told["state"], "code" in told) == (["access_denied"], ["s1"], False)


async def test_a_program_without_an_address_is_shown_its_code(run, world, surf, ada):
    made = await programs.register(world.context, "Shell", [programs.OUT_OF_BAND], "read")
    wish = Reader(made.app.client_id, made.secret).wish(redirect_uri=programs.OUT_OF_BAND)
    page = await (await surf(ada)).send("/oauth/authorize", {**wish, "decision": "allow"})
    code = page.text.partition('<code class="secret">')[2].partition("<")[0]
    fields = Reader(made.app.client_id, made.secret).redeem(code, redirect_uri=programs.OUT_OF_BAND)
    assert (await redeem(await run(), fields))[0] == 200


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/back",
        "https://reader.example/back/",
        "https://reader.example/back?x=1",
        "https://reader.example/back/../other",
        "https://reader.example:443/back",
        "https://reader.example@evil.example/back",
        "https://READER.example/back",
        "http://reader.example/back",
        "//reader.example/back",
        "javascript:alert(1)",
    ],
)
async def test_nobody_is_sent_to_another_address_than_the_registered_one(surf, ada, reader, address):
    browser = await surf(ada)
    page = await browser.get(f"/oauth/authorize?{urlencode(reader.wish(redirect_uri=address))}")
    sent = await browser.send("/oauth/authorize", {**reader.wish(redirect_uri=address), "decision": "allow"})
    assert (page.status, sent.status) == (422, 422)
    assert "Location" not in page.headers


async def test_nor_for_a_program_that_nobody_knows(surf, ada, reader):
    page = await (await surf(ada)).get(f"/oauth/authorize?{urlencode(reader.wish(client_id='nobody'))}")
    assert (page.status, "Location" in page.headers) == (404, False)


async def test_a_code_is_good_once_and_its_second_use_ends_what_it_brought(run, surf, ada, reader):
    code, program = await code_for(await surf(ada), reader.wish()), await run()
    status, token = await redeem(program, reader.redeem(code))
    assert status == 200
    assert (await redeem(program, reader.redeem(code)))[1]["error"] == "invalid_grant"
    program.token = token["access_token"]
    assert await program.refused("GET", "/api/v1/accounts/verify_credentials") == (401, "The access token is invalid")


async def test_a_code_is_good_for_ten_minutes(run, clock, surf, ada, reader):
    code = await code_for(await surf(ada), reader.wish())
    clock.go(minutes=11)
    assert (await redeem(await run(), reader.redeem(code)))[1]["error"] == "invalid_grant"


async def test_a_code_is_good_for_its_own_program_and_address_alone(run, world, surf, ada, reader):
    made = await programs.register(world.context, "Thief", [BACK], "read write")
    thief, program = Reader(made.app.client_id, made.secret), await run()
    code = await code_for(await surf(ada), reader.wish())
    assert (await redeem(program, thief.redeem(code)))[1]["error"] == "invalid_grant"
    assert (await redeem(program, reader.redeem(code, redirect_uri="https://reader.example/other")))[1]["error"] == "invalid_grant"


async def test_a_program_proves_itself(run, surf, ada, reader):
    code, program = await code_for(await surf(ada), reader.wish()), await run()
    status, body = await redeem(program, reader.redeem(code, client_secret="wrong"))
    assert (status, body["error"]) == (401, "invalid_client")
    basic = base64.b64encode(f"{reader.id}:{reader.secret}".encode()).decode()
    fields = reader.redeem(code, client_id="", client_secret="")
    assert (await redeem(program, fields, Authorization=f"Basic {basic}"))[0] == 200


@pytest.mark.parametrize("verifier", ["", "w" * 43, VERIFIER[:42], CHALLENGE])
async def test_a_code_bound_by_pkce_needs_its_verifier(run, surf, ada, reader, verifier):
    code = await code_for(await surf(ada), reader.wish(code_challenge=CHALLENGE, code_challenge_method="S256"))
    assert (await redeem(await run(), reader.redeem(code, code_verifier=verifier)))[1]["error"] == "invalid_grant"


async def test_who_takes_the_challenge_away_gains_nothing(run, surf, ada, reader):
    code = await code_for(await surf(ada), reader.wish())
    assert (await redeem(await run(), reader.redeem(code, code_verifier=VERIFIER)))[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "said",
    [
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": CHALLENGE},
        {"code_challenge": "short", "code_challenge_method": "S256"},
    ],
)
async def test_the_weaker_way_of_pkce_is_refused(surf, ada, reader, said):
    page = await (await surf(ada)).get(f"/oauth/authorize?{urlencode(reader.wish(**said))}")
    assert parse_qs(urlsplit(page.headers["Location"]).query)["error"] == ["invalid_request"]


async def test_a_program_without_a_secret_may_redeem_what_pkce_binds_to_it(run, surf, ada, reader):
    code = await code_for(await surf(ada), reader.wish(code_challenge=CHALLENGE, code_challenge_method="S256"))
    assert (await redeem(await run(), reader.redeem(code, client_secret="", code_verifier=VERIFIER)))[0] == 200


@pytest.mark.parametrize("scope", ["push", "read write follow", "everything", "admin:read"])
async def test_a_program_gets_no_more_than_it_registered_for(surf, ada, reader, scope):
    page = await (await surf(ada)).get(f"/oauth/authorize?{urlencode(reader.wish(scope=scope))}")
    assert parse_qs(urlsplit(page.headers["Location"]).query)["error"] == ["invalid_scope"]


async def test_the_form_cannot_ask_for_more_than_the_page_showed_a_program_may_have(surf, ada, reader):
    sent = await (await surf(ada)).send("/oauth/authorize", {**reader.wish(scope="read push"), "decision": "allow"})
    assert parse_qs(urlsplit(sent.headers["Location"]).query)["error"] == ["invalid_scope"]


async def test_another_site_cannot_have_a_browser_say_yes(surf, ada, reader):
    browser = await surf(ada)
    token = CSRF.search((await browser.get("/")).text)[1]
    wish = {**reader.wish(), "decision": "allow"}
    assert (await browser.send_raw("/oauth/authorize", wish)).status == 403
    assert (await browser.send_raw("/oauth/authorize", {**wish, "csrf": "guess"})).status == 403
    assert (await browser.send_raw("/oauth/authorize", {**wish, "csrf": token}, **{"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await browser.send_raw("/oauth/authorize", {**wish, "csrf": token})).status == 303


async def test_a_program_may_act_for_itself_and_is_nobody_then(run, reader):
    program = await run()
    fields = {"grant_type": "client_credentials", "client_id": reader.id, "client_secret": reader.secret, "scope": "read"}
    status, token = await redeem(program, fields)
    assert (status, token["scope"]) == (200, "read")
    program.token = token["access_token"]
    assert (await program.get("/api/v1/apps/verify_credentials"))["name"] == "Reader"
    assert await program.refused("GET", "/api/v1/timelines/home") == (422, "This method requires an authenticated user")
    assert (await redeem(program, {**fields, "scope": "push"}))[1]["error"] == "invalid_scope"


@pytest.mark.parametrize("grant", ["password", "implicit", ""])
async def test_other_grants_are_not_there(run, reader, ada, grant):
    fields = {"grant_type": grant, "client_id": reader.id, "client_secret": reader.secret, "username": "ada", "password": "x" * 10}
    assert (await redeem(await run(), fields))[1]["error"] == "unsupported_grant_type"


async def test_a_program_gives_its_token_back_and_no_other_takes_it_away(run, world, surf, ada, reader):
    made = await programs.register(world.context, "Other", [BACK], "read write")
    program = await run()
    _, token = await redeem(program, reader.redeem(await code_for(await surf(ada), reader.wish())))
    fields = {"token": token["access_token"], "client_id": made.app.client_id, "client_secret": made.secret}
    assert (await program.ask("POST", "/oauth/revoke", data=fields)).status == 403
    program.token = token["access_token"]
    assert (await program.get("/api/v1/accounts/verify_credentials"))["username"] == "ada"
    mine = {**fields, "client_id": reader.id, "client_secret": reader.secret}
    program.token = ""
    assert (await program.ask("POST", "/oauth/revoke", data=mine)).body == {}
    program.token = token["access_token"]
    assert (await program.refused("GET", "/api/v1/accounts/verify_credentials"))[0] == 401


async def test_somebody_sees_their_programs_and_takes_one_back(run, surf, ada, reader):
    browser, program = await surf(ada), await run()
    _, token = await redeem(program, reader.redeem(await code_for(browser, reader.wish())))
    page = await browser.get("/settings/programs")
    assert "Reader" in page.text
    path = page.text.partition('formaction="/settings/programs')[2].partition('"')[0]
    assert (await browser.send(f"/settings/programs{path}")).status == 303
    program.token = token["access_token"]
    assert (await program.refused("GET", "/api/v1/timelines/home"))[0] == 401
    assert "Reader" not in (await browser.get("/settings/programs")).text


async def test_nobody_takes_back_what_somebody_else_allowed(run, surf, ada, bea, reader):
    browser, program = await surf(ada), await run()
    _, token = await redeem(program, reader.redeem(await code_for(browser, reader.wish())))
    page = await browser.get("/settings/programs")
    path = page.text.partition('formaction="/settings/programs')[2].partition('"')[0]
    await (await surf(bea)).send(f"/settings/programs{path}")
    program.token = token["access_token"]
    assert await program.get("/api/v1/timelines/home") == []


async def test_only_hashes_of_secrets_are_kept(run, world, surf, ada, reader):
    _, token = await redeem(await run(), reader.redeem(await code_for(await surf(ada), reader.wish())))
    kept = await world.context.database.read(everything_kept)
    assert reader.id in kept
    for secret in (reader.secret, token["access_token"]):
        assert secret not in kept


def everything_kept(db) -> str:
    """All that stands in the tables of programs, their codes and tokens."""
    return repr([db.execute(f"SELECT * FROM {table}").fetchall() for table in ("apps", "codes", "tokens", "app_tokens")])


async def test_metadata_says_what_is_there(run):
    found = await (await run()).get("/.well-known/oauth-authorization-server")
    assert (found["code_challenge_methods_supported"], found["grant_types_supported"]) == (
        ["S256"],
        ["authorization_code", "client_credentials"],
    )
    assert found["token_endpoint"] == "http://hedge.test/oauth/token"
