"""Group commit: what shares a transaction, what is taken back, what is heard, and what a power cut leaves."""

import asyncio
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from storage.backups import check_integrity
from storage.connecting import connect
from storage.errors import Busy, Full, Missing, Taken, Unfit, Unusable, WrongSchema
from storage.events import add_event
from storage.settings import find_setting, save_setting
from storage.sqlite import open_sqlite

ROUNDS = 5
WRITER = """
import asyncio, sys
from pathlib import Path
from storage.settings import save_setting
from storage.sqlite import open_sqlite

async def write_on(database, worker, turn):
    for number in range(100_000):
        name = f"{turn}-{worker}-{number}"
        await database.write(save_setting, name, "kept")
        print(name, flush=True)

async def main(path, turn):
    database = await open_sqlite(Path(path))
    await asyncio.gather(*(write_on(database, worker, turn) for worker in range(8)))

asyncio.run(main(*sys.argv[1:]))
"""
TELLER = """
import asyncio, sys
from pathlib import Path
from storage.events import add_event
from storage.sqlite import open_sqlite

async def main(path):
    database = await open_sqlite(Path(path))
    for number in range(3):
        await database.write(add_event, "post", number)
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def database(file):
    opened = await open_sqlite(file)
    yield opened
    await opened.close()


def names(path: Path) -> set[str]:
    """What a connection of its own finds in `settings`."""
    db = connect(path, read_only=True)
    found = {row[0] for row in db.execute("SELECT name FROM settings").fetchall()}
    db.close()
    return found


def save_and_fail(db, name):
    save_setting(db, name, "1")
    raise LookupError(name)


def save_and_tell(db, name, number):
    save_setting(db, name, "1")
    add_event(db, "post", number)


class Heard(list):
    """What a listener heard of: the subjects of events."""

    def __init__(self):
        self._more = asyncio.Event()

    def __call__(self, news):
        self.extend(event.subject_id for event in news)
        self._more.set()

    async def reaches(self, count):
        """Returns once so many were heard."""
        while len(self) < count:
            self._more.clear()
            await self._more.wait()


async def test_units_that_wait_together_share_one_transaction(database, file):
    def both(db):
        return {row[0] for row in db.execute("SELECT name FROM settings").fetchall()}, names(file)

    _, (inside, outside) = await asyncio.gather(database.write(save_setting, "first", "1"), database.write(both))
    assert inside == {"first"}
    assert outside == set()
    assert names(file) == {"first"}


async def test_a_bad_unit_spoils_none_of_its_neighbours(database, file):
    outcomes = await asyncio.gather(
        database.write(save_setting, "before", "1"),
        database.write(save_and_fail, "bad"),
        database.write(save_setting, "after", "1"),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [type(None), LookupError, type(None)]
    assert names(file) == {"before", "after"}


async def test_an_error_in_a_units_sql_is_ours_inside_the_unit_and_outside(database, file):
    def twice(db):
        db.execute("INSERT INTO settings (name, value) VALUES ('a', '1')")
        try:
            db.execute("INSERT INTO settings (name, value) VALUES ('a', '2')")
        except Taken:
            return "taken"

    assert await database.write(twice) == "taken"
    with pytest.raises(Taken):
        await database.write(lambda db: db.execute("INSERT INTO settings (name, value) VALUES ('a', '3')"))
    assert await database.read(find_setting, "a") == "1"


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("INSERT INTO keys (uri, account_id, algorithm, public_key) VALUES ('x', 17, 'rsa', '')", Missing),
        ("SELECT * FROM tables_to_come", WrongSchema),
        ("SELECT column_to_come FROM posts", WrongSchema),
        ("SELEKT 1", Unusable),
    ],
)
async def test_faults_are_told_apart(database, sql, error):
    with pytest.raises(error):
        await database.write(lambda db: db.execute(sql))


@pytest.mark.parametrize("value", [1 << 63, "\ud800"])
async def test_a_value_that_no_column_holds_is_refused(database, value):
    with pytest.raises(Unfit):
        await database.read(lambda db: db.execute("SELECT :value", {"value": value}))


async def test_a_unit_that_raises_stop_iteration_ends_all_the_same(database, file):
    def stop(_db):
        return next(iter(()))

    with pytest.raises(RuntimeError):
        await database.write(stop)
    with pytest.raises(RuntimeError):
        await database.read(stop)


async def test_readers_cannot_write(database, file):
    with pytest.raises(Unusable):
        await database.read(save_setting, "sly", "1")
    assert names(file) == set()
    assert await database.read(find_setting, "sly") is None


async def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(database):
    started, written = threading.Event(), threading.Event()

    def look_twice(db):
        before = find_setting(db, "a")
        started.set()
        written.wait(10)
        return before, find_setting(db, "a")

    looking = asyncio.create_task(database.read(look_twice))
    await asyncio.to_thread(started.wait, 10)
    await database.write(save_setting, "a", "1")
    written.set()
    assert await looking == (None, None)
    assert await database.read(find_setting, "a") == "1"


async def test_a_slow_reader_holds_no_other_up(database, monkeypatch):
    monkeypatch.setattr("storage.sqlite.SLOW_S", 0.0)
    started, go_on = threading.Event(), threading.Event()
    slow = asyncio.create_task(database.read(lambda _db: started.set() or go_on.wait(10)))
    await asyncio.to_thread(started.wait, 10)
    assert await asyncio.gather(*(database.read(find_setting, "a") for _ in range(10))) == [None] * 10
    go_on.set()
    assert await slow


def test_what_was_acknowledged_survives_kill_minus_nine(file):
    acknowledged: set[str] = set()
    moment = random.Random(20251120)
    for turn in range(ROUNDS):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(file), str(turn)], stdout=subprocess.PIPE, text=True) as child:
            said = [child.stdout.readline() for _ in range(moment.randint(1, 400))]
            child.send_signal(signal.SIGKILL)
            said += child.stdout.readlines()
        assert child.returncode == -signal.SIGKILL
        acknowledged |= {line.strip() for line in said if line.endswith("\n")}
        assert acknowledged <= names(file)
        check_integrity(file)
    assert len(acknowledged) >= ROUNDS


async def test_commits_wait_for_the_disk_and_the_log_is_written_ahead(database):
    def settings(db):
        return db.execute("PRAGMA synchronous").fetchone()[0], db.execute("PRAGMA journal_mode").fetchone()[0]

    full = 2
    assert await database.write(settings) == (full, "wal")
    assert await database.write(lambda db: db.execute("PRAGMA foreign_keys").fetchone()[0]) == 1


async def test_events_are_heard_after_the_commit_and_before_the_caller_goes_on(database, file):
    heard, seen = [], []

    def listen(news):
        heard.extend(event.subject_id for event in news)
        seen.append(names(file))

    database.listen(listen)
    await database.write(save_and_tell, "a", 7)
    assert (heard, seen) == ([7], [{"a"}])


async def test_what_was_taken_back_is_not_heard(database):
    heard = Heard()
    database.listen(heard)

    def tell_and_fail(db):
        add_event(db, "post", 1)
        raise LookupError

    await asyncio.gather(database.write(tell_and_fail), database.write(add_event, "post", 2), return_exceptions=True)
    assert heard == [2]


async def test_events_of_another_process_are_heard_once_and_in_order(database, file):
    heard = Heard()
    database.listen(heard)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", TELLER, str(file))
    assert await child.wait() == 0
    await heard.reaches(3)
    await database.write(add_event, "post", 3)
    assert heard == [0, 1, 2, 3]


async def test_two_who_write_at_once_hear_the_same_in_the_same_order(database, file):
    other = await open_sqlite(file)
    here, there = Heard(), Heard()
    database.listen(here)
    other.listen(there)
    await asyncio.gather(*(who.write(add_event, "post", number) for number in range(60) for who in (database, other)))
    await asyncio.gather(here.reaches(120), there.reaches(120))
    await other.close()
    assert here == there
    assert sorted(here) == sorted([*range(60), *range(60)])


async def test_a_listener_that_fails_silences_nobody(database):
    faults, heard = [], Heard()
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context["exception"]))

    def fail(_news):
        raise LookupError

    database.listen(fail)
    database.listen(heard)
    await database.write(add_event, "post", 1)
    await database.write(add_event, "post", 2)
    assert heard == [1, 2]
    assert [type(fault) for fault in faults] == [LookupError, LookupError]


async def test_who_stops_waiting_before_the_turn_has_come_takes_the_unit_back(database, file):
    go_on = threading.Event()
    slow = asyncio.create_task(database.write(lambda _db: go_on.wait(10)))
    await asyncio.sleep(0)  # the slow one's commit begins
    await asyncio.sleep(0)
    dropped = asyncio.create_task(database.write(save_setting, "dropped", "1"))
    waiting = asyncio.create_task(database.write(save_setting, "kept", "1"))
    await asyncio.sleep(0)
    dropped.cancel()
    go_on.set()
    await asyncio.gather(slow, waiting)
    assert dropped.cancelled()
    assert names(file) == {"kept"}


async def test_who_stops_waiting_later_does_not_stop_the_unit(database, file):
    started, go_on = threading.Event(), threading.Event()

    def slowly(db):
        started.set()
        go_on.wait(10)
        save_setting(db, "slow", "1")

    slow = asyncio.create_task(database.write(slowly))
    await asyncio.to_thread(started.wait, 10)
    slow.cancel()
    go_on.set()
    await database.write(save_setting, "next", "1")
    assert slow.cancelled()
    assert names(file) == {"slow", "next"}


async def test_a_commit_that_fails_is_told_to_all_who_shared_it(database, file):
    def refer_to_nothing(db):
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("INSERT INTO keys (uri, account_id, algorithm, public_key) VALUES ('x', 17, 'rsa', '')")

    outcomes = await asyncio.gather(database.write(save_setting, "a", "1"), database.write(refer_to_nothing), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Missing, Missing]
    assert names(file) == set()
    await database.write(save_setting, "b", "1")
    assert names(file) == {"b"}


async def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_there(database, file):
    def shrink(db):
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages + 20}")

    await database.write(shrink)
    large = "x" * 20_000
    outcomes = await asyncio.gather(*(database.write(save_setting, str(number), large) for number in range(20)), return_exceptions=True)
    kept = {str(number) for number, outcome in enumerate(outcomes) if outcome is None}
    assert {type(outcome) for outcome in outcomes if outcome is not None} == {Full}
    assert names(file) == kept
    await database.write(lambda db: db.execute("PRAGMA max_page_count = 1000000"))
    await database.write(save_setting, "room again", large)
    assert names(file) == kept | {"room again"}


async def test_while_another_process_writes_we_wait_and_go_on_when_it_is_done(database, file):
    other = connect(file, read_only=False)
    other.execute("BEGIN IMMEDIATE")
    save_setting(other, "a", "1")
    waiting = asyncio.create_task(database.write(save_setting, "b", "1"))
    await asyncio.sleep(0)  # it has begun
    assert names(file) == set()
    other.execute("COMMIT")
    other.close()
    await waiting
    assert names(file) == {"a", "b"}


async def test_while_another_process_writes_for_long_we_are_busy_and_then_no_more(database, file, monkeypatch):
    monkeypatch.setattr("storage.sqlite.BUSY_S", 0.01)
    other = connect(file, read_only=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        await database.write(save_setting, "a", "1")
    other.execute("ROLLBACK")
    other.close()
    await database.write(save_setting, "b", "1")
    assert names(file) == {"b"}


async def test_closing_finishes_what_waits_and_takes_nothing_more(file):
    database = await open_sqlite(file)
    waiting = [asyncio.create_task(database.write(save_setting, str(number), "1")) for number in range(500)]
    await asyncio.sleep(0)
    await database.close()
    assert [task.result() for task in waiting] == [None] * 500
    with pytest.raises(Unusable):
        await database.write(save_setting, "late", "1")
    with pytest.raises(Unusable):
        await database.read(find_setting, "late")
    await database.close()
    assert names(file) == {str(number) for number in range(500)}
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("content", [None, b"", b"This is no database at all. " * 50])
async def test_a_file_that_is_no_database_of_ours_is_refused(tmp_path, content):
    path = tmp_path / "other.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((Unusable, WrongSchema)):
        await open_sqlite(path)
