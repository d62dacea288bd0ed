"""Programs that listen, in this process."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestClient, TestServer

from node.assembly import build_app
from node.social import authorizing
from storage.events import add_event
from storage.records import Account
from tests.clients.schema import Schema

WITHIN_S = 10
MARK = "filters"  # an event that every user stream hears: what comes before it has been told


class Ear:
    """An open socket, and what it heard."""

    def __init__(self, world: Any, account: Account, ws: ClientWebSocketResponse) -> None:
        self.world, self.account, self.ws = world, account, ws
        self.early: list[dict[str, Any]] = []  # heard while an answer was waited for

    async def next(self) -> dict[str, Any]:
        """The next frame."""
        return self.early.pop(0) if self.early else await self._receive()

    async def _receive(self) -> dict[str, Any]:
        message = await asyncio.wait_for(self.ws.receive(), WITHIN_S)
        assert message.type is WSMsgType.TEXT, message
        found: dict[str, Any] = json.loads(message.data)
        return found

    async def heard(self) -> list[tuple[str, str, Any]]:
        """(stream, event, what) of all that was told until now: of a post its text, of a notification its type, else the payload."""
        await self.ask("subscribe", "user")
        await self.world.context.database.write(add_event, MARK, self.account.id)
        found = []
        while (frame := await self.next())["event"] != "filters_changed":
            found.append((":".join(frame["stream"]), frame["event"], _what(frame)))
        return found

    async def ask(self, kind: str, stream: str, **more: str) -> None:
        """Subscribes or unsubscribes; a subscription that is not answered holds, for sockets are read in order."""
        await self.ws.send_str(json.dumps({"type": kind, "stream": stream, **more}))
        await self.ws.send_str("{")  # answered with an error: what was asked before it is done
        while "error" not in (frame := await self._receive()):
            self.early.append(frame)


def _what(frame: dict[str, Any]) -> Any:
    if frame["event"] in {"update", "status.update"}:
        status = json.loads(frame["payload"])
        return (status["reblog"] or status)["content"].removeprefix("<p>").removesuffix("</p>")
    if frame["event"] == "notification":
        return json.loads(frame["payload"])["type"]
    return frame["payload"]


Listen = Callable[..., Awaitable[Ear]]


@pytest.fixture
async def server(world) -> AsyncIterator[TestServer]:
    async with TestServer(build_app(world.context)) as started:
        yield started


@pytest.fixture
async def client(server) -> AsyncIterator[TestClient]:
    async with TestClient(server) as opened:
        yield opened


@pytest.fixture
async def listen(world, client) -> AsyncIterator[Listen]:
    """listen(account, "user"): a socket on that stream; further parameters as tag="moss"; scopes="read"."""
    async with AsyncExitStack() as stack:

        async def open_socket(account: Account, stream: str = "", scopes: str = "read", **more: str) -> Ear:
            token = await authorizing.new_token(world.context, account.id, "ear", scopes)
            query = {"access_token": token, **({"stream": stream} if stream else {}), **more}
            ws = await client.ws_connect("/api/v1/streaming", params=query)
            stack.push_async_callback(_close, ws)
            return Ear(world, account, ws)

        yield open_socket


async def _close(ws: ClientWebSocketResponse) -> None:
    with suppress(ConnectionError):
        await ws.close()


@pytest.fixture
async def ada(world) -> Account:
    return await world.account("ada", display_name="Ada")


@pytest.fixture
async def bea(world) -> Account:
    return await world.account("bea", display_name="Bea")


@pytest.fixture(scope="session")
def schema(vectors) -> Schema:
    return Schema(vectors / "mastodon-openapi.json")
