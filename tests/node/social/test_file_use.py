"""A file belongs to one post: with it it is shown, changed and deleted."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from node.errors import BadInput, NotFound
from node.social import media, posts, scheduling
from node.social.posts import Draft
from storage import posts as stored


async def picture(world, account, purpose="attachment"):
    out = BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return await media.upload(world.context, account, out.getvalue(), purpose=purpose)


async def schedule(world, ada, file, clock):
    due_ms = int((clock.now + timedelta(hours=1)).timestamp() * 1000)
    params = {"text": "later", "visibility_number": 0, "media_ids": [str(file.id)]}
    return await scheduling.schedule(world.context, ada, due_ms, Draft("later", media_ids=(file.id,)), params)


async def in_a_post(world, ada, file, clock):
    await world.post(ada, "one", media_ids=(file.id,))


async def in_a_scheduled_post(world, ada, file, clock):
    await schedule(world, ada, file, clock)


async def by_a_new_post(world, ada, file, clock):
    await world.post(ada, "two", media_ids=(file.id,))


async def by_an_edit(world, ada, file, clock):
    post = await world.post(ada, "two")
    await posts.edit(world.context, ada, post.id, Draft("two", media_ids=(file.id,)))


async def by_a_scheduled_post(world, ada, file, clock):
    await schedule(world, ada, file, clock)


@pytest.mark.parametrize("held", [in_a_post, in_a_scheduled_post])
@pytest.mark.parametrize("taken", [by_a_new_post, by_an_edit, by_a_scheduled_post])
async def test_a_file_is_used_for_one_post(world, ada, clock, held, taken):
    file = await picture(world, ada)
    await held(world, ada, file, clock)
    with pytest.raises(BadInput, match="another post"):
        await taken(world, ada, file, clock)


@pytest.mark.parametrize("taken", [by_a_new_post, by_an_edit, by_a_scheduled_post])
async def test_a_file_that_nothing_holds_can_be_used(world, ada, clock, taken):
    await taken(world, ada, await picture(world, ada), clock)


async def test_an_edit_keeps_the_posts_own_files_and_names_each_once(world, ada):
    file = await picture(world, ada)
    post = await world.post(ada, "one", media_ids=(file.id, file.id))
    assert len(post.files) == 1
    edited = await posts.edit(world.context, ada, post.id, Draft("two", media_ids=(file.id,)))
    assert len(edited.files) == 1


async def test_a_scheduled_post_takes_its_files_along_and_frees_them_when_it_is_cancelled(world, ada, clock):
    file, other = await picture(world, ada), await picture(world, ada)
    kept = await schedule(world, ada, file, clock)
    cancelled = await schedule(world, ada, other, clock)
    await scheduling.cancel(world.context, ada, cancelled.id)
    await world.post(ada, "free again", media_ids=(other.id,))
    clock.go(hours=2)
    await scheduling.publish_scheduled(world.context, kept.id)
    published = await world.context.database.read(stored.list_all_posts, ada.id)
    assert {post.source: len(post.files) for post in published} == {"free again": 1, "later": 1}


async def test_a_picture_of_a_profile_is_no_attachment(world, ada):
    face = await picture(world, ada, "icon")
    with pytest.raises(NotFound):
        await world.post(ada, "x", media_ids=(face.id,))
