"""Statements with lists, and the line before the memory."""

import asyncio
import threading

import pytest

from storage.database import NOTHING, one_value, with_list
from storage.settings import save_setting

THREADS = 4  # at most, of the database of a test
BY_NAMES = "SELECT name FROM settings WHERE name IN (:names) AND value = :value ORDER BY name"


def test_a_list_of_any_length_finds_what_it_names(db):
    for name in "abcdef":
        save_setting(db, name, "1")
    save_setting(db, "z", "2")
    for names in ([], ["a"], ["b", "z"], ["a", "c", "e"], list("abcdefz")):
        found = db.execute(*with_list(BY_NAMES, "names", names, value="1")).fetchall()
        assert [name for (name,) in found] == [name for name in names if name != "z"]


def test_lists_of_many_lengths_need_few_statements():
    statements = {with_list(BY_NAMES, "names", range(length), value="1")[0] for length in range(1, 101)}
    assert len(statements) == 8


def test_a_list_is_given_as_parameters_and_never_as_text():
    sql, parameters = with_list("DELETE FROM settings WHERE name IN (:names)", "names", ["'); DROP TABLE posts; --", "b", "c"])
    assert sql == "DELETE FROM settings WHERE name IN (:names0, :names1, :names2, :names3)"
    assert parameters == {"names0": "'); DROP TABLE posts; --", "names1": "b", "names2": "c", "names3": "c"}


def test_a_statement_without_the_marker_is_a_fault():
    with pytest.raises(ValueError, match="names"):
        with_list("SELECT 1", "names", [1])


def test_one_value_is_the_first_column_or_none(db):
    save_setting(db, "a", "1")
    assert one_value(db.execute("SELECT value, name FROM settings", NOTHING)) == "1"
    assert one_value(db.execute("SELECT value FROM settings WHERE name = 'b'")) is None


async def test_how_long_the_first_in_line_has_waited_is_known(database):
    assert database.delay_s() == 0
    begun, go_on = threading.Semaphore(0), threading.Event()

    def hold(_db):
        begun.release()
        go_on.wait(30)

    working = [asyncio.create_task(database.write(hold)) for _ in range(THREADS)]
    await asyncio.to_thread(begun.acquire)
    waiting = asyncio.create_task(database.write(save_setting, "a", "1"))
    await asyncio.sleep(0)
    first_s = database.delay_s()
    await asyncio.sleep(0.01)
    assert database.delay_s() >= first_s + 0.01
    go_on.set()
    await asyncio.gather(*working, waiting)
    assert database.delay_s() == 0
