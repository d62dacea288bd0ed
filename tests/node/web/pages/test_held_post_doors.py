"""Doors x acts of a held post: until a moderator approves it, its author and the moderators see it and nobody else does, nor its replies;
then it goes out as if it were new."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from federation import cavage
from federation import records as wire
from federation.errors import FederationError
from federation.records import PUBLIC
from node.errors import NodeError
from node.social import authorizing, communities, follows, posts, reactions, sharing, stewarding
from storage import accounts
from storage import posts as kept_posts
from storage.records import HELD, Account, Post
from tests.node.conftest import NOON, ORIGIN, Stranger, World
from tests.node.web.pages.conftest import Surf, Surfer

SECRET = "zebrafinch"
DELIVERED = "SELECT d.inbox, a.body FROM deliveries d JOIN activities a ON a.id = d.activity_id"


@pytest.fixture
def settings() -> str:
    return "[limits]\nrates = false"


@dataclass
class Scene:
    """A community that holds first posts, its moderator, a newcomer here and one elsewhere, followers of both, and others."""

    world: World
    club: Account
    moderator: Account
    new: Account
    far: Stranger
    fan: Stranger
    readers: dict[str, tuple[Surfer, str, Stranger | None]]
    makers: dict[str, tuple[Surfer, str]]

    async def approve(self, post: Post) -> None:
        await stewarding.on_post(self.world.context, self.moderator, self.club.id, post.id, "approve")
        await self.world.work()

    async def again(self, post: Post) -> Post:
        found = await self.world.context.database.read(kept_posts.find_post, post.id)
        assert found is not None
        return found


@pytest.fixture
async def scene(world, surf) -> Scene:
    return await make_scene(world, surf)


async def make_scene(world: World, surf: Surf) -> Scene:
    """Everybody in place, and nothing delivered yet."""
    moderator, new, eve, rita = [await world.account(name) for name in ("mona", "nell", "eve", "rita")]
    far, fan = await world.stranger("bob"), await world.stranger("fan")
    club = await communities.create(world.context, "club", communities.Settings("Club", approves_first=True), [moderator])
    await follows.follow(world.context, new, club.id)
    await follows.follow(world.context, eve, new.id)
    await world.receive(fan.activity("Follow", new.uri), fan)
    await world.receive(far.activity("Follow", club.uri), far)
    await world.receive(fan.activity("Follow", club.uri, name="2"), fan)
    await world.follow(eve, far)
    await world.context.database.write(lambda db: db.execute("DELETE FROM deliveries"))
    token = authorizing.new_token
    readers = {
        "visitor": (await surf(), "", None),
        "follower": (await surf(eve), await token(world.context, eve.id, "t", "read write"), None),
        "reader": (await surf(rita), await token(world.context, rita.id, "t", "read write"), None),
        "follower's server": (await surf(), "", fan),
    }
    makers = {"nell": (await surf(new), await token(world.context, new.id, "t", "read write"))}
    return Scene(world, club, moderator, new, far, fan, readers, makers)


Make = Callable[[Scene], Awaitable[Post]]


async def _newest(scene: Scene) -> Post:
    return (await scene.world.context.database.read(kept_posts.list_all_posts, scene.new.id))[0]


async def _by_api(scene: Scene) -> Post:
    browser, token = scene.makers["nell"]
    said = {"status": f"@club @eve {SECRET} #spam", "visibility": "public"}
    async with browser.client.post("/api/v1/statuses", json=said, headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 200
    return await _newest(scene)


async def _by_page(scene: Scene) -> Post:
    browser, _ = scene.makers["nell"]
    await browser.send("/compose", {"text": f"{SECRET} @eve #spam", "community": str(scene.club.id), "visibility": "0"})
    return await _newest(scene)


async def _by_outbox(scene: Scene) -> Post:
    browser, token = scene.makers["nell"]
    tag = [{"type": "Hashtag", "name": "#spam"}]
    note = {
        "type": "Note",
        "content": f"<p>{SECRET} #spam</p>",
        "tag": tag,
        "audience": scene.club.uri,
        "to": [PUBLIC],
        "cc": [scene.club.uri],
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/activity+json"}
    async with browser.client.post("/users/nell/outbox", json=note, headers=headers) as answer:
        assert answer.status == 201, await answer.text()
    return await _newest(scene)


async def _event(scene: Scene) -> Post:
    event = wire.EventDetails(NOON + timedelta(days=2), None, "Here", "free")
    said = posts.Draft(f"{SECRET} #spam", type="Event", title=SECRET, event=event, community_id=scene.club.id)
    return await posts.publish(scene.world.context, scene.new, said)


async def _poll(scene: Scene) -> Post:
    poll = posts.PollDraft((SECRET, "b"), multiple=False, open_s=3600)
    return await posts.publish(scene.world.context, scene.new, posts.Draft(f"{SECRET} #spam", poll=poll, community_id=scene.club.id))


async def _edited(scene: Scene) -> Post:
    made = await posts.publish(scene.world.context, scene.new, posts.Draft("first", community_id=scene.club.id))
    return await posts.edit(scene.world.context, scene.new, made.id, posts.Draft(f"{SECRET} @eve #spam"))


async def _quoting(scene: Scene) -> Post:
    quoted = await scene.world.post(scene.moderator, "quote me")
    said = posts.Draft(f"{SECRET} #spam", quoted_id=quoted.id, community_id=scene.club.id)
    return await posts.publish(scene.world.context, scene.new, said)


async def _reply_to_own(scene: Scene) -> Post:
    first = await posts.publish(scene.world.context, scene.new, posts.Draft("first", community_id=scene.club.id))
    return await posts.publish(scene.world.context, scene.new, posts.Draft(f"{SECRET} #spam @eve", in_reply_to_id=first.id))


async def _from_elsewhere(scene: Scene) -> Post:
    tags = {"hashtags": ("spam",), "to": (PUBLIC, scene.club.uri), "cc": (f"{scene.far.uri}/followers",)}
    note = scene.far.note("spam", content=f"<p>{SECRET} #spam</p>", audience_uri=scene.club.uri, **tags)
    await scene.world.receive(scene.far.create(note), scene.far)
    found = await scene.world.find_post(note.uri)
    assert found is not None
    return found


async def _edited_elsewhere(scene: Scene) -> Post:
    made = await _from_elsewhere(scene)
    note = scene.far.note("spam", content=f"<p>{SECRET} again</p>", audience_uri=scene.club.uri, to=(PUBLIC, scene.club.uri), updated=NOON)
    await scene.world.receive(scene.far.activity("Update", scene.far.create(note)["object"], name="up"), scene.far)
    return await scene.again(made)


MAKERS: dict[str, Make] = {
    "API": _by_api,
    "page": _by_page,
    "C2S": _by_outbox,
    "event": _event,
    "poll": _poll,
    "edit": _edited,
    "quote": _quoting,
    "reply to a held one": _reply_to_own,
    "elsewhere": _from_elsewhere,
    "edit elsewhere": _edited_elsewhere,
}


def doors(scene: Scene, post: Post, author: str) -> tuple[str, ...]:
    """All that could show a post."""
    at = f"/@{author}/{post.id}"
    return (
        "/", f"/@{author}", at, f"{at}/history", "/@club", "/tags/spam", "/tags/spam.atom",
        f"/search?q={SECRET}", f"/search.atom?q={SECRET}",
        f"/@{author}.atom", f"/@{author}.json", "/@club.atom", "/@club/events", "/events.ics", "/notifications", "/messages", "/digest",
        f"/api/v1/statuses/{post.id}", f"/api/v1/statuses/{post.id}/context", f"/api/v1/statuses/{post.id}/history",
        f"/api/v1/statuses/{post.id}/source", f"/api/v1/accounts/{post.account_id}/statuses", "/api/v1/timelines/home",
        "/api/v1/timelines/public", "/api/v1/timelines/public?local=true", "/api/v1/timelines/tag/spam", "/api/v1/notifications",
        "/api/v1/conversations", "/api/v1/trends/statuses", f"/api/v2/search?q={SECRET}&type=statuses",
        f"/api/v1/accounts/{scene.club.id}/statuses", f"/api/oembed?url={ORIGIN}{at}",
        f"/users/{author}/posts/{post.id}", f"/users/{author}/posts/{post.id}/replies?page=true", f"/users/{author}/outbox?page=true",
        f"/users/{author}/activities/{post.id}", f"/users/{author}/featured?page=true", "/users/club/outbox?page=true",
        f"/contexts/{post.id}?page=true",
    )  # fmt: skip


async def _text(scene: Scene, reader: str, path: str) -> str:
    browser, token, signer = scene.readers[reader]
    headers = {"Accept": "application/activity+json" if path.startswith(("/users/", "/contexts/")) else "text/html"}
    if path.startswith("/api/"):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
    if signer is not None and path.startswith(("/users/", "/contexts/")):
        headers |= cavage.sign(signer.signer, "GET", f"{ORIGIN}{path}", None, scene.world.context.site.now())
    async with browser.client.get(path, headers=headers, allow_redirects=False) as answer:
        assert answer.status < 500, path
        text = await answer.text()
    return text.replace(f"?q={SECRET}", "").replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "").replace(f"<title>{SECRET}", "")


async def _leaks(scene: Scene, post: Post, author: str) -> list[tuple[str, str]]:
    found = []
    for reader in scene.readers:
        for path in doors(scene, post, author):
            text = await _text(scene, reader, path)
            if SECRET in text and not path.startswith("/search"):
                found.append((reader, path))
            if path.startswith("/search") and f"/{post.id}" in text:
                found.append((reader, path))
    return found


@pytest.mark.parametrize("made", MAKERS)
async def test_a_held_post_is_seen_by_nobody_but_its_author_and_the_moderators_however_it_came(scene, surf, made):
    post = await scene.again(await MAKERS[made](scene))
    author = f"bob@{scene.far.uri.split('/')[2]}" if "elsewhere" in made else "nell"
    assert post.visibility == HELD
    leaks = await _leaks(scene, post, author)
    cells = len(scene.readers) * len(doors(scene, post, author))
    print(f"held post by {made}: {cells} cells, {len(leaks)} leaks")
    assert leaks == []
    sent = await scene.world.context.database.read(lambda db: db.execute(DELIVERED).fetchall())
    assert [inbox for inbox, body in sent if SECRET.encode() in bytes(body) or f"posts/{post.id}".encode() in bytes(body)] == []
    assert await scene.world.told(await scene.world.context.database.read(lambda db: _account(db, "eve"))) == []
    moderator = await surf(scene.moderator)
    assert SECRET in (await moderator.get("/@club/moderation")).text
    assert SECRET in (await moderator.get(f"/@{author}/{post.id}")).text
    if author == "nell":
        own = await surf(scene.new)
        assert SECRET in (await own.get("/@nell")).text
        assert SECRET in (await own.get("/")).text


def _account(db: Any, name: str) -> Account:

    found = accounts.find_account_by_handle(db, name)
    assert found is not None
    return found


@pytest.mark.parametrize("made", [name for name in MAKERS if name != "reply to a held one"])
async def test_an_approved_post_goes_out_as_if_it_were_new(scene, made):
    post = await MAKERS[made](scene)
    author = f"bob@{scene.far.uri.split('/')[2]}" if "elsewhere" in made else "nell"
    await scene.approve(post)
    assert (await scene.again(post)).visibility < HELD
    for reader in ("visitor", "follower"):
        for path in (f"/@{author}/{post.id}", "/@club", f"/api/v1/statuses/{post.id}"):
            assert SECRET in await _text(scene, reader, path), path
    assert SECRET in await _text(scene, "follower", "/api/v1/timelines/home")
    if author == "nell":
        for path in (
            "/",
            "/tags/spam",
            "/api/v1/timelines/public?local=true",
            f"/users/nell/posts/{post.id}",
            "/users/nell/outbox?page=true",
        ):
            assert SECRET in await _text(scene, "visitor", path), path
        sent = await scene.world.context.database.read(lambda db: db.execute(DELIVERED).fetchall())
        assert scene.fan.actor.inbox in {inbox for inbox, body in sent if SECRET.encode() in bytes(body)}
    if made in {"API", "page", "edit"}:
        eve = await scene.world.context.database.read(lambda db: _account(db, "eve"))
        assert ("mention", "nell") in await scene.world.told(eve)


async def test_replies_to_a_held_post_go_out_with_it(scene):
    reply = await _reply_to_own(scene)
    first = (await scene.again(reply)).in_reply_to_id
    answer = await posts.publish(scene.world.context, scene.moderator, posts.Draft("an answer", in_reply_to_id=first))
    assert {(await scene.again(each)).visibility for each in (reply, answer)} == {HELD}
    assert await _leaks(scene, answer, "mona") == []
    await stewarding.on_post(scene.world.context, scene.moderator, scene.club.id, first, "approve")
    assert {(await scene.again(each)).visibility for each in (reply, answer)} == {0}
    assert SECRET in await _text(scene, "visitor", f"/@nell/{reply.id}")


async def test_a_refused_post_is_gone_for_all_but_its_author_and_may_be_let_in_again(scene, surf):
    post = await _by_page(scene)
    await stewarding.on_post(scene.world.context, scene.moderator, scene.club.id, post.id, "remove")
    assert await _leaks(scene, post, "nell") == []
    assert (await (await surf(scene.moderator)).get(f"/@nell/{post.id}")).status == 404
    assert SECRET in (await (await surf(scene.new)).get(f"/@nell/{post.id}")).text
    await stewarding.on_post(scene.world.context, scene.moderator, scene.club.id, post.id, "restore")
    assert SECRET in await _text(scene, "visitor", f"/@nell/{post.id}")


async def test_a_held_post_is_not_let_out_by_what_its_author_or_others_do_to_it(scene):
    post = await _by_page(scene)
    context = scene.world.context
    for act in (
        reactions.boost(context, scene.new, post.id),
        reactions.pin(context, scene.new, post.id),
        sharing.share(context, scene.new, post.id, 0),
        posts.edit(context, scene.new, post.id, posts.Draft(f"{SECRET} again")),
        posts.publish(context, scene.new, posts.Draft("look", quoted_id=post.id)),
        reactions.like(context, scene.moderator, post.id),
        reactions.boost(context, scene.moderator, post.id),
    ):
        with contextlib.suppress(NodeError, FederationError):
            await act
    with contextlib.suppress(FederationError):
        await scene.world.receive(scene.fan.activity("Announce", post.uri, to=[PUBLIC]), scene.fan)
    await scene.world.work()
    assert (await scene.again(post)).visibility == HELD
    assert await _leaks(scene, post, "nell") == []
    sent = await context.database.read(lambda db: db.execute(DELIVERED).fetchall())
    assert [inbox for inbox, body in sent if SECRET.encode() in bytes(body)] == []


async def test_the_next_post_of_somebody_approved_waits_for_nobody(scene):
    await scene.approve(await _by_page(scene))
    second = await posts.publish(scene.world.context, scene.new, posts.Draft("second", community_id=scene.club.id))
    assert second.visibility == 0
