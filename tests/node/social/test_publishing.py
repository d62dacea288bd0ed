"""Who gets what, in which inbox."""

import pytest

from node.social import accounts, follows, posts
from storage.records import DIRECT, PRIVATE, PUBLIC, UNLISTED


@pytest.fixture
async def fan(world, ada):
    """Someone elsewhere who follows ada."""
    found = await world.stranger("fan")
    await world.receive(found.activity("Follow", ada.uri), found)
    return found


async def new(world, before):
    """What came to be owed since there was so much."""
    return sorted((await world.owed())[before:])


@pytest.mark.parametrize(("visibility", "reached"), [(PUBLIC, "bob fan"), (UNLISTED, "bob fan"), (PRIVATE, "bob fan"), (DIRECT, "bob")])
async def test_a_post_its_edit_and_its_end_go_to_the_same_inboxes(world, ada, bob, fan, visibility, reached):
    before = len(await world.owed())
    inboxes = [f"{world.elsewhere.origin}/users/{name}/inbox" for name in reached.split()]
    handle = f"@bob@{world.elsewhere.origin.removeprefix('http://')}"
    post = await world.post(ada, f"{handle} hello", visibility=visibility)
    assert await new(world, before) == [("Create", inbox) for inbox in inboxes]
    await posts.edit(world.context, ada, post.id, posts.Draft("hello"))  # bob is named no more, but has it
    assert await new(world, before + len(inboxes)) == [("Update", inbox) for inbox in inboxes]
    known = {inbox for _, inbox in await world.owed()}
    await posts.delete(world.context, ada, post.id)
    deleted = {inbox for kind, inbox in await world.owed() if kind == "Delete"}
    assert deleted <= known
    assert visibility == DIRECT or f"{fan.uri}/inbox" in deleted


async def test_an_answer_goes_to_whom_it_answers_and_to_followers(world, ada, bob, fan):
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1")), bob)
    before = len(await world.owed())
    await world.post(ada, "Indeed", in_reply_to_id=(await world.find_post(bob.note("1").uri)).id)
    assert await new(world, before) == [("Create", f"{bob.uri}/inbox"), ("Create", f"{fan.uri}/inbox")]


async def test_a_post_for_people_here_goes_nowhere(world, ada, eve, fan):
    before = len(await world.owed())
    await world.post(ada, "@eve hello", visibility=DIRECT)
    assert await new(world, before) == []


async def test_a_changed_profile_and_the_end_of_an_account_are_told_to_followers(world, ada, fan):
    before = len(await world.owed())
    await accounts.edit_profile(world.context, ada, accounts.ProfileEdit("Ada", "", locked=False, discoverable=True, indexable=True))
    assert await new(world, before) == [("Update", f"{fan.uri}/inbox")]
    await accounts.delete(world.context, "ada")
    assert await world.owed() == [("Delete", f"{fan.uri}/inbox")]  # and nothing of what they said before


async def test_a_follower_who_was_removed_hears_nothing_more(world, ada, fan):
    await follows.remove_follower(world.context, ada, (await world.known(fan)).id)
    before = len(await world.owed())
    await world.post(ada, "Hello")
    assert await new(world, before) == []
