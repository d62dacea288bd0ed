"""How often is too often."""

import pytest

from node.errors import TooMany
from node.social import rates

LIMIT = rates.Limit("test", 3, 60_000)


def tries(world, who, count):
    """How many of so many were allowed."""
    allowed = 0
    for _ in range(count):
        try:
            rates.count(world.context, LIMIT, who)
        except TooMany:
            continue
        allowed += 1
    return allowed


async def test_so_many_are_allowed_and_no_more_until_time_has_passed(world, clock):
    assert tries(world, 1, 5) == 3
    clock.go(seconds=20)
    assert tries(world, 1, 5) == 1
    clock.go(minutes=2)
    assert tries(world, 1, 5) == 3


async def test_who_waits_as_long_as_told_is_let_in(world, clock):
    tries(world, 1, 3)
    with pytest.raises(TooMany) as refused:
        rates.count(world.context, LIMIT, 1)
    clock.go(seconds=refused.value.retry_after_s)
    rates.count(world.context, LIMIT, 1)


async def test_everybody_is_counted_alone(world):
    assert tries(world, 1, 5) == 3
    assert tries(world, 2, 5) == 3
    rates.forget(world.context, LIMIT, 1)
    assert tries(world, 1, 5) == 3


async def test_one_posts_so_often_and_no_more(world, ada, eve):
    for number in range(rates.POSTS.most):
        await world.post(ada, f"Post {number}")
    with pytest.raises(TooMany):
        await world.post(ada, "One more")
    await world.post(eve, "Somebody else may")


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
        assert tries(world, 1, 1000) == 1000
