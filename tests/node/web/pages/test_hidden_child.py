"""Outside of its approved circle a supervised account stands in no list, search, directory, feed, card or member page; its actor and
WebFinger answer with a stub. Every door is asked by strangers and, as a control, by somebody of the circle."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from federation import cavage
from federation.records import EventDetails
from node.errors import NotAllowed
from node.social import accounts as making
from node.social import authorizing, cohorts, communities, follows, reactions, supervising, workshops
from storage import accounts, wards
from storage import cohorts as kept_cohorts
from storage import posts as kept_posts
from storage.records import Account
from tests.node.conftest import ORIGIN, Stranger, World
from tests.node.web.pages.conftest import Surfer

NAME, TEXT = "Kitty of the hedge", "zebrafinch"
SHOWN = ("/@kit", "/users/kit", NAME, TEXT, '"kit"', "@kit")
STUB = {
    "@context", "id", "type", "preferredUsername", "inbox", "outbox", "publicKey", "assertionMethod", "manuallyApprovesFollowers",
    "discoverable", "indexable",
}  # fmt: skip


@pytest.fixture
def settings() -> str:
    return "[limits]\nrates = false"


@dataclass
class Reader:
    """Somebody who asks: a browser, a program, another server."""

    browser: Surfer
    token: str = ""
    signed_by: Stranger | None = None

    async def text(self, world: World, path: str) -> str:
        """The body of whatever is answered."""
        headers = {"Accept": "application/activity+json" if path.startswith("/users/") else "text/html"}
        if path.startswith("/api/"):
            headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if self.signed_by is not None and path.startswith("/users/"):
            headers |= cavage.sign(self.signed_by.signer, "GET", f"{ORIGIN}{path}", None, world.context.site.now())
        async with self.browser.client.get(path, headers=headers, allow_redirects=False) as answer:
            assert answer.status < 500, path
            body = await answer.text()
            return body if answer.status < 300 else ""


@dataclass
class Scene:
    """A child in a class, its guardian and friends, and strangers."""

    world: World
    child: Account
    post: Any
    doors: tuple[str, ...]
    readers: dict[str, Reader]
    pal: Stranger


async def _reader(world: World, surf: Any, account: Account | None = None, signed_by: Stranger | None = None) -> Reader:
    token = await authorizing.new_token(world.context, account.id, "t", "read write follow") if account else ""
    return Reader(await surf(account), token, signed_by)


@pytest.fixture
async def scene(world, surf, clock) -> Scene:
    guardian, sam, eve = [await world.account(name, **said) for name, said in (("gus", {"role": "owner"}), ("sam", {}), ("eve", {}))]
    far, pal = await world.stranger("bob"), await world.stranger("pal")
    child = await supervising.make_ward(world.context, guardian, "kit", NAME, "hedges grow slowly")
    klass = await communities.create(world.context, "klass", communities.Settings("Class", members_shown_to="everyone"), [sam])
    for target in (sam, klass):
        clock.go(seconds=1)
        await follows.follow(world.context, child, target.id)
    await world.receive(pal.activity("Follow", child.uri), pal)
    for wish in await world.context.database.read(wards.list_wishes, child.id, 10):
        await supervising.decide(world.context, guardian, wish.id, is_agreed=True)
    edit = making.ProfileEdit(NAME, TEXT, locked=False, discoverable=True, indexable=True, fields=(("About", TEXT),))
    child = await making.edit_profile(world.context, child, edit)
    post, event = (
        await world.post(sam, "a note"),
        await world.post(sam, "come", type="Event", title="Walk", event=posts_event(), visibility=0),
    )
    await reactions.like(world.context, child, post.id)
    await reactions.boost(world.context, child, post.id)
    await workshops.attend(world.context, child, event.id)
    await follows.follow(world.context, guardian, klass.id)
    cohort = await cohorts.start(world.context, sam, klass.id, "Autumn", date(2026, 11, 1), date(2026, 12, 31))
    await supervising.enrol(world.context, guardian, child.id, cohort.id)
    await world.post(child, f"#moss {TEXT}")
    doors = (
        "/@kit/portfolio", "/@kit/followers", "/@kit/following", "/@kit/network", "/@kit/achievements", "/@kit/record", "/@kit.atom",
        "/@kit.rss", "/@kit.json", "/@kit/portfolio.png", "/", "/search?q=kit", "/search?q=Kitty", "/search?q=zebrafinch", "/tags/moss",
        "/tags/moss.atom", "/search.atom?q=zebrafinch", "/@klass/members", "/@klass/cohorts", "/@sam/followers", f"/@sam/{event.id}",
        f"/@sam/{post.id}", "/communities", "/@sam", "/@klass",
        "/api/v1/accounts/lookup?acct=kit", f"/api/v1/accounts/{child.id}", f"/api/v1/accounts?id[]={child.id}",
        f"/api/v1/accounts/{child.id}/statuses", f"/api/v1/accounts/{child.id}/followers", f"/api/v1/accounts/{child.id}/following",
        "/api/v1/accounts/search?q=kit", "/api/v2/search?q=kit", "/api/v2/search?q=Kitty", "/api/v2/search?q=zebrafinch&type=statuses",
        f"/api/v2/search?q={child.uri}&resolve=true", "/api/v2/search?q=@kit&resolve=true",
        "/api/v1/directory?local=true", "/api/v1/directory?order=new", "/api/v2/suggestions", "/api/v1/suggestions",
        f"/api/v1/statuses/{post.id}/favourited_by", f"/api/v1/statuses/{post.id}/reblogged_by", f"/api/v1/accounts/{sam.id}/followers",
        f"/api/v1/accounts/{klass.id}/followers", f"/api/v1/accounts/familiar_followers?id[]={sam.id}",
        "/api/v1/timelines/public?local=true", "/api/v1/timelines/tag/moss", "/api/v1/trends/tags", "/api/v1/trends/statuses",
        "/users/sam/followers?page=true", "/users/klass/followers?page=true", f"/users/sam/posts/{post.id}/likes?page=true",
        f"/users/sam/posts/{post.id}/shares?page=true", "/users/kit/outbox?page=true", "/users/kit/followers?page=true",
        "/users/kit/following?page=true", "/users/kit/featured?page=true",
    )  # fmt: skip
    readers = {
        "visitor": await _reader(world, surf),
        "neighbour": await _reader(world, surf, eve),
        "stranger's server": await _reader(world, surf, signed_by=far),
    }
    return Scene(world, child, post, doors, readers, pal)


def posts_event() -> Any:
    """A walk in a few days."""

    return EventDetails(datetime(2026, 11, 30, 10, tzinfo=UTC), None, "Here", "free")


def _leaks(path: str, text: str) -> bool:
    """Whether an answer shows the child: its own address is repeated by collections and searches, and tells nothing."""
    asked = path.partition("?")[0]
    without = text.replace(f"{ORIGIN}{asked}", "").replace(path, "")
    if "q=" in path or "acct=" in path:  # what was typed stands in the field again
        return NAME in text or (TEXT in text.replace("q=zebrafinch", "").replace('value="zebrafinch"', "") and "zebrafinch" not in path)
    return any(shown in without for shown in SHOWN if shown != "/users/kit" or not path.startswith("/users/kit"))


async def test_strangers_find_a_child_nowhere(scene):
    leaks = []
    for who, reader in scene.readers.items():
        for path in scene.doors:
            if _leaks(path, await reader.text(scene.world, path)):
                leaks.append((who, path))
    print(f"hidden child: {len(scene.doors)} doors x {len(scene.readers)} readers = {len(scene.doors) * len(scene.readers)} cells")
    assert leaks == []


async def test_the_actor_and_webfinger_of_a_child_are_stubs_for_strangers(scene):
    for who, reader in scene.readers.items():
        async with reader.browser.client.get("/users/kit", headers={"Accept": "application/activity+json"}) as answer:
            actor = await answer.json(content_type=None)
        assert set(actor) == STUB, who
        assert (actor["manuallyApprovesFollowers"], actor["discoverable"], actor["indexable"]) == (True, False, False)
        finger = await reader.text(scene.world, "/.well-known/webfinger?resource=acct:kit@hedge.test")
        assert NAME not in finger
        assert "profile-page" not in finger
        assert (await reader.browser.get("/@kit")).text.count(NAME) == 0


async def test_a_signed_fetch_by_an_approved_actor_gets_the_whole(scene, surf):
    friend, stranger = await _reader(scene.world, surf, signed_by=scene.pal), scene.readers["stranger's server"]
    assert NAME in await friend.text(scene.world, "/users/kit")
    assert NAME not in await stranger.text(scene.world, "/users/kit")


@pytest.mark.parametrize("name", ["gus", "sam"])
async def test_the_circle_finds_a_child(scene, surf, name):

    account = await scene.world.context.database.read(accounts.find_account_by_handle, name)
    reader = await _reader(scene.world, surf, account)
    for path in ("/@kit", "/search?q=kit", "/api/v1/accounts/lookup?acct=kit", "/api/v1/accounts/search?q=kit", "/@klass/members",
                 "/@klass/cohorts", f"/api/v1/statuses/{scene.post.id}/favourited_by"):  # fmt: skip
        assert NAME in await reader.text(scene.world, path), path


async def test_a_child_is_met_by_the_cohort_in_which_a_guardian_enrolled_it(world):
    guardian, sam, mate, other = [await world.account(name) for name in ("gus", "sam", "mate", "other")]
    child = await supervising.make_ward(world.context, guardian, "kit", NAME, "hedges grow slowly")
    klass = await communities.create(world.context, "klass", communities.Settings("Class"), [sam])
    await follows.follow(world.context, child, klass.id)
    [wish] = await world.context.database.read(wards.list_wishes, child.id, 10)
    await supervising.decide(world.context, guardian, wish.id, is_agreed=True)
    cohort = await cohorts.start(world.context, sam, klass.id, "Autumn", date(2026, 11, 1), date(2026, 12, 31))
    for account in (mate, other):
        await follows.follow(world.context, account, klass.id)
    await cohorts.join(world.context, mate, cohort.id)
    await world.post(mate, "@kit hello")
    assert await world.told(child) == []
    await supervising.enrol(world.context, guardian, child.id, cohort.id)
    await world.post(mate, "@kit hello", visibility=3)
    await world.post(other, "@kit hello")
    assert await world.told(child) == [("mention", "mate")]


async def test_a_class_shows_its_members_to_members_unless_it_says_otherwise(world, surf):
    guardian, sam = await world.account("gus"), await world.account("sam")
    klass = await communities.create(world.context, "klass", communities.Settings("Class"), [sam])
    visitor, member = await surf(), await surf(sam)
    for path in ("/@klass/members", "/@klass/cohorts", "/@klass/followers"):
        assert (await visitor.get(path)).status == 200
    child = await supervising.make_ward(world.context, guardian, "kit", NAME, "hedges grow slowly")
    await follows.follow(world.context, child, klass.id)
    [wish] = await world.context.database.read(wards.list_wishes, child.id, 10)
    await supervising.decide(world.context, guardian, wish.id, is_agreed=True)
    for path in ("/@klass/members", "/@klass/cohorts", "/@klass/followers"):
        assert (await visitor.get(path)).status == 404
        assert (await member.get(path)).status == 200
    await communities.change(world.context, sam, klass.id, communities.Settings("Class", members_shown_to="everyone"))
    assert (await visitor.get("/@klass/members")).status == 200
    await communities.change(world.context, sam, klass.id, communities.Settings("Class", members_shown_to="members"))
    assert (await visitor.get("/@klass/members")).status == 404
    assert await world.context.database.read(kept_cohorts.is_class, klass.id)


async def test_beside_a_post_that_a_guardian_let_out_strangers_read_the_handle_alone(scene, surf):
    world = scene.world
    guardian = await world.context.database.read(accounts.find_account_by_handle, "gus")
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [guardian])
    for act in (follows.follow(world.context, scene.child, garden.id), None):
        if act is not None:
            await act
        else:
            with pytest.raises(NotAllowed):
                await world.post(scene.child, "of mosses", community_id=garden.id)
        for wish in await world.context.database.read(wards.list_wishes, scene.child.id, 20):
            if wish.state == "waiting":
                await supervising.decide(world.context, guardian, wish.id, is_agreed=True)
    [post] = [each for each in await world.context.database.read(kept_posts.list_all_posts, scene.child.id) if each.visibility == 0]
    doors = (
        f"/@kit/{post.id}",
        "/@garden",
        "/api/v1/timelines/public?local=true",
        f"/api/v1/statuses/{post.id}",
        f"/api/oembed?url={post.url}",
    )
    for who, reader in scene.readers.items():
        for path in doors:
            text = await reader.text(world, path)
            assert "of mosses" in text, (who, path)
            assert NAME not in text, (who, path)
            assert TEXT not in text, (who, path)
    friend = await _reader(world, surf, guardian)
    assert NAME in await friend.text(world, f"/api/v1/statuses/{post.id}")


async def test_a_public_network_of_a_friend_does_not_draw_a_child(scene, surf):
    world = scene.world
    guardian = await world.context.database.read(accounts.find_account_by_handle, "gus")
    await follows.follow(world.context, guardian, scene.child.id)
    for wish in await world.context.database.read(wards.list_wishes, scene.child.id, 20):
        if wish.state == "waiting":
            await supervising.decide(world.context, guardian, wish.id, is_agreed=True)
    browser = await surf(guardian)
    await browser.send("/settings/learning", {"shows_network": "1"})
    shown = await scene.readers["visitor"].browser.get("/@gus/network")
    assert shown.status == 200
    assert "kit" not in shown.text
    assert "/@kit" in (await browser.get("/@gus/network")).text
