"""`python -m tests.bench.engines`: the same load on SQLite and PostgreSQL, by one and by two processes, each beside its floor.

Then once more with each of the node's processes held to a part of a core: the load, the database and two processes do not find room
on two cores, so whether a second one helps where its core is the bound shows only so.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console

from node import databases
from node.config import config_from_toml
from tests.bench import data, floors, held
from tests.bench.__main__ import STORED, load
from tests.bench.process import running
from tests.bench.report import Report, get, serve
from tests.bench.shares import Shares, watched
from tests.clusters import Cluster

WRITERS = 8
SECONDS = 2.0
LOAD, PAGES = 16, 6000  # requests at once, home pages
SETTLE_S = 3.0  # until the second process answers as well
PART = 0.3  # of a core that each process gets in the second table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engines")
    parser.add_argument("--posts", type=int, default=2_000)
    parser.add_argument("--held-only", action="store_true", help="the second table alone")
    chosen = parser.parse_args()
    report, folder, server = Report(), Path(tempfile.mkdtemp(prefix="hedgerow-bench-")), Cluster(durable=True)
    try:
        authors = [data.make_author(number) for number in range(1, 21)]
        objection = held.objection()
        if objection is not None:
            print(f"  no table of held processes: {objection}", file=sys.stderr)
        for part in (*([] if chosen.held_only else [None]), *([PART] if objection is None else [])):
            for engine in ("SQLite", "PostgreSQL"):
                for processes in (1, 2):
                    here = folder / f"{engine}{processes}{part}"
                    measure(report, prepare(here, engine, authors, chosen.posts, server), Setup(engine, processes, part), server)
    finally:
        server.stop()
        shutil.rmtree(folder)
    Console(width=150).print(report.table)


def prepare(folder: Path, engine: str, authors: list[data.Author], posts: int, server: Cluster) -> data.Prepared:
    """A node with so many posts on an engine."""
    prepared = data.prepare(folder, data.free_port(), authors, posts)
    return onto(prepared, server.create(template="template0")) if engine == "PostgreSQL" else prepared


def onto(prepared: data.Prepared, url: str) -> data.Prepared:
    """The same node with its memory on PostgreSQL."""
    config = prepared.config
    databases.copy(f"sqlite:///{config.sqlite_file}", url, lambda _table, _done, _total: None)
    text = (config.data_dir / "hedgerow.toml").read_text() + f'\n[database]\nurl = "{url}"\nconnections = {WRITERS}\n'
    (config.data_dir / "hedgerow.toml").write_text(text)
    return replace(prepared, config=config_from_toml(text, config.data_dir, {}))


def commits(url: str) -> float:
    """Rows a second that so many writers commit one by one."""
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, text text)")
    until = time.perf_counter() + SECONDS

    def write(_number: int) -> int:
        count = 0
        with psycopg.connect(url, autocommit=True) as db:
            while time.perf_counter() < until:
                db.execute("INSERT INTO floor (text) VALUES ('x')")
                count += 1
        return count

    with ThreadPoolExecutor(WRITERS) as pool:
        return sum(pool.map(write, range(WRITERS))) / SECONDS


@dataclass(frozen=True, slots=True)
class Setup:
    """What is measured: so many processes on an engine, each held to a part of a core, or free."""

    engine: str
    processes: int
    part: float | None = None

    def __str__(self) -> str:
        return f"{self.engine} ×{self.processes}" + (f", each held to {self.part:.0%} of a core" if self.part else "")


def measure(report: Report, prepared: data.Prepared, setup: Setup, server: Cluster) -> None:
    """Signed Creates stored, and home pages, a second."""
    port = int(prepared.config.origin.rpartition(":")[2])
    command = [*serve(prepared.config.data_dir), *(["--processes", str(setup.processes)] if setup.processes > 1 else [])]
    with running(command, prepared.config.origin) as node:
        roots = {"node": node.process.pid} | ({"PostgreSQL": server.pid} if setup.engine == "PostgreSQL" else {})
        time.sleep(SETTLE_S)
        requests = [data.signed_create(prepared.authors[number % len(prepared.authors)], number, port) for number in range(STORED)]
        page = get("/", port, "text/html", f"hedgerow={prepared.cookie}")
        with held.held(held.serving(node.process.pid), setup.part) if setup.part else nullcontext():
            with watched(roots) as storing:
                stored = load(port, requests, STORED, LOAD)
            load(port, [page], 300, 4)
            with watched(roots) as showing:
                pages = load(port, [page], PAGES, LOAD)
    floor = floor_of(setup, server)
    report.row(f"signed Creates stored/s, {setup}", figures(STORED, stored, storing), floor)
    report.row(f"home pages/s, {setup}", figures(PAGES, pages, showing))


def figures(count: int, found: Mapping[str, Any], shares: Shares) -> str:
    """A rate, its latencies, who used the cores, and what one took of them."""
    p50, p99 = found["latencies_ms"]
    each = ", ".join(f"{name} {used * found['seconds'] / count * 1000:.2f}" for name, used in shares.cores.items())
    return f"{count / found['seconds']:.0f} (p50 {p50:.1f}, p99 {p99:.1f} ms; {shares}; CPU ms each: {each})"


def floor_of(setup: Setup, server: Cluster) -> str:
    """What the machine could do at best just then."""
    verify = f"{floors.verifications():.0f} verifications/s"
    if setup.engine == "SQLite":
        return f"{verify}, {floors.commits():.0f} SQLite commits/s"
    return f"{verify}, {commits(server.create(template='template0')):.0f} PostgreSQL commits/s by {WRITERS}"


if __name__ == "__main__":
    main()
