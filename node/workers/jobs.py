"""Jobs: leased, done, tried again when another server did not answer, given up with a line in the log."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping

import orjson

from federation.errors import FederationError, Unreachable
from node.context import Context
from node.errors import NodeError
from node.workers.tasks import EVERY_MS, TASKS, Task
from storage import jobs
from storage.database import Connection
from storage.errors import StorageError
from storage.records import Job

log = logging.getLogger(__name__)

AT_ONCE = 20
MOST_S = 120.0  # that a job takes: a server that dawdles keeps nobody else's waiting
LEASE_MS = 30 * 1000  # renewed while the job runs; a worker that died loses its jobs after it
RENEW_MS = 10 * 1000
HOUR_MS = 3_600_000
WAITS_MS = (
    10_000,
    60_000,
    300_000,
    900_000,
    HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    24 * HOUR_MS,
)  # a server may be away for a day


class JobRunner:
    """Does due jobs, at most AT_ONCE at a time."""

    def __init__(self, context: Context, tasks: Mapping[str, Task] = TASKS, most_s: float = MOST_S) -> None:
        self._context = context
        self._tasks = tasks
        self._most_s = most_s
        self._running: dict[asyncio.Task[None], Job] = {}
        self._renewed_ms = 0
        self.room = asyncio.Event()  # something has ended, so that there is room for more

    async def start(self) -> None:
        """Puts down the jobs that come back by themselves."""
        await self._context.database.write(_put_down_periodic, self._context.site.now_ms())

    async def step(self) -> None:
        """Starts what is due, as far as there is room."""
        room = AT_ONCE - len(self._running)
        now_ms = self._context.site.now_ms()
        if self._running and now_ms - self._renewed_ms > RENEW_MS:
            self._renewed_ms = now_ms
            await self._context.database.write(jobs.renew_jobs, [job.id for job in self._running.values()], now_ms + LEASE_MS)
        next_ms = await self._context.database.read(jobs.next_job_ms)
        if room > 0 and next_ms is not None and next_ms <= now_ms:
            for job in await self._context.database.write(jobs.lease_jobs, now_ms, now_ms + LEASE_MS, room):
                task = asyncio.create_task(self._do(job))
                self._running[task] = job
                task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self.room.set()

    async def stop(self, grace_s: float) -> None:
        """Lets running jobs end for a while, then puts the rest back."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=grace_s)
        returned = [self._running[task].id for task in late]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if returned:
            await self._context.database.write(jobs.return_jobs, returned, self._context.site.now_ms())

    async def _do(self, job: Job) -> None:
        try:
            async with asyncio.timeout(self._most_s):
                await self._tasks[job.kind](self._context, orjson.loads(job.payload))
            await self._finish(job)
            log.debug("job done", extra={"job": job.id, "kind": job.kind})
        except TimeoutError:  # what was fetched until then is kept; coming again would take as long
            log.info("job cut short", extra={"job": job.id, "kind": job.kind})
            await self._finish(job)
        except Unreachable as error:
            await self._try_later(job, str(error))
        except (FederationError, NodeError, KeyError) as error:
            log.info("job dropped", extra={"job": job.id, "kind": job.kind, "reason": str(error)})
            await self._finish(job)
        except StorageError as error:
            log.warning("job not done", extra={"job": job.id, "kind": job.kind, "reason": str(error)})
            with contextlib.suppress(StorageError):  # the lease ends by itself
                await self._try_later(job, str(error))
        except Exception:  # the one place where a fault of ours must not end the worker
            log.exception("job failed", extra={"job": job.id, "kind": job.kind})
            await self._try_later(job, "a fault of ours; see the log")

    async def _finish(self, job: Job) -> None:
        every_ms = EVERY_MS.get(job.kind)
        if every_ms is None:
            await self._context.database.write(jobs.remove_job, job.id)
        else:
            await self._context.database.write(jobs.postpone_job, job.id, self._context.site.now_ms() + every_ms, "")

    async def _try_later(self, job: Job, error: str) -> None:
        if job.attempts > len(WAITS_MS):
            log.info("job given up", extra={"job": job.id, "kind": job.kind, "reason": error})
            await self._finish(job)
            return
        next_ms = self._context.site.now_ms() + WAITS_MS[job.attempts - 1]
        await self._context.database.write(jobs.postpone_job, job.id, next_ms, error[:200])


def _put_down_periodic(db: Connection, now_ms: int) -> None:
    for kind in EVERY_MS:
        jobs.add_job(db, kind, "{}", now_ms, key="again")
