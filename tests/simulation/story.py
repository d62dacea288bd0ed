"""What happens in the network: people follow one another, with a heavy tail, and write, answer, boost, change and delete for some days,
while servers stop, restart and cannot be reached."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from itertools import accumulate, count
from typing import Any

from node.errors import NodeError
from storage import timelines
from storage.database import Connection
from tests.people import Person
from tests.simulation.nodes import OffError, SimNode
from tests.simulation.wire import CALM, Wire

MINUTE_S, HOUR_S = 60.0, 3600.0
TRIES, AGAIN_S = 60, 10 * MINUTE_S  # how often, and after how long, people try again what could not be done


@dataclass(frozen=True, slots=True)
class Plot:
    """How much happens, and for how long."""

    follows: float = 6.0  # by each, on average
    posts: float = 3.0  # by each, on average
    hours: float = 36.0  # in which people write
    outages: float = 0.5  # of each node, on average
    restarts: float = 1.0  # of each node, besides
    longest_outage_hours: float = 6.0


@dataclass
class Deeds:
    """What people did, as far as they were told that it is done."""

    counts: Counter[str] = field(default_factory=Counter)
    posts: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)  # what a post said last
    deleted: set[str] = field(default_factory=set)
    given_up: int = 0  # what somebody tried too often


class Story:
    """Draws everything from one seed; `wire` and the people's nodes bring it about."""

    def __init__(self, people: list[Person], nodes: list[SimNode], wire: Wire, plot: Plot, chance: random.Random) -> None:
        self._people, self._nodes, self._wire, self._plot, self._chance = people, nodes, wire, plot, chance
        self.deeds = Deeds()
        self._names = count(1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._fame = list(accumulate(1 / (rank + 2) for rank in range(len(people))))

    async def follow_one_another(self) -> None:
        """Within an hour. The first are followed by many, most by few."""
        for person in self._people:
            wanted = min(int(self._chance.paretovariate(1.6) * self._plot.follows * 0.375) + 1, len(self._people) - 1)
            chosen: dict[str, Person] = {}
            while len(chosen) < wanted:
                other = self._chance.choices(self._people, cum_weights=self._fame)[0]
                if other is not person:
                    chosen[other.uri] = other
            for other in chosen.values():
                self._soon(HOUR_S, person, "follow", lambda person=person, other=other: person.follow(other))
        await self._all_done()

    async def live(self) -> None:
        """Everybody writes, and the servers fail; afterwards all is well again."""
        span_s = self._plot.hours * HOUR_S
        for node in self._nodes:
            for _ in range(self._drawn(self._plot.outages)):
                self._start(self._outage(node, span_s))
            for _ in range(self._drawn(self._plot.restarts)):
                self._start(self._restart(node, span_s))
        for person in self._people:
            for _ in range(self._drawn(self._plot.posts)):
                self._soon(span_s, person, "post", lambda person=person: self._write(person))
            for _ in range(self._drawn(self._plot.posts / 2)):
                self._soon(span_s, person, "answer or boost", lambda person=person: self._react(person))
            for _ in range(self._drawn(0.1 * self._plot.follows)):
                other = self._chance.choices(self._people, cum_weights=self._fame)[0]
                if other is not person:
                    self._soon(span_s, person, "follow", lambda person=person, other=other: person.follow(other))
        await self._all_done()
        self._wire.weather = CALM

    def _drawn(self, mean: float) -> int:
        """A whole number, so large on average."""
        whole = int(mean * 2)
        return sum(self._chance.random() < 0.5 for _ in range(whole)) + (self._chance.random() < mean - whole / 2)

    def _soon(self, within_s: float, person: Person, what: str, deed: Callable[[], Awaitable[object]]) -> None:
        self._start(self._do(self._chance.uniform(0, within_s), person, what, deed))

    def _start(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _all_done(self) -> None:
        while self._under_way:
            done, _ = await asyncio.wait(self._under_way)
            for task in done:
                task.result()

    async def _do(self, after_s: float, person: Person, what: str, deed: Callable[[], Awaitable[object]]) -> None:
        """Once its moment has come; tried again while it cannot be done."""
        await asyncio.sleep(after_s)
        for _ in range(TRIES):
            try:
                await person.node.do(_awaited(deed))
            except (OffError, NodeError):
                await asyncio.sleep(AGAIN_S)
            else:
                self.deeds.counts[what] += 1
                return
        self.deeds.given_up += 1

    async def _write(self, person: Person, answering: str | None = None) -> None:
        text = f"Word w{next(self._names)}w of {person.account.name}"
        uri = await person.write(text, answering)
        self.deeds.posts.add(uri)
        self.deeds.texts[uri] = text
        roll = self._chance.random()
        if roll < 0.15:
            self._soon(2 * HOUR_S, person, "edit", lambda: self._edit(person, uri))
        elif roll < 0.30:
            self._soon(4 * HOUR_S, person, "delete", lambda: self._delete(person, uri))

    async def _edit(self, person: Person, uri: str) -> None:
        if uri not in self.deeds.deleted:
            text = f"Word w{next(self._names)}w, changed by {person.account.name}"
            await person.edit(uri, text)
            self.deeds.texts[uri] = text

    async def _delete(self, person: Person, uri: str) -> None:
        await person.delete(uri)
        self.deeds.deleted.add(uri)

    async def _react(self, person: Person) -> None:
        """To something that stands in their timeline."""
        seen = await person.node.read(_others_at_home, person.account.id)
        if not seen:
            return
        uri = self._chance.choice(seen)
        if self._chance.random() < 0.6:
            await self._write(person, uri)
            self.deeds.counts["answers"] += 1
        else:
            await person.boost(uri)
            self.deeds.counts["boosts"] += 1

    async def _outage(self, node: SimNode, span_s: float) -> None:
        """It has no power, or is cut off, or says that it is not well."""
        await asyncio.sleep(self._chance.uniform(0, span_s))
        kind = self._chance.choice(("off", "cut off", "sick"))
        lasts_s = self._chance.uniform(MINUTE_S, self._plot.longest_outage_hours * HOUR_S)
        if not node.is_on or not node.is_reached or node.is_sick:
            return
        self.deeds.counts[f"outages: {kind}"] += 1
        if kind == "off":
            await node.kill()
        elif kind == "sick":
            node.is_sick = True
        else:
            node.is_reached = False
        await asyncio.sleep(lasts_s)
        node.is_sick, node.is_reached = False, True
        if not node.is_on:
            await node.start()

    async def _restart(self, node: SimNode, span_s: float) -> None:
        """Killed in the midst of what it does, and back a few seconds later."""
        await asyncio.sleep(self._chance.uniform(0, span_s))
        if not node.is_on:
            return
        self.deeds.counts["restarts"] += 1
        await node.kill()
        await asyncio.sleep(self._chance.uniform(1, 30))
        await node.start()


async def _awaited(deed: Callable[[], Awaitable[object]]) -> object:
    return await deed()


def _others_at_home(db: Connection, account_id: int) -> list[str]:
    """URIs of the newest posts of others that somebody sees, boosts left out."""
    rows = db.execute(
        "SELECT p.uri FROM home h JOIN posts p ON p.id = h.post_id WHERE h.account_id = :id AND p.account_id <> :id"
        " AND p.boost_of_id IS NULL AND h.post_id < :before ORDER BY h.post_id DESC LIMIT 20",
        {"id": account_id, "before": timelines.BEFORE_ALL},
    ).fetchall()
    return [row[0] for row in rows]
