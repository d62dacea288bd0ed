"""Pages that posts link to: their cards, what is said about one, and which several people share."""

import pytest

from node.social.accounts import ProfileEdit, edit_profile
from storage import previews
from storage.previews import Preview
from storage.records import PRIVATE

PAGE = "https://moss.example/book"


@pytest.fixture
async def shared(world, ada, bea):
    """Two people link to a page in public, and one of them to another; somebody quietly to the first."""
    carl = await world.account("carl")
    await world.context.database.write(previews.save_preview, Preview(PAGE, 1, "Moss, the book", "All of it", image_url=f"{PAGE}.png"))
    await world.context.database.write(previews.save_preview, Preview(f"{PAGE}/2", 1, "Moss, part two"))
    for author in (ada, bea):
        await edit_profile(world.context, author, ProfileEdit(author.display_name, "", locked=False, discoverable=True, indexable=True))
    written = [await world.post(author, f"Read {PAGE}") for author in (ada, bea)]
    await world.post(ada, f"And {PAGE}/2")
    await world.post(carl, f"Mine: {PAGE}", visibility=PRIVATE)
    return written


async def test_a_post_shows_the_card_of_its_page(run, ada, shared):
    card = (await (await run(ada)).get(f"/api/v1/statuses/{shared[0].id}"))["card"]
    assert (card["url"], card["title"], card["description"], card["type"]) == (PAGE, "Moss, the book", "All of it", "link")
    assert card["image"].startswith("http://hedge.test/proxy/")


async def test_what_is_said_about_a_page_is_what_everybody_may_read(run, ada, shared):
    found = await (await run(ada)).get("/api/v1/timelines/link", url=PAGE)
    assert sorted(each["id"] for each in found) == sorted(str(post.id) for post in shared)


async def test_what_several_people_share_trends_and_nothing_else(run, ada, shared):
    found = await (await run(ada)).get("/api/v1/trends/links")
    assert [(each["title"], each["history"][0]["accounts"], each["history"][0]["uses"]) for each in found] == [("Moss, the book", "2", "2")]
