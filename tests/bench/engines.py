"""`python -m tests.bench.engines`: the same load on SQLite and PostgreSQL, by one and by two processes, each beside its floor.

Then once more with every process of the node held to a share of a core. On a small machine the load, the database and one process fill
all cores, and a second process has nothing left to run on; held, it is the processes that bound, and the figures say whether two of
them do twice the work of one.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import psycopg
from rich.console import Console

from node import databases
from node.config import config_from_toml
from tests.bench import data, floors, holding
from tests.bench.__main__ import STORED, load
from tests.bench.process import running
from tests.bench.report import Report, get, serve
from tests.bench.shares import watched
from tests.clusters import Cluster

WRITERS = 8
SECONDS = 2.0
SHARES = (1.0, 0.25)  # of a core
SETTLE_S = 3.0  # until the second process answers as well


@dataclass(frozen=True, slots=True)
class Setting:
    """What is compared. share: of a core, that each process of the node has at most; 1 where nothing holds it."""

    engine: str
    processes: int
    share: float

    def __str__(self) -> str:
        return f"{self.engine} ×{self.processes}" + (f", each held to {self.share:.0%} of a core" if self.share < 1 else "")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engines")
    parser.add_argument("--posts", type=int, default=2_000)
    chosen = parser.parse_args()
    report, folder, server = Report(), Path(tempfile.mkdtemp(prefix="hedgerow-bench-")), Cluster(durable=True)
    try:
        authors = [data.make_author(number) for number in range(1, 21)]
        for share, engine, processes in product(SHARES if holding.is_possible() else SHARES[:1], ("SQLite", "PostgreSQL"), (1, 2)):
            here = folder / f"{engine}-{processes}-{share:g}"
            prepared = data.prepare(here, data.free_port(), authors, chosen.posts)
            floor = f"{floors.commits():.0f} SQLite commits/s"
            if engine == "PostgreSQL":
                prepared = onto(prepared, server.create(template="template0"))
                floor = f"{commits(server.create(template='template0')):.0f} PostgreSQL commits/s by {WRITERS}"
            pids = {"PostgreSQL": server.pid} if engine == "PostgreSQL" else {}
            measure(report, prepared, Setting(engine, processes, share), floor, pids)
    finally:
        server.stop()
        shutil.rmtree(folder)
    Console(width=150).print(report.table)


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


def measure(report: Report, prepared: data.Prepared, setting: Setting, floor: str, pids: Mapping[str, int]) -> None:
    """Signed Creates stored, and home pages, a second."""
    port = int(prepared.config.origin.rpartition(":")[2])
    command = [*serve(prepared.config.data_dir), *(["--processes", str(setting.processes)] if setting.processes > 1 else [])]
    with running(command, prepared.config.origin) as node, ExitStack() as stack:
        roots = {"node": node.process.pid, **pids}
        time.sleep(SETTLE_S)
        if setting.share < 1:
            stack.enter_context(holding.held(holding.children(node.process.pid) or [node.process.pid], setting.share))
        requests = [data.signed_create(prepared.authors[number % len(prepared.authors)], number, port) for number in range(STORED)]
        with watched(roots) as storing:
            stored = load(port, requests, STORED, 16)
        cookie = f"hedgerow={prepared.cookie}"
        page = get("/", port, "text/html", cookie)
        load(port, [page], 300, 4)
        with watched(roots) as showing:
            pages = load(port, [page], 6000, 16)
    p50, p99 = stored["latencies_ms"]
    verify = f"{floors.verifications():.0f} verifications/s, {floor}"
    report.row(
        f"signed Creates stored/s, {setting}", f"{STORED / stored['seconds']:.0f} (p50 {p50:.1f}, p99 {p99:.1f} ms; {storing})", verify
    )
    p50, p99 = pages["latencies_ms"]
    report.row(f"home pages/s, {setting}", f"{6000 / pages['seconds']:.0f} (p50 {p50:.1f}, p99 {p99:.1f} ms; {showing})")


if __name__ == "__main__":
    main()
