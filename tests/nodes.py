"""Real nodes for tests and the demo: each a `hedgerow serve` process of its own, with the people who live on it.

What people do goes through the use cases that the pages and the command line call, beside the running process; what they see is read
from its database. Waiting is asking again until something holds, with a deadline; nothing here sleeps and hopes.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson

from federation.outbound import Response
from node import databases
from node.assembly import open_context, utc_now
from node.config import load_config
from node.context import Context
from node.site import Clock
from node.social import accounts, blocking
from storage import accounts as kept_accounts
from storage.database import Connection
from storage.records import Account
from tests import clusters
from tests.people import Person

CHECKOUT = Path(__file__).parents[1]
ACTIVITY = "application/activity+json"
START_S, STOP_S, SETTLE_S = 30.0, 15.0, 20.0

Answer = TypeVar("Answer")


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


async def eventually(look: Callable[[], Awaitable[Answer]], holds: Callable[[Answer], object] = bool, within_s: float = SETTLE_S) -> Answer:
    """What `look` answers once it holds; asked again until then. Fails with the last answer."""
    until = time.monotonic() + within_s
    while True:
        answer = await look()
        if holds(answer):
            return answer
        assert time.monotonic() < until, f"still {answer!r} after {within_s:g} s"
        await asyncio.sleep(0.02)


class Node:
    """A node that answers at `origin` while its process runs. Make it with `prepare`, start and stop it as often as you like."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.config = load_config(data, {})
        self.origin = self.config.origin
        self._process: subprocess.Popen[str] | None = None
        self._context: Context | None = None

    def __repr__(self) -> str:
        return f"<Node {self.origin}>"

    def start(self, *options: str) -> float:
        """Starts the process, and answers after how many seconds it was ready. options: of `serve`."""
        began = time.perf_counter()
        with (self.data / "node.log").open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "node", "--data", str(self.data), "serve", *options],
                cwd=CHECKOUT,
                env={name: value for name, value in os.environ.items() if not name.startswith("HEDGEROW_")},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line == f"ready {self.origin}\n", f"{self} did not start: {line!r} {self.log()[-1000:]}"
        return time.perf_counter() - began

    def stop(self) -> int:
        """Asks the process to end, and answers its exit code; 0 too where it does not run."""
        return self._end(signal.SIGTERM)

    def children(self) -> list[int]:
        """The processes that it has started."""
        assert self._process is not None
        found = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        return [int(each) for each in found.split()]

    def memory_mb(self) -> float:
        """How much memory the process has."""
        assert self._process is not None
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024

    def kill(self) -> None:
        """The power fails."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        code = process.wait(STOP_S)
        assert process.stdout is not None
        process.stdout.close()
        return code

    def log(self) -> str:
        """What the process wrote to stderr, over all its lives."""
        return (self.data / "node.log").read_text()

    @asynccontextmanager
    async def opened(self, clock: Clock = utc_now) -> AsyncIterator["Node"]:
        """The node with `context` open inside this event loop, beside the process or without one."""
        async with open_context(self.config, clock) as context:
            self._context = context
            yield self
        self._context = None

    @property
    def context(self) -> Context:
        """Everything that a use case needs."""
        assert self._context is not None, "use the node inside `async with node.opened()`"
        return self._context

    async def read(self, unit: Callable[..., Answer], *arguments: Any) -> Answer:
        """What a storage function answers."""
        return await self.context.database.read(unit, *arguments)

    async def person(self, name: str, **said: Any) -> Person:
        """Someone new on this node; said: as in NewAccount."""
        return Person(self, await accounts.create_account(self.context, accounts.NewAccount(name, **said)))

    async def block(self, domain: str) -> None:
        """The keeper blocks a server, and the running process has heard of it."""
        blocked = await blocking.block_domain(self.context, domain)
        await self._heard(blocked, is_blocked=True)

    async def allow(self, domain: str) -> None:
        """The keeper takes a block back, and the running process has heard of it."""
        await blocking.allow_domain(self.context, domain)
        await self._heard(blocking.domain_from_text(domain), is_blocked=False)

    async def _heard(self, domain: str, *, is_blocked: bool) -> None:
        await blocking.load_rules(self.context)
        claim = {"id": f"http://{domain}/1", "type": "Like", "actor": f"http://{domain}/nobody", "object": f"http://{domain}/nothing"}
        await eventually(lambda: self.post("/inbox", claim), lambda answer: (answer.status == 403) == is_blocked)

    async def get(self, uri: str, accept: str = ACTIVITY) -> Response:
        """What anybody gets who asks without a signature."""
        url = uri if uri.startswith("http") else self.origin + uri
        return await self.context.outbound.get(url, accept=accept, pool="ours")

    async def post(self, path: str, document: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
        """What the process answers to an activity that is posted as it stands."""
        sent = {"Content-Type": ACTIVITY, **(headers or {})}
        return await self.context.outbound.post(self.origin + path, orjson.dumps(document), sent)

    async def account(self, uri: str) -> Account | None:
        """Someone as this node knows them."""
        return await self.read(kept_accounts.find_account_by_uri, uri)


def prepare(
    data: Path, host: str = "127.0.0.1", settings: str = "", port: int = 0, name: str = "Hedgerow", limits: str = "rates = false"
) -> Node:
    """A data folder for a node on loopback that talks to loopback. settings: further lines of hedgerow.toml; limits: those of [limits]."""
    data.mkdir(parents=True, exist_ok=True)
    address = f"{host}:{port or free_port(host)}"
    (data / "hedgerow.toml").write_text(
        f'[node]\nurl = "http://{address}"\nname = "{name}"\n[server]\nbind = "{address}"\n[limits]\n{limits}\n'
        f'[federation]\nallow_networks = ["127.0.0.0/8"]\n{settings}\n{clusters.database_settings()}\n'
    )
    node = Node(data)
    databases.create(node.config)
    return node


async def settle(*nodes: Node, within_s: float = SETTLE_S) -> None:
    """Waits until everything that the nodes owe one another was tried, and every job that is due done."""

    async def open_ends() -> list[str]:
        passes = [await node.read(_open_ends, node.context.site.now_ms()) for node in (*nodes, *nodes)]  # twice: one wakes another
        return [end for ends in passes for end in ends]

    await eventually(open_ends, lambda ends: not ends, within_s)


def _open_ends(db: Connection, now_ms: int) -> list[str]:
    owed = db.execute("SELECT 'a delivery to ' || inbox FROM deliveries WHERE state = 'waiting' AND attempts = 0").fetchall()
    jobs = db.execute(
        "SELECT 'the job ' || kind || ' ' || payload FROM jobs WHERE key <> 'again' AND error = '' AND (attempts > 0 OR next_ms <= :now)",
        {"now": now_ms},
    ).fetchall()
    return [row[0] for row in (*owed, *jobs)]
