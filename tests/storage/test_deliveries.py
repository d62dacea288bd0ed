"""What is owed to other servers: in order about each object, fairly by host, until it is delivered or given up."""

import pytest

from storage import deliveries, hosts
from storage.deliveries import Result
from storage.errors import Taken
from tests.storage.rows import DAY, HOUR, MINUTE, START_MS, add_activity, add_person, add_post, plan_poorly

NOW = START_MS
LEASE_END = NOW + MINUTE


@pytest.fixture
def ada(db):
    return add_person(db, "ada")


def owe(db, author, *inboxes, about="https://here.example/p/1", at=NOW, **activity):
    """An activity about something, owed to inboxes named by their host."""
    said = add_activity(db, author, **activity)
    deliveries.add_deliveries(db, said.id, about, [(f"https://{host}/inbox", host) for host in inboxes], at)
    return said


def lease(db, host, limit=10, now_ms=NOW):
    return deliveries.lease_deliveries(db, host, now_ms, now_ms + MINUTE, limit)


def end(db, leased, state="delivered", next_ms=0, status=202):
    deliveries.finish_delivery(db, Result(leased.id, state, leased.attempts + 1, next_ms, status, "said so", NOW))


def states(db):
    return sorted(deliveries.count_deliveries(db).items())


def test_an_activity_is_kept_once_and_found_by_its_uri(db, ada):
    said = add_activity(db, ada, body=b'{"type":"Create"}', is_public=True)
    assert deliveries.find_activity(db, said.uri) == said
    assert deliveries.find_activity(db, said.uri).is_public is True
    assert deliveries.find_activity(db, "https://here.example/other") is None
    with pytest.raises(Taken):
        add_activity(db, ada, uri=said.uri)


def test_a_lease_carries_all_that_sending_takes_and_is_not_given_twice(db, ada):
    owe(db, ada, "a.example", body=b"{1}")
    (leased,) = lease(db, "a.example")
    assert (leased.inbox, leased.host, leased.attempts) == ("https://a.example/inbox", "a.example", 0)
    assert (leased.account_id, leased.body) == (ada.id, b"{1}")
    assert lease(db, "a.example") == []
    assert lease(db, "b.example") == []
    assert lease(db, "a.example", now_ms=LEASE_END) == [leased]


def test_no_plan_leases_more_than_the_limit(db, ada):
    plan_poorly(db)
    for number in range(20):
        owe(db, ada, "a.example", about=f"https://here.example/p/{number}")
    assert len(lease(db, "a.example", limit=1)) == 1


def test_about_one_object_things_go_to_an_inbox_one_by_one_and_in_order(db, ada):
    bodies = [owe(db, ada, "a.example", body=body).body for body in (b"create", b"update", b"delete")]
    sent = []
    for _ in bodies:
        (leased,) = lease(db, "a.example")
        assert lease(db, "a.example") == []
        sent.append(leased.body)
        end(db, leased)
    assert sent == bodies


def test_what_follows_waits_while_the_first_is_tried_again(db, ada):
    owe(db, ada, "a.example", body=b"create")
    owe(db, ada, "a.example", body=b"update")
    (first,) = lease(db, "a.example")
    end(db, first, "waiting", NOW + HOUR, 503)
    assert lease(db, "a.example") == []
    assert deliveries.list_due_hosts(db, NOW) == []
    assert deliveries.next_due_ms(db) == NOW + HOUR
    assert [again.body for again in lease(db, "a.example", now_ms=NOW + HOUR)] == [b"create"]


def test_what_follows_goes_on_once_the_first_was_given_up(db, ada):
    owe(db, ada, "a.example", body=b"create")
    owe(db, ada, "a.example", body=b"update")
    (first,) = lease(db, "a.example")
    end(db, first, "gave up", status=410)
    assert [leased.body for leased in lease(db, "a.example")] == [b"update"]


def test_other_objects_and_other_inboxes_do_not_wait_for_it(db, ada):
    owe(db, ada, "a.example", "b.example", about="https://here.example/p/1")
    owe(db, ada, "a.example", about="https://here.example/p/2")
    assert len(lease(db, "a.example")) == 2
    assert len(lease(db, "b.example")) == 1


def test_a_host_with_much_to_get_holds_up_no_other(db, ada):
    for number in range(50):
        owe(db, ada, "big.example", about=f"https://here.example/p/{number}")
    owe(db, ada, "small.example")
    assert deliveries.list_due_hosts(db, NOW) == ["big.example", "small.example"]
    assert len(lease(db, "big.example", limit=8)) == 8
    assert len(lease(db, "small.example", limit=8)) == 1
    assert deliveries.list_due_hosts(db, NOW) == ["big.example"]


def test_the_oldest_goes_first(db, ada):
    for number, at in enumerate((NOW - 1, NOW - 3, NOW - 2)):
        owe(db, ada, "a.example", about=f"https://here.example/p/{number}", body=str(number).encode(), at=at)
    assert [leased.body for leased in lease(db, "a.example", limit=2)] == [b"1", b"2"]
    assert [leased.body for leased in lease(db, "a.example", limit=2)] == [b"0"]


def test_nothing_goes_to_a_host_whose_breaker_is_open(db, ada):
    owe(db, ada, "a.example")
    owe(db, ada, "b.example", at=NOW + HOUR)
    for _ in range(hosts.FAILURES_TO_OPEN):
        hosts.add_failure(db, "a.example", NOW + DAY)
    assert deliveries.list_due_hosts(db, NOW) == []
    assert deliveries.next_due_ms(db) == NOW + HOUR
    assert deliveries.list_due_hosts(db, NOW + DAY) == ["a.example", "b.example"]
    hosts.clear_failures(db, "a.example")
    assert deliveries.list_due_hosts(db, NOW) == ["a.example"]
    assert deliveries.next_due_ms(db) == NOW


def test_where_nothing_waits_nothing_is_due(db, ada):
    assert deliveries.next_due_ms(db) is None
    assert deliveries.list_due_hosts(db, NOW) == []
    owe(db, ada, "a.example", at=NOW + 1)
    assert deliveries.list_due_hosts(db, NOW) == []
    assert deliveries.next_due_ms(db) == NOW + 1


def test_a_worker_that_stops_puts_its_leases_back(db, ada):
    owe(db, ada, "a.example")
    owe(db, ada, "a.example", about="https://here.example/p/2")
    leased = lease(db, "a.example")
    end(db, leased[0])
    deliveries.return_deliveries(db, [each.id for each in leased], NOW)
    assert lease(db, "a.example") == [leased[1]]
    deliveries.return_deliveries(db, [], NOW)


def test_what_a_killed_worker_had_taken_first_is_put_back_and_what_waits_for_another_attempt_is_not(db, ada):
    for number in range(2):
        owe(db, ada, "a.example", about=f"https://here.example/p/{number}")
    taken, failed = lease(db, "a.example")
    end(db, failed, "waiting", next_ms=NOW + HOUR, status=503)
    assert lease(db, "a.example") == []
    assert deliveries.free_leases(db, NOW) == 1
    assert lease(db, "a.example") == [taken]


def test_a_host_that_is_back_gets_at_once_what_waited(db, ada):
    for number, host in enumerate(("a.example", "a.example", "b.example")):
        owe(db, ada, host, about=f"https://here.example/p/{number}")
        for leased in lease(db, host):
            end(db, leased, "waiting", next_ms=NOW + HOUR, status=503)
    assert deliveries.hasten_host(db, "a.example", NOW + MINUTE) == 2
    assert deliveries.list_due_hosts(db, NOW + MINUTE) == ["a.example"]
    assert [leased.attempts for leased in lease(db, "a.example", now_ms=NOW + MINUTE)] == [0, 0]  # it costs no attempt
    assert deliveries.hasten_host(db, "a.example", NOW) == 0


def test_what_was_tried_a_moment_ago_is_not_hastened(db, ada):
    owe(db, ada, "a.example")
    [leased] = lease(db, "a.example")
    end(db, leased, "waiting", next_ms=NOW + HOUR, status=503)
    assert deliveries.hasten_host(db, "a.example", NOW + deliveries.HASTENED_AFTER_MS - 1) == 0
    assert deliveries.hasten_host(db, "a.example", NOW + deliveries.HASTENED_AFTER_MS) == 1


def test_what_was_given_up_may_be_tried_again_but_not_what_was_delivered(db, ada):
    for number, host in enumerate(("a.example", "a.example", "b.example")):
        owe(db, ada, host, about=f"https://here.example/p/{number}")
    delivered, given_up = lease(db, "a.example")
    end(db, delivered)
    end(db, given_up, "gave up", status=410)
    assert states(db) == [("delivered", 1), ("gave up", 1), ("waiting", 1)]
    assert deliveries.retry_deliveries(db, "a.example", NOW + 1) == 1
    assert deliveries.retry_deliveries(db, None, NOW + 1) == 2
    assert states(db) == [("delivered", 1), ("waiting", 2)]
    assert [leased.attempts for leased in lease(db, "a.example", now_ms=NOW + 1)] == [0]


def test_an_answer_that_comes_late_does_not_bring_back_what_was_given_up(db, ada):
    owe(db, ada, "a.example")
    (leased,) = lease(db, "a.example")
    deliveries.give_up_host(db, "a.example", "blocked here", NOW)
    end(db, leased, "waiting", NOW + HOUR, 503)
    assert states(db) == [("gave up", 1)]


def test_the_queue_lists_what_is_owed_the_next_due_first(db, ada):
    for number, host in enumerate(("a.example", "b.example", "b.example")):
        owe(db, ada, host, about=f"https://here.example/p/{number}", at=NOW - number)
    end(db, lease(db, "b.example", limit=1)[0], "gave up", status=410)
    (delivered,) = lease(db, "a.example")
    owed = deliveries.list_owed(db, None, 10)
    assert [(line.delivery.host, line.delivery.state) for line in owed] == [
        ("b.example", "waiting"),
        ("a.example", "waiting"),
        ("b.example", "gave up"),
    ]
    end(db, delivered)
    assert [line.delivery.host for line in deliveries.list_owed(db, None, 10)] == ["b.example", "b.example"]
    assert deliveries.list_owed(db, "a.example", 10) == []
    assert len(deliveries.list_owed(db, "b.example", 1)) == 1
    assert (owed[2].delivery.status, owed[2].delivery.answer, owed[2].activity_type) == (410, "said so", "Create")


def test_a_post_shows_where_each_of_its_activities_is(db, ada):
    post = add_post(db, ada)
    owe(db, ada, "b.example", "a.example", post_id=post.id)
    owe(db, ada, "c.example")
    end(db, lease(db, "a.example")[0])
    lines = deliveries.list_deliveries_of_post(db, post.id)
    assert [(line.delivery.host, line.delivery.state, line.post_id) for line in lines] == [
        ("b.example", "waiting", post.id),
        ("a.example", "delivered", post.id),
    ]


def test_what_ended_long_ago_is_forgotten_but_not_what_anybody_may_still_ask_for(db, ada):
    public, private = owe(db, ada, "a.example", is_public=True), owe(db, ada, "b.example")
    waiting = owe(db, ada, "c.example")
    end(db, lease(db, "a.example")[0])
    end(db, lease(db, "b.example")[0])
    deliveries.forget_delivered(db, NOW)
    assert states(db) == [("delivered", 2), ("waiting", 1)]
    deliveries.forget_delivered(db, NOW + DAY)
    assert states(db) == [("waiting", 1)]
    assert [deliveries.find_activity(db, said.uri) is not None for said in (public, private, waiting)] == [True, False, True]


def test_an_order_key_is_the_same_for_one_inbox_and_object_and_fits_a_column():
    key = deliveries.order_key("https://a.example/inbox", "https://here.example/p/1")
    assert key == deliveries.order_key("https://a.example/inbox", "https://here.example/p/1")
    assert key != deliveries.order_key("https://b.example/inbox", "https://here.example/p/1")
    assert 0 <= key < 1 << 63
