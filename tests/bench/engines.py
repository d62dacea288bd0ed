"""`python -m tests.bench.engines`: the same load on SQLite and PostgreSQL, by one and by two processes, each beside its floor."""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
from rich.console import Console

from node import databases
from node.config import config_from_toml
from tests.bench import data, floors
from tests.bench.__main__ import STORED, load
from tests.bench.process import running
from tests.bench.report import Report, get, serve
from tests.bench.shares import watched
from tests.clusters import Cluster

WRITERS = 8
SECONDS = 2.0
SETTLE_S = 3.0  # until the second process answers as well


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.engines")
    parser.add_argument("--posts", type=int, default=2_000)
    chosen = parser.parse_args()
    report, folder, server = Report(), Path(tempfile.mkdtemp(prefix="hedgerow-bench-")), Cluster(durable=True)
    try:
        authors = [data.make_author(number) for number in range(1, 21)]
        for engine in ("SQLite", "PostgreSQL"):
            for processes in (1, 2):
                here = folder / f"{engine}{processes}"
                prepared = data.prepare(here, data.free_port(), authors, chosen.posts)
                floor = f"{floors.commits():.0f} SQLite commits/s"
                if engine == "PostgreSQL":
                    prepared = onto(prepared, server.create(template="template0"))
                    floor = f"{commits(server.create(template='template0')):.0f} PostgreSQL commits/s by {WRITERS}"
                pids = {"PostgreSQL": server.pid} if engine == "PostgreSQL" else {}
                measure(report, prepared, f"{engine} ×{processes}", processes, floor, pids)
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


def measure(report: Report, prepared: data.Prepared, label: str, processes: int, floor: str, pids: Mapping[str, int]) -> None:
    """Signed Creates stored, and home pages, a second."""
    port = int(prepared.config.origin.rpartition(":")[2])
    command = [*serve(prepared.config.data_dir), *(["--processes", str(processes)] if processes > 1 else [])]
    with running(command, prepared.config.origin) as node:
        roots = {"node": node.process.pid, **pids}
        time.sleep(SETTLE_S)
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
        f"signed Creates stored/s, {label}", f"{STORED / stored['seconds']:.0f} (p50 {p50:.1f}, p99 {p99:.1f} ms; {storing})", verify
    )
    p50, p99 = pages["latencies_ms"]
    report.row(f"home pages/s, {label}", f"{6000 / pages['seconds']:.0f} (p50 {p50:.1f}, p99 {p99:.1f} ms; {showing})")


if __name__ == "__main__":
    main()
