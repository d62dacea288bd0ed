"""What was said once and is brought again by somebody else, with its author's own proof: it has no effect, however late it comes."""

import contextlib
import logging
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from federation.actors import document_from_actor
from federation.errors import FederationError
from federation.objects import document_from_post
from federation.proofs import add_proof
from federation.records import PUBLIC
from node.social import keeping
from storage import accounts, posts
from storage import follows as kept_follows
from tests.node.conftest import NOON

ORIGINAL, CHANGED = "<p>Hello</p>", "<p>Changed</p>"


@dataclass
class Scene:
    """ada here, bob elsewhere whom she follows, and mallory who brings what bob said."""

    world: object
    ada: object
    bob: object
    mallory: object

    async def state(self):
        """All that a replay could change."""
        return await self.world.context.database.read(self._state)

    def _state(self, db):
        bob = accounts.find_account_by_uri(db, self.bob.uri)
        note, boosted = (posts.find_post_by_uri(db, self.bob.note(name).uri) for name in ("1", "other"))
        return {
            "content": note and note.content,
            "deleted": posts.find_tombstone(db, self.bob.note("1").uri) is not None,
            "follows": kept_follows.is_following(db, bob.id, self.ada.id),
            "name": bob.display_name,
            "keys": sorted(key.public_key for key in accounts.list_keys(db, bob.id)),
            "boost": posts.find_boost(db, bob.id, boosted.id) is not None if boosted else None,
        }

    async def bring(self, activity):
        """Mallory brings it; what is refused is refused, and what is asked for is asked for."""
        with contextlib.suppress(FederationError):
            await self.world.receive(activity, self.mallory)
        await self.world.work()

    async def say(self, activity):
        """Bob's own server sends it."""
        await self.world.receive(activity, self.bob)
        await self.world.work()

    def serve(self, note):
        """Bob's own server has this version of a note."""
        self.world.elsewhere.put({"@context": "https://www.w3.org/ns/activitystreams"} | document_from_post(note))

    def proven(self, activity):
        """With bob's proof, made at this moment."""
        return add_proof(activity, self.bob.proof_signer, self.world.context.site.now())


@pytest.fixture
async def scene(world, ada):
    bob, mallory = await world.stranger("bob"), await world.stranger("mallory")
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("other")), bob)
    found = Scene(world, ada, bob, mallory)
    found.serve(bob.note("other"))
    return found


def make(scene, kind):
    bob, ada = scene.bob, scene.ada
    follow = bob.activity("Follow", ada.uri, name="replayed")
    found = {
        "Create": lambda: bob.create(bob.note("1")),
        "Update": lambda: bob.activity("Update", document_from_post(bob.note("1", content=CHANGED, updated=NOON)), to=[PUBLIC]),
        "Delete": lambda: bob.activity("Delete", bob.note("1").uri),
        "Follow": lambda: follow,
        "Undo": lambda: bob.activity("Undo", follow),
        "actor Update": lambda: bob.activity(
            "Update", document_from_actor(replace(bob.actor, display_name="Bobby", updated=NOON)), name="profile"
        ),
        "Announce": lambda: bob.activity("Announce", bob.note("other").uri, to=[PUBLIC]),
    }
    return scene.proven(found[kind]())


async def prepare(scene, kind):
    """What must be there for the activity to mean something."""
    if kind in {"Update", "Delete"}:
        await scene.say(scene.bob.create(scene.bob.note("1")))
        scene.serve(scene.bob.note("1"))
    if kind == "Undo":
        await scene.say(make(scene, "Follow"))


async def take_back(scene, kind):
    """Bob deletes, undoes or does again what the activity did, so that the older one is no longer true."""
    bob, ada, later = scene.bob, scene.ada, {"name": "later"}
    note = bob.note("1", content="<p>Newest</p>", updated=NOON + timedelta(minutes=1))
    newest = document_from_actor(replace(bob.actor, display_name="Robert", updated=NOON + timedelta(minutes=1)))
    steps = {
        "Create": bob.activity("Delete", bob.note("1").uri, **later),
        "Update": bob.activity("Update", document_from_post(note), to=[PUBLIC], **later),
        "Delete": None,
        "Follow": bob.activity("Undo", bob.activity("Follow", ada.uri, name="replayed"), **later),
        "Undo": bob.activity("Follow", ada.uri, **later),
        "actor Update": bob.activity("Update", newest, **later),
        "Announce": bob.activity("Undo", bob.activity("Announce", bob.note("other").uri), **later),
    }
    if kind == "actor Update":
        scene.world.elsewhere.put(newest)
    if kind == "Update":
        scene.serve(note)
    if steps[kind] is not None:
        await scene.say(steps[kind])


KINDS = ("Create", "Update", "Delete", "Follow", "Undo", "actor Update", "Announce")


@pytest.mark.parametrize("kind", KINDS)
async def test_fresh_it_has_its_effect_whoever_brings_it(scene, kind):
    await prepare(scene, kind)
    before = await scene.state()
    await scene.bring(make(scene, kind))
    assert await scene.state() != before


@pytest.mark.parametrize("kind", KINDS)
async def test_processed_it_has_none_a_second_time(scene, kind):
    await prepare(scene, kind)
    said = make(scene, kind)
    await scene.say(said)
    before = await scene.state()
    await scene.bring(said)
    assert await scene.state() == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(hours=13), timedelta(days=40), timedelta(days=400)])
async def test_superseded_or_deleted_it_has_none_however_late_it_comes_and_whatever_was_pruned(scene, kind, later):
    await prepare(scene, kind)
    said = make(scene, kind)
    await scene.say(said)
    scene.world.context.site.clock.now += timedelta(minutes=1)
    await take_back(scene, kind)
    before = await scene.state()
    scene.world.context.site.clock.now += later
    await keeping.tidy(scene.world.context)
    await scene.bring(said)
    assert await scene.state() == before


@pytest.mark.parametrize("kind", KINDS)
async def test_old_and_never_seen_it_is_believed_only_as_far_as_its_own_server_says_so(scene, kind, clock):
    await prepare(scene, kind)
    said = make(scene, kind)
    clock.go(days=3)
    before = await scene.state()
    await scene.bring(said)
    assert await scene.state() == before


async def test_a_post_of_somebody_followed_is_asked_for_where_the_proof_is_old(scene, clock):
    said = make(scene, "Create")
    clock.go(days=3)
    scene.serve(scene.bob.note("1"))
    await scene.bring(said)
    assert (await scene.state())["content"] == ORIGINAL


@pytest.mark.parametrize("created", [None, "nonsense", "2999-01-01T00:00:00Z"])
async def test_a_proof_of_no_moment_or_of_one_to_come_is_an_old_one(scene, created):
    said = make(scene, "Follow")
    signer = scene.bob.proof_signer
    moment = {"2999-01-01T00:00:00Z": NOON.replace(year=2999)}.get(created, NOON)
    said = add_proof({name: value for name, value in said.items() if name != "proof"}, signer, moment)
    if created != "2999-01-01T00:00:00Z":
        said["proof"].pop("created") if created is None else said["proof"].update(created=created)
    await scene.bring(said)
    assert not (await scene.state())["follows"]


async def test_a_key_that_was_withdrawn_does_not_come_back_with_an_old_profile(scene, clock):
    old = make(scene, "actor Update")
    await scene.say(old)
    clock.go(minutes=5)
    bare = replace(scene.bob.actor, keys=scene.bob.actor.keys[:1], updated=clock.now)
    scene.world.elsewhere.put(document_from_actor(bare))
    await scene.say(scene.bob.activity("Update", document_from_actor(bare), name="without"))
    withdrawn = scene.bob.actor.keys[1].encoded
    assert withdrawn not in (await scene.state())["keys"]
    for step in (timedelta(0), timedelta(days=60)):
        clock.now += step
        await scene.bring(old)
        assert withdrawn not in (await scene.state())["keys"]


async def test_an_older_profile_from_its_own_server_is_left_out_and_a_newer_one_taken(scene, clock):
    for minutes, name, shown in ((5, "Five", "Five"), (3, "Three", "Five"), (6, "Six", "Six")):
        actor = replace(scene.bob.actor, display_name=name, updated=NOON + timedelta(minutes=minutes))
        clock.now = max(clock.now, NOON + timedelta(minutes=minutes))
        await scene.say(scene.bob.activity("Update", document_from_actor(actor), name=name))
        assert (await scene.state())["name"] == shown


async def test_a_profile_of_the_far_future_keeps_no_later_one_out(scene, clock):
    for year, name in ((2990, "Future"), (2026, "Now")):
        actor = replace(scene.bob.actor, display_name=name, updated=NOON.replace(year=year) + timedelta(minutes=1))
        clock.go(minutes=1)
        await scene.say(scene.bob.activity("Update", document_from_actor(actor), name=name))
    assert (await scene.state())["name"] == "Now"


async def test_what_is_left_out_is_one_line_with_host_type_and_reason(scene, caplog, clock):
    said = make(scene, "Follow")
    await scene.say(said)
    caplog.set_level(logging.INFO, logger="node.inbound.receiving")
    caplog.clear()
    await scene.bring(said)
    clock.go(days=3)
    await scene.bring(said)
    lines = [(line.getMessage(), line.host == scene.world.elsewhere.origin.removeprefix("http://"), line.type) for line in caplog.records]
    assert lines == [("activity discarded", True, "Follow"), ("activity rejected", True, "Follow")]
    assert all(line.reason for line in caplog.records)
