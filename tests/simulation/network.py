"""A whole network from one seed: nodes and people made, the story played, everything drained, and what was found."""

import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from federation import keys
from node.social import accounts
from storage import ids
from tests.people import Person
from tests.simulation import clock
from tests.simulation.ledger import Ledger
from tests.simulation.memory import make_template, new_database
from tests.simulation.nodes import SimNode
from tests.simulation.story import HOUR_S, Plot, Story
from tests.simulation.wire import Weather, Wire

KEYS = 8  # RSA keys made in all; nodes share them, and check every signature all the same
DRAIN_S, DRAINED_S = 15 * 60.0, 15 * 24 * HOUR_S  # how often it is looked whether all is quiet, and when at the latest

DELAYS = """
    SELECT d.updated_ms - (a.id >> 16) FROM deliveries d JOIN activities a ON a.id = d.activity_id WHERE d.state = 'delivered'"""
STATES = "SELECT state, count(*), sum(attempts) FROM deliveries GROUP BY state"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave. figures depend on the seed alone; seconds and memory_mb on the machine."""

    faults: list[str]
    figures: Mapping[str, int | float]
    seconds: float
    memory_mb: float


def simulate(nodes: int, seed: int, plot: Plot, weather: Weather, say: Callable[[str], None] = lambda _: None) -> Outcome:
    """Plays a story in a network of so many nodes."""
    began = time.perf_counter()
    with _seeded(seed):
        faults, figures = clock.run(_play(nodes, seed, plot, weather, say))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Outcome(faults, figures, time.perf_counter() - began, memory_mb)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Ids, jitter and the order of hosts come from the seed; RSA keys from a handful."""
    chance, state = random.Random(f"ids {seed}"), random.getstate()
    pool = [keys.generate_rsa() for _ in range(KEYS)]

    def share_key() -> keys.PrivateKey:
        return pool[chance.randrange(KEYS)]

    random.seed(seed)
    with (
        mock.patch.object(ids.secrets, "randbits", chance.getrandbits),
        mock.patch.object(keys, "generate_rsa", share_key),
    ):
        yield
    random.setstate(state)


async def _play(
    count: int, seed: int, plot: Plot, weather: Weather, say: Callable[[str], None]
) -> tuple[list[str], dict[str, int | float]]:
    wire = Wire(random.Random(f"wire {seed}"), weather)
    nodes = await _make_nodes(count, wire, say)
    people = [await _make_person(node, number) for number, node in enumerate(nodes)]
    story = Story(people, nodes, wire, plot, random.Random(f"story {seed}"))
    say("following")
    await story.follow_one_another()
    await _drain(nodes, say)
    followed_s = asyncio.get_running_loop().time()
    say("writing")
    await story.live()
    await _drain(nodes, say)
    say("looking")
    ledger = Ledger(nodes, story.deeds)
    faults = ledger.faults() + [f"{node.origin} still owes something" for node in nodes if not node.is_quiet()][:5]
    figures = _figures(nodes, people, story, wire, ledger) | {"hours until all was followed": round(followed_s / HOUR_S, 2)}
    for node in nodes:
        await node.kill()
        node.db.close()
    return faults, figures


async def _make_nodes(count: int, wire: Wire, say: Callable[[str], None]) -> list[SimNode]:
    say("starting")
    with tempfile.TemporaryDirectory(prefix="hedgerow-simulation-") as folder:
        template = make_template(Path(folder))
    nodes = [SimNode(f"n{number}.example", new_database(template), wire) for number in range(count)]
    for node in nodes:
        await node.start()
    return nodes


async def _make_person(node: SimNode, number: int) -> Person:
    account = await accounts.create_account(node.context, accounts.NewAccount(f"p{number}"))
    return Person(node, account)  # type: ignore[arg-type]  # as much of a Node as a Person asks of one


async def _drain(nodes: list[SimNode], say: Callable[[str], None]) -> None:
    """Until nobody owes anything, however long that takes."""
    loop = asyncio.get_running_loop()
    until = loop.time() + DRAINED_S
    while loop.time() < until:
        busy = sum(not node.is_quiet() for node in nodes)
        say(f"{busy} nodes still owe something after {loop.time() / HOUR_S:.1f} hours")
        if not busy:
            return
        await asyncio.sleep(DRAIN_S)


def _figures(nodes: list[SimNode], people: list[Person], story: Story, wire: Wire, ledger: Ledger) -> dict[str, int | float]:
    states: dict[str, tuple[int, int]] = {}
    for node in nodes:
        for state, number, attempts in node.db.execute(STATES):
            before = states.get(state, (0, 0))
            states[state] = (before[0] + number, before[1] + attempts)
    delays = sorted(row[0] for node in nodes for row in node.db.execute(DELAYS))
    deliveries, attempts = (sum(each[part] for each in states.values()) for part in (0, 1))
    shown = {f"virtual delay p{part}, s": round(delays[min(len(delays) - 1, len(delays) * part // 100)] / 1000, 3) for part in (50, 90, 99)}
    said = list(ledger.said.values())
    return {
        "nodes": len(nodes),
        "people": len(people),
        "follows": len(ledger.followers),
        "followers of the one with most": max(sum(pair[1] == person.uri for pair in ledger.followers) for person in people[:3]),
        "posts that stand": sum(each.boosted is None for each in said),
        "boosts that stand": sum(each.boosted is not None for each in said),
        "posts deleted": len(story.deeds.deleted),
        "lines of home timelines": ledger.lines,
        "lines that had to be there": ledger.owed,
        "deliveries": deliveries,
        "given up": states.get("gave up", (0, 0))[0],
        "attempts": attempts,
        "retries": attempts - deliveries,
        **shown,
        "virtual delay max, s": round(delays[-1] / 1000, 1) if delays else 0,
        "virtual hours": round(asyncio.get_running_loop().time() / HOUR_S, 1),
        "starts of nodes": sum(node.starts for node in nodes),
        "what people gave up": story.deeds.given_up,
        **{f"wire: {name}": number for name, number in sorted(wire.counts.items())},
        **{f"people: {name}": number for name, number in sorted(story.deeds.counts.items())},
    }
