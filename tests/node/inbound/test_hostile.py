"""No input of any shape breaks the door: every field of every activity replaced by anything, signed by its honest sender."""

import copy
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation import cavage
from node.assembly import build_app
from tests.node.conftest import ORIGIN

ODD = (
    None, 0, -1, 1.5, 2**63, True, "", "x", "a" * 20_000, "http://[", "https://hedge.test/users/ada", "as:Public",
    [], {}, [[]], [None], [[[[{}]]]], {"id": None}, {"type": []}, {"@value": "x"}, {"id": {"id": {}}}, ["x"] * 50,
    {"type": "Note", "id": "x"}, "\x00", "\U0001f600", "9999-99-99T99:99:99Z",
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every path into a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def replaced(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The document with another value at a path."""
    changed = copy.deepcopy(document)
    node: Any = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return changed


def kinds(ada: Any, bob: Any, post_uri: str) -> dict[str, dict[str, Any]]:
    """An honest activity of each kind."""
    note = bob.note("1", in_reply_to_uri=post_uri, hashtags=("learning",))
    create = bob.create(note)
    create["object"] |= {
        "tag": [{"type": "Mention", "href": ada.uri, "name": "@ada"}],
        "attachment": [{"type": "Image", "url": "http://x.test/a.png"}],
    }
    return {
        "Create": create,
        "Update": bob.activity("Update", create["object"]),
        "Profile": bob.activity("Update", {"id": bob.uri, "type": "Person", "preferredUsername": "bob", "inbox": f"{bob.uri}/inbox"}),
        "Delete": bob.activity("Delete", {"id": note.uri, "type": "Tombstone"}),
        "Follow": bob.activity("Follow", ada.uri),
        "Accept": bob.activity("Accept", {"id": f"{ada.uri}#1", "type": "Follow", "actor": ada.uri, "object": bob.uri}),
        "Undo": bob.activity("Undo", {"id": f"{bob.uri}/like/1", "type": "Like", "actor": bob.uri, "object": post_uri}),
        "Like": bob.activity("Like", post_uri),
        "Announce": bob.activity("Announce", post_uri, to=["as:Public"]),
        "Flag": bob.activity("Flag", [ada.uri, post_uri], content="look"),
        "Move": bob.activity("Move", bob.uri, target="http://127.0.0.1:1/users/x"),
        "Add": bob.activity("Add", note.uri, target=bob.actor.featured),
        "Block": bob.activity("Block", ada.uri),
    }


@pytest.fixture
async def client(world):
    async with TestClient(TestServer(build_app(world.context))) as found:
        yield found


async def send(client: Any, world: Any, sender: Any, document: dict[str, Any]) -> int:
    body = orjson.dumps(document)
    headers = cavage.sign(sender.signer, "POST", f"{ORIGIN}/inbox", body, world.context.site.now())
    async with client.post("/inbox", data=body, headers={**headers, "Content-Type": "application/activity+json"}) as response:
        return int(response.status)


KINDS = ("Create", "Update", "Profile", "Delete", "Follow", "Accept", "Undo", "Like", "Announce", "Flag", "Move", "Add", "Block")


@pytest.mark.parametrize("kind", KINDS)
async def test_no_value_in_any_field_breaks_the_inbox(world, client, kind):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    post = await world.post(ada, "Primes")
    honest = kinds(ada, bob, post.uri)[kind]
    assert await send(client, world, bob, honest) == 202
    statuses = set()
    for number, path in enumerate(places(honest)):
        for odd in (ODD[number % len(ODD)], ODD[(number * 7 + 3) % len(ODD)], ODD[(number * 11 + 5) % len(ODD)]):
            changed = replaced({**honest, "id": f"{honest['id']}-{number}"}, path, odd)
            statuses.add(await send(client, world, bob, changed))
    assert statuses <= {202, 400, 401, 403}
    await world.work()
    assert await send(client, world, bob, {**honest, "id": f"{honest['id']}-last"}) in {202, 403}


async def test_bodies_too_large_or_compressed_are_refused(world, client):
    bob = await world.stranger("bob")
    body = b"x" * (world.context.config.federation.max_body_bytes + 1)
    async with client.post("/inbox", data=body) as response:
        assert response.status == 413
    async with client.post("/inbox", data=b"x", headers={"Content-Encoding": "gzip"}) as response:
        assert response.status in {400, 415}
    assert await send(client, world, bob, bob.activity("Like", f"{ORIGIN}/x")) == 202
