"""The loop that keeps jobs and deliveries going: woken by what was committed, by the clock, and by what has ended."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence

from node.context import Context
from node.site import Site
from node.workers.jobs import JobRunner
from node.workers.sending import Sender
from storage import deliveries, jobs
from storage.database import Connection, Event
from storage.errors import StorageError

log = logging.getLogger(__name__)

LOOK_S = 1.0  # how often the clock is looked at: the shortest wait between two attempts is 10 s
BREATH_S = 0.02  # what ends or is committed within it is answered in one step
GRACE_S = 5.0


class Runner:
    """Workers of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs = JobRunner(context)
        self._sender = Sender(context)
        self._wake = {"jobs": self._jobs.room, "deliveries": self._sender.room}
        self._loops: list[asyncio.Task[None]] = []
        self._is_prepared = False

    async def start(self) -> None:
        """Begins to work; what a process that was killed had leased is due again at once. Where nothing can be written, as on a full
        disk, the workers wait until it can be, and the node serves what there is.
        """
        await self._prepare()
        self._context.database.listen(self._hear)
        self._loops = [
            asyncio.create_task(self._loop("jobs", self._jobs.step)),
            asyncio.create_task(self._loop("deliveries", self._sender.step)),
        ]

    async def _prepare(self) -> bool:
        """Whether what has to be written before the first step is written."""
        if self._is_prepared:
            return True
        try:
            if self._context.config.sqlite_file is not None:  # where one process alone has workers, every lease is of a former one
                await self._context.database.write(_free_leases, self._context.site)
            await self._jobs.start()
        except StorageError as error:
            log.warning("the workers wait: nothing can be written", extra={"reason": str(error)})
            return False
        self._is_prepared = True
        return True

    def _hear(self, news: Sequence[Event]) -> None:
        for event in news:
            wake = self._wake.get(event.kind)
            if wake is not None:
                wake.set()

    async def stop(self) -> None:
        """Takes up nothing more, lets what runs end for a while, and puts the rest back."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await asyncio.gather(self._jobs.stop(GRACE_S), self._sender.stop(GRACE_S))

    async def _patience_s(self, _kind: str) -> float:
        """How long news are waited for before the clock is looked at."""
        return LOOK_S

    async def _loop(self, kind: str, step: Callable[[], Awaitable[None]]) -> None:
        wake = self._wake[kind]
        while True:
            wake.clear()
            try:
                if await self._prepare():
                    await step()
            except StorageError as error:
                log.warning("the worker could not reach the database", extra={"kind": kind, "reason": str(error)})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(
                    await self._patience_s(kind)
                ):  # wait_for of Python 3.11 loses a cancellation that comes together with the event
                    await wake.wait()
            await asyncio.sleep(BREATH_S)


def _free_leases(db: Connection, site: Site) -> None:
    jobs.free_leases(db, site.now_ms())
    deliveries.free_leases(db, site.now_ms())
