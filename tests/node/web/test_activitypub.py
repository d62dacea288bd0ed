"""Actors, posts and activities as other servers fetch them."""

import pytest

from federation.actors import actor_from_document
from federation.keys import key_from_document
from federation.objects import post_from_document
from federation.proofs import verify_proof
from node.social import accounts, posts
from storage.records import DIRECT, PRIVATE, UNLISTED


@pytest.fixture
async def ada(world):
    return await world.account("ada", display_name="Ada")


async def test_an_actor_reads_back_as_what_it_is(world, door, ada):
    status, document = await door.get(ada.uri)
    actor = actor_from_document(document)
    assert status == 200
    assert (actor.uri, actor.name, actor.display_name, actor.webfinger) == (ada.uri, "ada", "Ada", "ada@hedge.test")
    assert {key.algorithm for key in actor.keys} == {"rsa", "ed25519"}


async def test_an_actors_and_a_posts_proof_hold(world, door, ada):
    post = await world.post(ada, "Primes *explained*")
    _, actor = await door.get(ada.uri)
    key = next(key_from_document(each).key for each in actor_from_document(actor).keys if each.algorithm == "ed25519")
    _, document = await door.get(post.uri)
    verify_proof(actor, key)
    verify_proof(document, key)
    assert post_from_document(document).content == "<p>Primes <em>explained</em></p>"


async def test_the_same_document_has_the_same_proof_each_time(world, door, ada):
    post = await world.post(ada, "Primes")
    assert await door.get(post.uri) == await door.get(post.uri)


async def test_pages_answer_servers_with_the_same_document(world, door, ada):
    post = await world.post(ada, "Primes")
    assert await door.get(ada.url) == await door.get(ada.uri)
    assert await door.get(post.url) == await door.get(post.uri)


async def test_browsers_are_led_from_an_id_to_its_page(world, door, ada):
    status, _ = await door.get(ada.uri, Accept="text/html,application/xhtml+xml")
    assert status == 302


async def test_a_deleted_post_is_a_tombstone(world, door, ada):
    post = await world.post(ada, "Primes")
    await posts.delete(world.context, ada, post.id)
    status, document = await door.get(post.uri)
    assert (status, document["type"], document["id"]) == (410, "Tombstone", post.uri)


async def test_what_was_never_there_is_not_found(door, ada):
    assert (await door.get("/users/nobody"))[0] == 404
    assert (await door.get(f"{ada.uri}/posts/1"))[0] == 404
    assert (await door.get(f"{ada.uri}/posts/not-a-number"))[0] == 404


async def test_a_suspended_account_is_away_and_comes_back(world, door, ada):
    await accounts.suspend(world.context, "ada")
    assert (await door.get(ada.uri))[0] == 404
    await accounts.suspend(world.context, "ada", is_suspended=False)
    assert (await door.get(ada.uri))[0] == 200


async def test_an_edited_profile_is_seen_at_once(world, door, ada):
    assert (await door.get(ada.uri))[1]["name"] == "Ada"
    edit = accounts.ProfileEdit("Ada L.", "", locked=False, discoverable=True, indexable=True)
    await accounts.edit_profile(world.context, ada, edit)
    assert (await door.get(ada.uri))[1]["name"] == "Ada L."


@pytest.mark.parametrize("visibility", [PRIVATE, DIRECT])
async def test_a_private_post_is_for_whom_it_is_meant(world, door, ada, visibility):
    bob, eve = await world.stranger("bob"), await world.stranger("eve")
    await world.receive(bob.activity("Follow", ada.uri), bob)
    named = await world.known(bob)
    text = f"Only for @bob@{named.domain}" if visibility == DIRECT else "For followers"
    post = await world.post(ada, text, visibility=visibility)
    assert (await door.get(post.uri))[0] == 404
    assert (await door.get(post.uri, signed_by=eve))[0] == 404
    status, document = await door.get(post.uri, signed_by=bob)
    assert status == 200
    assert "proof" not in document


@pytest.mark.parametrize("visibility", [PRIVATE, DIRECT])
async def test_no_door_shows_a_private_post_to_a_stranger(world, door, ada, visibility):
    open_post = await world.post(ada, "Everyone may read openwords #learning")
    await world.post(ada, "Nobody may read secretwords #learning", visibility=visibility, in_reply_to_id=open_post.id)
    doors = (
        "/", "/local", "/about", "/@ada", open_post.url, f"{open_post.url}?", "/tags/learning", "/search?q=Nobody", "/@ada.atom",
        "/@ada.rss", "/@ada.json", "/tags/learning.atom", "/tags/learning.rss", "/tags/learning.json",
    )  # fmt: skip
    shown = {path: (await door.page(path))[1] for path in doors}
    for collection in (f"{ada.uri}/outbox", f"{ada.uri}/featured", f"{open_post.uri}/replies", open_post.context_uri):
        shown[collection] = str(await door.items(collection)) if "featured" not in collection else str(await door.get(collection))
    shown["activity"] = str(await door.get(f"{ada.uri}/activities/{open_post.id + 1}"))
    assert [path for path, text in shown.items() if "secretwords" in text] == []
    assert [path for path, text in shown.items() if "openwords" in text] != []


async def test_an_unlisted_post_is_open_to_whoever_has_its_address(world, door, ada):
    post = await world.post(ada, "Quietly", visibility=UNLISTED)
    assert (await door.get(post.uri))[0] == 200


class TestAuthorisedFetch:
    """With [federation] authorized_fetch only signed requests are answered."""

    @pytest.fixture
    def settings(self):
        return "authorized_fetch = true\n"

    async def test_a_stranger_is_asked_to_sign(self, world, door, ada):
        post = await world.post(ada, "Primes")
        for uri in (ada.uri, post.uri, f"{ada.uri}/outbox", post.context_uri):
            assert (await door.get(uri))[0] == 401

    async def test_who_signs_is_answered(self, world, door, ada):
        bob = await world.stranger("bob")
        assert (await door.get(ada.uri, signed_by=bob))[0] == 200

    async def test_the_servers_own_actor_is_always_there(self, door):
        assert (await door.get("/actor"))[0] == 200
