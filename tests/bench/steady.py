"""Steady load: a process of its own that sends requests at fixed rates, whatever the answers take, and listens to streams meanwhile.

Reads a JSON plan on stdin: {"host", "port", "lanes": {name: {"rate": a second, "total", "requests": [base64 of raw HTTP/1.1
requests]}}, "streams": [paths]}. A request whose turn has come is sent on an idle connection or a new one; its time counts from its
turn, so that a slow server cannot make the load look lighter than it is. Writes {name: {"latencies_ms": [p50, p99, longest],
"statuses", "lost"}, "heard": {event: how many of it the streams brought}} to stdout.
"""

import asyncio
import base64
import json
import sys
import time
from collections import Counter
from typing import Any

import aiohttp
import uvloop

SHARES = (0.5, 0.99, 1.0)
LAST_ANSWER_S = 30


class Client(asyncio.Protocol):
    """One connection: sends a request when it is told to, and says when the whole answer has come."""

    def __init__(self, idle: "list[Client]") -> None:
        self.idle = idle
        self.buffer = bytearray()
        self.end = 0
        self.answer: asyncio.Future[int] | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # TCP connections are Transports

    def ask(self, request: bytes) -> asyncio.Future[int]:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.end:
            head_end = self.buffer.find(b"\r\n\r\n")
            if head_end < 0:
                return
            head = bytes(self.buffer[:head_end]).lower()
            at = head.find(b"content-length:")
            self.end = head_end + 4 + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
        if len(self.buffer) >= self.end and self.answer is not None:
            status, answer, self.answer = int(self.buffer[9:12]), self.answer, None
            del self.buffer[: self.end]
            self.end = 0
            self.idle.append(self)
            answer.set_result(status)

    def connection_lost(self, _error: Exception | None) -> None:
        if self in self.idle:
            self.idle.remove(self)
        if self.answer is not None:
            self.answer.set_exception(ConnectionError())


class Lane:
    """Requests of one kind."""

    def __init__(self, plan: dict[str, Any], name: str) -> None:
        lane = plan["lanes"][name]
        self.host, self.port, self.rate, self.total = plan["host"], plan["port"], lane["rate"], lane["total"]
        self.requests = [base64.b64decode(each) for each in lane["requests"]]
        self.idle: list[Client] = []
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.lost = 0

    async def run(self) -> None:
        began, tasks = time.perf_counter(), []
        for number in range(self.total):
            turn = began + number / self.rate
            if (wait := turn - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self._send(self.requests[number % len(self.requests)], turn)))
        async with asyncio.timeout(LAST_ANSWER_S):
            await asyncio.gather(*tasks)

    async def _send(self, request: bytes, turn: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            client = self.idle.pop() if self.idle else (await loop.create_connection(lambda: Client(self.idle), self.host, self.port))[1]
            self.statuses[await client.ask(request)] += 1
            self.latencies.append(time.perf_counter() - turn)
        except OSError:
            self.lost += 1

    def found(self) -> dict[str, Any]:
        times = sorted(self.latencies) or [0.0]
        shown = [times[min(int(len(times) * share), len(times) - 1)] * 1000 for share in SHARES]
        return {"latencies_ms": shown, "statuses": self.statuses, "lost": self.lost}


async def _listen(ws: aiohttp.ClientWebSocketResponse, heard: Counter[str]) -> None:
    async for message in ws:
        heard[json.loads(message.data)["event"]] += 1


async def main() -> None:
    plan, heard = json.load(sys.stdin), Counter[str]()
    lanes = {name: Lane(plan, name) for name in plan["lanes"]}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)) as session:
        urls = [f"ws://{plan['host']}:{plan['port']}{path}" for path in plan.get("streams", ())]
        listening = [asyncio.create_task(_listen(await session.ws_connect(url), heard)) for url in urls]
        await asyncio.gather(*(lane.run() for lane in lanes.values()))
        for each in listening:
            each.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    json.dump({**{name: lane.found() for name, lane in lanes.items()}, "heard": heard}, sys.stdout)


if __name__ == "__main__":
    uvloop.run(main())
