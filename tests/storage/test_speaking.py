"""Statements put to PostgreSQL by libpq's blocking calls."""

import pytest

from storage.errors import StorageError, Taken
from storage.postgres import Raw, open_postgres
from storage.speaking import KEPT, translated
from tests import clusters

ASKED = "SELECT CAST(:number AS bigint), CAST(:text AS text), CAST(:yes AS boolean), CAST(:bytes AS bytea)"
NOTHING = {"number": None, "text": None, "yes": None, "bytes": None}
FULL = {"number": 1 << 40, "text": "ä", "yes": True, "bytes": b"\0a"}
MIXED = [{name: (FULL if number >> place & 1 else NOTHING)[name] for place, name in enumerate(FULL)} for number in range(16)]


@pytest.fixture
def raw():
    url = clusters.borrow()
    with Raw.connect(url, autocommit=True) as connection:
        yield connection
    clusters.give_back(url)


def prepared(raw):
    return raw.speaker.ask(translated("/*afresh*/ SELECT name FROM pg_prepared_statements"), {}).fetchall()


@pytest.mark.parametrize("order", [1, -1])
def test_values_and_their_absence_go_with_one_prepared_statement(raw, order):
    for values in MIXED[::order]:
        assert raw.speaker.ask(translated(ASKED), values).fetchall() == [tuple(values.values())]
    assert len(prepared(raw)) == 1


def test_more_statements_than_are_kept_are_answered_all_the_same(raw):
    for number in range(KEPT + 5):
        assert raw.speaker.ask(translated(f"SELECT {number}"), {}).fetchone() == (number,)
    assert len(prepared(raw)) == KEPT


def test_a_name_that_is_asked_for_twice_is_one_value(raw):
    assert raw.speaker.ask(translated("SELECT :a || ':a %' || :a"), {"a": "x"}).fetchall() == [("x:a %x",)]


def test_what_was_answered_is_handed_out_once(raw):
    answered = raw.speaker.ask(translated("SELECT generate_series(1, 4)"), {})
    assert (answered.rowcount, answered.fetchone(), answered.fetchall(), answered.fetchone()) == (4, (1,), [(2,), (3,), (4,)], None)


async def test_a_unit_that_passes_over_a_failed_statement_is_not_acknowledged():
    url = clusters.borrow()
    database = await open_postgres(url, 1)

    def careless(db):
        db.execute("INSERT INTO settings (name, value) VALUES ('a', '1')")
        try:
            db.execute("INSERT INTO settings (name, value) VALUES ('a', '2')")
        except Taken:
            return "all is well"

    with pytest.raises(StorageError):
        await database.write(careless)
    assert await database.read(lambda db: db.execute("SELECT value FROM settings WHERE name = 'a'").fetchall()) == []
    await database.close()
    clusters.give_back(url)
