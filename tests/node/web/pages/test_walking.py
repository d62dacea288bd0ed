"""The pages of paths."""

from node.learning import paths
from node.learning.paths import PathDraft
from node.social import communities
from storage.records import DIRECT
from tests.node.learning.test_paths import DRAFT, STEPS

COLUMNS = ("step_title", "step_link", "step_minutes", "step_evidence", "step_kind")
ROWS = [("Look", "https://moss.example/", "10", "a picture", ""), ("Draw", "", "", "", "optional"), ("", "", "", "", "")]
FORM = [("title", "Mosses"), ("about", "Moss"), *[(name, row[at]) for row in ROWS for at, name in enumerate(COLUMNS)]]


async def test_a_path_is_laid_out_with_as_many_steps_as_wanted(world, surf):
    browser = await surf(await world.account("ada"))
    assert (await browser.get("/paths/new")).text.count('name="step_title"') == 3
    more = await browser.send("/paths/new", [*FORM, ("more", "1")])
    assert more.text.count('name="step_title"') == 3
    assert 'value="Draw"' in more.text
    sent = await browser.send("/paths/new", FORM)
    page = (await (await surf()).get(sent.headers["Location"])).text
    assert "Look" in page
    assert "To show: a picture" in page
    assert "optional" in page
    post_id = sent.headers["Location"].split("/")[2]
    assert 'value="https://moss.example/"' in (await browser.get(f"/paths/{post_id}/edit")).text
    changed = await browser.send(f"/paths/{post_id}/edit", [("title", "Ferns"), *FORM[1:]])
    assert "Ferns" in (await browser.get(changed.headers["Location"])).text
    assert "Ferns" in (await browser.get("/paths")).text
    assert (await browser.send("/paths/new", {"title": "Empty"})).status == 422


async def test_a_learner_walks_it(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    path = await paths.write_path(world.context, ada, DRAFT)
    browser, address = await surf(bob), f"/@ada/{path.id}/path"
    assert "Mark as done" not in (await browser.get(address)).text
    assert (await browser.send(f"/paths/{path.id}/start")).headers["Location"] == address
    await browser.send(f"/paths/{path.id}/do", {"step": "0", "text": "Wet", "visibility": "2", "evidence": "https://bob.example/"})
    page = (await browser.get(address)).text
    assert "1 of 2 steps" in page
    assert "your reflection" in page
    assert "your evidence" in page
    assert "your evidence" not in (await (await surf()).get(address)).text
    assert "You are on" in (await browser.get("/paths")).text
    await browser.send(f"/paths/{path.id}/undo", {"step": "0"})
    assert "0 of 2 steps" in (await browser.get(address)).text
    await browser.send(f"/paths/{path.id}/leave")
    assert "0 of 2 steps" not in (await browser.get(address)).text


async def test_refusals(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    path = await paths.write_path(world.context, ada, DRAFT)
    hidden = await paths.write_path(world.context, ada, PathDraft("Mine", "", STEPS, visibility=DIRECT))
    browser, stranger = await surf(bob), await surf()
    bad = await browser.send(f"/paths/{path.id}/do", {"step": "0", "evidence": "nowhere"})
    assert (bad.status, "Give the address of your evidence" in bad.text) == (422, True)
    assert (await browser.send(f"/paths/{path.id}/fly")).status == 404
    assert (await browser.get(f"/@ada/{hidden.id}/path")).status == 404
    assert (await browser.get(f"/@bob/{path.id}/path")).status == 404
    assert (await browser.send(f"/paths/{hidden.id}/start")).status == 404
    assert (await browser.get(f"/paths/{path.id}/edit")).status == 403
    assert (await browser.send(f"/paths/{path.id}/offer", {"community": str(ada.id)})).status == 404
    assert "Mine" not in (await stranger.get("/paths")).text
    assert (await stranger.send(f"/paths/{path.id}/start")).headers["Location"].startswith("/signin")


async def test_a_community_offers_newcomers_a_path_on_its_page(world, surf):
    ada = await world.account("ada")
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])
    path = await paths.write_path(world.context, ada, DRAFT)
    browser, stranger = await surf(ada), await surf()
    assert "Offer it to newcomers of" in (await browser.get(f"/@ada/{path.id}/path")).text
    assert "Offer it to newcomers of" not in (await stranger.get(f"/@ada/{path.id}/path")).text
    assert (await browser.send(f"/paths/{path.id}/offer", {"community": str(garden.id)})).status == 303
    page = (await stranger.get("/@garden")).text
    assert "New here?" in page
    assert f"/resources?community={garden.id}" in page
    assert f"/ask?community={garden.id}" not in page
    assert f"/ask?community={garden.id}" in (await browser.get("/@garden")).text
    await browser.send(f"/paths/{path.id}/offer", {"community": str(garden.id), "stop": "1"})
    assert "New here?" not in (await stranger.get("/@garden")).text
