"""The pages of guardians and their wards."""

import pytest

from node.social import follows, supervising
from storage import follows as kept_follows

FORM = {"name": "kit", "display_name": "Kit", "password": "hedges grow slowly"}


@pytest.fixture
async def ada(world):
    return await world.account("ada", role="owner")


async def test_a_guardian_makes_an_account_and_agrees_to_what_it_wants(world, surf, ada):
    eve = await world.account("eve")
    browser = await surf(ada)
    address = (await browser.send("/wards", FORM)).headers["Location"]
    assert "Nothing waits." in (await browser.get(address)).text
    kit = await world.context.database.read(supervising.get_ward, ada, int(address.rpartition("/")[2]))
    theirs = await surf(kit)
    await theirs.send("/follow", {"who": "@eve"})
    assert "wants to follow" in (await theirs.get("/wishes")).text
    assert "1 waits" in (await browser.get("/wards")).text
    assert address in (await browser.get("/notifications")).text
    page = (await browser.get(address)).text
    wish = page.partition('name="wish" value="')[2].partition('"')[0]
    await browser.send(f"{address}/agree", {"wish": wish})
    assert await world.context.database.read(kept_follows.is_following, kit.id, eve.id)
    page = (await browser.get(address)).text
    assert "End it: eve" in page
    await browser.send(f"{address}/unfollow", {"account": str(eve.id)})
    assert not await world.context.database.read(kept_follows.is_following, kit.id, eve.id)


async def test_consent_is_withdrawn_and_given_again_and_the_account_handed_over(world, surf, ada):
    kit = await supervising.make_ward(world.context, ada, "kit", "Kit", FORM["password"])
    browser, address = await surf(ada), f"/wards/{kit.id}"
    await browser.send(f"{address}/withdraw-consent")
    assert (await (await surf()).get("/@kit")).status == 404
    assert "I consent to this account" in (await browser.get(address)).text
    await browser.send(f"{address}/consent")
    assert (await (await surf()).get("/@kit")).status == 200
    assert (await browser.send(f"{address}/hand-over")).status == 422
    assert (await browser.send(f"{address}/hand-over", {"sure": "1"})).headers["Location"] == "/wards"
    assert (await browser.get(address)).status == 404


async def test_nobody_else_looks_after_a_ward(world, surf, ada):
    kit = await supervising.make_ward(world.context, ada, "kit", "Kit", FORM["password"])
    eve = await world.account("eve")
    browser, theirs = await surf(eve), await surf(kit)
    for other in (browser, theirs):
        assert (await other.get(f"/wards/{kit.id}")).status == 404
        assert (await other.send(f"/wards/{kit.id}/hand-over", {"sure": "1"})).status == 404
        assert (await other.send("/wards", FORM | {"name": "pip"})).status == 403
    assert (await (await surf()).get("/wards")).headers["Location"].startswith("/signin")


async def test_a_wards_page_tells_strangers_little(world, surf, ada):
    kit = await supervising.make_ward(world.context, ada, "kit", "Kit", FORM["password"])
    await world.post(kit, "Among friends")
    await follows.follow(world.context, kit, ada.id)
    page = (await (await surf()).get("/@kit")).text
    assert "A guardian looks after this account." in page
    assert "Among friends" not in page
    assert "noindex" in page
    for path in ("/@kit/followers", "/@kit/following", "/@kit/network", "/@kit.atom"):
        assert (await (await surf()).get(path)).status == 404
