"""Jobs: put down once, leased, tried again."""

from storage import jobs
from tests.storage.rows import MINUTE, START_MS, plan_poorly

NOW = START_MS


def kinds(leased):
    return [job.kind for job in leased]


def test_a_job_with_a_key_waits_once_and_one_without_as_often_as_it_is_put_down(db):
    for _ in range(2):
        jobs.add_job(db, "refresh", '{"uri": 1}', NOW, key="https://far.example/1")
        jobs.add_job(db, "take_in", "{}", NOW)
    jobs.add_job(db, "refresh", "{}", NOW, key="https://far.example/2")
    jobs.add_job(db, "other", "{}", NOW, key="https://far.example/1")
    assert jobs.count_jobs(db) == 5


def test_due_jobs_are_leased_those_first_that_waited_longest(db):
    for kind, at in (("third", NOW), ("first", NOW - 2), ("later", NOW + 1), ("second", NOW - 1)):
        jobs.add_job(db, kind, "{}", at)
    assert set(kinds(jobs.lease_jobs(db, NOW, NOW + MINUTE, 2))) == {"first", "second"}
    assert kinds(jobs.lease_jobs(db, NOW, NOW + MINUTE, 10)) == ["third"]
    assert jobs.lease_jobs(db, NOW, NOW + MINUTE, 10) == []
    assert jobs.next_job_ms(db) == NOW + 1


def test_a_lease_counts_as_an_attempt_and_runs_out(db):
    jobs.add_job(db, "take_in", '{"a": 1}', NOW)
    (job,) = jobs.lease_jobs(db, NOW, NOW + MINUTE, 1)
    assert (job.payload, job.attempts, job.next_ms) == ('{"a": 1}', 1, NOW + MINUTE)
    (again,) = jobs.lease_jobs(db, NOW + MINUTE, NOW + 2 * MINUTE, 1)
    assert (again.id, again.attempts) == (job.id, 2)


def test_a_job_that_is_done_is_gone_and_its_key_free(db):
    jobs.add_job(db, "refresh", "{}", NOW, key="k")
    (job,) = jobs.lease_jobs(db, NOW, NOW + MINUTE, 1)
    jobs.remove_job(db, job.id)
    assert jobs.count_jobs(db) == 0
    jobs.add_job(db, "refresh", "{}", NOW, key="k")
    assert jobs.count_jobs(db) == 1


def test_a_job_that_failed_is_tried_later_with_the_error_noted(db):
    jobs.add_job(db, "take_in", "{}", NOW)
    (job,) = jobs.lease_jobs(db, NOW, NOW + MINUTE, 1)
    jobs.postpone_job(db, job.id, NOW + 5 * MINUTE, "no answer")
    assert jobs.lease_jobs(db, NOW + MINUTE, NOW + 2 * MINUTE, 1) == []
    (again,) = jobs.lease_jobs(db, NOW + 5 * MINUTE, NOW + 6 * MINUTE, 1)
    assert (again.error, again.attempts) == ("no answer", 2)


def test_a_worker_that_stops_puts_its_jobs_back_as_if_never_tried(db):
    for _ in range(3):
        jobs.add_job(db, "take_in", "{}", NOW)
    leased = jobs.lease_jobs(db, NOW, NOW + MINUTE, 3)
    jobs.return_jobs(db, [job.id for job in leased], NOW)
    assert [job.attempts for job in jobs.lease_jobs(db, NOW, NOW + MINUTE, 3)] == [1, 1, 1]
    jobs.return_jobs(db, [], NOW)


def test_what_a_killed_worker_had_taken_is_put_back_and_what_failed_or_comes_back_by_the_clock_is_not(db):
    jobs.add_job(db, "taken", "{}", NOW)
    jobs.add_job(db, "failed", "{}", NOW)
    jobs.add_job(db, "tidy", "{}", NOW, key="again")
    leased = {job.kind: job.id for job in jobs.lease_jobs(db, NOW, NOW + MINUTE, 10)}
    jobs.postpone_job(db, leased["failed"], NOW + MINUTE, "no answer")
    jobs.postpone_job(db, leased["tidy"], NOW + MINUTE, "")
    assert jobs.free_leases(db, NOW) == 1
    assert [(job.kind, job.attempts) for job in jobs.lease_jobs(db, NOW, NOW + MINUTE, 10)] == [("taken", 2)]


def test_a_job_with_which_the_worker_ended_twice_is_not_due_at_once_again(db):
    jobs.add_job(db, "fatal", "{}", NOW)
    jobs.lease_jobs(db, NOW, NOW + MINUTE, 10)
    assert jobs.free_leases(db, NOW) == 1
    jobs.lease_jobs(db, NOW, NOW + MINUTE, 10)
    assert jobs.free_leases(db, NOW) == 0
    assert [job.attempts for job in jobs.lease_jobs(db, NOW + MINUTE, NOW + 2 * MINUTE, 10)] == [3]


def test_where_no_job_waits_none_is_next(db):
    assert jobs.next_job_ms(db) is None


def test_no_plan_leases_more_than_the_limit(db):
    plan_poorly(db)
    for number in range(20):
        jobs.add_job(db, f"kind{number}", "{}", NOW)
    assert len(jobs.lease_jobs(db, NOW, NOW + MINUTE, 1)) == 1
