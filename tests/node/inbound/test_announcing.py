"""What communities of other servers pass on: believed in what is theirs, and in nothing else."""

import pytest

from federation import outgoing
from federation.objects import document_from_post
from federation.records import PUBLIC
from storage import communities as stored
from storage import posts as kept_posts
from storage import reactions


async def place(world, group, uri):
    post = await world.find_post(uri)
    known = await world.known(group)
    return await world.context.database.read(stored.find_place, known.id, post.id) if post else None


def announce(group, inner, name="1", **said):
    return group.activity("Announce", inner, name=name, **{"to": [PUBLIC], "cc": [f"{group.uri}/followers"], **said})


@pytest.fixture
async def club(world, ada):
    """A community elsewhere, to which ada belongs."""
    found = await world.stranger("club", kind="Group")
    await world.follow(ada, found)
    return found


@pytest.fixture
async def bob(world):
    return await world.stranger("bob")


async def test_a_proven_post_is_kept_without_asking_anybody(world, ada, club, bob):
    note = bob.note("1", cc=(club.uri,), audience_uri=club.uri)
    world.elsewhere.asked.clear()
    await world.receive(announce(club, bob.proven(bob.create(note))), club)
    await world.work()
    assert await world.home(ada) == [note.uri]
    assert (await place(world, club, note.uri)).state == "shown"
    assert note.uri.removeprefix(world.elsewhere.origin) not in world.elsewhere.asked


async def test_the_bare_id_after_it_changes_nothing(world, ada, club, bob):
    note = bob.note("1", cc=(club.uri,))
    await world.receive(announce(club, bob.proven(bob.create(note))), club)
    await world.work()
    await world.receive(announce(club, note.uri, name="2"), club)
    assert await world.home(ada) == [note.uri]


async def test_an_unproven_post_is_what_its_own_server_says(world, ada, club, bob):
    note = bob.note("1", "<p>True</p>")
    world.elsewhere.put(document_from_post(note))
    forged = bob.create(bob.note("1", "<p>False</p>"))
    await world.receive(announce(club, forged), club)
    await world.work()
    assert (await world.find_post(note.uri)).content == "<p>True</p>"
    assert await world.home(ada) == [note.uri]


async def test_what_no_server_confirms_is_not_kept(world, ada, club, bob):
    note = bob.note("1")
    await world.receive(announce(club, bob.create(note)), club)
    tampered = {**bob.proven(bob.create(bob.note("2"))), "published": "2020-01-01T00:00:00Z"}
    await world.receive(announce(club, tampered, name="2"), club)
    await world.work()
    assert await world.home(ada) == []
    assert await world.find_post(note.uri) is None


async def test_a_proof_of_another_does_not_count(world, ada, club, bob):
    eve = await world.stranger("eve")
    await world.receive(announce(club, eve.proven(bob.create(bob.note("1")))), club)
    await world.work()
    assert await world.home(ada) == []


async def test_a_private_post_is_seen_by_the_members_here_and_by_nobody_else(world, ada, club, bob):
    bo = await world.account("bo")
    note = bob.note("1", to=(club.uri,), cc=())
    await world.receive(announce(club, bob.proven(bob.create(note)), to=[f"{club.uri}/followers"], cc=[]), club)
    await world.work()
    post = await world.find_post(note.uri)
    seen = [await world.context.database.read(kept_posts.is_visible, post.id, viewer) for viewer in (ada.id, bo.id, 0)]
    assert seen == [True, False, False]
    assert await world.home(ada) == [note.uri]


async def test_what_a_community_passes_on_that_nobody_here_follows_is_left_alone(world, bob):
    club = await world.stranger("lonely", kind="Group")
    note = bob.note("1")
    await world.receive(announce(club, bob.proven(bob.create(note))), club)
    await world.work()
    assert await world.find_post(note.uri) is None


async def test_a_like_of_ours_counts_where_it_is_proven_or_confirmed_and_not_otherwise(world, ada, club, bob):
    post = await world.post(ada, "Hello")
    forged = bob.activity("Like", post.uri, name="forged")
    await world.receive(announce(club, forged), club)
    await world.work()
    assert (await world.find_post(post.uri)).likes_count == 0
    await world.receive(announce(club, bob.proven(bob.activity("Like", post.uri)), name="2"), club)
    await world.work()
    assert (await world.find_post(post.uri)).likes_count == 1
    cleo = await world.stranger("cleo")
    served = cleo.activity("Like", post.uri)
    world.elsewhere.put(served)
    await world.receive(announce(club, served, name="3"), club)
    await world.work()
    assert (await world.find_post(post.uri)).likes_count == 2


async def test_a_deletion_by_its_author_counts_only_where_the_post_is_gone(world, ada, club, bob):
    note = bob.note("1")
    path = world.elsewhere.put(document_from_post(note)).removeprefix(world.elsewhere.origin)
    await world.receive(announce(club, bob.proven(bob.create(note))), club)
    await world.work()
    await world.receive(announce(club, bob.activity("Delete", note.uri, name="no"), name="2"), club)
    await world.work()
    assert await world.find_post(note.uri) is not None
    deletion = bob.proven(outgoing.delete(f"{bob.uri}/delete/1", bob.uri, note.uri, [PUBLIC]))
    del world.elsewhere.documents[path]
    await world.receive(announce(club, deletion, name="3"), club)
    await world.work()
    assert await world.find_post(note.uri) is None


async def test_what_a_moderator_removes_leaves_that_community_alone(world, ada, club, bob):
    note = bob.note("1")
    await world.receive(announce(club, bob.proven(bob.create(note))), club)
    await world.work()
    eve = await world.stranger("eve")
    removal = eve.activity("Delete", note.uri, summary="no advertising")
    await world.receive(announce(club, removal, name="2"), club)
    await world.work()
    assert await world.home(ada) == []
    assert await world.find_post(note.uri) is not None
    assert (await place(world, club, note.uri)).state == "removed"
    await world.receive(announce(club, eve.activity("Undo", removal), name="3"), club)
    await world.work()
    assert await world.home(ada) == [note.uri]


async def test_nobody_removes_locks_or_pins_through_what_is_no_community(world, ada, club, bob):
    note = bob.note("1")
    await world.receive(announce(club, bob.proven(bob.create(note))), club)
    await world.work()
    eve = await world.stranger("eve")
    await world.follow(ada, eve)
    for number, kind in enumerate(("Delete", "Lock")):
        await world.receive(announce(eve, eve.activity(kind, note.uri), name=str(number)), eve)
    await world.work()
    found = await place(world, club, note.uri)
    assert (found.state, found.locked) == ("shown", False)
    assert await world.home(ada) == [note.uri]


async def test_locks_and_pins_of_the_community_hold(world, ada, club, bob):
    note = bob.note("1")
    await world.receive(announce(club, bob.proven(bob.create(note))), club)
    lock = bob.activity("Lock", note.uri)
    await world.work()
    await world.receive(announce(club, lock, name="2"), club)
    await world.receive(announce(club, bob.activity("Add", note.uri, target=club.actor.featured), name="3"), club)
    await world.work()
    known = await world.known(club)
    assert (await place(world, club, note.uri)).locked
    assert [post.uri for post in await world.context.database.read(reactions.list_pinned, known.id)] == [note.uri]
    await world.receive(announce(club, bob.activity("Undo", lock), name="4"), club)
    await world.receive(announce(club, bob.activity("Remove", note.uri, target=club.actor.featured), name="5"), club)
    await world.work()
    assert not (await place(world, club, note.uri)).locked
    assert await world.context.database.read(reactions.list_pinned, known.id) == []


async def test_one_of_ours_who_is_banned_elsewhere_follows_no_more(world, ada, club, bob):
    await world.receive(announce(club, bob.activity("Block", ada.uri, target=club.uri)), club)
    await world.work()
    note = bob.note("1")
    await world.receive(announce(club, bob.proven(bob.create(note)), name="2"), club)
    await world.work()
    assert await world.home(ada) == []


async def test_a_community_that_claims_a_private_post_shows_it_to_nobody(world, ada, club, bob):
    """Otherwise whoever runs a server could read everything by following a group of their own."""
    bo = await world.account("bo")
    ours = await world.post(bo, "Between us @ada2", visibility=3)
    theirs = bob.note("1", to=(bo.uri,), cc=())
    await world.receive(bob.create(theirs), bob)
    for number, (actor, uri) in enumerate([(bo.uri, ours.uri), (bob.uri, theirs.uri)]):
        for kind in ("Create", "Lock", "Add"):
            inner = {"id": f"{actor}/{kind}", "type": kind, "actor": actor, "object": uri, "target": club.actor.featured}
            await world.receive(announce(club, inner, name=f"{number}{kind}"), club)
        removal = {"id": f"{actor}/2", "type": "Delete", "actor": club.uri, "object": uri}
        undo = {"id": f"{actor}/3", "type": "Undo", "actor": club.uri, "object": removal}
        await world.receive(announce(club, undo, name=f"{number}undo"), club)
    await world.work()
    for uri in (ours.uri, theirs.uri):
        post = await world.find_post(uri)
        assert post is not None
        assert not await world.context.database.read(kept_posts.is_visible, post.id, ada.id)
        assert await place(world, club, uri) is None
    assert await world.home(ada) == []
