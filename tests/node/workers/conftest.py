"""Another server's inbox, which answers as it is told, and someone here whose follower is there."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson
import pytest
from aiohttp import web

from node.social import remote
from node.workers.sending import Sender
from storage import deliveries, follows
from storage.records import Account, Follow
from tests.node.conftest import Stranger, World, make_stranger
from tests.serving import served


@dataclass
class Inbox:
    """Another server's inbox, which answers as it is told."""

    origin: str = ""
    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    taken: list[dict[str, object]] = field(default_factory=list)
    schemes: list[str] = field(default_factory=list)
    refuses_cavage: bool = False
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        scheme = "rfc9421" if "Signature-Input" in request.headers else "cavage"
        self.schemes.append(scheme)
        await self.hold.wait()
        status = 401 if self.refuses_cavage and scheme == "cavage" else self.status
        if status == 202:
            self.taken.append(orjson.loads(await request.read()))
        return web.Response(status=status, text="so it is", headers=self.headers)


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    found = Inbox()
    found.hold.set()
    async with served(found.answer) as found.origin:
        yield found


@pytest.fixture
async def reader(world: World, inbox: Inbox) -> Stranger:
    """Someone whose server is the inbox."""
    found = make_stranger(inbox.origin, "reader")
    await world.context.database.write(remote.save_actor, world.context.site, found.actor)
    return found


@pytest.fixture
async def ada(world: World, reader: Stranger) -> Account:
    """One of ours, whom the reader follows; the Accept has gone out already."""
    account = await world.account("ada")
    known = await world.known(reader)
    await world.context.database.write(follows.add_follow, Follow(known.id, account.id, "accepted", f"{reader.uri}#1", 0))
    return account


async def send_all(world: World) -> None:
    """Sends what is due until nothing is."""
    sender = Sender(world.context)
    while await world.context.database.read(deliveries.list_due_hosts, world.context.site.now_ms()):
        await sender.step()
        await sender.stop(grace_s=15)
