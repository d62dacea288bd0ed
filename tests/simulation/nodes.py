"""A node of the simulation: context, doors and workers of the node itself, on a memory and a wire of the simulation's."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiohttp import web

from node.assembly import Hearing, open_context
from node.config import Config, config_from_toml
from node.context import Context
from node.web import activitypub, collections, faults, outboxes, wellknown
from node.web.keys import CONTEXT, INBOX_ANSWERS
from node.workers.runner import LOOK_S, Runner
from storage import deliveries, jobs
from storage.connecting import SqliteConnection
from storage.database import Database
from tests.door import Answer, ask
from tests.simulation import clock
from tests.simulation.memory import Memory
from tests.simulation.wire import Wire, outbound_on

Result = TypeVar("Result")

IDLE_S = 3600.0
DOORS = (activitypub, collections, outboxes, wellknown)
DUE = {"jobs": jobs.next_job_ms, "deliveries": deliveries.next_due_ms}


class OffError(Exception):
    """The node does not run, or ended while it was asked: whether the thing was done is for its database to say."""


class _Sleeper(Runner):
    """The node's own workers. They do not look at the clock every second when they know what the next thing is."""

    async def _patience_s(self, kind: str) -> float:
        due_ms = await self._context.database.read(DUE[kind])
        wait_s = (due_ms - self._context.site.now_ms()) / 1000 if due_ms is not None else IDLE_S
        return min(max(wait_s, LOOK_S), IDLE_S)

    def kill(self) -> list[asyncio.Task[None]]:
        """Ends everything at once, as the power does."""
        tasks = [*self._loops, *self._jobs._running, *self._sender._under_way]
        for task in tasks:
            task.cancel()
        return tasks


class SimNode:
    """Can be started and killed as often as one likes; its database stays."""

    def __init__(self, host: str, db: SqliteConnection, wire: Wire) -> None:
        self.host = host
        self.origin = f"https://{host}"
        self.config = _config(host)
        self.db = db
        self.is_on, self.is_reached, self.is_sick = False, True, False
        self.starts = 0
        self._wire = wire
        self._stack = AsyncExitStack()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._context: Context | None = None
        self._app: web.Application | None = None
        self._runner: _Sleeper | None = None
        wire.places[host] = self

    async def start(self) -> None:
        """From its database alone."""
        self._context = await self._stack.enter_async_context(
            open_context(self.config, clock.now, voice=outbound_on(self._wire, self.host), memory=self._open)
        )
        self._context.gate.clock = asyncio.get_running_loop().time
        self._context.database.listen(Hearing(self._context).hear)
        self._app = _build_app(self._context)
        self._runner = _Sleeper(self._context)
        self.is_on = True
        self.starts += 1
        await self._runner.start()

    async def _open(self, _config: Config) -> Database:
        return Memory(self.db)

    async def kill(self) -> None:
        """Whatever it was doing, and all that it only remembered, is gone."""
        self.is_on = False
        assert self._runner is not None
        tasks = [*self._tasks, *self._runner.kill()]
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stack.aclose()
        self._stack = AsyncExitStack()
        self._context = self._app = self._runner = None

    @property
    def context(self) -> Context:
        """Raises OffError while it does not run."""
        if self._context is None:
            raise OffError(self.host)
        return self._context

    async def read(self, unit: Callable[..., Result], *arguments: Any) -> Result:
        """What a storage function answers."""
        return await self.context.database.read(unit, *arguments)

    async def do(self, what: Coroutine[Any, Any, Result]) -> Result:
        """Something that ends with the node. Raises OffError where that comes first."""
        if not self.is_on:
            what.close()
            raise OffError(self.host)
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with contextlib.suppress(asyncio.CancelledError):
            return await asyncio.shield(task)
        if task.cancelled():
            raise OffError(self.host)
        task.cancel()  # who asked has no more patience; as aiohttp does
        raise asyncio.CancelledError

    async def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What its doors answer. Raises as aiohttp's client does where the node ends before."""
        assert self._app is not None
        try:
            return await self.do(ask(self._app, method, target, headers, body))
        except OffError as error:
            raise aiohttp.ServerDisconnectedError from error

    def is_quiet(self) -> bool:
        """Whether it owes nothing to others and has nothing to do."""
        return not self.db.execute(OWED).fetchone()


OWED = """
    SELECT 1 FROM deliveries WHERE state = 'waiting'
    UNION ALL SELECT 1 FROM jobs WHERE key <> 'again' LIMIT 1"""


def _config(host: str) -> Config:
    text = f'[node]\nurl = "https://{host}"\n[limits]\nrates = false\nmemory_mb = 0\n[media]\nproxy = false\n[log]\nlevel = "error"\n'
    return config_from_toml(text, Path("/nowhere"), {})


def _build_app(context: Context) -> web.Application:
    """The doors that other servers know."""
    app = web.Application(middlewares=[activitypub.count_answers, faults.middleware(_say)])
    app[CONTEXT], app[INBOX_ANSWERS] = context, Counter()
    for door in DOORS:
        app.add_routes(door.ROUTES)
    app.freeze()
    return app


async def _say(_request: web.Request, status: int, sentence: str) -> web.Response:
    return web.Response(status=status, text=sentence)
