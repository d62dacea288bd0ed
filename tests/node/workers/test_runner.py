"""The loop of the workers."""

import asyncio

import pytest

from node.workers.runner import Runner
from storage.database import Event


@pytest.mark.parametrize("ticks", range(4))
async def test_a_worker_that_is_woken_just_as_it_is_stopped_still_ends(world, ticks):
    runner = Runner(world.context)
    await runner.start()
    await asyncio.sleep(0.05)  # now it waits
    runner._hear([Event(1, "jobs", 0, ""), Event(2, "deliveries", 0, "")])
    for _ in range(ticks):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await runner.stop()
