"""More comes in than a node can take: it says so before it is too late, loses nothing that it has taken, and serves its people."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import aiohttp
import orjson

from federation import cavage
from node.gate import COME_AGAIN_S
from node.social import authorizing
from storage.records import Account
from tests.node.conftest import Stranger
from tests.nodes import Node, eventually, free_port, prepare
from tests.outage.far import crowd, follow_back, make_known
from tests.people import Person

FAR = "http://127.0.2.4:9"
PADDING = "x" * 900_000


@dataclass(frozen=True)
class Scene:
    """A node on which Ada follows many people of another server."""

    node: Node
    ada: Person
    people: list[Stranger]
    session: aiohttp.ClientSession
    cookie: str
    admin: str

    async def post(self, number: int, padding: str = "") -> tuple[str, aiohttp.ClientResponse]:
        """The note's URI, and what the node answers to its Create."""
        person = self.people[number % len(self.people)]
        note = person.note(str(number), published=datetime.now(UTC))
        body, url = orjson.dumps({**person.create(note), "padding": padding}), f"{self.node.origin}/inbox"
        headers = cavage.sign(person.signer, "POST", url, body, datetime.now(UTC)) | {"Content-Type": "application/activity+json"}
        async with self.session.post(url, data=body, headers=headers) as answer:
            return note.uri, answer

    async def home(self) -> int:
        """The status of Ada's home page."""
        async with self.session.get(f"{self.node.origin}/", headers={"Cookie": f"hedgerow={self.cookie}", "Accept": "text/html"}) as answer:
            assert b"<form" in await answer.read()
            return answer.status

    async def stored(self) -> set[str]:
        """The URIs of what stands in Ada's home timeline."""
        return set(await self.node.read(_home, self.ada.account))

    async def metric(self, name: str) -> float:
        """A figure of the admin address."""
        async with self.session.get(f"{self.admin}/metrics") as answer:
            [value] = re.findall(rf"^{re.escape(name)} (\S+)$", await answer.text(), re.MULTILINE)
            return float(value)


def _home(db, account: Account) -> list[str]:
    sql = "SELECT p.uri FROM home h JOIN posts p ON p.id = h.post_id WHERE h.account_id = :id"
    return [row[0] for row in db.execute(sql, {"id": account.id}).fetchall()]


@asynccontextmanager
async def scene(folder, limits: str) -> AsyncIterator[Scene]:
    """A node with such [limits], its process running."""
    admin = f"127.0.0.1:{free_port()}"
    node = prepare(folder, settings='[log]\nlevel = "warning"\n', limits=f"rates = false\n{limits}")
    text = (folder / "hedgerow.toml").read_text()
    (folder / "hedgerow.toml").write_text(text.replace("[server]\n", f'[server]\nadmin_bind = "{admin}"\n'))
    node.start()
    async with node.opened(), aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        ada, people = await node.person("ada"), crowd(FAR, 20)
        known = await node.context.database.write(make_known, node.context.site, people)
        await node.context.database.write(follow_back, node.context.site, ada.account, known)
        cookie, _ = await authorizing.open_session(node.context, ada.account.id)
        yield Scene(node, ada, people, session, cookie, f"http://{admin}")
    assert node.stop() == 0


async def flood(scene: Scene, numbers, padding: str = "") -> tuple[dict[int, str], dict[int, str]]:
    """What is posted all at once: {number: URI} of what was taken, and of what was refused for now."""
    answers = dict(zip(numbers, await asyncio.gather(*(scene.post(number, padding) for number in numbers)), strict=True))
    assert {answer.status for _, answer in answers.values()} <= {202, 503}
    for _, answer in answers.values():
        waits_s = int(answer.headers.get("Retry-After", 0))
        assert COME_AGAIN_S[0] <= waits_s <= COME_AGAIN_S[1] if answer.status == 503 else waits_s == 0
    taken = {number: uri for number, (uri, answer) in answers.items() if answer.status == 202}
    return taken, {number: uri for number, (uri, answer) in answers.items() if answer.status == 503}


async def pages_while(scene: Scene, work: asyncio.Task) -> int:
    """How many home pages were answered while something went on."""
    found = 0
    while not work.done():
        assert await scene.home() == 200
        found += 1
    return found


async def test_a_flood_is_taken_as_far_as_there_is_room_and_nothing_of_it_is_lost(tmp_path):
    async with scene(tmp_path / "node", "inbox_waiting = 20") as here:
        work = asyncio.create_task(flood(here, range(300)))
        pages = await pages_while(here, work)
        taken, refused = await work
        assert len(taken) >= 20
        assert refused
        assert pages
        assert await here.stored() == set(taken.values())
        assert await here.metric('hedgerow_inbox_refused_total{short="waiting"}') == len(refused)
        assert await here.metric("hedgerow_inbox_waiting") == 0
        rounds = count()
        while refused:
            assert next(rounds) < 50
            again, _ = await flood(here, list(refused)[:20])
            assert again
            refused = {number: uri for number, uri in refused.items() if number not in again}
            taken |= again
        assert len(taken) == 300
        assert await here.stored() == set(taken.values())


async def test_below_its_limits_nobody_is_refused(tmp_path):
    async with scene(tmp_path / "node", "inbox_waiting = 300\nmemory_mb = 0") as here:
        taken, refused = await flood(here, range(300))
        assert refused == {}
        assert await here.stored() == set(taken.values())


async def test_great_activities_do_not_push_a_node_over_its_budget(tmp_path):
    async with scene(tmp_path / "node", "memory_mb = 160") as here:
        await flood(here, range(1000, 1020))
        most_mb = here.node.memory_mb()
        work = asyncio.create_task(flood(here, range(120), PADDING))
        while not work.done():
            most_mb = max(most_mb, here.node.memory_mb())
            assert await here.home() == 200
        taken, refused = await work
        assert taken
        assert refused
        assert set(taken.values()) <= await here.stored()
        assert await here.metric('hedgerow_inbox_refused_total{short="memory"}') == len(refused)
        assert most_mb < 160 + 8
        numbers = count(2000, 10)

        async def refused_of_ten():
            first = next(numbers)
            return (await flood(here, range(first, first + 10)))[1]

        await eventually(refused_of_ten, lambda refused: refused == {})  # at the latest when memory is given back the next time
