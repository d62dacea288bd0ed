"""Before a signature is verified only JSON and ids are read: what an unverified body says in words is looked at by no function."""

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation import cavage
from federation import html as html_module
from federation import reading as reading_module
from node.assembly import build_app
from tests.node.conftest import ORIGIN, Stranger, World

MARK = "Words that nobody has signed for yet"
READERS = {each for each in vars(html_module).values() if isinstance(each, FunctionType)} | {
    getattr(reading_module, name) for name in ("text_from", "named_text", "first_of_map", "language_from", "date_from")
}


@pytest.fixture
async def client(world):
    async with TestClient(TestServer(build_app(world.context))) as found:
        yield found


@pytest.fixture
def read(monkeypatch):
    """The texts of a body that reached a function that reads text, wherever such a function is bound."""
    found: list[str] = []

    def watched(reader: Callable[..., Any]) -> Callable[..., Any]:
        def watch(*args: Any, **options: Any) -> Any:
            if MARK in repr(args):
                found.append(reader.__name__)
            return reader(*args, **options)

        return watch

    for module_name, module in list(sys.modules.items()):
        if module_name.startswith(("federation.", "node.")):
            for name, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and value in READERS:
                    monkeypatch.setattr(module, name, watched(value))
    return found


def bodies(bob: Stranger) -> dict[str, dict[str, Any]]:
    note = bob.create(bob.note("1", content=f"<p>{MARK}</p>", summary=MARK, title=MARK))
    note["object"] |= {
        "tag": [{"type": "Hashtag", "name": MARK}],
        "attachment": [{"type": "Image", "url": "http://x.test/a", "name": MARK}],
    }
    return {
        "Create": note,
        "Update": bob.activity("Update", note["object"]),
        "Flag": bob.activity("Flag", [f"{ORIGIN}/users/ada"], content=f"<p>{MARK}</p>"),
        "Like": bob.activity("Like", f"{ORIGIN}/users/ada", content=MARK, summary=MARK, published=MARK),
        "profile": bob.activity("Update", {"id": bob.uri, "type": "Person", "preferredUsername": MARK, "name": MARK, "summary": MARK}),
        "no object": bob.activity("Create", None, content=MARK),
    }


async def send(client: Any, world: World, sender: Stranger, document: dict[str, Any], how: str) -> int:
    body = orjson.dumps(document)
    headers = cavage.sign(sender.signer, "POST", f"{ORIGIN}/inbox", body, world.context.site.now())
    if how == "unsigned":
        headers.pop(next(name for name in headers if name.lower() == "signature"))
    if how == "badly signed":
        name = next(name for name in headers if name.lower() == "signature")
        headers[name] = headers[name].replace('signature="', 'signature="AAAA')
    if how == "another body":
        body = orjson.dumps({**document, "extra": MARK})
    async with client.post("/inbox", data=body, headers={**headers, "Content-Type": "application/activity+json"}) as response:
        return int(response.status)


KINDS = ("Create", "Update", "Flag", "Like", "profile", "no object")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["unsigned", "badly signed", "another body"])
async def test_what_is_not_signed_is_refused_unread(world, client, read, kind, how):
    await world.account("ada")
    bob = await world.stranger("bob")
    body = bodies(bob)[kind]
    read.clear()  # writing a body reads it too
    assert await send(client, world, bob, body, how) == 401
    assert read == []


@pytest.mark.parametrize("kind", KINDS)
async def test_what_a_blocked_server_sends_is_refused_unread(world, client, read, kind):
    await world.account("ada")
    bob = await world.stranger("bob")
    world.context.domains.replace({"127.0.0.1": "suspend"})
    body = bodies(bob)[kind]
    read.clear()
    assert await send(client, world, bob, body, "honest") == 403
    assert read == []


@pytest.mark.parametrize("kind", ["Create", "Update", "Flag", "Like", "profile"])
async def test_what_is_signed_is_read(world, client, read, kind):
    await world.account("ada")
    bob = await world.stranger("bob")
    body = bodies(bob)[kind]
    read.clear()
    await send(client, world, bob, body, "honest")
    assert read
