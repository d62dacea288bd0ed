"""The rest of the world, for outages: servers on loopback that take what is posted to them and remember it in order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from aiohttp import web

from federation.keys import Signer
from federation.records import ActorDocument, KeyDocument
from node.site import Site
from node.social import remote
from storage import follows
from storage.database import Connection
from storage.records import Account, Follow
from tests.node.conftest import Stranger, make_stranger


@dataclass
class Far:
    """Servers at one port of many loopback addresses. taken: what each inbox was given, by its URI."""

    port: int = 0
    taken: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    find: Callable[[str], dict[str, Any] | None] = lambda _: None  # what stands at a URI
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        uri = f"http://{request.host}{request.path_qs}"
        if request.method == "GET":
            self.asked.append(uri)
            document = self.find(uri)
            return web.json_response(document, content_type="application/activity+json") if document else web.Response(status=404)
        self.taken.setdefault(uri, []).append(orjson.loads(await request.read()))
        return web.Response(status=202)

    def origin(self, host: str) -> str:
        return f"http://{host}:{self.port}"

    def ids(self, inbox: str, kind: str = "Create") -> list[str]:
        """The ids of the activities of a kind that an inbox was given, in their order."""
        return [activity["id"] for activity in self.taken.get(inbox, []) if activity["type"] == kind]


@asynccontextmanager
async def far_servers(*hosts: str, port: int = 0) -> AsyncIterator[Far]:
    """Servers that answer at each of some loopback addresses, all on one port."""
    far = Far(port)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", far.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for host in hosts:
        await web.TCPSite(runner, host, far.port, backlog=512).start()
        far.port = runner.addresses[0][1]
    yield far
    await runner.cleanup()


@dataclass
class Hanging:
    """Servers at one port that never answer: how many connections stand open, now and at most, by address and in all."""

    port: int
    now: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    most_in_all: int = 0

    def count(self, host: str, step: int) -> None:
        self.now[host] += step
        self.most[host] = max(self.most[host], self.now[host])
        self.most_in_all = max(self.most_in_all, self.now.total())


class _Silence(asyncio.Protocol):
    """One connection that is taken and left alone."""

    def __init__(self, hanging: Hanging) -> None:
        self._hanging = hanging
        self._host = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._host = transport.get_extra_info("sockname")[0]
        self._hanging.count(self._host, 1)

    def connection_lost(self, _error: Exception | None) -> None:
        self._hanging.count(self._host, -1)


@asynccontextmanager
async def hanging_servers(port: int, *hosts: str) -> AsyncIterator[Hanging]:
    """Servers that take connections and never answer."""
    hanging, loop = Hanging(port), asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: _Silence(hanging), host, port) for host in hosts]
    yield hanging
    for server in servers:
        server.close()


def crowd(origin: str, count: int) -> list[Stranger]:
    """Many people of one server, who share one pair of keys: making a pair takes long."""
    first = make_stranger(origin, "person0")
    return [first, *[_twin(first, f"{origin}/users/person{number}") for number in range(1, count)]]


def _twin(first: Stranger, uri: str) -> Stranger:
    name = uri.rpartition("/")[2]
    keys = tuple(KeyDocument(f"{uri}#{key.uri.rpartition('#')[2]}", uri, key.algorithm, key.encoded) for key in first.actor.keys)
    actor = replace(first.actor, uri=uri, name=name, inbox=f"{uri}/inbox", followers=f"{uri}/followers", featured=None, keys=keys)
    return Stranger(
        actor, Signer(f"{uri}#main-key", first.signer.key), replace(first.proof_signer, verification_method=f"{uri}#ed25519-key")
    )


def make_known(db: Connection, site: Site, people: list[Stranger]) -> list[Account]:
    """The people as accounts that the node knows, with their keys."""
    return [remote.save_actor(db, site, person.actor) for person in people]


def add_followers(db: Connection, site: Site, followed: Account, inboxes: list[str]) -> None:
    """Somebody on another server behind each inbox follows one of ours."""
    for inbox in inboxes:
        uri = inbox.removesuffix("/inbox")
        account = remote.save_actor(db, site, ActorDocument(uri=uri, type="Person", name=uri.rpartition("/")[2], inbox=inbox))
        follows.add_follow(db, Follow(account.id, followed.id, "accepted", f"{uri}#follow", site.now_ms()))


def follow_back(db: Connection, site: Site, follower: Account, followed: list[Account]) -> None:
    """One of ours follows people of other servers."""
    for account in followed:
        follows.add_follow(db, Follow(follower.id, account.id, "accepted", f"{follower.uri}#{account.id}", site.now_ms()))
