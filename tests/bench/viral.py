"""`python -m tests.bench.viral`: a post goes around the world: 10,000 likes and boosts in a minute, and what people here notice.

One node; likes and boosts, half each, each by somebody else, from 200 other servers, signed beforehand and sent at a fixed rate whatever
the answers take. Meanwhile signed-in people ask for their home pages; each follows some of those who boost, and some listen to streams,
as does the author. Beside it stand the same pages on the same node just before.
"""

import argparse
import asyncio
import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from federation import cavage, outgoing
from federation.keys import Signer
from federation.records import PUBLIC, KeyDocument
from node.assembly import open_context
from node.context import Context
from node.social import accounts, authorizing, posts, remote
from storage import follows
from storage.database import Connection
from storage.records import Account, Follow
from tests.bench import data
from tests.bench.process import Running, running
from tests.bench.report import Report, get, serve

COUNT, SECONDS, IDLE_S = 10_000, 60, 15
HOSTS, READERS, FOLLOWED = 200, 20, 100
PAGES = 20  # home pages a second
CONTEXT = "https://www.w3.org/ns/activitystreams"
POSTS = 2_000  # that were there before
STORED = (
    "SELECT count(*) FROM likes WHERE post_id = (SELECT id FROM posts WHERE uri = :uri)",
    "SELECT count(*) FROM posts WHERE boost_of_id = (SELECT id FROM posts WHERE uri = :uri)",
    "SELECT count(*) FROM home h JOIN posts p ON p.id = h.post_id WHERE p.boost_of_id = (SELECT id FROM posts WHERE uri = :uri)",
    "SELECT count(*) FROM notifications n JOIN posts p ON p.id = n.post_id WHERE p.uri = :uri",
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A node with a post that everybody is about to like. cookies, tokens: of those who read; the author's token is the first."""

    prepared: data.Prepared
    author: Account
    post_uri: str
    path: str  # of the post's page
    people: list[data.Author]
    cookies: list[str]
    tokens: list[str]


def make_people(count: int) -> list[data.Author]:
    """So many people on HOSTS servers, who share one pair of keys: making a pair takes long."""
    first = data.make_author(1)
    return [_twin(first, f"http://127.0.4.{number % HOSTS + 1}:9/users/fan{number}") for number in range(count)]


def _twin(first: data.Author, uri: str) -> data.Author:
    keys = tuple(KeyDocument(f"{uri}#{key.uri.rpartition('#')[2]}", uri, key.algorithm, key.encoded) for key in first.actor.keys)
    name = uri.rpartition("/")[2]
    actor = replace(first.actor, uri=uri, name=name, display_name=name, inbox=f"{uri}/inbox", followers=f"{uri}/followers", keys=keys)
    return data.Author(actor, Signer(f"{uri}#main-key", first.signer.key), first.proof_signer)


def prepare(folder: Path, count: int) -> Stage:
    """The stage, its node not served yet."""
    prepared = data.prepare(folder, data.free_port(), [data.make_author(number) for number in range(2, 22)], POSTS)
    return asyncio.run(_prepare(prepared, make_people(count)))


async def _prepare(prepared: data.Prepared, people: list[data.Author]) -> Stage:
    async with open_context(prepared.config) as context:
        author = await accounts.create_account(context, accounts.NewAccount("author", "Author"))
        post = await posts.publish(context, author, posts.Draft("Primes, explained for everybody"))
        readers = [await accounts.create_account(context, accounts.NewAccount(f"reader{number}")) for number in range(READERS)]
        known: list[Account] = []
        for start in range(0, len(people), 1000):
            known += await context.database.write(_save, context, people[start : start + 1000])
        boosters = known[1::2]
        for number, reader in enumerate(readers):
            chosen = [boosters[(number * 7 + step * 11) % len(boosters)] for step in range(FOLLOWED)]
            await context.database.write(_follow, context, prepared, reader, [author, *chosen])
        cookies = [(await authorizing.open_session(context, reader.id))[0] for reader in readers]
        tokens = [await authorizing.new_token(context, each.id, "bench", "read") for each in (author, *readers)]
        return Stage(prepared, author, post.uri, f"/@author/{post.id}", people, cookies, tokens)


def _save(db: Connection, context: Context, people: Sequence[data.Author]) -> list[Account]:
    return [remote.save_actor(db, context.site, person.actor) for person in people]


def _follow(db: Connection, context: Context, prepared: data.Prepared, reader: Account, followed: Sequence[Account]) -> None:
    """They follow the author, some who boost, and read what the bench's first reader reads."""
    for account in {account.id: account for account in followed}.values():
        follows.add_follow(db, Follow(reader.id, account.id, "accepted", f"{reader.uri}#{account.id}", context.site.now_ms()))
    sql = "INSERT INTO home (account_id, post_id) SELECT :reader, post_id FROM home WHERE account_id = :like ON CONFLICT DO NOTHING"
    db.execute(sql, {"reader": reader.id, "like": prepared.reader.id})


def signed(stage: Stage, number: int) -> bytes:
    """A raw request: a Like by an even person, an Announce by an odd one, to the shared inbox."""
    person, now = stage.people[number], datetime.now(UTC)
    uri, port = person.actor.uri, stage.prepared.config.origin.rpartition(":")[2]
    if number % 2:
        audience = (PUBLIC,), (f"{uri}/followers", stage.author.uri)
        activity = outgoing.announce(f"{uri}/statuses/{number}/activity", uri, stage.post_uri, *audience, now)
    else:
        activity = {"@context": CONTEXT, "id": f"{uri}#likes/{number}", "type": "Like", "actor": uri, "object": stage.post_uri}
    body, url = orjson.dumps(activity), f"http://127.0.0.1:{port}/inbox"
    headers = cavage.sign(person.signer, "POST", url, body, now) | {
        "Content-Type": "application/activity+json",
        "Content-Length": str(len(body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /inbox HTTP/1.1\r\n{head}\r\n".encode() + body


def steady(stage: Stage, lanes: dict[str, tuple[float, int, list[bytes]]], streams: Sequence[str] = ()) -> dict[str, Any]:
    """What the load process saw. lanes: {name: (rate, total, requests)}."""
    plan = {
        "host": "127.0.0.1",
        "port": int(stage.prepared.config.origin.rpartition(":")[2]),
        "streams": list(streams),
        "lanes": {
            name: {"rate": rate, "total": total, "requests": [base64.b64encode(each).decode() for each in requests]}
            for name, (rate, total, requests) in lanes.items()
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.steady"], input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(report: Report, stage: Stage, seconds: int) -> None:
    """Home pages at rest, then while the post goes around, is read by strangers, and its author looks again and again who liked it."""
    count, origin = len(stage.people), stage.prepared.config.origin
    port = int(origin.rpartition(":")[2])
    news, page = get("/api/v2/notifications", port, "application/json", bearer=stage.tokens[0]), get(stage.path, port, "text/html")
    pages = [get("/", port, "text/html", f"hedgerow={cookie}") for cookie in stage.cookies]
    requests = [signed(stage, number) for number in range(count)]
    streams = [f"/api/v1/streaming?stream=user&access_token={token}" for token in stage.tokens]
    with running(serve(stage.prepared.config.data_dir), origin) as node:
        steady(stage, {"home": (PAGES, 5 * PAGES, pages)})
        idle, before_mb, cpu_s = steady(stage, {"home": (PAGES, IDLE_S * PAGES, pages)}), node.memory_mb(), node.cpu_s()
        lanes = {"home": (PAGES, seconds * PAGES, pages), "post": (PAGES, seconds * PAGES, [page]), "news": (1, seconds, [news])}
        busy = steady(stage, {**lanes, "inbox": (count / seconds, count, requests)}, streams)
        cpu_s = node.cpu_s() - cpu_s
        report.row("home pages at rest", _latency(idle["home"]), "", "")
        report.row(f"home pages while {count:,} likes and boosts come in {seconds} s", _latency(busy["home"]), "", "p99 100 ms")
        report.row("the post's page, for strangers", _latency(busy["post"]))
        report.row("its author's notifications, for a program", _latency(busy["news"]))
        report.row("answers to the likes and boosts", _latency(busy["inbox"]) + f"; {_statuses(busy['inbox'])}")
        report.row("CPU of the node", f"{cpu_s / seconds * 100:.0f} % of a core; {cpu_s / count * 1000:.2f} ms each, pages among them")
        report.row(f"events on {len(streams)} streams", ", ".join(f"{count:,} {event}" for event, count in sorted(busy["heard"].items())))
        report.row("memory before and after", f"{before_mb:.0f}, {node.memory_mb():.0f} MB", "", "200 MB")
        report.row("stored", _stored(stage))
        report.row("the author's notifications, grouped", _notified(stage, node))


def _latency(found: dict[str, Any]) -> str:
    return "p50 {:.1f}, p99 {:.1f}, longest {:.1f} ms".format(*found["latencies_ms"])


def _statuses(found: dict[str, Any]) -> str:
    refused = found["statuses"].get("503", 0)
    others = {status: count for status, count in found["statuses"].items() if status not in {"202", "503"}}
    return f"{found['statuses'].get('202', 0):,} taken, {refused:,} × 503, {found['lost']} lost" + (f", {others}" if others else "")


def _stored(stage: Stage) -> str:
    with sqlite3.connect(stage.prepared.config.sqlite_file or "") as db:
        counts = [db.execute(sql, {"uri": stage.post_uri}).fetchone()[0] for sql in STORED]
    return "{:,} likes, {:,} boosts, {:,} lines of home timelines, {:,} notifications".format(*counts)


def _notified(stage: Stage, node: Running) -> str:
    asked = urllib.request.Request(f"{node.url}/api/v2/notifications?limit=40", headers={"Authorization": f"Bearer {stage.tokens[0]}"})
    with urllib.request.urlopen(asked) as answer:
        groups = json.loads(answer.read())["notification_groups"]
    return f"{sum(group['notifications_count'] for group in groups):,} in {len(groups)} groups on the first page"


def main() -> None:
    """Measures it once, or several times on fresh nodes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.viral")
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--times", type=int, default=1)
    chosen = parser.parse_args()
    report, folder = Report(), Path(tempfile.mkdtemp(prefix="hedgerow-viral-"))
    try:
        for number in range(chosen.times):
            measure(report, prepare(folder / str(number), chosen.count), chosen.seconds)
    finally:
        shutil.rmtree(folder)
    Console(width=150).print(report.table)


if __name__ == "__main__":
    main()
