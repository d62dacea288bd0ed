"""The wire between the nodes: no sockets, but all that happens to what one server says to another over the internet."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from yarl import URL

from federation.outbound import POOLS, Outbound
from tests.door import Answer

FOREVER_S = 24 * 3600.0  # longer than anybody waits


@dataclass(frozen=True, slots=True)
class Weather:
    """How often, of all requests, something happens to one of them."""

    lost: float = 0.004  # it never gets there
    unanswered: float = 0.004  # it gets there, and the answer is lost
    refused: float = 0.004  # 500 before anybody looks at it
    doubled: float = 0.004  # it gets there again, up to so much later
    late_s: float = 600.0
    slow: float = 0.01  # it takes seconds
    delay_s: float = 0.06  # each way, in the middle


CALM = Weather(lost=0, unanswered=0, refused=0, doubled=0, slow=0)


class Place(Protocol):
    """A server as the wire sees it."""

    is_on: bool  # it runs
    is_reached: bool  # the wire goes there, and comes from there
    is_sick: bool  # it answers 503 to everything

    async def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


@dataclass
class Wire:
    """All servers by host, and what happened between them. chance: draws what happens, apart from what people do."""

    chance: random.Random
    weather: Weather
    places: dict[str, Place] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    _late: set[asyncio.Task[None]] = field(default_factory=set)

    async def carry(self, sender: str, method: str, url: URL, headers: Mapping[str, str], body: bytes) -> Answer:
        """What a request is answered; raises as aiohttp's client does, or waits until who asked has no more patience."""
        self.counts[f"{method} sent"] += 1
        host = url.authority if url.explicit_port else url.host or ""
        there, here = self.places.get(host), self.places[sender]
        await self._travel()
        if there is None or not there.is_on:
            self.counts["nobody there"] += 1
            raise aiohttp.ClientConnectorError(_key(host), ConnectionRefusedError(111, "nobody listens there"))
        if not (there.is_reached and here.is_reached) or self._happens("lost", self.weather.lost):
            self.counts["no way there"] += 1
            await asyncio.sleep(FOREVER_S)
        if there.is_sick or self._happens("refused", self.weather.refused):
            return Answer(503 if there.is_sick else 500, {"Content-Type": "text/plain"}, b"not well")
        sent = (method, url.raw_path_qs, {"Host": host, **headers}, body)
        if method == "POST" and self._happens("doubled", self.weather.doubled):
            self._again(there, sent)
        answer = await there.answer(*sent)
        if self._happens("unanswered", self.weather.unanswered):
            await asyncio.sleep(FOREVER_S)
        await self._travel()
        return answer

    def _happens(self, what: str, how_often: float) -> bool:
        happens = self.chance.random() < how_often
        self.counts[what] += happens
        return happens

    async def _travel(self) -> None:
        """Some take longer than others, so that they overtake one another."""
        middle = self.weather.delay_s
        seconds = self.chance.uniform(middle / 2, middle * 2)
        if self._happens("slow", self.weather.slow):
            seconds += self.chance.uniform(1, 4)
        await asyncio.sleep(seconds)

    def _again(self, there: Place, sent: tuple[str, str, Mapping[str, str], bytes]) -> None:
        async def come_again() -> None:
            await asyncio.sleep(self.chance.uniform(0, self.weather.late_s))
            if there.is_on:
                await there.answer(*sent)

        task = asyncio.create_task(come_again())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


class _Content:
    """A body that came as a whole."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def iter_any(self) -> AsyncIterator[bytes]:
        yield self._body


@dataclass(frozen=True, slots=True)
class _Response:
    """As much of aiohttp's as the outbound client looks at."""

    status: int
    headers: Mapping[str, str]
    content: _Content


class _Session:
    """In the place of aiohttp's, below everything that the outbound client does itself."""

    def __init__(self, wire: Wire, sender: str, user_agent: str) -> None:
        self._wire, self._sender, self._user_agent = wire, sender, user_agent

    @asynccontextmanager
    async def request(
        self, method: str, url: URL, *, data: bytes | None, headers: Mapping[str, str], allow_redirects: bool
    ) -> AsyncIterator[_Response]:
        assert not allow_redirects
        answer = await self._wire.carry(self._sender, method, url, {"User-Agent": self._user_agent, **headers}, data or b"")
        yield _Response(answer.status, answer.headers, _Content(answer.body))

    async def close(self) -> None:
        """Nothing is open."""


def outbound_on(wire: Wire, sender: str) -> Callable[..., Outbound]:
    """The node's own client, but for its sessions."""

    class OnTheWire(Outbound):
        async def open(self) -> None:
            for pool in POOLS:
                session: Any = _Session(wire, sender, self._user_agent)
                self._sessions[pool] = session

    return OnTheWire


def _key(host: str) -> ConnectionKey:
    return ConnectionKey(host, 443, True, True, None, None, None)
