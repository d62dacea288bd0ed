"""Doors x acts of hidden collections and of blocks: who hides whom they follow and who follows them shows nobody more than the counts, and
somebody who is blocked reads no text; before they are hidden, and for others, each door shows them."""

from dataclasses import dataclass
from typing import Any

import pytest

from federation import cavage
from node.social import authorizing, blocking, communities, follows, preferring, reactions, relating
from storage import accounts
from storage.records import Account
from tests.node.conftest import ORIGIN, Stranger, World
from tests.node.web.pages.conftest import Surfer

SECRET = "zebrafinch"


@pytest.fixture
def settings() -> str:
    return "[limits]\nrates = false"


@dataclass
class Scene:
    """Somebody with a follower and a followed account here and elsewhere; others who ask."""

    world: World
    shy: Account
    far: Stranger
    readers: dict[str, tuple[Surfer, str, Stranger | None]]
    ids: dict[str, int]

    async def text(self, reader: str, path: str) -> str:
        """The body of whatever is answered well."""
        browser, token, signer = self.readers[reader]
        is_wire = path.startswith(("/users/", "/contexts/"))
        headers = {"Accept": "application/activity+json" if is_wire else "text/html"}
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
        if signer is not None and is_wire:
            headers |= cavage.sign(signer.signer, "GET", f"{ORIGIN}{path}", None, self.world.context.site.now())
        async with browser.client.get(path, headers=headers, allow_redirects=False) as answer:
            assert answer.status < 500, path
            body = await answer.text()
        return body if answer.status < 300 else ""


@pytest.fixture
async def scene(world, surf) -> Scene:
    shy, eve, rita, fan, idol = [await world.account(name) for name in ("shy", "eve", "rita", "fan", "idol")]
    far = await world.stranger("bob")
    await follows.follow(world.context, fan, shy.id)
    await follows.follow(world.context, shy, idol.id)
    await follows.follow(world.context, eve, fan.id)
    await world.receive(far.activity("Follow", shy.uri), far)
    await world.follow(shy, far)
    token = authorizing.new_token
    readers = {
        "visitor": (await surf(), "", None),
        "neighbour": (await surf(eve), await token(world.context, eve.id, "t", "read write follow"), None),
        "server": (await surf(), "", await world.stranger("carl")),
        "owner": (await surf(shy), await token(world.context, shy.id, "t", "read write follow"), None),
    }
    return Scene(world, shy, far, readers, {"shy": shy.id, "eve": eve.id, "rita": rita.id, "fan": fan.id})


def lists(scene: Scene) -> tuple[str, ...]:
    """Where followers and followed accounts could stand."""
    shy = scene.ids["shy"]
    return (
        "/@shy/followers", "/@shy/following", "/@shy/network", "/@shy", "/@shy.atom", "/@shy.json",
        "/users/shy/followers", "/users/shy/followers?page=true", "/users/shy/followers?page=true&key=0", "/users/shy/followers?page=1",
        "/users/shy/following", "/users/shy/following?page=true", "/users/shy", "/users/shy/outbox?page=true",
        f"/api/v1/accounts/{shy}/followers", f"/api/v1/accounts/{shy}/following", f"/api/v1/accounts/{shy}",
        f"/api/v1/accounts/familiar_followers?id[]={shy}", f"/api/v1/accounts/{shy}/endorsements", "/api/v1/accounts/lookup?acct=shy",
    )  # fmt: skip


SHOWN = ("/@fan", "/@idol", "/users/fan", "/users/idol", '"fan"', '"idol"', "/users/bob")


async def _showing(scene: Scene, *readers: str) -> set[tuple[str, str]]:
    found = {(who, path): await scene.text(who, path) for who in readers for path in lists(scene)}
    return {cell for cell, text in found.items() if any(name in text for name in SHOWN)}


OPEN = {
    ("visitor", "/@shy/followers"), ("visitor", "/@shy/following"), ("server", "/users/shy/followers?page=true"),
    ("server", "/users/shy/following?page=true"), ("neighbour", "/@shy/followers"),
}  # fmt: skip


async def test_hidden_collections_are_shown_by_no_door_to_anybody_else(scene):
    assert await _showing(scene, "visitor", "neighbour", "server") >= OPEN
    await preferring.change(scene.world.context, scene.shy, {"hides_network": True})
    others = ("visitor", "neighbour", "server")
    leaks = await _showing(scene, *others)
    doors, cells = len(lists(scene)), len(lists(scene)) * len(others)
    print(f"hidden collections: {doors} doors x {len(others)} readers = {cells} cells, {len(leaks)} leaks")
    assert leaks == set()
    _, counted = await _json(scene, "/users/shy/followers")
    assert counted["totalItems"] == 2
    assert ("owner", "/@shy/followers") in await _showing(scene, "owner")


async def _json(scene: Scene, path: str) -> tuple[int, Any]:
    browser, _, _ = scene.readers["visitor"]
    async with browser.client.get(path, headers={"Accept": "application/activity+json"}) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_the_members_of_a_community_whose_list_is_for_members_are_shown_by_no_door(scene, surf):
    world, shy = scene.world, scene.shy
    settings = communities.Settings("Club", members_shown_to="everyone")
    club = await communities.create(world.context, "club", settings, [shy])
    account = await world.context.database.read(lambda db: accounts.find_account(db, scene.ids["fan"]))
    await follows.follow(world.context, account, club.id)
    doors = (
        "/@club/members",
        "/@club/followers",
        "/@club/cohorts",
        "/users/club/followers?page=true",
        f"/api/v1/accounts/{club.id}/followers",
    )
    before = [path for path in doors if "/@cohorts" not in path and "fan" in await scene.text("visitor", path)]
    assert len(before) >= 3
    await communities.change(world.context, shy, club.id, communities.Settings("Club", members_shown_to="members"))
    for who in ("visitor", "neighbour", "server"):
        assert [path for path in doors if "fan" in await scene.text(who, path)] == []
    assert "fan" in await scene.text("owner", "/@club/members")


def texts(post_id: int) -> tuple[str, ...]:
    """Where the texts of an account could be read by another server."""
    at = f"/users/shy/posts/{post_id}"
    return (
        "/users/shy/outbox", "/users/shy/outbox?page=true", "/users/shy/featured", "/users/shy/featured?page=true", at, f"{at}/replies",
        f"{at}/replies?page=true", f"{at}/likes?page=true", f"{at}/shares?page=true", f"/users/shy/activities/{post_id}", "/users/shy",
        "/users/shy/followers?page=true", "/users/shy/following?page=true",
    )  # fmt: skip


@pytest.mark.parametrize("how", ["block", "hidden server", "domain block"])
async def test_somebody_blocked_reads_no_text_by_a_signed_fetch(scene, how):
    world, shy = scene.world, scene.shy
    carl = scene.readers["server"][2]
    post = await world.post(shy, SECRET)
    await reactions.pin(world.context, shy, post.id)
    read = [path for path in texts(post.id) if SECRET in await scene.text("server", path)]
    assert set(read) >= {"/users/shy/outbox?page=true", f"/users/shy/posts/{post.id}", "/users/shy/featured?page=true"}
    known = await world.known(carl)
    if how == "block":
        await blocking.block(world.context, shy, known.id)
    elif how == "hidden server":
        await relating.hide_domain(world.context, shy, known.domain)
    else:
        await blocking.block_domain(world.context, known.domain)
    leaks = [path for path in texts(post.id) if SECRET in await scene.text("server", path)]
    print(f"blocked by {how}: {len(texts(post.id))} doors, {len(leaks)} leaks")
    assert leaks == []
    assert SECRET in await scene.text("visitor", "/users/shy/outbox?page=true")
    for path in ("/users/shy/followers?page=true", "/users/shy/following?page=true"):
        text = await scene.text("server", path)
        assert [name for name in SHOWN if name in text] == []
    if how != "domain block":
        actor = await scene.text("server", "/users/shy")
        assert '"publicKey"' in actor
        assert '"summary"' not in actor
