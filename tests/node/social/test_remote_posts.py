"""Posts that we fetch: they are their authors' own, and nobody else's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from federation.errors import Denied, Forbidden, Gone
from federation.records import PUBLIC
from node.social import remote, remote_posts
from storage import posts, reactions
from tests.node.conftest import NOON, make_stranger

CONTEXT = {"@context": "https://www.w3.org/ns/activitystreams"}


def serve(world, stranger, note, **changes):
    return world.elsewhere.put(stranger.create(note)["object"] | CONTEXT | changes)


async def test_a_fetched_post_is_kept_with_its_author_and_tells_nobody(world, bob):
    ada = await world.account("ada")
    await world.follow(ada, bob)
    note = bob.note("1", cc=(ada.uri,))
    serve(world, bob, note)
    post = await remote_posts.fetch_post(world.context, note.uri)
    assert post.account_id == (await world.known(bob)).id
    assert await world.home(ada) == []
    assert [kind for kind, _ in await world.told(ada)] == []


async def test_a_post_whose_author_leads_to_somebody_else_is_not_believed(world, bob):
    mallory = await world.stranger("mallory", is_known=False)
    note = mallory.note("1", content="<p>I am bob, and a fool</p>")
    serve(world, mallory, note)
    world.elsewhere.documents["/users/mallory"] = world.elsewhere.documents["/users/bob"]
    with pytest.raises(Forbidden):
        await remote_posts.fetch_post(world.context, note.uri)
    assert await world.find_post(note.uri) is None


async def test_a_post_of_an_author_on_another_server_is_refused(world, bob):
    note = bob.note("1")
    serve(world, bob, note, attributedTo="https://elsewhere.example/users/x")
    with pytest.raises(Forbidden):
        await remote_posts.fetch_post(world.context, note.uri)


async def test_a_document_that_lives_elsewhere_is_refused(world, bob):
    world.elsewhere.documents["/liar"] = bob.create(bob.note("1"))["object"] | CONTEXT
    with pytest.raises((Denied, Gone)):
        await remote_posts.fetch_post(world.context, f"{world.elsewhere.origin}/liar")


async def test_our_own_posts_do_not_come_from_elsewhere(world):
    with pytest.raises(Gone):
        await remote_posts.fetch_post(world.context, "http://hedge.test/users/ada/posts/1")


async def test_a_deleted_post_is_not_taken_again(world, bob):
    note = bob.note("1")
    serve(world, bob, note)
    await world.context.database.write(posts.add_tombstone, note.uri, 1)
    with pytest.raises(Gone):
        await remote_posts.fetch_post(world.context, note.uri)


async def test_an_edit_takes_hashtags_and_names_away(world, bob):
    ada = await world.account("ada")
    await world.follow(ada, bob)
    from federation.records import Mention

    note = bob.note("1", hashtags=("maths", "fun"), mentions=(Mention(ada.uri),), cc=(ada.uri,))
    await world.receive(bob.create(note), bob)
    edited = bob.note("1", hashtags=("fun",), updated=NOON)
    await world.receive(bob.activity("Update", bob.create(edited)["object"]), bob)
    kept = await world.find_post(note.uri)
    assert await world.context.database.read(reactions.list_tags, [kept.id]) == {kept.id: ["fun"]}
    bare = bob.note("1", cc=(), updated=NOON + timedelta(minutes=1))
    await world.receive(bob.activity("Update", bob.create(bare)["object"], name="2"), bob)
    assert await world.context.database.read(reactions.list_tags, [kept.id]) == {}
    assert await world.context.database.read(reactions.list_mentioned, kept.id) == []


async def test_an_edit_never_widens_the_audience(world, bob):
    ada = await world.account("ada")
    await world.follow(ada, bob)
    note = bob.note("1", to=(f"{bob.uri}/followers",), cc=())
    await world.receive(bob.create(note), bob)
    edited = bob.note("1", to=(PUBLIC,), updated=NOON)
    await world.receive(bob.activity("Update", bob.create(edited)["object"]), bob)
    kept = await world.find_post(note.uri)
    assert not await world.context.database.read(posts.is_visible, kept.id, 0)


async def test_the_page_of_a_post_and_of_a_profile_is_of_their_own_server_or_of_a_proven_domain(world):
    dora = make_stranger(world.elsewhere.origin, "dora")
    for domain, url, shown in (
        ("127.0.0.1:1", "http://127.0.0.1:1/@dora", "http://127.0.0.1:1/@dora"),
        ("127.0.0.1:1", "http://bank.example/@dora", dora.uri),
        (None, "http://bank.example/@dora", dora.uri),
        (None, f"{world.elsewhere.origin}/@dora", f"{world.elsewhere.origin}/@dora"),
    ):
        actor = replace(dora.actor, url=url)
        account = await world.context.database.write(
            remote.save_actor, world.context.site, actor, domain or world.elsewhere.origin.removeprefix("http://")
        )
        assert account.url == shown
        row = remote_posts.row_from_document(account, dora.note("1", url=url), 1, 1)
        assert row.url == (url if shown == url else dora.note("1").uri)
