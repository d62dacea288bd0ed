"""What only PostgreSQL does: statements are translated, units that met are run again, other processes are heard at once."""

import asyncio
import contextlib
import threading

import psycopg
import pytest

from storage import jobs, posts, programs, users
from storage.database import one_value
from storage.errors import Busy, Missing, Taken, Unfit, Unusable, WrongSchema
from storage.events import add_event
from storage.postgres import PostgresDatabase, open_postgres
from storage.programs import App, Code
from storage.settings import save_setting
from storage.speaking import translated
from storage.users import Link
from tests import clusters
from tests.storage import rows


@pytest.fixture
async def url():
    made = clusters.borrow()
    yield made
    clusters.give_back(made)


@pytest.fixture
async def database(url):
    opened = await open_postgres(url, 4)
    yield opened
    await opened.close()


@pytest.fixture
async def other(url):
    """The same database as another process has it."""
    opened = await open_postgres(url, 4)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT :a, :b_c", "SELECT $1, $2"),
        ("SELECT ':a' || :a || :b || :a", "SELECT ':a' || $1 || $2 || $1"),
        ("SELECT 'it''s :a' LIKE '%x'", "SELECT 'it''s :a' LIKE '%x'"),
        ("SELECT :a::text % 2", "SELECT $1::text % 2"),
        ("SELECT 1 /*pg: FOR UPDATE SKIP LOCKED*/", "SELECT 1 FOR UPDATE SKIP LOCKED"),
    ],
)
def test_a_statement_of_ours_is_put_into_the_servers_words(ours, theirs):
    assert translated(ours).text.decode() == theirs


async def test_what_is_acknowledged_is_there_and_what_failed_is_not(database):
    def half(db):
        save_setting(db, "half", "1")
        raise ValueError("no")

    await database.write(save_setting, "whole", "1")
    with pytest.raises(ValueError, match="no"):
        await database.write(half)
    names = await database.read(lambda db: [row[0] for row in db.execute("SELECT name FROM settings").fetchall()])
    assert "whole" in names
    assert "half" not in names


async def test_a_reader_writes_nothing(database):
    with pytest.raises(Unusable):
        await database.read(save_setting, "a", "1")


FAULTS = {
    Taken: lambda db: [db.execute("INSERT INTO tags (id, name) VALUES (1, 'a')") for _ in range(2)],
    Missing: lambda db: db.execute("INSERT INTO polls (post_id, options) VALUES (1, '[]')"),
    WrongSchema: lambda db: db.execute("SELECT * FROM nothing"),
    Unfit: lambda db: db.execute("SELECT CAST(:a AS TEXT)", {"a": "a\x00b"}),
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_faults_of_the_driver_are_ours(database, kind):
    with pytest.raises(kind):
        await database.write(FAULTS[kind])
    await database.write(save_setting, "after", "1")


async def test_a_number_beyond_64_bits_is_unfit(database):
    with pytest.raises(Unfit):
        await database.write(lambda db: db.execute("SELECT :a", {"a": 1 << 70}))


async def test_two_that_add_the_same_row_at_once_both_end_well(database):
    gate, tries = threading.Barrier(2, timeout=10), []

    def add_once(db):
        known = db.execute("SELECT 1 FROM tags WHERE name = 'hedge'").fetchone()
        tries.append(known)
        if len(tries) <= 2:
            gate.wait()
        if known is None:
            db.execute("INSERT INTO tags (name) VALUES ('hedge')")
        return known is None

    assert sorted(await asyncio.gather(database.write(add_once), database.write(add_once))) == [False, True]
    assert len(tries) == 3


async def test_two_that_wait_for_each_other_both_end_well(database):
    gate, runs = threading.Barrier(2, timeout=10), []
    for name in "ab":
        await database.write(save_setting, name, "0")

    def change(db, first, second):
        save_setting(db, first, "1")
        runs.append(first)
        if len(runs) <= 2:
            gate.wait()
        save_setting(db, second, "1")

    await asyncio.gather(database.write(change, "a", "b"), database.write(change, "b", "a"))
    assert len(runs) >= 3


async def test_a_parent_and_its_answer_that_come_at_once_find_each_other(database):
    ada = await database.write(rows.add_stranger, "ada")

    async def both(number):
        parent = rows.make_post(ada, uri=f"https://far.example/{number}")
        answer = rows.make_post(ada, uri=f"https://far.example/{number}/re", in_reply_to_uri=parent.uri)
        await asyncio.gather(database.write(posts.add_post, parent), database.write(posts.add_post, answer))
        return await database.read(posts.find_post, answer.id), parent

    found = [await both(number) for number in range(20)]
    assert [answer.in_reply_to_id for answer, _ in found] == [parent.id for _, parent in found]


async def test_no_job_is_leased_twice(database, other):
    for number in range(50):
        await database.write(jobs.add_job, "tidy", "{}", 1, str(number))
    leased = await asyncio.gather(*(each.write(jobs.lease_jobs, 2, 1000, 10) for each in (database, other) * 5))
    ids = [job.id for some in leased for job in some]
    assert len(ids) == len(set(ids)) == 50


async def heard(speaker: PostgresDatabase, *listeners: PostgresDatabase) -> list[asyncio.Queue]:
    """What each process hears from now on. LISTEN takes a moment: speaks until all have heard it."""
    queues = [asyncio.Queue() for _ in listeners]
    for listener, queue in zip(listeners, queues, strict=True):
        listener.listen(lambda events, queue=queue: [queue.put_nowait((event.kind, event.subject_id)) for event in events])
    said = 0
    for queue in queues:
        while queue.empty():
            said += 1
            await speaker.write(add_event, "probe", said)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(queue.put(await asyncio.wait_for(queue.get(), 0.2)), 1)
    return queues


async def next_of(queue: asyncio.Queue) -> tuple[str, int]:
    while (found := await asyncio.wait_for(queue.get(), 10))[0] == "probe":
        pass
    return found


async def test_another_process_hears_a_commit_once_and_so_does_this_one(database, other):
    here, there = await heard(database, database, other)
    await database.write(add_event, "post", 5)
    await other.write(add_event, "post", 6)
    await database.write(add_event, "post", 7)
    assert sorted([await next_of(here) for _ in range(3)]) == [("post", 5), ("post", 6), ("post", 7)]
    assert sorted([await next_of(there) for _ in range(3)]) == [("post", 5), ("post", 6), ("post", 7)]
    assert here.empty()
    assert there.empty()


@pytest.mark.parametrize("size", [0, 999, 1000, 1001, 20_000])  # NOTIFY takes less than 8,000 bytes
async def test_another_process_hears_of_an_event_of_any_size_as_it_was_said(database, other, size):
    said = "\"'\\é🌿" + "ä" * size
    await heard(database, other)
    queue = asyncio.Queue()
    other.listen(lambda events: [queue.put_nowait(event) for event in events if event.kind != "probe"])
    await database.write(add_event, "post", 7, said)
    event = await asyncio.wait_for(queue.get(), 10)
    assert (event.kind, event.subject_id, event.payload) == ("post", 7, said)


async def test_what_was_said_while_the_ear_was_cut_off_is_heard_later(database, other, url):
    (there,) = await heard(database, other)
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
        await database.write(add_event, "post", 7)
    assert await next_of(there) == ("post", 7)


async def test_a_lost_connection_costs_nothing_but_time(database, url):
    await database.write(save_setting, "a", "1")
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
    await database.write(save_setting, "a", "2")
    assert await database.read(lambda db: one_value(db.execute("SELECT value FROM settings WHERE name = 'a'"))) == "2"


async def test_a_unit_that_cannot_come_through_says_busy(database):
    def always_late(db):
        db.execute("SELECT 1")
        raise Busy("x") from psycopg.errors.SerializationFailure("again")

    with pytest.raises(Busy):
        await database.write(always_late)


async def test_a_server_that_is_not_there_is_named_in_words(monkeypatch):
    monkeypatch.setattr("storage.postgres.PATIENCE_S", 0.3)
    with pytest.raises(Unusable, match="does not answer"):
        await open_postgres("postgresql://nobody@/x?host=/nowhere", 1)


async def test_of_two_that_use_a_link_or_a_code_at_once_one_gets_it(database):
    ada = await database.write(rows.add_person, "ada")
    for number in range(10):
        digest = number.to_bytes(32)
        await database.write(users.add_link, digest, Link("password", ada.id), 1000)
        got = await asyncio.gather(*(database.write(users.use_link, digest, 1) for _ in range(4)))
        assert [link is not None for link in got].count(True) == 1
        await database.write(_add_code, digest, ada.id)
        assert sorted(await asyncio.gather(*(database.write(programs.use_code, digest, 1) for _ in range(4)))) == [False] * 3 + [True]


def _add_code(db, digest, account_id):
    if programs.find_app_by_id(db, 1) is None:
        programs.add_app(db, App(1, "client", b"x", "Walker", "", "[]", "read", 1))
    programs.add_code(db, Code(digest, 1, account_id, "urn:x", "read", "", 1000))
