"""What one of several processes does or hears holds for all: each request on a connection of its own, which any of them may take."""

from collections.abc import AsyncIterator, Iterator
from itertools import count

import aiohttp
import orjson
import pytest

from node.social import accounts, authorizing, posts, queues
from node.social.posts import Draft
from storage import hosts, jobs, scheduled
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.scheduled import Scheduled
from tests.nodes import Node, eventually, free_port, prepare, settle
from tests.outage.far import Far, add_followers, far_servers

PROCESSES = 3
LOOKS = 10  # requests in a row, which not all of them go to one process
AWAY, HERE = "127.0.5.1", "127.0.5.2"
HOUR_MS = 3600 * 1000
_numbers = count(1)


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Iterator[Node]:
    """The processes of one node, as long as this file's tests run."""
    node = prepare(tmp_path_factory.mktemp("node"))
    node.start("--processes", str(PROCESSES))
    yield node
    assert node.stop() == 0


@pytest.fixture
async def node(running: Node) -> AsyncIterator[Node]:
    """The same, open in the test's own process as well, which is one more of them."""
    async with running.opened():
        yield running


@pytest.fixture
async def ada(node):
    """Somebody new."""
    return await node.person(f"ada{next(_numbers)}")


async def answers(node, path, **headers) -> set[tuple[int, bytes]]:
    """(status, body) of some requests in a row."""
    found = set()
    for _ in range(LOOKS):
        async with aiohttp.ClientSession() as session, session.get(node.origin + path, headers=headers, allow_redirects=False) as answer:
            found.add((answer.status, await answer.read()))
    return found


async def statuses(node, path, **headers) -> set[int]:
    return {status for status, _ in await answers(node, path, **headers)}


async def test_who_is_suspended_by_one_is_shut_out_by_all(node, ada):
    cookie, _ = await authorizing.open_session(node.context, ada.account.id)
    token = await authorizing.new_token(node.context, ada.account.id, "test", "read")
    signed_in, by_token = {"Cookie": f"hedgerow={cookie}"}, {"Authorization": f"Bearer {token}"}
    assert await statuses(node, "/settings", **signed_in) == {200}
    assert await statuses(node, "/api/v1/timelines/home", **by_token) == {200}
    await accounts.suspend(node.context, ada.account.name)
    await eventually(lambda: statuses(node, "/settings", **signed_in), lambda found: found == {303})
    await eventually(lambda: statuses(node, "/api/v1/timelines/home", **by_token), lambda found: not found & {200})
    assert await statuses(node, f"/users/{ada.account.name}", Accept="application/activity+json") == {404}


async def test_what_somebody_says_of_themselves_is_said_by_all(node, ada):
    path, accept = f"/users/{ada.account.name}", "application/activity+json"
    await answers(node, path, Accept=accept)
    await ada.describe(display_name="Ada, Countess")
    found = await eventually(lambda: answers(node, path, Accept=accept), lambda found: len(found) == 1)
    [(_, body)] = await eventually(lambda: answers(node, path, Accept=accept), lambda found: all(b"Countess" in body for _, body in found))
    assert orjson.loads(body)["name"] == "Ada, Countess"
    assert {status for status, _ in found} == {200}


async def test_whom_the_keeper_blocks_is_refused_by_all(node):
    claim = {"id": "http://bad.example/1", "type": "Like", "actor": "http://bad.example/nobody", "object": "http://bad.example/nothing"}

    async def refused():
        found = set()
        for _ in range(LOOKS):
            async with aiohttp.ClientSession() as session, session.post(f"{node.origin}/inbox", json=claim) as answer:
                found.add(answer.status)
        return found

    assert 403 not in await refused()
    await node.block("bad.example")
    await eventually(refused, lambda found: found == {403})
    await node.allow("bad.example")
    await eventually(refused, lambda found: 403 not in found)


def _schedule(db: Connection, account_id: int, now_ms: int, number: int) -> int:
    """A post whose moment has come, and not one job for it but one for each process."""
    kept = Scheduled(
        free_id(db, "post", now_ms), account_id, now_ms, orjson.dumps({"text": f"Later {number}", "visibility_number": 0}).decode()
    )
    scheduled.add_scheduled(db, kept)
    for process in range(PROCESSES):
        jobs.add_job(db, "publish_scheduled", orjson.dumps({"id": kept.id}).decode(), now_ms, key=f"{kept.id} {process}")
    add_event(db, "jobs")
    return kept.id


async def test_what_falls_due_is_done_once(node, ada):
    for number in range(20):
        await node.context.database.write(_schedule, ada.account.id, node.context.site.now_ms(), number)
    await settle(node)
    sources = await node.read(lambda db: db.execute("SELECT source FROM posts WHERE account_id = :id", {"id": ada.account.id}).fetchall())
    assert sorted(source for (source,) in sources) == sorted(f"Later {number}" for number in range(20))


async def test_what_comes_back_by_the_clock_stands_once(node):
    kinds = await node.read(lambda db: db.execute("SELECT kind FROM jobs WHERE key = 'again'").fetchall())
    assert len(kinds) == len(set(kinds)) > 0


def _open_breaker(db: Connection, host: str, until_ms: int) -> None:
    for _ in range(hosts.FAILURES_TO_OPEN):
        hosts.add_failure(db, host, until_ms)


async def test_a_breaker_that_one_has_opened_holds_for_all_until_it_is_shut(node, ada):
    async with far_servers(AWAY, HERE, port=free_port(AWAY)) as far:
        away, here = (f"{far.origin(host)}/users/bo/inbox" for host in (AWAY, HERE))
        await node.context.database.write(add_followers, node.context.site, ada.account, [away, here])
        await node.context.database.write(_open_breaker, f"{AWAY}:{far.port}", node.context.site.now_ms() + HOUR_MS)
        said = [await posts.publish(node.context, ada.account, Draft(f"Post {number}")) for number in range(4 * PROCESSES)]
        await eventually(lambda: taken(far, here), lambda found: len(found) == len(said))
        assert await taken(far, away) == []
        await queues.retry(node.context, None)
        await eventually(lambda: taken(far, away), lambda found: len(found) == len(said))
        assert len(set(far.ids(away))) == len(said)


async def taken(far: Far, inbox: str) -> list[str]:
    return far.ids(inbox)
