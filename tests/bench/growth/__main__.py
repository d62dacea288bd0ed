"""`make bench-growth`: prints as Markdown how times and bytes grow from the smallest archive to the largest; marked where times more than
double."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from federation import keys
from node.assembly import utc_now
from node.config import Config
from tests.bench.growth import filling
from tests.bench.growth.archive import Archive
from tests.bench.growth.crowd import Scale, shared_keys
from tests.bench.growth.measuring import SAMPLE, Plan
from tests.bench.process import ROOT
from tests.clusters import Cluster

SIZES = (10_000, 100_000, 1_000_000)
MOST = 2.0  # times as slow as with the fewest posts
CALLS, ROUNDS = 100, 3
TABLES = 14  # shown; the rest is one line
MB = 1e6

Bytes = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured at one size."""

    posts: int
    fill_s: float
    times: Mapping[str, Sequence[float]]  # operation: p50, p99 in ms
    memory_mb: Sequence[float]
    bytes: Bytes


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--calls", type=int, default=CALLS, help="how often each thing is done")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the best counts, for what else the machine does")
    parser.add_argument("--volatile", action="store_true", help="PostgreSQL waits for no disk: to see whether this program works")
    parser.add_argument("--people", type=int, nargs=3, default=[*astuple(Scale())], metavar=("OURS", "KNOWN", "FOLLOWS"))
    parser.add_argument("--keep", type=Path, help="a folder in which the SQLite databases stay, to look at them")
    chosen = parser.parse_args()
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="hedgerow-growth-"))
    server = Cluster(durable=not chosen.volatile) if chosen.engine == "postgresql" else None
    try:
        scale = Scale(*chosen.people)
        found = [measure(folder / str(size), server, scale, size, chosen.calls, chosen.rounds) for size in chosen.sizes]
    finally:
        if server is not None:
            server.stop()
        if chosen.keep is None:
            shutil.rmtree(folder)
    print(report(chosen.engine, scale, f"{chosen.calls} calls one after the other, the best of {chosen.rounds} rounds", found))


def measure(folder: Path, server: Cluster | None, scale: Scale, size: int, calls: int, rounds: int) -> Found:
    """Fills a database and measures it."""
    url = server.create(template="template0") if server is not None else ""
    config = filling.make_config(folder, url)
    began = time.perf_counter()
    archive = filling.fill(config, scale, size)
    fill_s = time.perf_counter() - began
    taken = filling.sizes(config)
    times, memory_mb = best([_measure(config, url, archive, calls) for _ in range(rounds)])
    if server is not None:
        server.drop(url)
    return Found(size, fill_s, times, memory_mb, taken)


def best(rounds: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Sequence[float]], Sequence[float]]:
    """Of several rounds the one in which each thing was least disturbed by what else the machine does; and the most memory."""
    times = {name: tuple(min(each["times"][name][part] for each in rounds) for part in (0, 1)) for name in rounds[0]["times"]}
    return times, [max(each["memory_mb"][part] for each in rounds) for part in (0, 1)]


def _measure(config: Config, url: str, archive: Archive, calls: int) -> Mapping[str, Any]:
    """In a process that has not filled it, so that its memory is a node's."""
    step = max(1, archive.count // SAMPLE)
    ids = [archive.post_id(number) for number in range(0, archive.count, step)]
    pems = [(keys.pem_from_private(rsa), keys.pem_from_private(ed25519)) for rsa, ed25519 in shared_keys()]
    plan = json.dumps(asdict(Plan(str(config.data_dir), url, ids, calls, pems)))
    print(f"  measuring {archive.count:,} posts", file=sys.stderr, flush=True)
    done = subprocess.run([sys.executable, "-m", "tests.bench.growth.measuring"], cwd=ROOT, input=plan, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    answered: Mapping[str, Any] = json.loads(done.stdout)
    return answered


def report(engine: str, scale: Scale, how: str, found: Sequence[Found]) -> str:
    """Two tables in Markdown, and a line about each size."""
    head = [f"{each.posts:,}" for each in found]
    lines = [
        f"Growth on {engine}, {utc_now():%Y-%m-%d}, {os.cpu_count()} cores.",
        f"{scale.people:,} people of this node, {scale.known:,} accounts known in all, {scale.follows:,} follows; p50 / p99 in ms of",
        f"{how}, rendered posts not remembered.",
        "",
        *_table(["what", *(f"{posts} posts" for posts in head), "times"], _time_rows(found)),
        "",
        *_table(["MB of a table + its indexes", *(f"{posts} posts" for posts in head), "bytes a post"], _size_rows(found)),
        "",
        *(
            f"- {each.posts:,} posts: filled in {each.fill_s:.0f} s; memory {before:.0f} MB before all this, {after:.0f} MB after"
            for each in found
            for before, after in [each.memory_mb]
        ),
    ]
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _time_rows(found: Sequence[Found]) -> list[list[str]]:
    rows = []
    for name in found[0].times:
        shown = [f"{each.times[name][0]:.2f} / {each.times[name][1]:.1f}" for each in found]
        ratio = found[-1].times[name][0] / found[0].times[name][0]
        rows.append([name, *shown, f"**{ratio:.2f}**" if ratio > MOST else f"{ratio:.2f}"])
    return rows


def _size_rows(found: Sequence[Found]) -> list[list[str]]:
    """The largest tables of the largest archive, the others together, and all."""
    last = found[-1]
    shown, others = list(last.bytes)[:TABLES], list(last.bytes)[TABLES:]
    rows = [[name, *(_megabytes(each.bytes, [name]) for each in found), _each(last, [name])] for name in shown]
    rows.append([f"{len(others)} others", *(_megabytes(each.bytes, others) for each in found), _each(last, others)])
    rows.append(["all", *(_megabytes(each.bytes, list(each.bytes)) for each in found), _each(last, list(last.bytes))])
    return rows


def _megabytes(sizes: Bytes, names: Sequence[str]) -> str:
    rows, indexes = (sum(sizes.get(name, (0, 0))[part] for name in names) for part in (0, 1))
    return f"{rows / MB:.1f} + {indexes / MB:.1f}"


def _each(found: Found, names: Sequence[str]) -> str:
    return f"{sum(sum(found.bytes[name]) for name in names) / found.posts:.0f}"


if __name__ == "__main__":
    main()
