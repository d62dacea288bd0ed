"""The pages of goals."""

from node.learning import goals, paths
from node.learning.goals import Aim
from node.social import follows
from storage.records import PUBLIC
from tests.node.learning.test_paths import DRAFT

FORM = {"text": "Know ten mosses\n\nThey are everywhere.", "about": "Moss", "due": "2027-03-01", "visibility": "3"}


async def test_a_goal_is_set_seen_and_changed_by_its_learner_alone(world, surf):
    browser, stranger = await surf(await world.account("ada")), await surf()
    assert "What would you like to be able to do?" in (await browser.get("/goals")).text
    sent = await browser.send("/goals/new", FORM)
    address = sent.headers["Location"]
    page = (await browser.get(address)).text
    assert "Know ten mosses" in page
    assert "0 of 1 competencies shown" in page
    assert "by 2027-03-01" in page
    assert "Know ten mosses" in (await browser.get("/goals")).text
    assert (await stranger.get(address)).status == 404
    assert (await stranger.get("/goals")).headers["Location"].startswith("/signin")
    assert 'value="2027-03-01"' in (await browser.get(f"{address}/edit")).text
    await browser.send(f"{address}/edit", FORM | {"text": "Know twenty", "status": "paused"})
    page = (await browser.get(address)).text
    assert "Know twenty" in page
    assert 'class="mark goal paused"' in page
    await browser.send(f"{address}/status", {"status": "reached"})
    assert 'class="mark goal reached"' in (await browser.get(address)).text


async def test_what_cannot_be_used_loses_nothing(world, surf):
    browser = await surf(await world.account("ada"))
    bad = await browser.send("/goals/new", FORM | {"due": "soon"})
    assert (bad.status, "Give the day as YYYY-MM-DD." in bad.text, "Know ten mosses" in bad.text) == (422, True, True)


async def test_a_path_is_linked_and_taken_out_again(world, surf):
    ada = await world.account("ada")
    path = await paths.write_path(world.context, ada, DRAFT)
    goal = await goals.set_goal(world.context, ada, Aim("Moss"))
    browser, address = await surf(ada), f"/goals/{goal.id}"
    await browser.send(f"{address}/link", {"address": path.url})
    assert "0 of 2 steps" in (await browser.get(address)).text
    assert (await browser.send(f"{address}/link", {"address": "nowhere"})).status == 422
    await browser.send(f"{address}/unlink", {"post": str(path.id)})
    assert "0 of 2 steps" not in (await browser.get(address)).text
    assert (await browser.send(f"{address}/fly")).status == 404


async def test_a_goal_that_is_shown_says_so_on_its_post(world, surf):
    ada = await world.account("ada")
    goal = await goals.set_goal(world.context, ada, Aim("Moss", "Moss", visibility=PUBLIC))
    stranger = await surf()
    assert f'href="/goals/{goal.id}"' in (await stranger.get(f"/@ada/{goal.id}")).text
    page = (await stranger.get(f"/goals/{goal.id}")).text
    assert "A goal of" in page
    assert "Link it" not in page


async def test_the_network_is_looked_at_by_goals(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    browser = await surf(ada)
    assert "Set yourself a goal first." in (await browser.get("/goals/network")).text
    await goals.set_goal(world.context, ada, Aim("Know mosses", "Moss, Ferns"))
    await world.post(bob, "Look #moss")
    page = (await browser.get("/goals/network")).text
    for expected in ("Whom you could follow", "1 post under #Moss", f"/accounts/{bob.id}/follow", "Nobody whom you follow brings anything"):
        assert expected in page
    await follows.follow(world.context, ada, bob.id)
    assert "Who brings something" in (await browser.get("/goals/network")).text
    assert "/goals/network" in (await browser.get("/goals")).text
