"""One run: a node under load is killed and started again, round after round, and then asked for everything that it acknowledged."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.bench import data
from tests.bench.__main__ import serve
from tests.bench.process import Running, running
from tests.soak.ledger import Ledger
from tests.soak.load import ANSWER_S, BURST, INBOUND_RATE, LOCAL_RATE, Load
from tests.soak.sink import Sink, listening
from tests.soak.strangers import Crowd, Stranger

STRANGERS = 3  # shares no factor with the number of turns, so that everybody does everything
ROUND_S = (0.7, 1.4)  # of load before the kill, drawn anew for each round
AIM_S = (0.0, 0.04)  # from the burst to the kill
REPEATED = BURST[1] + 5  # activities of each round's end that are sent again, acknowledged or not
LOOK_S = 0.05
READY_S = 5.0  # that a killed node may take until it answers again
DELIVERED_S = 30.0  # until all that the last kill left lying has arrived


@dataclass(frozen=True, slots=True, order=True)
class Start:
    """How long a start took until the first answer, and what its main thread did meanwhile, seconds each."""

    start_s: float
    on_core_s: float
    queued_s: float  # ready to run, while others had the cores: what a busy machine adds


def start_of(node: Running) -> Start:
    """A start just ended (proc(5), schedstat: nanoseconds on a core, nanoseconds in the queue)."""
    on_core_ns, queued_ns, _ = map(int, Path(f"/proc/{node.process.pid}/schedstat").read_text().split())
    return Start(node.start_s, on_core_ns / 1e9, queued_ns / 1e9)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has shown."""

    rounds: int
    load: Load
    sink: Sink
    ledger: Ledger
    slowest: Start
    delivered_s: float
    stood: int  # posts that were kept although the kill came before their answer
    database: Path
    faults: list[str]

    def __str__(self) -> str:
        """The run in one line."""
        load, times, worst = self.load, self.sink.times, self.slowest
        local, inbound = sum(load.texts.values()), sum(errand.is_taken for errand in load.errands)
        return (
            f"{self.rounds} kills in {load.seconds:.0f} s of load: {local / load.seconds:.1f} local posts/s (of {LOCAL_RATE}) and"
            f" {inbound / load.seconds:.1f} inbound activities/s (of {INBOUND_RATE}) acknowledged; {load.cut_off} requests cut off by a"
            f" kill, {self.stood} of the posts among them stood all the same; {local} local posts, {inbound} activities,"
            f" {len(times)} deliveries ({times.total() - len(times)} more arrivals of the same); ready again in"
            f" {worst.start_s:.2f} s at worst ({worst.on_core_s:.2f} s on a core, {worst.queued_s:.2f} s waiting for one);"
            f" all delivered {self.delivered_s:.1f} s after the last start; {len(self.faults)} faults"
        )


def soak(folder: Path, rounds: int, on_round: Callable[[float], None], seed: int = 1) -> Outcome:
    """Kills a node so many times. on_round: hears how long each start took, in seconds."""
    sink_port = data.free_port()
    authors = [data.make_author(number, sink_port) for number in range(1, STRANGERS + 1)]
    prepared = data.prepare(folder, data.free_port(), authors, 0)
    data.add_followers(prepared, 1, 1, sink_port)
    return asyncio.run(_soak(_Run(folder, prepared, rounds, on_round, random.Random(seed)), sink_port))


@dataclass(frozen=True, slots=True)
class _Run:
    folder: Path
    prepared: data.Prepared
    rounds: int
    on_round: Callable[[float], None]
    draw: random.Random


async def _soak(run: _Run, sink_port: int) -> Outcome:
    strangers = [Stranger(author) for author in run.prepared.authors]
    async with listening(sink_port) as sink, aiohttp.ClientSession(timeout=ANSWER_S, cookie_jar=aiohttp.DummyCookieJar()) as session:
        load = Load(run.prepared, Crowd(strangers, run.prepared.reader, lambda: list(sink.creates.values())), session)
        ledger = Ledger(run.prepared, load, strangers, sink)
        starts = []
        for _ in range(run.rounds):
            async with _node(run) as node:
                starts.append(start_of(node))
                await _round(run, node, load)
            run.on_round(node.start_s)
        async with _node(run) as node:
            starts.append(start_of(node))
            await load.send_again([*load.untaken(), *load.errands[-REPEATED:]])
            delivered_s = await _delivered(ledger)
    file = run.prepared.config.sqlite_file or Path()
    return Outcome(run.rounds, load, sink, ledger, max(starts[1:]), delivered_s, ledger.stood(), file, ledger.faults())


@asynccontextmanager
async def _node(run: _Run) -> AsyncIterator[Running]:
    """The node, from its first answer; meanwhile the sink goes on."""
    with ExitStack() as stack:
        yield await asyncio.to_thread(stack.enter_context, running(serve(run.folder), run.prepared.config.origin))
        await asyncio.to_thread(stack.close)


async def _round(run: _Run, node: Running, load: Load) -> None:
    """What the last kill cut off is sent again, then the load, a burst, and the kill in the middle of it."""
    await load.send_again([*load.untaken(), *load.errands[-REPEATED:]])
    await load.press(run.draw.uniform(*ROUND_S))
    load.burst()
    await asyncio.sleep(run.draw.uniform(*AIM_S))  # aims the kill; it waits for no result
    node.process.kill()
    await asyncio.to_thread(node.process.wait)
    await load.settle()


async def _delivered(ledger: Ledger) -> float:
    """Seconds until everything owed has arrived; the deadline where it has not, which the faults then name."""
    began = time.monotonic()
    for _ in range(int(DELIVERED_S / LOOK_S)):
        if ledger.is_delivered():
            break
        await asyncio.sleep(LOOK_S)
    return time.monotonic() - began
