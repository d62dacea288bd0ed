"""One run: several processes on one PostgreSQL under load; at random one of them is killed and started again, until the time is over."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp

from node import databases
from node.config import config_from_toml
from tests.bench import data
from tests.bench.process import ROOT
from tests.clusters import Cluster
from tests.soak.kills import REPEATED, STRANGERS
from tests.soak.ledger import Ledger
from tests.soak.load import ANSWER_S, Load
from tests.soak.sink import Sink, listening
from tests.soak.strangers import Crowd, Stranger

SERVING, WORKING = 3, 2
PRESS_S = (0.5, 1.5)  # of load between two kills, drawn anew each time
AIM_S = (0.0, 0.04)
DELIVERED_S = 120.0  # a delivery that a killed worker had leased waits for a minute
LOOK_S = 0.2


@dataclass(slots=True)
class Part:
    """One process: its arguments, and the process while it lives."""

    arguments: list[str]
    folder: Path
    process: subprocess.Popen[str] | None = None
    starts_s: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Starts it, and waits until it says that it is ready."""
        began = time.monotonic()
        command = [sys.executable, "-m", "node", "--data", str(self.folder), *self.arguments]
        with (self.folder / "parts.log").open("a") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready "), f"{self.arguments} did not start: {line!r}"
        self.starts_s.append(time.monotonic() - began)

    def kill(self) -> None:
        """The power of its machine fails."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Its exit code after SIGTERM."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(20)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has shown."""

    kills: int
    seconds: float
    load: Load
    sink: Sink
    delivered_s: float
    slowest_start_s: float
    codes: list[int]  # of the processes, stopped in the end
    faults: list[str]

    def __str__(self) -> str:
        """The run in one line."""
        local, inbound = sum(self.load.texts.values()), sum(errand.is_taken for errand in self.load.errands)
        times = self.sink.times
        return (
            f"{SERVING} serve and {WORKING} work on one PostgreSQL, {self.kills} kills in {self.seconds:.0f} s: {local} local posts and"
            f" {inbound} inbound activities acknowledged, {self.load.cut_off} requests cut off, {len(times)} deliveries"
            f" ({times.total() - len(times)} more arrivals of the same); slowest start {self.slowest_start_s:.2f} s; all delivered"
            f" {self.delivered_s:.1f} s after the last kill; {len(self.faults)} faults"
        )


def soak_cluster(folder: Path, seconds: float, on_kill: Callable[[int], None], seed: int = 1, least: int = 1) -> Outcome:
    """Kills processes for so many seconds, and so many times at least. on_kill: hears how many there were."""
    sink_port = data.free_port()
    authors = [data.make_author(number, sink_port) for number in range(1, STRANGERS + 1)]
    prepared = data.prepare(folder, data.free_port(), authors, 0)
    data.add_followers(prepared, 1, 1, sink_port)
    server = Cluster(durable=True)
    try:
        prepared = _onto(prepared, server.create(template="template0"))
        return asyncio.run(_soak(folder, prepared, (seconds, least), on_kill, random.Random(seed), sink_port))
    finally:
        server.stop()


def _onto(prepared: data.Prepared, url: str) -> data.Prepared:
    """The same node with its memory on PostgreSQL."""
    file = prepared.config.sqlite_file
    databases.copy(f"sqlite:///{file}", url, lambda _table, _done, _total: None)
    folder = prepared.config.data_dir
    text = (folder / "hedgerow.toml").read_text() + f'\n[database]\nurl = "{url}"\nconnections = 4\n'
    (folder / "hedgerow.toml").write_text(text)
    return replace(prepared, config=config_from_toml(text, folder, {}))


async def _soak(
    folder: Path, prepared: data.Prepared, until: tuple[float, int], on_kill: Callable[[int], None], draw: random.Random, sink_port: int
) -> Outcome:
    bind = prepared.config.origin.removeprefix("http://")
    parts = [Part(["serve", "--bind", bind, "--part", str(number)], folder) for number in range(SERVING)]
    parts += [Part(["work"], folder) for _ in range(WORKING)]
    strangers = [Stranger(author) for author in prepared.authors]
    async with listening(sink_port) as sink, aiohttp.ClientSession(timeout=ANSWER_S, cookie_jar=aiohttp.DummyCookieJar()) as session:
        load = Load(prepared, Crowd(strangers, prepared.reader, lambda: list(sink.creates.values())), session)
        ledger = Ledger(prepared, load, strangers, sink)
        with ExitStack() as stack:
            for part in parts:
                part.start()
                stack.callback(part.kill)
            kills, began = 0, time.monotonic()
            while time.monotonic() - began < until[0] or kills < until[1]:
                await load.press(draw.uniform(*PRESS_S))
                load.burst()
                await asyncio.sleep(draw.uniform(*AIM_S))  # aims the kill; it waits for no result
                part = draw.choice(parts)
                part.kill()
                kills += 1
                on_kill(kills)
                await asyncio.gather(load.settle(), asyncio.to_thread(part.start))
                await load.send_again([*load.untaken(), *load.errands[-REPEATED:]])
            took_s = time.monotonic() - began
            delivered_s = await _delivered(ledger)
            faults = ledger.faults()
            codes = [part.stop() for part in parts]
    slowest_s = max(start_s for part in parts for start_s in part.starts_s)
    return Outcome(kills, took_s, load, sink, delivered_s, slowest_s, codes, faults)


async def _delivered(ledger: Ledger) -> float:
    began = time.monotonic()
    for _ in range(int(DELIVERED_S / LOOK_S)):
        if ledger.is_delivered() and not ledger.has_jobs():
            break
        await asyncio.sleep(LOOK_S)
    return time.monotonic() - began
