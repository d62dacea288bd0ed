"""A page costs one hop to the database and few statements, however many posts stand on it."""

from collections import Counter

import pytest

from node.social import follows, viewing
from storage import listings
from storage.listings import Window

MOST_STATEMENTS = 16


class Counting:
    """A connection that counts what is asked of it."""

    def __init__(self, db) -> None:
        self._db = db
        self.asked: Counter[str] = Counter()

    def execute(self, sql, parameters=None):
        self.asked[sql] += 1
        return self._db.execute(sql, parameters or {})


@pytest.fixture
async def busy(world, clock, ada, bea):
    """A timeline with posts of every kind."""
    await follows.follow(world.context, ada, bea.id)
    first = await world.post(bea, "first @ada #a")
    for number in range(12):
        clock.go(seconds=1)
        await world.post(bea, f"{number} @ada #a #b", in_reply_to_id=first.id if number % 3 == 0 else None)
    await world.post(bea, "look", quoted_id=first.id)
    return ada


def load(db, world, viewer_id, limit):
    counting = Counting(db)
    ids = listings.list_home(counting, viewer_id, Window(limit=limit))
    viewing.load_view(counting, world.context.site, ids, viewer_id)
    return counting.asked, len(ids)


async def test_twelve_posts_take_as_many_statements_as_three(world, busy):
    few, three = await world.context.database.read(load, world, busy.id, 3)
    many, twelve = await world.context.database.read(load, world, busy.id, 12)
    assert (three, twelve) == (3, 12)
    assert sum(few.values()) == sum(many.values()) <= MOST_STATEMENTS
    assert max(many.values()) <= 2, many.most_common(1)  # nothing is asked row by row


async def test_a_page_is_one_hop(run, world, busy, monkeypatch):
    program = await run(busy)
    await program.get("/api/v1/timelines/home")  # the token is known from here on
    hops = []
    read = world.context.database.read

    async def counted(unit, *arguments, **named):
        hops.append(unit)
        return await read(unit, *arguments, **named)

    monkeypatch.setattr(type(world.context.database), "read", lambda _self, unit, *a, **n: counted(unit, *a, **n))
    await program.get("/api/v1/timelines/home")
    assert len(hops) == 1, hops
