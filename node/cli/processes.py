"""Several processes that serve one node on one port: started, started again when one dies, and stopped together."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

STOP_S = 10.0
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 30.0  # before one that died is started again
WELL_S = 60.0  # one that lived so long did not die of how it was started


async def run_many(data_dir: Path, bind: str, count: int, say: Callable[[str], None]) -> None:
    """Serves with `count` processes until SIGTERM or SIGINT. Says `ready URL` once, when all answer; what else they say after it."""
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    ready = _Ready(count, say)
    parts = [asyncio.create_task(_keep_alive(data_dir, bind, part, ready, stopping)) for part in range(count)]
    await stopping.wait()
    await asyncio.gather(*parts)


class _Ready:
    """Counts who is ready, and says so once."""

    def __init__(self, count: int, say: Callable[[str], None]) -> None:
        self._missing = set(range(count))
        self._say = say
        self._kept: list[str] = []

    def hear(self, part: int, line: str) -> None:
        """A line that a process printed."""
        if not line.startswith("ready "):
            self._kept.append(line)
        elif part in self._missing:
            self._missing.discard(part)
            if not self._missing:
                self._say(line)
        if not self._missing:
            for each in self._kept:
                self._say(each)
            self._kept.clear()


async def _keep_alive(data_dir: Path, bind: str, part: int, ready: _Ready, stopping: asyncio.Event) -> None:
    wait_s, loop = FIRST_WAIT_S, asyncio.get_running_loop()
    while not stopping.is_set():
        began_s = loop.time()
        await _run(data_dir, bind, part, ready, stopping)
        wait_s = FIRST_WAIT_S if loop.time() - began_s > WELL_S else min(wait_s * 2, LONGEST_WAIT_S)
        try:
            async with asyncio.timeout(wait_s):
                await stopping.wait()
        except TimeoutError:
            continue


async def _run(data_dir: Path, bind: str, part: int, ready: _Ready, stopping: asyncio.Event) -> None:
    """One process, until it ends, or is asked to."""
    command = ["-m", "node", "--data", str(data_dir), "serve", "--bind", bind, "--part", str(part)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    hearing = asyncio.create_task(_hear(process, part, ready))
    ended, asked = asyncio.create_task(process.wait()), asyncio.create_task(stopping.wait())
    await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
    if not ended.done():
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await ended
        except TimeoutError:
            process.kill()
            await process.wait()
    asked.cancel()
    await hearing


async def _hear(process: asyncio.subprocess.Process, part: int, ready: _Ready) -> None:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    while line := await process.stdout.readline():
        ready.hear(part, line.decode().rstrip("\n"))
