"""What every program does first: register, look who is there, show the home timeline (T1)."""

import pytest

from node.social import follows


async def test_a_program_registers_and_is_told_its_secret_once(run):
    program = await run()
    app = await program.post(
        "/api/v1/apps", client_name="Reader", redirect_uris="reader://back", scopes="read write", website="https://r.example"
    )
    assert (app["name"], app["redirect_uri"], app["redirect_uris"], app["scopes"]) == (
        "Reader",
        "reader://back",
        ["reader://back"],
        ["read", "write"],
    )
    assert app["client_id"]
    assert app["client_secret"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://a.example/back", ["https://a.example/back"]),
        ("com.tapbots.Ivory.10217:/request_token", ["com.tapbots.Ivory.10217:/request_token"]),
        ("tuba://auth_code\nurn:ietf:wg:oauth:2.0:oob", ["tuba://auth_code", "urn:ietf:wg:oauth:2.0:oob"]),
        (["https://a.example/1", "https://a.example/2"], ["https://a.example/1", "https://a.example/2"]),
    ],
)
async def test_addresses_come_as_one_as_lines_or_as_a_list(run, given, kept):
    assert (await (await run()).post("/api/v1/apps", client_name="x", redirect_uris=given))["redirect_uris"] == kept


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "/back", "https://", "https://a.example/#x", "", "file:///etc/passwd"]
)
async def test_an_address_that_a_browser_would_run_or_that_leads_nowhere_is_refused(run, address):
    status, error = await (await run()).refused("POST", "/api/v1/apps", client_name="x", redirect_uris=address)
    assert (status, error) == (422, "Validation failed: Redirect URI must be an absolute URI.")


async def test_home_shows_what_those_whom_i_follow_wrote_newest_first(run, world, clock, ada, bea):
    await follows.follow(world.context, ada, bea.id)
    for word in ("one", "two", "three"):
        clock.go(seconds=1)
        await world.post(bea, word)
    program = await run(ada)
    answered = await program.ask("GET", "/api/v1/timelines/home?limit=2")
    assert [status["content"] for status in answered.body] == ["<p>three</p>", "<p>two</p>"]
    assert answered.headers["Link"].startswith("<http://hedge.test/api/v1/timelines/home?limit=2&max_id=")
    assert '; rel="next", <' in answered.headers["Link"]
    older = await program.get("/api/v1/timelines/home", max_id=answered.body[-1]["id"])
    assert [status["content"] for status in older] == ["<p>one</p>"]
    upward = await program.get("/api/v1/timelines/home", min_id=older[0]["id"], limit=1)
    assert [status["content"] for status in upward] == ["<p>two</p>"]
    assert [status["content"] for status in await program.get("/api/v1/timelines/home", since_id=older[0]["id"], limit=1)] == [
        "<p>three</p>"
    ]


FIRST = (
    "/api/v1/instance", "/api/v2/instance", "/api/v1/custom_emojis", "/api/v1/accounts/verify_credentials", "/api/v1/preferences",
    "/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/lists", "/api/v2/filters", "/api/v1/filters", "/api/v1/markers",
    "/api/v1/notifications", "/api/v2/notifications", "/api/v2/notifications/policy", "/api/v1/notifications/requests",
    "/api/v1/instance/rules", "/api/v1/instance/peers", "/api/v1/instance/activity", "/api/v1/instance/domain_blocks",
    "/api/v1/instance/extended_description", "/api/v1/instance/privacy_policy", "/api/v1/directory", "/api/v1/endorsements",
    "/api/v1/profile", "/oauth/userinfo", "/.well-known/oauth-authorization-server",
)  # fmt: skip


@pytest.mark.parametrize("path", FIRST)
async def test_what_a_program_asks_when_it_starts_is_answered_as_the_schema_says(run, world, ada, bea, path):
    await world.post(bea, "Hello @ada #first")
    answered = await (await run(ada)).ask("GET", path)
    assert answered.status == 200


async def test_an_account_has_what_strict_programs_insist_on(run, ada):
    account = await (await run()).get(f"/api/v1/accounts/{ada.id}")
    assert (account["username"], account["acct"], account["display_name"]) == ("ada", "ada", "Ada")
    assert account["avatar"].startswith("http://hedge.test/static/")
    assert len(account["id"]) == 18


async def test_without_a_token_home_is_refused_and_the_public_timeline_is_not(run):
    program = await run()
    assert await program.refused("GET", "/api/v1/timelines/home") == (401, "The access token is invalid")
    assert await program.get("/api/v1/timelines/public") == []


async def test_a_token_that_does_not_hold_is_refused_even_where_none_is_needed(run):
    program = await run()
    program.token = "nonsense"
    assert await program.refused("GET", "/api/v1/timelines/public") == (401, "The access token is invalid")


async def test_a_token_reaches_no_further_than_its_scopes(run, ada):
    program = await run(ada, "read:statuses")
    assert await program.get("/api/v1/timelines/home") == []
    assert await program.refused("GET", "/api/v1/lists") == (403, "This action is outside the authorized scopes")


async def test_what_is_not_there_is_said_in_json_whatever_is_asked_for(run):
    program = await run()
    answered = await program.ask("GET", "/api/v1/nothing", headers={"Accept": "text/html"})
    assert (answered.status, answered.body) == (404, {"error": "Record not found"})
    assert (await program.refused("GET", "/api/v1/accounts/2"))[0] == 404


async def test_a_slash_at_the_end_changes_nothing(run):
    assert (await (await run()).get("/api/v1/instance/"))["uri"] == "hedge.test"


async def test_any_page_may_ask(run):
    program = await run()
    answered = await program.ask("GET", "/api/v1/instance")
    assert answered.headers["Access-Control-Allow-Origin"] == "*"
    assert "Link" in answered.headers["Access-Control-Expose-Headers"]
    async with program.client.options("/api/v1/statuses", headers={"Access-Control-Request-Headers": "authorization"}) as allowed:
        assert (allowed.status, allowed.headers["Access-Control-Allow-Headers"]) == (204, "authorization")
        assert "DELETE" in allowed.headers["Access-Control-Allow-Methods"]


async def test_each_answer_says_what_is_left_of_the_limit(run, ada):
    answered = await (await run(ada)).ask("GET", "/api/v1/timelines/home")
    assert (answered.headers["X-RateLimit-Limit"], answered.headers["X-RateLimit-Remaining"]) == ("1500", "1499")
    assert answered.headers["X-RateLimit-Reset"].endswith("000Z")


async def test_too_many_programs_from_one_address_are_refused(run):
    program = await run()
    for _ in range(5):
        await program.post("/api/v1/apps", client_name="x", redirect_uris="x://y")
    answered = await program.ask("POST", "/api/v1/apps", json={"client_name": "x", "redirect_uris": "x://y"})
    assert (answered.status, answered.body, answered.headers["X-RateLimit-Remaining"]) == (429, {"error": "Too many requests"}, "0")
    assert int(answered.headers["Retry-After"]) > 0
