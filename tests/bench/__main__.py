"""`make bench`: prints a table; each figure stands beside its floor from the same run."""

import argparse
import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench import data, floors, programs, viral
from tests.bench.process import Running, running
from tests.bench.report import Report, get, serve

STORED = 2000
CONCURRENCY = 16


def load(port: int, requests: Sequence[bytes], total: int, concurrency: int) -> dict[str, Any]:
    """What the load process saw."""
    plan = {"host": "127.0.0.1", "port": port, "concurrency": concurrency, "total": total}
    plan["requests"] = [base64.b64encode(request).decode() for request in requests]
    done = subprocess.run([sys.executable, "-m", "tests.bench.load"], input=json.dumps(plan), capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    bad = {status: count for status, count in found["statuses"].items() if not status.startswith("2")}
    if bad or found["answers"] != total:
        raise RuntimeError(f"the node answered {found['statuses']}, {found['answers']} of {total}")
    return found


def measure_gets(report: Report, node: Running, port: int, what: str, path: str, accept: str, reach: str = "") -> None:
    """GETs of one address, and CPU each, beside a bare handler that answers the same bytes."""
    request = get(path, port, accept)
    load(port, [request], 500, 8)
    cpu = node.cpu_s()
    found = load(port, [request], 12_000, 16)
    cpu_ms = (node.cpu_s() - cpu) / 12_000 * 1000
    floor = floors.bare_rate(node.url + path, {"Accept": accept}, lambda bare: load(bare, [get(path, bare, accept)], 12_000, 16))
    report.row(f"{what} GET/s", f"{12_000 / found['seconds']:.0f} ({cpu_ms:.2f} ms CPU each)", f"{floor:.0f} bare aiohttp", reach)


def measure_inbox(report: Report, node: Running, prepared: data.Prepared, port: int, first: int, label: str) -> float:
    """Signed Creates until each is stored and in the follower's timeline."""
    requests = [data.signed_create(prepared.authors[n % len(prepared.authors)], first + n, port) for n in range(STORED)]
    before, cpu = data.count_home(prepared.config, prepared.reader), node.cpu_s()
    began = time.perf_counter()
    found = load(port, requests, STORED, CONCURRENCY)
    arrived = data.count_home(prepared.config, prepared.reader) - before
    if arrived != STORED:
        raise RuntimeError(f"{arrived} of {STORED} arrived in the timeline after {time.perf_counter() - began:.1f} s")
    rate = STORED / found["seconds"]
    cpu_ms = (node.cpu_s() - cpu) / STORED * 1000
    latency = "p50 {:.1f}, p99 {:.1f} ms".format(*found["latencies_ms"])
    verify, commit = floors.verifications(), floors.commits()
    floor = f"{verify:.0f} RSA+Ed25519 verifications/s, {commit:.0f} SQLite commits/s"
    report.row(f"signed Creates stored/s, {label}", f"{rate:.0f} ({cpu_ms:.2f} ms CPU each; {latency})", floor, "900")
    return rate


def measure_home(report: Report, node: Running, prepared: data.Prepared, port: int, label: str) -> None:
    """The home page of 20 posts, signed in."""
    cookie = f"hedgerow={prepared.cookie}"
    request = get("/", port, "text/html", cookie)
    asked = urllib.request.Request(node.url + "/", headers={"Accept": "text/html", "Cookie": cookie})
    with urllib.request.urlopen(asked) as answer:
        page = answer.read()
    if page.count(b"<article") != 20:
        raise RuntimeError(f"the home page shows {page.count(b'<article')} posts, not 20")
    load(port, [request], 300, 4)
    alone = load(port, [request], 1500, 1)
    busy = load(port, [request], 6000, 16)
    headers = {"Accept": "text/html", "Cookie": cookie}
    floor = floors.bare_rate(node.url + "/", headers, lambda bare: load(bare, [get("/", bare, "text/html", cookie)], 6000, 16))
    latency = "alone p50 {:.2f}, p99 {:.2f} ms".format(*alone["latencies_ms"])
    report.row(f"home pages/s, {label}", f"{6000 / busy['seconds']:.0f} ({latency})", f"{floor:.0f} bare aiohttp", "1,500; p50 1 ms")


def measure_programs(report: Report, node: Running, prepared: data.Prepared, port: int, label: str) -> None:
    """Pages of 20 of the client API, with a token."""
    token = programs.make_token(prepared)
    for what, path in (("home", "/api/v1/timelines/home"), ("notifications", "/api/v1/notifications"), ("groups", "/api/v2/notifications")):
        headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}

        def raw(at: int, path: str = path) -> bytes:
            return get(path, at, "application/json", bearer=token)

        load(port, [raw(port)], 200, 4)
        cpu = node.cpu_s()
        busy = load(port, [raw(port)], 3000, 16)
        cpu_ms = (node.cpu_s() - cpu) / 3000 * 1000
        floor = floors.bare_rate(node.url + path, headers, lambda bare, raw=raw: load(bare, [raw(bare)], 3000, 16))
        latency = "{:.2f} ms CPU each; p50 {:.1f}, p99 {:.1f} ms at 16 at once".format(cpu_ms, *busy["latencies_ms"])
        report.row(f"API {what} pages/s, {label}", f"{3000 / busy['seconds']:.0f} ({latency})", f"{floor:.0f} bare aiohttp")


def measure_streams(report: Report, folder: Path, authors: list[data.Author]) -> None:
    """A thousand people who listen, each to their own home: memory, and the time from a post to its event."""
    prepared = data.prepare(folder, data.free_port(), authors, 0)
    tokens = programs.make_listeners(prepared, programs.LISTENERS)
    with running(serve(folder), prepared.config.origin) as node:
        times, memory_mb = programs.time_streams(node, prepared, tokens, lambda: publish(prepared, "To everybody who listens"))
    frame = json.dumps({"stream": ["user"], "event": "update", "payload": "x" * 3000}).encode()
    bare, bare_mb = programs.time_bare_streams(frame, programs.LISTENERS)
    shown = "first {:.0f}, median {:.0f}, last {:.0f} ms".format
    middle = programs.LISTENERS // 2
    report.row(
        "1,000 open streams: from a post to its event",
        shown(times[0], times[middle], times[-1]),
        f"{shown(bare[0], bare[middle], bare[-1])} bare aiohttp",
    )
    report.row("1,000 open streams: memory", f"{memory_mb:.0f} MB", f"{bare_mb:.0f} MB bare aiohttp")


def measure_search(report: Report, node: Running, prepared: data.Prepared, port: int, label: str) -> None:
    """The result page for words that stand in every post, and for two that stand in a few."""
    cookie = f"hedgerow={prepared.cookie}"
    for words, path in (("in every post", "/search?q=hedge+learned"), ("in one", "/search?q=%22note+17%22")):
        request = get(path, port, "text/html", cookie)
        load(port, [request], 20, 1)
        found = load(port, [request], 200, 1)
        report.row(f"archive search, words {words}, {label}", "p50 {:.1f}, p99 {:.1f} ms".format(*found["latencies_ms"]), "", "p50 30 ms")


def measure_fan_out(report: Report, prepared: data.Prepared, folder: Path, hosts: int, inboxes: int) -> None:
    """One post to many inboxes on many hosts, until the last one has it: once on a node that just started, then three times more."""
    sink_port = data.free_port()
    data.add_followers(prepared, hosts, inboxes, sink_port)
    arguments = ["-m", "tests.bench.sink", str(sink_port)]
    with running(arguments, f"http://127.0.0.1:{sink_port}", "/count"), running(serve(folder), prepared.config.origin) as node:
        first = _deliver_one(prepared, sink_port, inboxes, "first")
        cpu = node.cpu_s()
        later = sorted(_deliver_one(prepared, sink_port, inboxes, f"post {number}") for number in range(3))
        cpu_ms = (node.cpu_s() - cpu) / (3 * inboxes) * 1000
    floor = f"{floors.signatures():.0f} RSA signatures/s on one core"
    ours = f"{inboxes / later[1]:.0f} ({cpu_ms:.2f} ms CPU each; {inboxes / first:.0f} just after the start)"
    report.row(f"deliveries/s, one post to {inboxes} inboxes on {hosts} hosts", ours, floor, "850")


def _deliver_one(prepared: data.Prepared, sink_port: int, inboxes: int, words: str) -> float:
    """Seconds from the click to the last inbox's answer."""
    wanted = _count(sink_port) + inboxes
    began = time.perf_counter()
    publish(prepared, words)
    while _count(sink_port) < wanted:
        if time.perf_counter() - began > 60:
            raise RuntimeError(f"{wanted - _count(sink_port)} of {inboxes} were not delivered in a minute")
        time.sleep(0.005)
    return time.perf_counter() - began


def publish(prepared: data.Prepared, words: str) -> None:
    """A public post by the reader, through the page that people write on."""
    form = urllib.parse.urlencode({"csrf": prepared.csrf, "text": words, "visibility": 0}).encode()
    asked = urllib.request.Request(f"{prepared.config.origin}/compose", form, {"Cookie": f"hedgerow={prepared.cookie}"})
    with urllib.request.urlopen(asked) as answer:
        answer.read()


def _count(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count") as answer:
        return int(answer.read())


def size_mb(file: Path) -> float:
    """What the database holds, its free pages left out, MB."""
    with sqlite3.connect(file) as db:
        pages, free, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size"))
    return float((pages - free) * size / 1e6)


def measure(report: Report, folder: Path, posts: int, authors: list[data.Author], *, is_first: bool) -> float:
    """Everything that is measured on a node with so many posts; answers the rate of stored posts."""
    port = data.free_port()
    prepared = data.prepare(folder, port, authors, posts)
    with running(serve(folder), prepared.config.origin) as node:
        if is_first:
            report.row("start to first answer", f"{node.start_s:.2f} s", f"{floors.bare_start():.2f} s bare aiohttp", "1 s")
            time.sleep(1.5)
            report.row("memory at rest", f"{node.memory_mb():.0f} MB", f"{floors.bare_memory():.0f} MB bare aiohttp", "100 MB")
            finger = f"/.well-known/webfinger?resource=acct:reader@127.0.0.1:{port}"
            measure_gets(report, node, port, "WebFinger", finger, "application/jrd+json")
            measure_gets(report, node, port, "actor", "/users/reader", "application/activity+json", "4,000")
        before = size_mb(prepared.config.sqlite_file or Path())
        rate = measure_inbox(report, node, prepared, port, first=0, label=f"{posts:,} posts there")
        measure_home(report, node, prepared, port, f"{posts:,} posts there")
        measure_programs(report, node, prepared, port, f"{posts:,} posts there")
        measure_search(report, node, prepared, port, f"{posts:,} posts there")
        report.row(f"memory after the load, {posts:,} posts", f"{node.memory_mb():.0f} MB", "", "200 MB")
    grown = (size_mb(prepared.config.sqlite_file or Path()) - before) / STORED * 1000
    report.row(f"database MB per 1,000 remote notes, {posts:,} posts", f"{grown:.2f}", f"{floors.raw_note_mb():.2f} their JSON", "1.2")
    return rate


def main() -> None:
    """Runs all of it, or a part."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--posts", type=int, nargs="*", default=[2_000, 20_000, 200_000])
    parser.add_argument("--no-fan-out", action="store_true")
    parser.add_argument("--no-streams", action="store_true")
    parser.add_argument("--no-viral", action="store_true")
    chosen = parser.parse_args()
    report, folder = Report(), Path(tempfile.mkdtemp(prefix="hedgerow-bench-"))
    try:
        authors = [data.make_author(number) for number in range(1, 21)]
        rates = [measure(report, folder / str(posts), posts, authors, is_first=not n) for n, posts in enumerate(chosen.posts)]
        if len(rates) > 1:
            report.row("stored/s with the most posts, beside that with the fewest", f"{rates[-1] / rates[0]:.2f}", "", "0.9")
        if not chosen.no_streams:
            measure_streams(report, folder / "streams", authors)
        if not chosen.no_fan_out:
            for hosts, inboxes in ((100, 100), (100, 500)):
                here = folder / f"fan-out-{inboxes}"
                measure_fan_out(report, data.prepare(here, data.free_port(), [], 0), here, hosts, inboxes)
        if not chosen.no_viral:
            viral.measure(report, viral.prepare(folder / "viral", viral.COUNT), viral.SECONDS)
    finally:
        shutil.rmtree(folder)
    Console(width=150).print(report.table)


if __name__ == "__main__":
    main()
