"""Work that is done outside of any request: put down in one transaction, leased by workers."""

from collections.abc import Sequence

from storage.database import Connection, one_value, with_list
from storage.records import Job, columns

_LEASE = f"""
    WITH due AS MATERIALIZED (  -- a subquery may be run once for each row, and skip what it has locked: more than the limit
        SELECT id FROM jobs WHERE next_ms <= :now ORDER BY next_ms, id LIMIT :limit /*pg: FOR UPDATE SKIP LOCKED*/)
    UPDATE jobs SET next_ms = :until, attempts = attempts + 1 WHERE id IN (SELECT id FROM due)
    RETURNING {columns(Job)}"""
_RENEW = "UPDATE jobs SET next_ms = :until WHERE next_ms < :until AND id IN (:ids)"
_RETURN = "UPDATE jobs SET next_ms = :now, attempts = attempts - 1 WHERE id IN (:ids)"


def add_job(db: Connection, kind: str, payload: str, now_ms: int, key: str = "") -> None:
    """Puts work down; a second job with the same kind and key is not added while the first waits."""
    db.execute(
        "INSERT INTO jobs (kind, key, payload, next_ms) VALUES (:kind, :key, :payload, :now) ON CONFLICT DO NOTHING",
        {"kind": kind, "key": key, "payload": payload, "now": now_ms},
    )


def lease_jobs(db: Connection, now_ms: int, until_ms: int, limit: int) -> list[Job]:
    """Takes due jobs until a moment, those first that have waited longest."""
    rows = db.execute(_LEASE, {"now": now_ms, "until": until_ms, "limit": limit}).fetchall()
    return sorted((Job(*row) for row in rows), key=lambda job: job.id)


def renew_jobs(db: Connection, ids: Sequence[int], until_ms: int) -> None:
    """Keeps leased jobs for longer: they are still being done."""
    db.execute(*with_list(_RENEW, "ids", ids, until=until_ms))


def remove_job(db: Connection, job_id: int) -> None:
    """The work is done, or will never be."""
    db.execute("DELETE FROM jobs WHERE id = :id", {"id": job_id})


def postpone_job(db: Connection, job_id: int, next_ms: int, error: str) -> None:
    """The work failed and is tried again at a moment."""
    db.execute("UPDATE jobs SET next_ms = :next, error = :error WHERE id = :id", {"id": job_id, "next": next_ms, "error": error})


def return_jobs(db: Connection, ids: Sequence[int], now_ms: int) -> None:
    """Puts leases back: a worker stops."""
    db.execute(*with_list(_RETURN, "ids", ids, now=now_ms))


def free_leases(db: Connection, now_ms: int) -> int:
    """Puts back what a worker that is no more had taken once, and answers how many; what failed before, or comes back by the clock, waits.

    A second lease ends by itself: were it the job that kills the worker, the node would die at each start.
    """
    sql = "UPDATE jobs SET next_ms = :now WHERE attempts = 1 AND error = '' AND key <> 'again' AND next_ms > :now"
    return db.execute(sql, {"now": now_ms}).rowcount


def next_job_ms(db: Connection) -> int | None:
    """When the next job falls due, or None where there is none."""
    due: int | None = one_value(db.execute("SELECT min(next_ms) FROM jobs"))
    return due


def count_jobs(db: Connection) -> int:
    """How many jobs wait."""
    return int(one_value(db.execute("SELECT count(*) FROM jobs")))
