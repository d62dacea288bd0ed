"""Cohorts: people who go through something in a community together, from one day to another."""

from dataclasses import dataclass

from storage.database import Connection
from storage.posts import ACTIVE
from storage.records import Account, columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort of a community. ended: whether its people are alumni already."""

    id: int
    community_id: int
    name: str
    starts_ms: int
    ends_ms: int
    ended: bool = False


_ADD = f"INSERT INTO cohorts ({columns(Cohort)}) VALUES ({placeholders(Cohort)})"
_ONE = f"SELECT {columns(Cohort)} FROM cohorts WHERE id = :id"
_LIST = f"SELECT {columns(Cohort)} FROM cohorts WHERE community_id = :community ORDER BY starts_ms DESC LIMIT :limit"
_DUE = f"SELECT {columns(Cohort)} FROM cohorts WHERE NOT ended AND ends_ms <= :now ORDER BY ends_ms LIMIT 100"
_PEOPLE = f"""
    SELECT {columns(Account, "a.")} FROM cohort_members c JOIN accounts a ON a.id = c.account_id
    WHERE c.cohort_id = :cohort AND {ACTIVE} ORDER BY a.id LIMIT :limit"""


def add_cohort(db: Connection, cohort: Cohort) -> None:
    """Keeps a new cohort."""
    db.execute(_ADD, values(cohort))


def find_cohort(db: Connection, cohort_id: int) -> Cohort | None:
    """A cohort, or None."""
    row = db.execute(_ONE, {"id": cohort_id}).fetchone()
    return Cohort(*row) if row else None


def list_cohorts(db: Connection, community_id: int, limit: int = 100) -> list[Cohort]:
    """A community's cohorts, the latest first."""
    return [Cohort(*row) for row in db.execute(_LIST, {"community": community_id, "limit": limit}).fetchall()]


def list_due(db: Connection, now_ms: int) -> list[Cohort]:
    """Cohorts whose last day is over and whose people are not alumni yet."""
    return [Cohort(*row) for row in db.execute(_DUE, {"now": now_ms}).fetchall()]


def set_ended(db: Connection, cohort_id: int) -> None:
    """A cohort's people are alumni from now on."""
    db.execute("UPDATE cohorts SET ended = :yes WHERE id = :id", {"id": cohort_id, "yes": True})


def add_cohort_member(db: Connection, cohort_id: int, account_id: int) -> bool:
    """True where somebody is in the cohort only now."""
    sql = "INSERT INTO cohort_members (cohort_id, account_id) VALUES (:cohort, :account) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"cohort": cohort_id, "account": account_id}).rowcount == 1


def remove_cohort_member(db: Connection, cohort_id: int, account_id: int) -> bool:
    """True where somebody was in the cohort."""
    sql = "DELETE FROM cohort_members WHERE cohort_id = :cohort AND account_id = :account"
    return db.execute(sql, {"cohort": cohort_id, "account": account_id}).rowcount == 1


def list_cohort_members(db: Connection, cohort_id: int, limit: int = 500) -> list[Account]:
    """Who is, or was, in a cohort."""
    return [Account(*row) for row in db.execute(_PEOPLE, {"cohort": cohort_id, "limit": limit}).fetchall()]
