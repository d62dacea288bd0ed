"""The pages of achievements: what each visitor may see and do, and credentials for machines at the same address."""

import re

import orjson
import pytest
from aiohttp import FormData

from federation.baking import credential_in
from node.learning import answering, awarding, badges
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from tests import buckets
from tests.node.learning.test_archives import PASSPHRASE


@pytest.fixture
async def people(world):
    return [await world.account(name) for name in ("ada", "bo", "cleo")]


@pytest.fixture
async def given(world, people):
    ada, bo, _ = people
    badge = await badges.define(world.context, ada, BadgeDraft("Knows <mosses>", "Ten of them.", about="Moss"))
    return await awarding.award(world.context, ada, Gift(badge.id, bo.id, "Well done"))


async def test_an_offer_is_seen_by_two_and_by_everybody_once_it_is_accepted_so(world, surf, people, given):
    address = f"/@ada/achievements/{given.id}"
    browsers = [await surf(person) for person in people] + [await surf()]
    assert [(await browser.get(address)).status for browser in browsers] == [200, 200, 404, 404]
    stranger, bo = browsers[3], browsers[1]
    for ending in (".png", ".svg", "/credential.json", "/verdict"):
        assert (await stranger.get(address + ending)).status == 404
    assert (await bo.send(f"/achievements/{given.id}/answer", {"state": "public"})).status == 303
    page = await stranger.get(address)
    assert "Knows &lt;mosses&gt;" in page.text
    assert 'og:image" content="http://hedge.test/@ada/achievements/' in page.text
    assert (await stranger.get(address.replace("@ada", "@bo"))).status == 200  # where a portfolio links to
    assert (await stranger.get(address.replace("@ada", "@cleo"))).status == 404
    answer = await stranger.client.get(address, headers={"Accept": "application/ld+json"})
    assert (answer.headers["Content-Type"], await answer.text()) == ("application/ld+json; charset=utf-8", given.credential)
    for ending in (".png", ".svg"):
        picture = await (await stranger.client.get(address + ending)).read()
        assert credential_in(picture).decode() == given.credential
    assert orjson.loads((await stranger.get(address + "/verdict")).text)["outcome"] == "pass"


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_the_addresses_inside_of_a_credential_answer(world, surf, people, given):
    await answering.answer(world.context, people[1], given.id, "public")
    stranger = await surf()
    document = orjson.loads(given.credential)
    status, achievement = document["credentialStatus"], document["credentialSubject"]["achievement"]
    for url in (document["id"], achievement["id"], achievement["image"]["id"], status["statusListCredential"]):
        answer = await stranger.client.get(url.removeprefix("http://hedge.test"), headers={"Accept": "application/ld+json"})
        assert answer.status == 200, url
    page = await stranger.get(achievement["id"].removeprefix("http://hedge.test"))
    assert (page.status, page.headers["Location"].startswith("/@ada/badges/")) == (303, True)


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_forms_define_give_vouch_and_revoke(surf, people):
    ada, bo, cleo = [await surf(person) for person in people]
    made = await ada.send("/badges/new", {"name": "Ties knots", "kind": "Badge"})
    badge = re.search(r"\d+", made.headers["Location"])[0]
    assert (await bo.send(f"/badges/{badge}/award", {"to": "@cleo"})).status == 403
    assert (await ada.send(f"/badges/{badge}/award", {"to": "@nobody"})).status == 422
    sent = await ada.send(
        f"/badges/{badge}/award", {"to": "@bo", "evidence": "https://knots.example/1", "outcome": "Bowline", "value": "5"}
    )
    award = re.search(r"achievements/(\d+)", sent.headers["Location"])[1]
    await bo.send(f"/achievements/{award}/answer", {"state": "public"})
    assert (await cleo.send(f"/achievements/{award}/endorse", {"comment": ""})).status == 422
    assert (await cleo.send(f"/achievements/{award}/endorse", {"comment": "Very good knots"})).status == 303
    assert "Very good knots" in (await bo.get(f"/@ada/achievements/{award}")).text
    assert (await bo.send(f"/achievements/{award}/revoke", {"reason": "x"})).status == 403
    await ada.send(f"/achievements/{award}/revoke", {"reason": "Granny knots"})
    assert "Granny knots" in (await cleo.get(f"/@ada/achievements/{award}")).text
    assert "Ties knots" not in (await cleo.get("/@bo/achievements")).text
    assert "Granny knots" in (await bo.get("/achievements")).text


async def test_anybody_may_have_a_credential_verified(surf, given):
    stranger = await surf()
    assert "Valid: issued by ada" in (await stranger.send("/verify", {"credential": given.credential})).text
    changed = given.credential.replace("Well done", "Well gone")
    assert "Changed or forged" in (await stranger.send("/verify", {"credential": changed})).text
    assert (await stranger.send("/verify", {"credential": "nonsense"})).status == 422
    answer = await stranger.send("/verify", {"credential": given.credential}, Accept="application/json")
    outcomes = {part["part"]: part["outcome"] for part in orjson.loads(answer.text)["parts"]}
    assert outcomes.pop("recipient") == "unknown"  # nobody says who shows it
    assert set(outcomes.values()) == {"pass"}


@pytest.mark.parametrize("media_store", buckets.STORES)
async def test_an_archive_is_written_watched_saved_and_brought(world, surf, people, given):
    ada, bo, cleo = [await surf(person) for person in people]
    assert (await bo.send("/settings/archive", {"passphrase": "short"})).status == 422
    assert (await bo.send("/settings/archive", {"passphrase": PASSPHRASE})).status == 303
    assert 'http-equiv="refresh"' in (await bo.get("/settings/archive")).text
    await world.work()
    page = (await bo.get("/settings/archive")).text
    assert 'http-equiv="refresh"' not in page
    link = re.search(r"/settings/archive/\d+\.zip", page)[0]
    assert (await ada.get(link)).status == 404
    body = await (await bo.client.get(link)).read()
    token = re.search(r'name="csrf" value="([^"]+)"', (await cleo.get("/")).text)[1]
    for passphrase, status in (("wrong one", 422), (PASSPHRASE, 303)):
        form = FormData({"csrf": token, "passphrase": passphrase})
        form.add_field("file", body, filename="bo.zip")
        assert (await cleo.send_raw("/settings/archive/bring", form)).status == status
    await world.work()
    assert "Everything that it held is here" in (await cleo.get("/settings/archive")).text
    assert "Knows &lt;mosses&gt;" in (await bo.get("/achievements")).text  # as long as Bo is here, it is Bo's
