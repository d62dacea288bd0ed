"""Other servers: which signature they take, and the breaker."""

from storage import hosts
from storage.hosts import Host
from tests.storage.rows import START_MS


def fail(db, host, times):
    return [hosts.add_failure(db, host, START_MS) for _ in range(times)]


def test_of_an_unknown_host_nothing_is_known(db):
    assert hosts.find_host(db, "far.example") == Host("far.example")


def test_the_signature_that_a_host_took_last_is_remembered(db):
    hosts.set_scheme(db, "far.example", "rfc9421")
    hosts.set_scheme(db, "far.example", "cavage")
    fail(db, "far.example", 1)
    assert hosts.find_host(db, "far.example") == Host("far.example", "cavage", 1, 0)


def test_the_breaker_opens_at_the_fifth_failure_in_a_row(db):
    assert fail(db, "far.example", 4) == [1, 2, 3, 4]
    assert hosts.find_host(db, "far.example").open_until_ms == 0
    assert fail(db, "far.example", 1) == [5]
    assert hosts.find_host(db, "far.example").open_until_ms == START_MS


def test_an_answer_shuts_the_breaker_and_says_that_the_host_is_back(db):
    fail(db, "far.example", 5)
    assert hosts.clear_failures(db, "far.example")
    assert not hosts.clear_failures(db, "far.example")
    assert not hosts.clear_failures(db, "other.example")
    assert hosts.find_host(db, "far.example") == Host("far.example")


def test_a_host_that_failed_a_few_times_was_never_away(db):
    fail(db, "far.example", 4)
    assert not hosts.clear_failures(db, "far.example")
    assert hosts.find_host(db, "far.example") == Host("far.example")


def test_breakers_are_listed_and_shut_by_hand_one_or_all(db):
    hosts.set_scheme(db, "good.example", "cavage")
    for host in ("c.example", "a.example", "b.example"):
        fail(db, host, 5)
    assert [host.host for host in hosts.list_failing(db)] == ["a.example", "b.example", "c.example"]
    hosts.close_breakers(db, "b.example")
    assert [host.host for host in hosts.list_failing(db)] == ["a.example", "c.example"]
    hosts.close_breakers(db, None)
    assert hosts.list_failing(db) == []


def test_a_host_that_asks_for_rest_is_left_alone_and_has_not_failed(db):
    hosts.rest(db, "far.example", START_MS)
    assert hosts.find_host(db, "far.example") == Host("far.example", "", 0, START_MS)
    hosts.rest(db, "far.example", START_MS - 1)
    assert hosts.find_host(db, "far.example").open_until_ms == START_MS
    assert not hosts.clear_failures(db, "far.example")
    fail(db, "far.example", 4)
    assert not hosts.clear_failures(db, "far.example")
    assert hosts.find_host(db, "far.example") == Host("far.example", "", 0, START_MS)
    hosts.close_breakers(db, "far.example")
    assert hosts.find_host(db, "far.example") == Host("far.example")
