"""Measures one node of the growth bench, in a process of its own: JSON on stdin says where it is, JSON on stdout what was found."""

import gc
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from federation import keys
from node.assembly import Hearing, build_app, open_context
from node.caches import Caches
from storage import posts
from storage.database import Connection
from storage.records import Post
from tests.bench.growth.crowd import Pair
from tests.bench.growth.filling import make_config
from tests.bench.growth.operations import Hot, Operation, draw_sample
from tests.bench.process import PAGE_KB

SAMPLE, SEED = 1000, 2
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the node's data are, ids of posts to choose from, how often each thing is done, and the keys that sign (PEM)."""

    folder: str
    url: str
    ids: Sequence[int]
    calls: int
    pems: Sequence[tuple[str, str]]


def memory_mb() -> float:
    """Resident memory of this process, MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KB / 1024


async def measure(plan: Plan) -> Mapping[str, object]:
    """{"times": {operation: [p50, p99] in ms}, "memory_mb": [before, after]}."""
    pairs: list[Pair] = [(keys.private_from_pem(rsa), keys.private_from_pem(ed25519)) for rsa, ed25519 in plan.pems]
    config = make_config(Path(plan.folder), plan.url)
    async with open_context(config) as context:
        context.database.listen(Hearing(context).hear)
        app = build_app(context)
        app.freeze()
        sample = await context.database.read(draw_sample, config.origin, plan.ids)
        await context.database.write(_look_at, sample.roots, context.site.now_ms())
        hot = Hot(context, app, sample, pairs, random.Random(SEED))
        before = memory_mb()
        times = {name: await _time(run, context.caches, plan.calls) for name, run in hot.operations().items()}
        return {"times": times, "memory_mb": [before, memory_mb()]}


def _look_at(db: Connection, roots: Sequence[Post], now_ms: int) -> None:
    """Somebody has looked at these threads already: the first look at another server's puts down a job as well."""
    for root in roots:
        posts.set_replies_fetched(db, root.id, now_ms, now_ms)


async def _time(run: Operation, caches: Caches, calls: int) -> tuple[float, float]:
    """Milliseconds, the middle and the hundredth slowest. What the node remembers of posts and actors is forgotten before each call, so
    that a small archive gains nothing from fitting into memory."""
    found = []
    for number in range(WARM_UP + calls):
        caches.fragments.clear()
        caches.documents.clear()
        if number % 50 == 0:
            gc.collect()
        began = time.perf_counter()
        await run()
        if number >= WARM_UP:
            found.append((time.perf_counter() - began) * 1000)
    found.sort()
    return found[len(found) // 2], found[len(found) * 99 // 100]


if __name__ == "__main__":
    print(json.dumps(uvloop.run(measure(Plan(**json.load(sys.stdin))))))
