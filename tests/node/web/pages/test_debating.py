"""The page that shows a thread as an argument."""

import re

from storage.records import PRIVATE


async def test_a_reply_takes_a_role_and_the_argument_shows_it(world, surf):
    ada, bob = await world.account("ada"), await world.account("bob")
    root = await world.post(ada, "Mosses feel")
    browser = await surf(bob)
    thread = await browser.get(f"/@ada/{root.id}")
    assert 'name="role"' in thread.text
    await browser.send("/compose", {"text": "No <nerves>", "reply_to": str(root.id), "role": "counter"})
    await browser.send("/compose", {"text": "Hm", "reply_to": str(root.id), "role": "nonsense"})
    thread = await browser.get(f"/@ada/{root.id}")
    assert 'class="mark role counter"' in thread.text
    assert f'href="/@ada/{root.id}/argument"' in thread.text
    page = await (await surf()).get(f"/@ada/{root.id}/argument")
    assert page.status == 200
    assert len(re.findall(r"<rect ", page.text)) == 3
    assert "counter-argument: 1" in page.text
    assert "&lt;nerves&gt;" in page.text
    assert 'aria-labelledby="svg-title svg-desc"' in page.text
    assert "style=" not in page.text


async def test_an_argument_that_is_not_for_the_visitor_is_not_there(world, surf):
    ada = await world.account("ada")
    await world.account("bob")
    hidden = await world.post(ada, "Mine", visibility=PRIVATE)
    shown = await world.post(ada, "Ours")
    browser = await surf()
    assert (await browser.get(f"/@ada/{hidden.id}/argument")).status == 404
    assert (await browser.get(f"/@bob/{shown.id}/argument")).status == 404


async def test_what_begins_a_thread_has_no_role(world, surf):
    ada = await world.account("ada")
    browser = await surf(ada)
    assert 'name="role"' not in (await browser.get("/compose")).text
    await browser.send("/compose", {"text": "Alone", "role": "claim"})
    assert 'class="mark role' not in (await browser.get("/@ada")).text
