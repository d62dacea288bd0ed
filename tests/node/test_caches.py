"""What is kept in memory is bounded, and never older than what it stands for."""

from node.caches import Lru


def test_what_was_not_asked_for_longest_goes_first():
    kept = Lru(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    assert len(kept) == 2


def test_what_is_dropped_is_gone():
    kept = Lru(2)
    kept.put("a", 1)
    kept.drop("a")
    kept.drop("never there")
    assert kept.get("a") is None


async def test_something_is_made_once():
    kept, made = Lru(2), []

    async def make():
        made.append(1)
        return "x"

    assert [await kept.remember("a", make), await kept.remember("a", make)] == ["x", "x"]
    assert made == [1]


async def test_what_was_made_while_everything_was_forgotten_is_old():
    kept = Lru(2)

    async def make():
        kept.clear()
        return "as it was before"

    assert await kept.remember("a", make) == "as it was before"
    assert kept.get("a") is None


def test_what_was_read_before_everything_was_forgotten_is_not_kept():
    kept = Lru(2)
    before = kept.clears
    kept.put("a", "read in time", before)
    assert kept.get("a") == "read in time"
    kept.clear()
    kept.put("a", "as it was before", before)
    assert kept.get("a") is None
