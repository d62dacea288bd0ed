"""The pages of reflections, and of what a post said before."""

from node.learning import goals, paths, reflections
from node.learning.goals import Aim
from node.learning.reflections import Thought
from storage.records import PUBLIC
from tests.node.learning.test_paths import DRAFT

FORM = {"title": "Moss", "text": "They *drink* with their leaves", "prompt": "What surprised me?", "visibility": "3"}


async def test_it_is_written_from_a_prompt_and_shared_later(world, surf):
    ada = await world.account("ada")
    goal = await goals.set_goal(world.context, ada, Aim("Know mosses"))
    browser, stranger = await surf(ada), await surf()
    form = (await browser.get(f"/reflect?goal={goal.id}&prompt=What+surprised+me%3F")).text
    assert 'value="What surprised me?"' in form
    assert f'<option value="{goal.id}" selected>' in form
    sent = await browser.send("/reflect", FORM | {"goal": str(goal.id)})
    address = sent.headers["Location"]
    assert "<em>drink</em>" in (await browser.get(address)).text
    assert (await stranger.get(address)).status == 404
    assert "for you alone" in (await browser.get("/reflections")).text
    post_id = address.split("/")[2]
    await browser.send(f"/reflections/{post_id}/share", {"visibility": "0"})
    assert "What surprised me?" in (await stranger.get(address)).text
    assert f"/goals/{goal.id}" not in (await stranger.get(address)).text


async def test_drafts_are_kept_taken_up_again_and_thrown_away(world, surf):
    browser = await surf(await world.account("ada"))
    assert (await browser.send("/reflect", FORM | {"keep": "1"})).headers["Location"] == "/reflections"
    page = (await browser.get("/reflections")).text
    draft_id = page.partition("/reflect?draft=")[2].partition('"')[0]
    form = (await browser.get(f"/reflect?draft={draft_id}")).text
    assert "They *drink* with their leaves" in form
    assert f'name="draft" value="{draft_id}"' in form
    await browser.send(f"/reflections/drafts/{draft_id}/drop")
    assert "/reflect?draft=" not in (await browser.get("/reflections")).text


async def test_what_cannot_be_used_loses_nothing(world, surf):
    browser = await surf(await world.account("ada"))
    bad = await browser.send("/reflect", FORM | {"resource": "nowhere"})
    assert (bad.status, "They *drink*" in bad.text) == (422, True)
    assert "Drafts" not in (await browser.get("/reflections")).text


async def test_a_step_is_done_with_more_words(world, surf):
    ada = await world.account("ada")
    path = await paths.write_path(world.context, ada, DRAFT)
    browser = await surf(ada)
    await browser.send(f"/paths/{path.id}/start")
    assert f"/reflect?path={path.id}&amp;step=1" in (await browser.get(f"/@ada/{path.id}/path")).text
    await browser.send("/reflect", FORM | {"path": str(path.id), "step": "1"})
    assert "1 of 2 steps" in (await browser.get(f"/@ada/{path.id}/path")).text


async def test_its_history_shows_what_it_said_to_whom_it_said_it(world, surf, clock):
    ada = await world.account("ada")
    post = await reflections.write(world.context, ada, Thought("I was afraid"))
    clock.go(minutes=1)
    await reflections.share(world.context, ada, post.id, PUBLIC)
    clock.go(minutes=1)
    browser, stranger = await surf(ada), await surf()
    assert 'name="text"' in (await browser.get(f"/reflections/{post.id}/edit")).text
    await browser.send(f"/reflections/{post.id}/edit", {"text": "I was bold"})
    await reflections.change(world.context, ada, post.id, Thought("I was bolder", visibility=PUBLIC))
    page = (await stranger.get(f"/@ada/{post.id}/history")).text
    assert page.index("I was bolder") < page.index("I was bold<")
    assert f"/@ada/{post.id}/history" in (await stranger.get(f"/@ada/{post.id}")).text
    hidden = await reflections.write(world.context, ada, Thought("Mine"))
    assert (await stranger.get(f"/@ada/{hidden.id}/history")).status == 404
