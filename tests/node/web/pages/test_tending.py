"""What only those who look after the node may do; and where a post is, for its author."""

import re

import pytest

PLACES = ("/admin/queue", "/admin/blocks", "/admin/reports")


@pytest.mark.parametrize("path", PLACES)
async def test_only_moderators_see_it(world, surf, path):
    member, moderator = await world.account("ada"), await world.account("mo", role="moderator")
    assert (await (await surf()).get(path)).headers["Location"].startswith("/signin")
    assert (await (await surf(member)).get(path)).status == 403
    assert (await (await surf(moderator)).get(path)).status == 200


async def test_only_moderators_block_servers(world, surf):
    member, owner = await world.account("ada"), await world.account("mo", role="owner")
    fields = {"domain": "Spam.Example.", "severity": "suspend", "comment": "Advertisements"}
    assert (await (await surf(member)).send("/admin/blocks", fields)).status == 403
    keeper = await surf(owner)
    assert "spam.example" not in (await keeper.get("/admin/blocks")).text
    await keeper.send("/admin/blocks", fields)
    assert "<strong>spam.example</strong>" in (await keeper.get("/admin/blocks")).text
    assert (await keeper.send("/admin/blocks", {**fields, "domain": "https://["})).status == 422
    await keeper.send("/admin/blocks/remove", {"value": "spam.example"})
    assert "spam.example" not in (await keeper.get("/admin/blocks")).text


async def test_an_author_sees_where_a_post_is_and_nobody_else_does(world, surf, elsewhere):
    ada, bea = await world.account("ada"), await world.account("bea")
    mira = await world.stranger("mira")
    await world.receive(mira.activity("Follow", ada.uri), mira)
    post = await world.post(ada, "Hello")
    text = (await (await surf(ada)).get(f"/@ada/{post.id}/deliveries")).text
    assert f'<p class="host">{elsewhere.origin.removeprefix("http://")}</p>' in text
    assert "Create · 0 tries" in text
    assert "on its way" in text
    assert (await (await surf(bea)).get(f"/@ada/{post.id}/deliveries")).status == 403
    assert (await (await surf()).get(f"/@ada/{post.id}/deliveries")).status == 303


async def test_a_report_reaches_those_who_look_after_the_node(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    owner = await world.account("mo", role="owner")
    post = await world.post(bea, "Rude words")
    await (await surf(ada)).send(f"/accounts/{bea.id}/report", {"post": str(post.id), "comment": "Please look"})
    keeper = await surf(owner)
    assert "has been reported" in (await keeper.get("/notifications")).text
    text = (await keeper.get("/admin/reports")).text
    assert "Please look" in text
    assert post.uri in text


async def test_others_posts_cannot_be_edited_deleted_or_pinned(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    post = await world.post(ada, "Mine")
    browser = await surf(bea)
    for path in (f"/@ada/{post.id}/edit", f"/@ada/{post.id}/delete"):
        assert (await browser.get(path)).status == 403
        assert (await browser.send(path, {"text": "Yours"})).status == 403
    assert (await browser.send(f"/posts/{post.id}/pin")).status == 403
    assert "Mine" in (await browser.get(f"/@ada/{post.id}")).text


async def test_a_new_password_signs_other_browsers_out(world, surf):
    ada = await world.account("ada", password="hedges grow slowly")
    here, there = await surf(ada), await surf(ada)
    wrong = {"current": "not it", "password": "another fine one"}
    assert (await here.send("/settings/password", wrong)).status == 422
    assert (await here.send("/settings/password", {"current": "hedges grow slowly", "password": "short"})).status == 422
    assert (await here.send("/settings/password", {**wrong, "current": "hedges grow slowly"})).status == 303
    assert (await here.get("/settings")).status == 200
    assert (await there.get("/settings")).status == 303


async def test_a_token_is_shown_once_and_can_be_revoked(world, surf):
    ada = await world.account("ada")
    browser = await surf(ada)
    made = await browser.send("/settings/tokens", [("app", "Notebook"), ("scope", "read")])
    assert '<code class="secret">' in made.text
    later = (await browser.get("/settings")).text
    assert '<code class="secret">' not in later
    assert "Notebook" in later
    token_id = later.split("/settings/tokens/")[1].split("/revoke")[0]
    await browser.send(f"/settings/tokens/{token_id}/revoke")
    assert "Notebook" not in (await browser.get("/settings")).text


async def test_moderators_mark_reports_as_done_and_nobody_else(world, surf):
    ada, owner = await world.account("ada"), await world.account("mo", role="owner")
    await (await surf(ada)).send(f"/accounts/{owner.id}/report", {"comment": "Please look"})
    keeper = await surf(owner)
    path = re.search(r"/admin/reports/\d+/resolve", (await keeper.get("/admin/reports")).text)[0]
    assert (await (await surf(ada)).send(path)).status == 403
    assert (await keeper.send_raw(path, {"csrf": "wrong"})).status == 403
    assert path in (await keeper.get("/admin/reports")).text
    assert (await keeper.send(path)).status == 303
    assert path not in (await keeper.get("/admin/reports")).text
    assert (await keeper.send(path)).status == 404
