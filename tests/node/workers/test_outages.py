"""Servers that are away, that hang, and that are many: what is owed arrives, and nobody waits for another."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from federation.errors import NotFetched, Unverified
from node.inbound.receiving import receive
from node.social import posts, remote
from node.workers.runner import Runner
from storage import follows
from storage.records import Account, Follow
from tests.node.conftest import World, make_stranger
from tests.node.workers.conftest import send_all

OWED = 500


@pytest.fixture
def settings():
    """More posts at once than anybody may write."""
    return "[limits]\nrates = false"


async def test_a_server_away_for_a_day_gets_everything_in_order(world, ada, inbox, clock):
    inbox.status = 503
    for number in range(OWED // 5):
        post = await world.post(ada, f"Post {number}")
        await posts.edit(world.context, ada, post.id, posts.Draft(f"Post {number}, mended"))
        await posts.edit(world.context, ada, post.id, posts.Draft(f"Post {number}, mended twice"))
        await world.post(ada, f"A second word on {number}")
        await posts.delete(world.context, ada, post.id)
    for _ in range(24):
        await send_all(world)
        clock.go(hours=1)
    assert inbox.taken == []
    inbox.status = 202
    for _ in range(12):
        clock.go(hours=3)
        await send_all(world)
    assert len(inbox.taken) == OWED
    assert len({each["id"] for each in inbox.taken}) == OWED
    by_object: dict[str, list[str]] = {}
    for each in inbox.taken:
        by_object.setdefault(each["object"]["id"], []).append(each["type"])
    assert Counter(map(tuple, by_object.values())) == {("Create", "Update", "Update", "Delete"): 100, ("Create",): 100}


@dataclass
class Crowd:
    """Many servers behind one socket: which connected, how many at once, and which of them answer."""

    port: int = 0
    answering: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)
    open: Counter[str] = field(default_factory=Counter)
    most: int = 0
    most_of_one: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, condition: Callable[[], bool], within_s: float) -> None:
        """Waits until something of the crowd is so. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        self.open[host] += 1
        self.most = max(self.most, self.open.total())
        self.most_of_one = max(self.most_of_one, self.open[host])
        self.changed.set()
        try:
            await reader.readuntil(b"\r\n\r\n")
            if host in self.answering:
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
                self.answered.add(host)
                self.changed.set()
            else:
                await reader.read()  # says nothing, until the other side has had enough
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open[host] -= 1
            writer.close()


@asynccontextmanager
async def crowd() -> AsyncIterator[Crowd]:
    found = Crowd()
    server = await asyncio.start_server(found.serve, "0.0.0.0", 0, backlog=1024)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


def save_followers(db, world: World, account: Account, origins: Iterable[str]) -> None:
    for number, origin in enumerate(origins):
        actor = remote.ActorDocument(uri=f"{origin}/users/f{number}", type="Person", name=f"f{number}", inbox=f"{origin}/inbox")
        follower = remote.save_actor(db, world.context.site, actor)
        follows.add_follow(db, Follow(follower.id, account.id, "accepted", f"{actor.uri}#1", 0))


async def test_three_hundred_hosts_that_hang_do_not_hold_twenty_others_up(world):
    async with crowd() as others:
        others.answering = {f"127.0.5.{number}" for number in range(1, 21)}
        hanging = [f"127.0.{block}.{number}" for block in (3, 4) for number in range(1, 151)]
        ada = await world.account("ada")
        origins = [f"http://{host}:{others.port}" for host in (*hanging, *sorted(others.answering))]
        await world.context.database.write(save_followers, world, ada, origins)
        runner = Runner(world.context)
        await runner.start()
        await world.post(ada, "To everybody")
        await others.until(lambda: others.answered == others.answering, within_s=10)
        await runner.stop()
    assert len(others.answered) == 20


async def test_a_flood_of_unknown_keys_opens_few_connections_and_honest_servers_are_heard(world):
    ada, bob = await world.account("ada"), await world.stranger("bob")
    async with crowd() as others:
        flood = []
        for number in range(120):
            mallory = make_stranger_fast(f"http://127.0.6.{number % 40 + 1}:{others.port}", f"mallory{number}")
            flood.append(asyncio.create_task(receive(world.context, world.request(mallory.activity("Follow", ada.uri), mallory))))
        await others.until(lambda: others.most == 20, within_s=5)
        began = time.monotonic()
        await world.receive(bob.activity("Follow", ada.uri), bob)
        assert time.monotonic() - began < 2
        ends = await asyncio.gather(*flood, return_exceptions=True)
    assert await world.told(ada) == [("follow", "bob")]
    assert all(isinstance(end, Unverified | NotFetched) for end in ends)
    assert others.most == 20
    assert others.most_of_one <= 2


KEYS = []


def make_stranger_fast(origin: str, name: str):
    """A stranger at an origin with the same keys as the others: making RSA keys is slow, and nobody gets to look at these."""
    if not KEYS:
        KEYS.append(make_stranger(origin, name))
    first = KEYS[0]
    uri = f"{origin}/users/{name}"
    actor = type(first.actor)(uri=uri, type="Person", name=name, inbox=f"{uri}/inbox", followers=f"{uri}/followers")
    return type(first)(actor, type(first.signer)(f"{uri}#main-key", first.signer.key), first.proof_signer)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"garbage\r\n\r\n"])
async def test_a_server_that_answers_nonsense_is_tried_again(world, ada, answer):
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await world.context.database.write(save_followers, world, ada, [f"http://127.0.0.1:{port}"])
    await world.post(ada, "Primes")
    await send_all(world)

    def read(db):
        return db.execute("SELECT state FROM deliveries WHERE host = :host", {"host": f"127.0.0.1:{port}"}).fetchall()

    [(state,)] = await world.context.database.read(read)
    assert state == ("delivered" if b"200" in answer else "waiting")
    server.close()
