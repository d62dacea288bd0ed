"""The load: a process of its own that sends ready-made requests over kept-open connections and notes how long each took.

Reads a JSON plan on stdin: {"host", "port", "concurrency", "requests": [base64 of raw HTTP/1.1 requests], "total"};
the requests are sent in turn until `total` were answered. Writes {"seconds", "answers", "latencies_ms": [p50, p99], "statuses"} to stdout.
"""

import asyncio
import base64
import json
import sys
import time
from collections import Counter
from itertools import cycle, islice

import uvloop


class Client(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer, sends the next."""

    def __init__(self, work: "Work") -> None:
        self.work = work
        self.buffer = bytearray()
        self.body_end = 0
        self.began = 0.0
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # TCP connections are Transports
        self._next()

    def _next(self) -> None:
        request = next(self.work.requests, None)
        if request is None:
            self.transport.close()
            return
        self.began = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.body_end:
            head_end = self.buffer.find(b"\r\n\r\n")
            if head_end < 0:
                return
            head = bytes(self.buffer[:head_end]).lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self.body_end = head_end + 4 + length
        if len(self.buffer) >= self.body_end:
            self.work.note(int(self.buffer[9:12]), time.perf_counter() - self.began)
            del self.buffer[: self.body_end]
            self.body_end = 0
            self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        self.work.lost()


class Work:
    """What is to be sent, and what came back."""

    def __init__(self, requests: list[bytes], total: int, connections: int) -> None:
        self.requests = islice(cycle(requests), total)
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.open = connections
        self.done = asyncio.Event()

    def note(self, status: int, seconds: float) -> None:
        self.statuses[status] += 1
        self.latencies.append(seconds)

    def lost(self) -> None:
        self.open -= 1
        if not self.open:
            self.done.set()


async def main() -> None:
    plan = json.load(sys.stdin)
    work = Work([base64.b64decode(each) for each in plan["requests"]], plan["total"], plan["concurrency"])
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    for _ in range(plan["concurrency"]):
        await loop.create_connection(lambda: Client(work), plan["host"], plan["port"])
    await work.done.wait()
    seconds = time.perf_counter() - began
    found = sorted(work.latencies) or [0.0]
    shown = [found[int(len(found) * part)] * 1000 for part in (0.5, 0.99)]
    json.dump({"seconds": seconds, "answers": len(work.latencies), "latencies_ms": shown, "statuses": work.statuses}, sys.stdout)


if __name__ == "__main__":
    uvloop.run(main())
