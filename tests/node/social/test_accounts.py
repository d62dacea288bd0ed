"""Our own accounts: made, changed, shut out, ended."""

import pytest

from node.errors import BadInput, Conflict, NotFound
from node.social import accounts
from storage import posts

EDIT = accounts.ProfileEdit(
    "Ada", "I like *primes*", locked=False, discoverable=True, indexable=True, fields=(("Web", "<b>x</b>"), (" ", "y"))
)


@pytest.mark.parametrize("name", ["", "a b", "ä", ".a", "a-", "x" * 31, "server", "ADMIN", "a@b", "a/b", "a\n"])
async def test_names_that_nobody_can_have(world, name):
    with pytest.raises(BadInput):
        await world.account(name)


@pytest.mark.parametrize("name", ["a", "A_b-c.d", "x" * 30, "_"])
async def test_names_that_one_can_have(world, name):
    assert (await world.account(name)).uri == f"http://hedge.test/users/{name}"


async def test_a_name_is_given_out_once_for_good(world, ada):
    with pytest.raises(Conflict):
        await world.account("ADA")
    await accounts.delete(world.context, "ada")
    with pytest.raises(Conflict):
        await world.account("ada")


@pytest.mark.parametrize("said", [{"role": "king"}, {"mode": "free"}, {"password": "short"}, {"password": "x" * 1001}])
async def test_what_cannot_be_is_refused_in_words(world, said):
    with pytest.raises(BadInput):
        await world.account("ada", **said)


async def test_a_profile_is_markdown_and_its_lines_are_text(world, ada):
    changed = await accounts.edit_profile(world.context, ada, EDIT)
    assert "<em>primes</em>" in changed.summary
    assert "<b>" not in changed.fields
    assert changed.fields.count("Web") == 1
    assert '"y"' not in changed.fields


async def test_a_profile_is_not_endless(world, ada):
    for edit in (
        accounts.ProfileEdit("x" * 101, "", locked=False, discoverable=False, indexable=False),
        accounts.ProfileEdit("", "x" * 5001, locked=False, discoverable=False, indexable=False),
        accounts.ProfileEdit("", "", locked=False, discoverable=False, indexable=False, fields=(("a", "b"),) * 9),
    ):
        with pytest.raises(BadInput):
            await accounts.edit_profile(world.context, ada, edit)


async def test_a_supervised_learner_is_found_by_nobody_whatever_is_ticked(world):
    kit = await world.account("kit", mode="supervised")
    changed = await accounts.edit_profile(world.context, kit, EDIT)
    assert (changed.locked, changed.discoverable, changed.indexable) == (True, False, False)


async def test_what_a_suspended_account_said_is_hidden_until_it_comes_back(world, ada, read):
    post = await world.post(ada, "Hello")
    await accounts.suspend(world.context, "ada")
    assert not await read(posts.is_visible, post.id, 0)
    await accounts.suspend(world.context, "ada", is_suspended=False)
    assert await read(posts.is_visible, post.id, 0)


async def test_an_account_that_ended_has_left_nothing(world, ada, eve):
    post = await world.post(ada, "@eve hello")
    await accounts.delete(world.context, "ada")
    assert await world.find_post(post.uri) is None
    assert await world.told(eve) == []
    with pytest.raises(NotFound):
        await accounts.delete(world.context, "ada")
