"""The home timeline as bytes: what differs between two viewers, and what does not."""

import re

from node.learning import paths
from node.social import communities, follows
from tests.node.learning.test_paths import DRAFT


async def test_a_stranger_sees_the_front_page_without_buttons(world, surf):
    ada = await world.account("ada")
    await world.post(ada, "Prime numbers, explained")
    seen = await (await surf()).get("/")
    assert seen.status == 200
    assert "Prime numbers, explained" in seen.text
    assert "<button" not in seen.text


async def test_a_member_sees_what_they_follow_and_can_act(world, surf):
    ada = await world.account("ada")
    post = await world.post(ada, "Prime numbers, explained")
    seen = await (await surf(ada)).get("/")
    assert f'formaction="/posts/{post.id}/like" aria-pressed="false"' in seen.text
    assert f"/@ada/{post.id}/delete" in seen.text


async def test_the_second_view_of_a_post_comes_from_memory_and_knows_its_viewer(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    post = await world.post(ada, "Prime numbers, explained")
    first, second = await surf(ada), await surf(bea)
    await first.get("/@ada")
    kept = len(world.context.caches.fragments)
    await second.send(f"/posts/{post.id}/like", {"back": "/@ada"})
    seen = await second.get("/@ada")
    assert f'/posts/{post.id}/unlike" aria-pressed="true"' in seen.text
    assert f"/@ada/{post.id}/delete" not in seen.text
    assert "Mute" in seen.text
    assert len(world.context.caches.fragments) <= kept + 1  # only bea's own frame is new
    assert f'/posts/{post.id}/like" aria-pressed="false"' in (await first.get("/@ada")).text


async def test_an_edit_shows_at_once(world, surf):
    ada = await world.account("ada")
    browser = await surf(ada)
    post = await world.post(ada, "A tpyo")
    assert "A tpyo" in (await browser.get("/")).text
    await browser.send(f"/@ada/{post.id}/edit", {"text": "A typo"})
    text = (await browser.get("/")).text
    assert "A tpyo" not in text
    assert "A typo" in text


async def test_a_new_name_shows_on_old_posts(world, surf):
    ada = await world.account("ada", display_name="Ada")
    browser = await surf(ada)
    await world.post(ada, "Hello")
    await browser.get("/")
    await browser.send("/settings/profile", {"display_name": "Ada Byron"})
    assert "<bdi>Ada Byron</bdi>" in (await browser.get("/")).text


async def test_a_post_that_several_boosted_stands_there_once(world, surf, clock):
    ada, bea, chidi = [await world.account(name) for name in ("ada", "bea", "chidi")]
    reader = await surf(ada)
    for name in ("bea", "chidi"):
        await reader.send("/follow", {"who": f"@{name}"})
    post = await world.post(bea, "Mosses are slow")
    clock.go(minutes=1)
    await (await surf(chidi)).send(f"/posts/{post.id}/boost")
    text = (await reader.get("/")).text
    assert text.count(f'id="p{post.id}"') == 1
    assert ">chidi</bdi></a> has boosted" in text


async def test_older_posts_are_a_link_away(world, surf, clock):
    ada = await world.account("ada")
    browser = await surf(ada)
    for number in range(25):
        clock.go(minutes=1)
        await world.post(ada, f"Note {number:02}")
    first = await browser.get("/")
    assert "Note 24" in first.text
    assert "Note 04" not in first.text
    older = re.search(r'href="(/\?before=\d+)" rel="next"', first.text)
    assert older
    second = await browser.get(older[1])
    assert "Note 04" in second.text
    assert "Note 05" not in second.text
    assert 'rel="next"' not in second.text


async def test_unread_news_is_counted_beside_its_link(world, surf):
    ada, bea = await world.account("ada"), await world.account("bea")
    browser = await surf(ada)
    await browser.get("/")
    await (await surf(bea)).send("/follow", {"who": "@ada"})
    assert '<span class="badge">' in (await browser.get("/")).text
    assert "follows you now" in (await browser.get("/notifications")).text
    assert '<span class="badge">' not in (await browser.get("/")).text


async def test_the_frame_has_its_five_holes(world, surf):
    ada = await world.account("ada")
    await (await surf(ada)).get("/")
    frames = [value for key, value in world.context.caches.fragments._items.items() if key[0] == "home"]
    assert [len(frame) for frame in frames] == [6]


async def test_a_guided_learner_sees_paths_and_who_helps_first(world, surf):
    ada, kim = await world.account("ada"), await world.account("kim", mode="guided")
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])
    await follows.follow(world.context, kim, garden.id)
    path = await paths.write_path(world.context, ada, DRAFT)
    browser = await surf(kim)
    page = (await browser.get("/")).text
    assert page.index("Where you can begin") < page.index("Who helps you") < page.index('name="text"')
    assert f"/@ada/{path.id}/path" in page
    await browser.send(f"/paths/{path.id}/start")
    assert "Your paths" in (await browser.get("/")).text
    assert "Where you can begin" not in (await (await surf(ada)).get("/")).text
