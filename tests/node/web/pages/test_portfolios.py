"""The pages of portfolios and of their views."""

import re
from html import unescape
from io import BytesIO

import orjson
import pytest
from PIL import Image

from node.learning import persons, portfolio, reflections
from node.learning.reflections import Thought
from node.learning.reputation import compute, vouches_from_history
from node.social import communities, follows
from node.social.communities import Settings
from storage.records import PUBLIC
from tests import portfolios
from tests.node.learning import test_attribution
from tests.node.learning.test_portfolio import answer, award

LINK = re.compile(r"http://hedge\.test(/portfolio/[\w-]+)")


async def test_a_reader_sees_in_one_screen_what_somebody_can_do(world, surf, ada, bob):
    await award(world, bob, ada)
    await answer(world, bob, ada)
    page = (await (await surf()).get("/@ada/portfolio")).text
    for expected in ("What ada can do", ">Moss</a>", "2 pieces of evidence", "signed and valid", "issued by bob", 'property="og:title"'):
        assert expected in page
    assert "Seen from your network" not in page
    assert "/@ada/portfolio" in (await (await surf()).get("/@ada")).text


async def test_a_link_to_a_portfolio_is_shown_with_a_picture_of_it(world, surf, ada, bob):
    await award(world, bob, ada)
    stranger = await surf()
    assert 'og:image" content="http://hedge.test/@ada/portfolio.png"' in (await stranger.get("/@ada/portfolio")).text
    answered = await stranger.get("/@ada/portfolio.png")
    assert answered.headers["Content-Type"] == "image/png"
    with Image.open(BytesIO(answered.body)) as picture:
        assert picture.size == (1200, 630)
    empty = await stranger.get("/@bob/portfolio.png")
    assert empty.body != answered.body
    await portfolio.arrange(world.context, ada, "", [], is_hidden=True)
    assert (await stranger.get("/@ada/portfolio.png")).status == 404


async def test_a_member_sees_what_their_own_network_says_and_how_it_is_reckoned(world, surf, ada, bob):
    eve = await world.account("eve")
    await answer(world, bob, ada)
    browser = await surf(eve)
    assert "Nobody whom you follow leads to them" in (await browser.get("/@ada/portfolio")).text
    await follows.follow(world.context, eve, bob.id)
    page = (await browser.get("/@ada/portfolio")).text
    for expected in ("They stand 2 steps from you.", "85.0 % arrives here", "1 accepted answer", "How this is reckoned"):
        assert expected in page
    export = orjson.loads((await browser.get("/reputation.json")).text)
    again = compute(vouches_from_history(export["history"]), export["reader"], export["followed"], ada.uri)
    assert again.trust == pytest.approx(0.85)
    assert (await (await surf()).get("/reputation.json")).headers["Location"].startswith("/signin")


async def test_the_learner_arranges_it(world, surf, ada):
    first = await reflections.write(world.context, ada, Thought("First", visibility=PUBLIC))
    second = await reflections.write(world.context, ada, Thought("Second", visibility=PUBLIC))
    browser, stranger = await surf(ada), await surf()
    keys = [f"reflection:{post.id}" for post in (first, second)]
    rows = [pair for key in keys for pair in (("key", key), ("place", ""), ("note", "My <best>"))]
    assert (await browser.send("/portfolio", [("intro", "I look at mosses."), ("show", keys[0]), *rows])).status == 303
    page = (await stranger.get("/@ada/portfolio")).text
    assert "I look at mosses." in page
    assert "My &lt;best&gt;" in page
    assert "Second" not in page
    assert 'value="My &lt;best&gt;"' in (await browser.get("/portfolio")).text
    bad = await browser.send("/portfolio", [("intro", "x" * 1001), *rows])
    assert bad.status == 422
    await browser.send("/portfolio", [("hide_all", "1"), *rows])
    assert (await stranger.get("/@ada/portfolio")).status == 404
    assert (await browser.get("/@ada/portfolio")).status == 200


async def test_a_link_shows_a_chosen_part_to_who_has_it(world, surf, ada):
    private = await reflections.write(world.context, ada, Thought("Behind the *hedge*", "Among friends"))
    await reflections.write(world.context, ada, Thought("Secret", "Not chosen"))
    browser, stranger = await surf(ada), await surf()
    fields = {"title": "The academy", "last_day": "2026-12-01", "item": f"reflection:{private.id}"}
    made = await browser.send("/portfolio/views", fields)
    path = LINK.search(made.text)[1]
    assert path not in (await browser.get("/portfolio")).text
    seen = await stranger.get(path)
    for expected in ("Chosen for: The academy", "Among friends", "Behind the <em>hedge</em>", "noindex"):
        assert expected in seen.text
    for hidden in ("Secret", "Not chosen", f"/@ada/{private.id}"):
        assert hidden not in seen.text
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in seen.headers["Cache-Control"]
    document = orjson.loads((await stranger.get(f"{path}/reflection:{private.id}.json")).text)
    assert (document["name"], document["proof"]["cryptosuite"]) == ("Among friends", "eddsa-jcs-2022")
    assert (await stranger.get(f"{path}/reflection:7.json")).status == 404
    assert (await stranger.get("/portfolio/guessed")).status == 404
    assert (await browser.send("/portfolio/views", fields | {"title": ""})).status == 422
    view = re.search(r"/portfolio/views/(\d+)/revoke", (await browser.get("/portfolio")).text)[1]
    await browser.send(f"/portfolio/views/{view}/revoke")
    assert (await stranger.get(path)).status == 404
    assert (await stranger.get("/portfolio")).headers["Location"].startswith("/signin")


async def test_a_credential_that_is_not_public_goes_along_in_a_view(world, surf, ada, bob):
    given = await award(world, bob, ada, state="accepted")
    browser, stranger = await surf(ada), await surf()
    assert "Knows mosses" not in (await stranger.get("/@ada/portfolio")).text
    made = await browser.send("/portfolio/views", {"title": "The academy", "item": f"award:{given.id}"})
    path = LINK.search(made.text)[1]
    assert "Knows mosses" in (await stranger.get(path)).text
    credential = orjson.loads((await stranger.get(f"{path}/award:{given.id}.json")).text)
    assert credential["credentialSubject"]["achievement"]["name"] == "Knows mosses"


@pytest.fixture
async def cast(world, ada, bob):
    group = await communities.create(world.context, "toronto", Settings("University of Toronto"), [bob])
    return portfolios.Cast(ada, bob, group)


async def claims_of(browser, path="/@ada/portfolio"):
    """By sort, the claims as programs read them."""
    stated = orjson.loads((await browser.get(path, Accept="application/json")).text)["claims"]
    sorts = {title: sort for sort, title in portfolios.TITLES.items()}
    return {sorts[each["name"]]: each for each in stated}


async def test_programs_read_who_issued_each_claim_and_what_it_is_worth(world, surf, cast):
    await portfolios.fill(world.context, cast)
    found = await claims_of(await surf())
    assert {sort: (each["issuer"]["kind"], each["verdict"], each["result"], each["bound"]) for sort, each in found.items()} == {
        "own": ("self", "own", None, True),
        "person": ("person", "valid", None, True),
        "community": ("community", "valid", None, True),
        "missed": ("person", "valid", "0 of 100, not passed", True),
        "unchecked": ("unconfirmed", "unchecked", None, False),
        "unconfirmed": ("unconfirmed", "unknown_signer", None, False),
    }
    assert {sort: (each["issuer"]["name"], each["issuer"]["domain"]) for sort, each in found.items() if each["bound"]} == {
        "own": ("ada", "hedge.test"),
        "person": ("bob", "hedge.test"),
        "community": ("University of Toronto", "hedge.test"),
        "missed": ("bob", "hedge.test"),
    }
    assert {sort for sort, each in found.items() if each["weight"] == 0} == {"missed", "unchecked", "unconfirmed"}
    mine = await claims_of(await surf(cast.owner))
    assert {sort: mine[sort]["verdict"] for sort in portfolios.HIDDEN} == {"forged": "forged", "revoked": "revoked"}


async def test_what_is_forged_or_revoked_stands_on_no_page_that_others_see(world, surf, cast):
    made = await portfolios.fill(world.context, cast)
    owner, stranger = await surf(cast.owner), await surf()
    keys = [("title", "The academy"), *(("item", f"award:{each.id}") for each in made.values())]
    view = LINK.search((await owner.send("/portfolio/views", keys)).text)[1]
    for path in ("/@ada/portfolio", "/@ada/achievements", view):
        page = (await stranger.get(path)).text
        assert [sort for sort, title in portfolios.TITLES.items() if title not in page] == list(portfolios.HIDDEN), path
    page = (await owner.get("/@ada/portfolio")).text
    assert [sort for sort, title in portfolios.TITLES.items() if title not in page] == []
    assert portfolios.REASON in page
    assert "Only you see these" in page
    gone = await stranger.get(f"/@bob/achievements/{made['revoked'].id}")
    assert gone.status == 200
    assert f"Revoked on 23 Nov 2026: {portfolios.REASON}" in re.sub(r"\s+", " ", gone.text)
    assert "Come and work" not in gone.text
    assert (await stranger.get(f"/@ada/achievements/{made['forged'].id}")).status == 404
    assert (await owner.get(f"/@ada/achievements/{made['forged'].id}")).status == 200
    for ending in (".png", ".svg", "/credential.json", "/verdict"):
        assert (await stranger.get(f"/@ada/achievements/{made['forged'].id}{ending}")).status == 404


async def test_nothing_but_what_is_valid_has_a_tick_or_the_word(world, surf, cast):
    await portfolios.fill(world.context, cast)
    for browser in (await surf(cast.owner), await surf()):
        page = (await browser.get("/@ada/portfolio")).text
        marks = re.findall(r'<span class="mark tone-(\w+)"><span aria-hidden="true">(.)</span> <bdi>([^<]*)</bdi>', page)
        assert marks
        assert {(tone, sign) for tone, sign, said in marks if "alid" in said} == {("good", "✓"), ("quiet", "•")}  # the test not passed
        assert [said for tone, sign, said in marks if (tone == "good" or sign == "✓") and not said.startswith("Valid: issued by")] == []
        assert "Recorded by ada themselves · nobody else confirms it yet" in page
        assert "Claims to be from “University of Everything” university.example; not confirmed" in page


PATHS = re.compile(r'<a [^>]*href="(/[^"#]*)"')


@pytest.mark.parametrize("is_owner", [True, False])
async def test_every_link_of_a_portfolio_and_of_a_view_opens(world, surf, cast, is_owner):
    made = await portfolios.fill(world.context, cast)
    sue = await world.stranger("sue")
    subject = await world.context.database.read(persons.subject_of, cast.owner)
    remote = test_attribution.signed(sue.proof_signer, subject, sue.uri, f"{sue.uri}/achievements/1")
    await test_attribution.post(world, sue, remote, to=(cast.owner.uri, "https://www.w3.org/ns/activitystreams#Public"))
    await world.work()
    owner, browser = await surf(cast.owner), await surf(*([cast.owner] if is_owner else []))
    await answer(world, cast.teacher, cast.owner)
    assert "Master of everything" in (await browser.get("/@ada/portfolio")).text
    items = [("item", f"award:{each.id}") for each in made.values()]
    view = LINK.search((await owner.send("/portfolio/views", [("title", "x"), *items])).text)[1]
    for path in ("/@ada/portfolio", "/@ada/achievements", view):
        main = (await browser.get(path)).text.partition("<main")[2].partition("</main>")[0]
        links = {unescape(each) for each in PATHS.findall(main)}
        printed = {each.removeprefix("http://hedge.test") for each in re.findall(r'<span class="address">([^<]+)</span>', main)}
        assert len(links) > 5
        assert {each for each in links | printed if (await browser.get(each)).status not in (200, 303)} == set(), path
