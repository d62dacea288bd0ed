"""Jobs: done once, tried again, given up."""

import asyncio

import orjson
import pytest

from federation.errors import Denied, Unreachable
from node.workers.jobs import WAITS_MS, JobRunner
from node.workers.tasks import EVERY_MS, TASKS
from storage import jobs
from storage.errors import Unfit


class Record:
    """A kind of job that fails as it is told."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.fault: Exception | None = None

    async def __call__(self, _context, payload):
        self.done.append(payload)
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def record():
    return Record()


@pytest.fixture
def runner(world, record):
    return JobRunner(world.context, {**TASKS, "record": record})


async def put_down(world, key=""):
    await world.context.database.write(jobs.add_job, "record", orjson.dumps({"n": 1}).decode(), world.context.site.now_ms(), key)


async def run(runner):
    await runner.step()
    await runner.stop(grace_s=5)


async def test_a_job_is_done_once(world, runner, record):
    await put_down(world)
    await run(runner)
    await run(runner)
    assert record.done == [{"n": 1}]
    assert await world.context.database.read(jobs.count_jobs) == 0


async def test_of_two_jobs_with_one_key_one_is_done(world, runner, record):
    await put_down(world, key="same")
    await put_down(world, key="same")
    await run(runner)
    assert len(record.done) == 1


async def test_when_another_server_does_not_answer_it_is_tried_again_and_in_the_end_given_up(world, runner, record, clock):
    record.fault = Unreachable("no answer")
    await put_down(world)
    for _ in range(len(WAITS_MS) + 3):
        await run(runner)
        clock.go(hours=25)
    assert len(record.done) == len(WAITS_MS) + 1
    assert await world.context.database.read(jobs.count_jobs) == 0


async def test_what_will_never_work_is_dropped(world, runner, record):
    record.fault = Denied("no")
    await put_down(world)
    await run(runner)
    assert await world.context.database.read(jobs.count_jobs) == 0


async def test_a_fault_of_ours_neither_ends_the_worker_nor_loses_the_job(world, runner, record, clock):
    record.fault = RuntimeError("a fault")
    await put_down(world)
    await run(runner)
    record.fault = None
    clock.go(minutes=1)
    await run(runner)
    assert len(record.done) == 2
    assert await world.context.database.read(jobs.count_jobs) == 0


async def test_a_job_of_an_unknown_kind_is_dropped(world, runner):
    await world.context.database.write(jobs.add_job, "unheard", "{}", world.context.site.now_ms(), "")
    await run(runner)
    assert await world.context.database.read(jobs.count_jobs) == 0


async def test_housekeeping_comes_back_by_the_clock(world, runner, clock):
    await runner.start()
    await run(runner)
    assert await world.context.database.read(jobs.count_jobs) == len(EVERY_MS)
    assert await world.context.database.read(jobs.next_job_ms) == world.context.site.now_ms() + min(EVERY_MS.values())


async def test_a_job_that_takes_too_long_is_cut_short_and_not_tried_again(world):
    cut = []

    async def dawdle(_context, _payload):
        try:
            await asyncio.Event().wait()
        finally:
            cut.append(True)

    await put_down(world)
    await run(JobRunner(world.context, {"record": dawdle}, most_s=0.05))
    assert cut == [True]
    assert await world.context.database.read(jobs.count_jobs) == 0


async def test_a_job_that_the_memory_refuses_is_tried_again_and_given_up(world, runner, record, clock):
    record.fault = Unfit("no row takes this")
    await put_down(world)
    for _ in range(len(WAITS_MS) + 1):
        await run(runner)
        clock.go(days=1)
    assert len(record.done) == len(WAITS_MS) + 1
    assert await world.context.database.read(jobs.count_jobs) == 0
