"""Quotes over the API."""


async def test_a_quote_shows_what_it_quotes(run, world, ada, bea):
    first = await world.post(ada, "first")
    program = await run(bea)
    assert (await program.get(f"/api/v1/statuses/{first.id}"))["quote_approval"] == {
        "automatic": ["public"],
        "manual": [],
        "current_user": "automatic",
    }
    made = await program.post("/api/v1/statuses", status="look", quoted_status_id=str(first.id))
    assert (made["quote"]["state"], made["quote"]["quoted_status"]["id"]) == ("accepted", str(first.id))
    assert [each["id"] for each in await program.get(f"/api/v1/statuses/{first.id}/quotes")] == [made["id"]]
    assert (await program.get(f"/api/v1/statuses/{first.id}"))["quotes_count"] == 1
    (told,) = await (await run(ada)).get("/api/v1/notifications")
    assert (told["type"], told["status"]["id"]) == ("quote", made["id"])


async def test_a_quote_in_a_quote_is_named_alone(run, world, ada):
    program = await run(ada)
    first = await program.post("/api/v1/statuses", status="one")
    second = await program.post("/api/v1/statuses", status="two", quoted_status_id=first["id"])
    third = await program.post("/api/v1/statuses", status="three", quoted_status_id=second["id"])
    assert third["quote"]["quoted_status"]["quote"] == {"state": "accepted", "quoted_status_id": first["id"]}
    await program.delete(f"/api/v1/statuses/{second['id']}")
    assert (await program.get(f"/api/v1/statuses/{third['id']}"))["quote"] == {"state": "deleted", "quoted_status": None}


async def test_what_one_may_not_see_is_not_shown_in_a_quote(run, world, ada, bea):
    program = await run(ada)
    first = await program.post("/api/v1/statuses", status="for followers", visibility="private")
    made = await program.post("/api/v1/statuses", status="look", quoted_status_id=first["id"], visibility="private")
    assert made["quote"]["quoted_status"]["content"] == "<p>for followers</p>"
    assert (await program.refused("POST", "/api/v1/statuses", status="look", quoted_status_id=first["id"]))[0] == 403


async def test_an_author_says_who_may_quote_and_takes_it_back(run, world, ada, bea):
    mine, theirs = await run(ada), await run(bea)
    post = await mine.post("/api/v1/statuses", status="quote me", quote_approval_policy="public")
    made = await theirs.post("/api/v1/statuses", status="look", quoted_status_id=post["id"])
    assert (await theirs.refused("POST", f"/api/v1/statuses/{post['id']}/quotes/{made['id']}/revoke"))[0] == 403
    assert (await mine.post(f"/api/v1/statuses/{post['id']}/quotes/{made['id']}/revoke"))["quote"]["state"] == "revoked"
    assert await mine.get(f"/api/v1/statuses/{post['id']}/quotes") == []
    closed = await mine.put(f"/api/v1/statuses/{post['id']}/interaction_policy", quote_approval_policy="nobody")
    assert closed["quote_approval"]["automatic"] == []
    assert (await theirs.get(f"/api/v1/statuses/{post['id']}"))["quote_approval"]["current_user"] == "denied"
    assert (await theirs.refused("POST", "/api/v1/statuses", status="look", quoted_status_id=post["id"]))[0] == 403
    assert (await theirs.refused("PUT", f"/api/v1/statuses/{post['id']}/interaction_policy", quote_approval_policy="public"))[0] == 403
    assert (await mine.refused("PUT", f"/api/v1/statuses/{post['id']}/interaction_policy", quote_approval_policy="all"))[0] == 422
