"""Every row of the dispatch table: what is discarded leaves one line with host, type and reason, and what counts leaves none."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from federation.actors import document_from_actor
from federation.objects import document_from_post
from federation.records import PUBLIC, EventDetails
from node.inbound.dispatch import HANDLERS, PASSED_ON
from tests.node.conftest import NOON, ORIGIN

NOTHING = f"{ORIGIN}/users/nobody"
PROFILES = ("Person", "Group", "Service", "Application", "Organization")


def discarded(bob, kind, inner):
    """An activity of a row that means nothing here."""
    note = bob.note("unknown")
    asked = {"id": f"{NOTHING}/asked", "type": inner, "actor": NOTHING, "object": note.uri}
    done = {"id": f"{bob.uri}/done", "type": inner, "actor": bob.uri, "object": note.uri}
    if (kind, inner) == ("Create", None):
        return bob.create(note)
    if (kind, inner) == ("Update", None):
        return bob.activity("Update", document_from_post(note), to=[PUBLIC])
    if kind == "Update":
        older = document_from_actor(replace(bob.actor, updated=NOON - timedelta(days=1)))
        return bob.activity("Update", {**older, "type": inner})
    if kind in {"Accept", "Reject"}:
        return bob.activity(kind, {**asked, "type": inner} if inner else asked["id"], result=f"{bob.uri}/stamps/1")
    if kind in {"Undo", "Announce"}:
        return bob.activity(kind, done if inner else note.uri, to=[PUBLIC])
    if kind == "Move":
        return bob.activity("Move", f"{bob.uri}x", target=bob.uri)
    more = {"instrument": note.uri, "target": f"{bob.uri}/things"} if kind in {"QuoteRequest", "Add", "Remove"} else {}
    return bob.activity(kind, NOTHING, **more)


@pytest.fixture
def lines(caplog):
    """(host, type, reason) of every line about an activity."""
    caplog.set_level(logging.INFO)

    def found():
        about = [line for line in caplog.records if line.getMessage() in {"activity discarded", "activity rejected"}]
        return [(line.host, line.type, line.reason) for line in about]

    found.clear = caplog.clear
    return found


async def take(world, activity, sender):
    await world.receive(activity, sender)
    await world.work()


@pytest.mark.parametrize(("kind", "inner"), HANDLERS)
async def test_what_is_discarded_leaves_one_line(world, lines, kind, inner):
    bob = await world.stranger("bob")
    if kind == "Update" and inner in PROFILES:
        now = document_from_actor(replace(bob.actor, updated=NOON))
        await take(world, bob.activity("Update", now, "newest"), bob)
    lines.clear()
    await take(world, discarded(bob, kind, inner), bob)
    [(host, stated, reason)] = lines()
    assert host == world.elsewhere.origin.removeprefix("http://")
    assert stated.split()[0] == kind
    assert reason


class Counting:
    """For each row an activity that counts, with what must be there before it."""

    def __init__(self, world, ada, bob):
        self.world, self.ada, self.bob = world, ada, bob

    async def post(self):
        return await self.world.post(self.ada, "Primes")

    async def event(self):
        event = EventDetails(NOON + timedelta(days=1), None, "Library", "free")
        return await self.world.post(self.ada, "Bring paper", type="Event", title="Folding", event=event)

    async def note(self):
        await take(self.world, self.bob.create(self.bob.note("1")), self.bob)
        return self.bob.note("1")

    async def undone(self, activity):
        """An Undo of an activity that was taken in."""
        await take(self.world, activity, self.bob)
        return self.bob.activity("Undo", activity, "undo")

    async def make(self, kind, inner):
        """The activity."""
        bob, ada = self.bob, self.ada
        if kind == "Undo":
            return await self.undone(await self.make(inner or "Like", None))
        if kind == "Update" and inner:
            return bob.activity("Update", document_from_actor(bob.actor) | {"type": inner})
        if kind == "Announce" and inner:
            return bob.activity("Announce", bob.activity(inner, NOTHING, "inner"), to=[PUBLIC])
        if kind in {"Like", "Announce", "Flag"}:
            return bob.activity(kind, (await self.post()).uri, to=[PUBLIC])
        if kind in {"Add", "Remove"}:
            return bob.activity(kind, (await self.note()).uri, target=bob.actor.featured)
        if kind in {"Follow", "Block"}:
            return bob.activity(kind, ada.uri)
        if kind == "QuoteRequest":
            return bob.activity(kind, (await self.post()).uri, instrument=(await self.note()).uri)
        return await getattr(self, f"make_{kind.lower()}")()

    async def make_create(self):
        return self.bob.create(self.bob.note("new"))

    async def make_update(self):
        await self.note()
        newer = self.bob.note("1", "<p>Newer</p>", updated=NOON)
        return self.bob.activity("Update", document_from_post(newer), to=[PUBLIC])

    async def make_delete(self):
        return self.bob.activity("Delete", (await self.note()).uri)

    async def make_join(self):
        return self.bob.activity("Join", (await self.event()).uri)

    async def make_leave(self):
        join = await self.make_join()
        await take(self.world, join, self.bob)
        return self.bob.activity("Leave", join["object"])

    async def make_reject(self):
        follow = {"id": f"{self.ada.uri}#1", "type": "Follow", "actor": self.ada.uri, "object": self.bob.uri}
        return self.bob.activity("Reject", follow)


COUNTED = [
    *[(kind, None) for kind in ("Create", "Update", "Delete", "Follow", "Reject", "Join", "Leave", "QuoteRequest", "Like", "Announce")],
    *[(kind, None) for kind in ("Block", "Flag", "Add", "Remove", "Undo")],
    *[("Update", kind) for kind in PROFILES],
    *[("Undo", kind) for kind in ("Follow", "Join", "Like", "Announce", "Block")],
    *[("Announce", kind) for kind in PASSED_ON],
]


@pytest.mark.parametrize(("kind", "inner"), COUNTED)
async def test_what_counts_leaves_none(world, ada, lines, kind, inner):
    bob = await world.stranger("bob")
    await world.follow(ada, bob)
    activity = await Counting(world, ada, bob).make(kind, inner)
    lines.clear()
    await world.receive(activity, bob)
    assert lines() == []


@pytest.mark.parametrize(
    "inner", ["Create", "Update", "Delete", "Like", "Lock", "Add", "Remove", "Block", "Dislike", "Undo Like", "Undo Delete", "Undo Lock"]
)
async def test_what_a_community_passes_on_and_we_discard_leaves_one_line(world, ada, lines, inner):
    club, bob = await world.stranger("club", kind="Group"), await world.stranger("bob")
    await world.follow(ada, club)
    name, _, undone = inner.partition(" ")
    said = {"id": f"{bob.uri}/said", "type": undone, "actor": bob.uri, "object": f"{bob.uri}/notes/1"}
    lines.clear()
    await take(world, club.activity("Announce", bob.activity(name, said if undone else f"{bob.uri}/notes/1"), to=[PUBLIC]), club)
    [(_, stated, reason)] = lines()
    assert stated == f"Announce {name}"
    assert reason
