"""How often is too often."""

import asyncio

import orjson
import pytest

from node.assembly import open_context
from node.errors import TooMany
from node.social import keeping, rates
from storage import jobs, scheduled
from storage import rates as stored
from storage.database import one_value
from storage.errors import StorageError, Unusable
from storage.scheduled import Scheduled

STRICT = rates.Limit("test", 3, 60_000)
LOOSE = rates.Limit("test", 3, 60_000, is_strict=False)
BOTH = pytest.mark.parametrize("limit", [STRICT, LOOSE], ids=["strict", "loose"])


async def tries(context, limit, who, count):
    """How many of so many were allowed."""
    allowed = 0
    for _ in range(count):
        try:
            await rates.count(context, limit, who)
        except TooMany:
            continue
        allowed += 1
    return allowed


@BOTH
async def test_so_many_are_allowed_and_no_more_until_time_has_passed(world, clock, limit):
    assert await tries(world.context, limit, 1, 5) == 3
    clock.go(seconds=20)
    assert await tries(world.context, limit, 1, 5) == 1
    clock.go(minutes=2)
    assert await tries(world.context, limit, 1, 5) == 3


@BOTH
async def test_who_waits_as_long_as_told_is_let_in(world, clock, limit):
    await tries(world.context, limit, 1, 3)
    with pytest.raises(TooMany) as refused:
        await rates.count(world.context, limit, 1)
    clock.go(seconds=refused.value.retry_after_s)
    await rates.count(world.context, limit, 1)


@BOTH
async def test_everybody_is_counted_alone(world, limit):
    assert await tries(world.context, limit, 1, 5) == 3
    assert await tries(world.context, limit, 2, 5) == 3
    await rates.forget(world.context, limit, 1)
    assert await tries(world.context, limit, 1, 5) == 3


@BOTH
async def test_what_is_counted_for_two_is_refused_when_either_has_had_enough(world, limit):
    await rates.count(world.context, limit, "ada", "here")
    assert await tries(world.context, limit, "here", 5) == 2
    with pytest.raises(TooMany):
        await rates.count(world.context, limit, "bo", "here")
    assert await tries(world.context, limit, "ada", 5) == 2


@pytest.fixture
async def other(world):
    """The same node as another process has it."""
    async with open_context(world.context.config, world.context.site.clock) as context:
        yield context


async def test_what_is_strict_is_counted_for_all_processes_together(world, other):
    assert await tries(world.context, STRICT, 1, 2) == 2
    assert await tries(other, STRICT, 1, 5) == 1
    assert await tries(world.context, STRICT, 1, 5) == 0
    assert await tries(other, STRICT, 2, 5) == 3


async def test_two_processes_that_count_at_once_let_no_more_through_than_one(world, other):
    allowed = await asyncio.gather(*(tries(context, STRICT, 1, 1) for context in (world.context, other) * 10))
    assert sum(allowed) == 3


async def test_what_is_strict_and_was_refused_costs_the_database_nothing_more(world, monkeypatch):
    assert await tries(world.context, STRICT, 1, 4) == 3
    monkeypatch.delattr(stored, "spend")
    assert await tries(world.context, STRICT, 1, 5) == 0


async def test_all_else_is_counted_together_once_they_have_told_one_another(world, other, clock):
    for context in (world.context, other):
        context.caches.rates.is_shared = True
    assert await tries(world.context, LOOSE, 1, 2) == 2
    await rates.exchange(world.context)
    assert await tries(other, LOOSE, 1, 1) == 1
    await rates.exchange(other)
    assert await tries(other, LOOSE, 1, 5) == 0
    assert rates.left(other, LOOSE, 1).left == 0
    assert await tries(other, LOOSE, 2, 5) == 3
    clock.go(seconds=20)
    assert await tries(other, LOOSE, 1, 5) == 1


async def test_what_two_let_through_at_once_is_waited_for_the_longer(world, other, clock):
    for context in (world.context, other):
        context.caches.rates.is_shared = True
        assert await tries(context, LOOSE, 1, 5) == 3
    for context in (world.context, other, world.context):
        await tries(context, LOOSE, 2, 1)
        await rates.exchange(context)
    clock.go(seconds=59)
    assert await tries(other, LOOSE, 1, 1) == 0
    clock.go(seconds=21)
    assert await tries(other, LOOSE, 1, 5) == 1


async def test_what_could_not_be_told_is_told_later(world, other, monkeypatch):
    world.context.caches.rates.is_shared = True
    assert await tries(world.context, LOOSE, 1, 3) == 3
    with monkeypatch.context() as broken:
        broken.setattr(stored, "add", fail)
        with pytest.raises(StorageError):
            await rates.exchange(world.context)
    await rates.exchange(world.context)
    other.caches.rates.is_shared = True
    await tries(other, LOOSE, 1, 1)
    await rates.exchange(other)
    assert await tries(other, LOOSE, 1, 5) == 0


def fail(*_arguments):
    raise Unusable("the disk is full")


async def test_a_process_that_is_alone_tells_nobody(world):
    await tries(world.context, LOOSE, 1, 3)
    assert world.context.caches.rates.untold == {}


async def test_what_says_nothing_any_more_is_forgotten(world, clock):
    await rates.count(world.context, STRICT, 1)
    clock.go(minutes=1)
    await rates.count(world.context, STRICT, 2)
    await keeping.tidy(world.context)
    assert await world.context.database.read(lambda db: one_value(db.execute("SELECT count(*) FROM rates"))) == 1


async def test_one_posts_so_often_and_no_more(world, ada, eve):
    for number in range(rates.POSTS.most):
        await world.post(ada, f"Post {number}")
    with pytest.raises(TooMany):
        await world.post(ada, "One more")
    await world.post(eve, "Somebody else may")


async def test_a_post_for_later_whose_moment_comes_after_many_others_is_said_a_little_later(world, ada, clock):
    for number in range(rates.POSTS.most):
        await world.post(ada, f"Post {number}")
    params = orjson.dumps({"text": "For later", "visibility_number": 0}).decode()
    kept = Scheduled(7, ada.id, world.context.site.now_ms(), params)
    await world.context.database.write(scheduled.add_scheduled, kept)
    await world.context.database.write(jobs.add_job, "publish_scheduled", '{"id": 7}', kept.due_ms)
    await world.work()
    assert await world.context.database.read(scheduled.find_scheduled, 7) == kept
    clock.go(minutes=1)
    await world.work()
    assert await world.context.database.read(scheduled.find_scheduled, 7) is None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [("192.0.2.1", "192.0.2.2", False), ("2001:db8::1", "2001:db8::ffff", True), ("2001:db8::1", "2001:db8:0:1::1", False), ("", "", True)],
)
def test_an_ipv6_network_is_one(one, other, is_same):
    assert (rates.network(one) == rates.network(other)) == is_same


class TestTurnedOff:
    """[limits] rates = false"""

    @pytest.fixture
    def settings(self):
        return "[limits]\nrates = false"

    async def test_nothing_is_too_often(self, world):
        assert await tries(world.context, STRICT, 1, 100) == 100
