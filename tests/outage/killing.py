"""The power fails, again and again, while people write and other servers speak: what was acknowledged stands, once."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from federation import cavage
from node.social import authorizing
from storage import deliveries, notifications, posts
from storage.database import Connection
from storage.timelines import BEFORE_ALL
from tests.node.conftest import Stranger
from tests.nodes import Node, prepare, settle
from tests.outage.far import Far, add_followers, crowd, far_servers, follow_back, make_known
from tests.people import Person

HERE, FAR, FOLLOWERS = "127.0.0.1", "127.0.2.1", 3
LOCAL_PER_S, INBOUND_PER_S = 20, 50
LOAD_S = (0.4, 1.2)  # how long the load runs before the next failure
ANSWER_S = 20.0


@dataclass
class Report:
    """What the run saw."""

    rounds: int
    ready_s: list[float] = field(default_factory=list)
    written: set[int] = field(default_factory=set)  # numbers of the local posts that were acknowledged
    tried: int = 0
    taken: set[str] = field(default_factory=set)  # ids of the activities that were answered with 202
    sent: int = 0
    again: int = 0  # deliveries that came a second time
    delivered: int = 0

    def __str__(self) -> str:
        return (
            f"{self.rounds} kills: ready again after {max(self.ready_s):.2f} s at worst; {len(self.written)} of {self.tried} posts"
            f" acknowledged, {len(self.taken)} of {self.sent} activities taken; {self.delivered} deliveries, {self.again} of them twice"
        )


class Load:
    """Ada writes through the pages; people of another server write, answer her and like what she wrote, and try again as servers do."""

    def __init__(self, node: Node, people: list[Stranger], root: str, session: aiohttp.ClientSession, csrf: str) -> None:
        self.node, self.people, self.root, self.session, self.csrf = node, people, root, session, csrf
        self.by_uri = {person.uri: person for person in people}
        self.report = Report(0)
        self.owed: list[dict[str, Any]] = []  # activities that were sent and not acknowledged
        self.activities: dict[str, dict[str, Any]] = {}

    async def run_for(self, seconds: float) -> None:
        """Both kinds of load, each at its own pace; ends when every request was answered or lost."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pace(LOCAL_PER_S, seconds, self.write))
            group.create_task(self._pace(INBOUND_PER_S, seconds, self.speak))

    async def _pace(self, per_s: int, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(int(per_s * seconds)):
                await asyncio.sleep(max(0.0, began + number / per_s - time.monotonic()))
                group.create_task(act())

    async def write(self) -> None:
        """Ada sends the form; the redirect is the acknowledgement."""
        self.report.tried += 1
        number = self.report.tried
        form = {"text": f"Local post {number}", "visibility": "0", "csrf": self.csrf}
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):  # no answer: nothing was promised
            async with self.session.post(f"{self.node.origin}/compose", data=form, allow_redirects=False) as answer:
                if answer.status == 303:
                    self.report.written.add(number)

    async def speak(self) -> None:
        """The next activity, or one that was not acknowledged before, under its old id."""
        activity = self.owed.pop(0) if self.owed else self._next()
        try:
            status = await self._send(activity)
        except (aiohttp.ClientError, OSError, TimeoutError):
            status = 0
        if status == 202:
            self.report.taken.add(activity["id"])
        else:
            self.owed.append(activity)

    async def _send(self, activity: dict[str, Any]) -> int:
        person = self.by_uri[activity["actor"]]
        body, url = orjson.dumps(activity), f"{self.node.origin}/inbox"
        headers = cavage.sign(person.signer, "POST", url, body, datetime.now(UTC)) | {"Content-Type": "application/activity+json"}
        async with self.session.post(url, data=body, headers=headers) as answer:
            return answer.status

    def _next(self) -> dict[str, Any]:
        number = self.report.sent
        self.report.sent += 1
        person = self.people[number % len(self.people)]
        if number < len(self.people):
            activity = person.activity("Like", self.root)
        else:
            answers = {"in_reply_to_uri": self.root} if number % 2 else {}
            activity = person.create(person.note(str(number), published=datetime.now(UTC), **answers))
        self.activities[activity["id"]] = activity
        return activity

    async def finish(self) -> None:
        """Sends what is still owed until all of it was acknowledged."""
        until = time.monotonic() + ANSWER_S
        while self.owed and time.monotonic() < until:
            await self.speak()


async def kill_again_and_again(folder: Path, rounds: int, seed: int = 1) -> Report:
    """Runs the load over so many power failures, and holds the database and the followers' servers against what was promised."""
    chance = random.Random(seed)
    node = prepare(folder)
    async with AsyncExitStack() as stack:
        far = await stack.enter_async_context(far_servers(FAR))
        stack.callback(node.kill)
        await asyncio.to_thread(node.start)
        await stack.enter_async_context(node.opened())
        ada, load = await _begin(node, far, stack, rounds)
        load.report.rounds = rounds
        for _ in range(rounds):
            running = asyncio.create_task(load.run_for(LOAD_S[1]))
            await asyncio.sleep(chance.uniform(*LOAD_S))
            node.kill()
            await running
            load.report.ready_s.append(await asyncio.to_thread(node.start))
        await load.finish()
        await settle(node, within_s=60)
        await _check(node, ada, far, load)
        assert node.stop() == 0
        return load.report


async def _begin(node: Node, far: Far, stack: AsyncExitStack, rounds: int) -> tuple[Person, Load]:
    ada = await node.person("ada")
    people = await asyncio.to_thread(crowd, far.origin(FAR), 10 * rounds)
    site = node.context.site
    known = await node.context.database.write(make_known, site, people)
    await node.context.database.write(follow_back, site, ada.account, known)
    root = await ada.write("Before the storm")
    inboxes = [f"{far.origin(FAR)}/users/follower{number}/inbox" for number in range(FOLLOWERS)]
    await node.context.database.write(add_followers, site, ada.account, inboxes)
    secret, session = await authorizing.open_session(node.context, ada.account.id)
    timeout = aiohttp.ClientTimeout(total=ANSWER_S)
    client = await stack.enter_async_context(
        aiohttp.ClientSession(cookies={"hedgerow": secret}, cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=timeout)
    )
    return ada, Load(node, people, root, client, session.csrf)


async def _check(node: Node, ada: Person, far: Far, load: Load) -> None:
    report = load.report
    assert report.written, "nothing was written: the test shows nothing"
    assert not load.owed, f"{len(load.owed)} activities were never acknowledged"
    assert report.taken == set(load.activities)

    kept = Counter(await node.read(_sources, ada.account.id))
    assert max(kept.values()) == 1, "a post was written twice"
    lost = {f"Local post {number}" for number in report.written} - set(kept)
    assert not lost, f"acknowledged and lost: {sorted(lost)}"

    creates = [activity for activity in load.activities.values() if activity["type"] == "Create"]
    home = Counter(await ada.home(100_000))
    assert all(home[activity["object"]["id"]] == 1 for activity in creates if "inReplyTo" not in activity["object"])
    assert max(home.values()) == 1, "a post stands in the timeline twice"
    root = await ada.sees(load.root)
    assert root is not None
    likes = len(load.activities) - len(creates)
    assert root.likes_count == likes
    assert root.replies_count == sum("inReplyTo" in activity["object"] for activity in creates)
    assert await node.read(_count_notifications, ada.account.id, "like") == likes

    assert set(await node.read(deliveries.count_deliveries)) <= {"delivered"}
    owed = {uri.replace("/posts/", "/activities/") for uri in await node.read(_own_uris, ada.account.id)} - {
        load.root.replace("/posts/", "/activities/")
    }
    for number in range(FOLLOWERS):
        got = Counter(far.ids(f"{far.origin(FAR)}/users/follower{number}/inbox"))
        assert set(got) == owed, f"follower {number} lacks {len(owed - set(got))} and has {len(set(got) - owed)} too many"
        report.delivered += got.total()
        report.again += got.total() - len(got)


def _sources(db: Connection, account_id: int) -> list[str]:
    return [post.source or "" for post in posts.list_all_posts(db, account_id)]


def _own_uris(db: Connection, account_id: int) -> list[str]:
    return [post.uri for post in posts.list_all_posts(db, account_id)]


def _count_notifications(db: Connection, account_id: int, kind: str) -> int:
    return sum(each.kind == kind for each, _ in notifications.list_notifications(db, account_id, 100_000, BEFORE_ALL))
