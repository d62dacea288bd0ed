"""ActivityPub client to server: a program posts to an outbox and reads with a token, as far as its scopes reach."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from federation.facets import Alignment, Goal, Path, Reflection, Step
from federation.records import PUBLIC
from node.assembly import build_app
from node.learning import goals
from node.social import authorizing, communities, follows
from node.social.facets import facets_of
from storage import accounts, reactions
from storage import follows as kept_follows
from storage import posts as kept_posts
from storage.records import DIRECT, PRIVATE
from tests.node.conftest import ORIGIN
from tests.node.social.test_media import picture

AS2 = {"Content-Type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}
CONTEXT = "https://www.w3.org/ns/activitystreams"


@dataclass
class Program:
    """A program with a token."""

    client: TestClient[Any, Any]
    token: str

    async def send(self, path: str, document: Any, **headers: str) -> tuple[int, str]:
        """(status, Location or the sentence) of a POST of JSON."""
        body = document if isinstance(document, bytes) else orjson.dumps(document)
        sent = {**AS2, "Authorization": f"Bearer {self.token}", **headers}
        async with self.client.post(path, data=body, headers=sent) as response:
            return response.status, response.headers.get("Location", "").removeprefix(ORIGIN) or await response.text()

    async def get(self, path: str) -> tuple[int, Any]:
        headers = {"Accept": "application/activity+json", "Authorization": f"Bearer {self.token}"}
        async with self.client.get(path.removeprefix(ORIGIN), headers=headers) as response:
            return response.status, orjson.loads(await response.read())

    async def items(self, path: str) -> list[Any]:
        _, found = await self.get(path)
        return (await self.get(found["first"]))[1]["orderedItems"]


@pytest.fixture
async def bob(world):
    return await world.stranger("bob")


@pytest.fixture
async def program(world, ada) -> AsyncIterator[Any]:
    """Makes programs: `await program("read write")`."""
    async with TestClient(TestServer(build_app(world.context))) as client:

        async def make(scopes: str = "read write follow", account: Any = ada) -> Program:
            return Program(client, await authorizing.new_token(world.context, account.id, "test", scopes))

        yield make


OUTBOX = "/users/ada/outbox"


async def newest(world, account):
    found = await world.context.database.read(kept_posts.list_all_posts, account.id)
    return found[0]


async def test_a_bare_note_is_created_for_whom_it_is_addressed(world, ada, bob, program):
    await world.receive(bob.activity("Follow", ada.uri), bob)
    status, location = await (await program()).send(OUTBOX, {
        "@context": CONTEXT, "type": "Note", "content": '<p>Hello <b>moss</b><script>x</script></p>', "to": [f"{ada.uri}/followers"],
    })  # fmt: skip
    post = await newest(world, ada)
    assert (status, location) == (201, f"/users/ada/activities/{post.id}")
    assert (post.visibility, post.content, post.source) == (PRIVATE, "<p>Hello <b>moss</b></p>", None)
    assert [kind for kind, _ in await world.owed()] == ["Accept", "Create"]


async def test_markdown_is_made_as_everywhere_and_names_people(world, ada, bob, program):
    eve = await world.account("eve")
    await (await program()).send(OUTBOX, {
        "type": "Create", "to": [PUBLIC], "cc": [bob.uri],
        "object": {"type": "Note", "source": {"content": "Hello *@eve* #moss", "mediaType": "text/markdown"}},
    })  # fmt: skip
    post = await newest(world, ada)
    assert "<em>" in post.content
    named = await world.context.database.read(reactions.list_mentioned, post.id)
    assert {account.uri for account in named} == {bob.uri, eve.uri}
    assert ("Create", bob.actor.inbox) in await world.owed()


async def test_what_is_addressed_to_nobody_is_for_oneself(world, ada, program):
    await (await program()).send(OUTBOX, {"type": "Note", "content": "Mine"})
    assert (await newest(world, ada)).visibility == DIRECT
    assert await world.owed() == []


async def test_learning_objects_keep_their_whole_meaning(world, ada, program):
    tool, moss = await program(), {"type": ["Alignment"], "targetUrl": "https://moss.example/1", "targetName": "Moss"}
    await tool.send(
        OUTBOX, {"type": "Note", "content": "Know moss", "learning": [{"type": "Goal", "status": "active", "alignment": [moss]}]}
    )
    goal = await newest(world, ada)
    assert facets_of(goal) == (Goal("active", (Alignment("https://moss.example/1", "Moss"),)),)
    await tool.send(OUTBOX, {"type": "Article", "name": "Wet", "content": "They drink", "to": PUBLIC,
                             "learning": [{"type": "Reflection", "goal": goal.uri, "prompt": "What?"}]})  # fmt: skip
    found = await world.context.database.read(goals.get_view, goal.id, ada.id)
    assert (found.measure.reflections, found.goal.progress) == (1, 50)
    assert facets_of(found.reflections[0]) == (Reflection(None, goal.uri, "What?"),)
    await tool.send(
        OUTBOX,
        {"type": "Article", "name": "Way", "content": "Steps", "to": PUBLIC, "learning": [{"type": "Path", "steps": [{"title": "Look"}]}]},
    )
    assert {facets_of(post) for post in await world.context.database.read(kept_posts.list_all_posts, ada.id)} >= {(Path((Step("Look"),)),)}


async def test_a_credential_cannot_be_slipped_in(world, ada, program):
    forged = {
        "type": "Achievement",
        "credential": {"id": "https://x.example/1"},
        "credentialUrl": "https://x.example/1",
        "achievementType": "Badge",
    }
    await (await program()).send(
        OUTBOX, {"type": "Note", "content": "Look", "to": PUBLIC, "learning": [forged, {"type": "Goal", "status": "active"}]}
    )
    assert [facet["type"] for facet in orjson.loads((await newest(world, ada)).facets)] == ["Goal"]


async def test_an_answer_stands_below_what_it_answers_and_a_community_gets_what_is_for_it(world, ada, program, clock):
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])
    first = await world.post(ada, "First")
    tool = await program()
    await tool.send(OUTBOX, {"type": "Note", "content": "Answer", "inReplyTo": first.uri, "to": PUBLIC})
    assert [post.in_reply_to_id for post in await world.context.database.read(kept_posts.list_all_posts, ada.id)].count(first.id) == 1
    clock.go(seconds=1)
    await tool.send(OUTBOX, {"type": "Page", "name": "Moss", "content": "Look", "to": [PUBLIC], "audience": garden.uri})
    assert (await world.find_post((await newest(world, ada)).uri)).audience_uri == garden.uri


async def test_what_is_ones_own_is_changed_and_deleted(world, ada, program):
    tool, post = await program(), await world.post(ada, "Frist")
    assert await tool.send(OUTBOX, {"type": "Update", "object": {"id": post.uri, "type": "Note", "content": "First"}}) == (
        201, post.uri.removeprefix(ORIGIN),
    )  # fmt: skip
    assert (await world.find_post(post.uri)).content == "First"
    assert (await tool.send(OUTBOX, {"type": "Delete", "object": post.uri}))[0] == 201
    assert await world.find_post(post.uri) is None
    await tool.send(OUTBOX, {"type": "Update", "object": {"id": ada.uri, "type": "Person", "name": "Ada"}})
    assert (await world.context.database.read(accounts.get_account, ada.id)).display_name == "Ada"


async def test_deeds_are_done_and_undone(world, ada, bob, program):
    tool, eve = await program(), await world.account("eve")
    post, mine = await world.post(eve, "Moss"), await world.post(ada, "Mine")
    read = world.context.database.read
    for kind, uri in (("Follow", eve.uri), ("Follow", bob.uri), ("Like", post.uri), ("Announce", post.uri)):
        assert (await tool.send(OUTBOX, {"type": kind, "object": uri}))[0] == 201
    assert await read(kept_follows.is_following, ada.id, eve.id)
    assert await read(kept_posts.find_boost, ada.id, post.id) is not None
    assert (await tool.send(OUTBOX, {"type": "Add", "object": mine.uri, "target": ada.featured_uri}))[0] == 201
    assert [each.id for each in await read(reactions.list_pinned, ada.id)] == [mine.id]
    assert (await tool.send(OUTBOX, {"type": "Remove", "object": mine.uri, "target": ada.featured_uri}))[0] == 201
    boost = await read(kept_posts.find_boost, ada.id, post.id)
    for inner in (
        {"type": "Follow", "actor": ada.uri, "object": eve.uri},
        {"type": "Like", "actor": ada.uri, "object": post.uri},
        boost.uri,
    ):
        assert (await tool.send(OUTBOX, {"type": "Undo", "object": inner}))[0] == 201
    assert not await read(kept_follows.is_following, ada.id, eve.id)
    assert await read(kept_posts.find_boost, ada.id, post.id) is None
    assert await read(reactions.list_pinned, ada.id) == []
    assert (await tool.send(OUTBOX, {"type": "Block", "object": bob.uri}))[0] == 201
    assert [kind for kind, _ in await world.owed()][-1] == "Block"


async def test_a_wish_to_follow_is_answered(world, ada, program):
    await (await program()).send(OUTBOX, {"type": "Update", "object": {"id": ada.uri, "type": "Person", "summary": "x"}})
    eve, kim = await world.account("eve"), await world.account("kim")
    read = world.context.database.read
    await world.context.database.write(
        lambda db: db.execute("UPDATE accounts SET locked = :yes WHERE id = :id", {"yes": True, "id": ada.id})
    )
    asked = [await follows.follow(world.context, each, ada.id) for each in (eve, kim)]
    tool = await program()
    assert (await tool.send(OUTBOX, {"type": "Accept", "object": asked[0].uri}))[0] == 201
    assert (await tool.send(OUTBOX, {"type": "Reject", "object": {"type": "Follow", "actor": kim.uri, "object": ada.uri}}))[0] == 201
    assert [await read(kept_follows.is_following, each.id, ada.id) for each in (eve, kim)] == [True, False]


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        ({"type": "Note", "content": "x", "bcc": ["https://x.example/1"]}, 400),
        ({"type": "Create", "object": "https://x.example/1"}, 400),
        ({"type": "Move", "object": "https://x.example/1"}, 422),
        ({"type": "Image", "url": "https://x.example/1.png"}, 422),
        ({"type": "Note", "content": "x", "attachment": [{"type": "Image", "url": "https://x.example/1.png"}]}, 422),
        ({"type": "Note", "content": "x", "to": ["https://nowhere.example/users/x"]}, 404),
        ({"type": "Undo", "object": "https://x.example/1"}, 404),
        ({"type": "Add", "object": "https://x.example/1", "target": "https://x.example/c"}, 422),
        ({"type": "Delete", "object": "https://x.example/1"}, 404),
    ],
)
async def test_what_cannot_be_done_is_refused_and_nothing_is_kept(world, ada, program, document, status):
    assert (await (await program()).send(OUTBOX, document))[0] == status
    assert await world.context.database.read(kept_posts.list_all_posts, ada.id) == []


async def test_scopes_hold_and_nobody_posts_for_somebody_else(world, ada, program):
    eve = await world.account("eve")
    theirs, mine = await world.post(eve, "Theirs"), await world.post(ada, "Mine")
    note = {"type": "Note", "content": "x"}
    for scopes, document in (
        ("read", note),
        ("write:favourites", note),
        ("write:statuses", {"type": "Like", "object": theirs.uri}),
        ("write:statuses", {"type": "Follow", "object": eve.uri}),
        ("write:statuses", {"type": "Update", "object": {"id": ada.uri, "type": "Person", "name": "X"}}),
        ("write:follows", {"type": "Undo", "object": {"type": "Like", "object": theirs.uri}}),
        ("write:statuses", {"type": "Block", "object": eve.uri}),
    ):
        assert (await (await program(scopes)).send(OUTBOX, document))[0] == 403
    assert (await (await program("write:statuses")).send(OUTBOX, note))[0] == 201
    assert (await (await program(account=eve)).send(OUTBOX, note))[0] == 403
    tool = await program()
    assert (await tool.send(OUTBOX, {"type": "Delete", "object": theirs.uri}))[0] == 403
    assert (await tool.send(OUTBOX, {"type": "Update", "object": {"id": theirs.uri, "type": "Note", "content": "x"}}))[0] == 403
    assert (await Program(tool.client, "guessed").send(OUTBOX, note))[0] == 401
    assert (await tool.send(OUTBOX, note, Authorization=""))[0] == 401
    assert (await tool.send(OUTBOX, note, **{"Content-Type": "text/plain"}))[0] == 415
    assert await world.find_post(mine.uri) is not None


async def test_a_picture_is_given_first_and_attached_then(world, ada, program):
    tool = await program()
    form = FormData()
    form.add_field("file", picture(), filename="a.png", content_type="image/png")
    form.add_field("object", '{"type": "Image", "name": "Moss"}')
    headers = {"Authorization": f"Bearer {tool.token}"}
    actor = (await tool.get("/users/ada"))[1]
    async with tool.client.post(actor["endpoints"]["uploadMedia"].removeprefix(ORIGIN), data=form, headers=headers) as response:
        assert response.status == 201
        given = await response.json()
    assert (await tool.send(OUTBOX, {"type": "Note", "content": "Look", "attachment": [given]}))[0] == 201
    assert (await newest(world, ada)).files[0]["alt"] == "Moss"
    async with tool.client.post("/users/ada/media", data={"file": "x"}, headers=headers) as response:
        assert response.status == 422
    small = await program("write:statuses")
    async with tool.client.post("/users/ada/media", data={}, headers={"Authorization": f"Bearer {small.token}"}) as response:
        assert response.status == 403


async def test_something_elsewhere_is_fetched_by_proxy_in_ones_own_name(world, ada, program, elsewhere):
    tool = await program()
    uri = elsewhere.put({"@context": CONTEXT, "id": f"{elsewhere.origin}/notes/1", "type": "Note", "content": "There"})
    headers = {"Authorization": f"Bearer {tool.token}"}
    proxy = (await tool.get("/users/ada"))[1]["endpoints"]["proxyUrl"].removeprefix(ORIGIN)
    async with tool.client.post(proxy, data={"id": uri}, headers=headers) as response:
        assert (response.status, (await response.json(content_type=None))["content"]) == (200, "There")
    for wrong in ("file:///etc/passwd", f"{ORIGIN}/users/ada", ""):
        async with tool.client.post(proxy, data={"id": wrong}, headers=headers) as response:
            assert response.status == 422
    async with tool.client.post(proxy, data={"id": "http://10.0.0.1/"}, headers=headers) as response:
        assert response.status in {401, 403, 503}
    async with tool.client.post(proxy, data={"id": uri}) as response:
        assert response.status == 401


async def test_an_inbox_and_an_outbox_are_read_by_whose_they_are(world, ada, bob, program):
    eve = await world.account("eve")
    await world.follow(ada, bob)
    await world.receive(bob.create(bob.note("1", "<p>From afar</p>")), bob)
    await world.receive(bob.create(bob.note("2", "<p>Psst</p>", to=(ada.uri,), cc=())), bob)
    await follows.follow(world.context, eve, ada.id)
    await world.post(ada, "Mine alone", visibility=DIRECT)
    tool = await program()
    items = await tool.items("/users/ada/inbox")
    assert sorted(item["type"] for item in items) == ["Create", "Create", "Follow"]
    assert {item["object"]["content"] for item in items if item["type"] == "Create"} == {"<p>From afar</p>", "<p>Psst</p>"}
    assert [item["object"]["content"] for item in await tool.items(OUTBOX)] == ["<p>Mine alone</p>"]
    theirs = await program(account=eve)
    assert (await theirs.get("/users/ada/inbox"))[0] == 403
    assert await theirs.items(OUTBOX) == []
    assert (await (await program("write")).get("/users/ada/inbox"))[0] == 403
    assert (await Program(tool.client, "guessed").get(OUTBOX))[0] == 401


async def test_a_post_is_read_by_whom_it_is_for(world, ada, program):
    eve = await world.account("eve")
    post = await world.post(ada, "Mine", visibility=PRIVATE)
    assert (await (await program()).get(post.uri))[1]["content"] == "<p>Mine</p>"
    assert (await (await program(account=eve)).get(post.uri))[0] == 404
    await follows.follow(world.context, eve, ada.id)
    assert (await (await program(account=eve)).get(post.uri))[0] == 200
