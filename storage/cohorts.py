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
_OPEN_TO = f"""
    SELECT {columns(Cohort, "c.")} FROM cohorts c
    JOIN follows f ON f.followee_id = c.community_id AND f.follower_id = :account AND f.state = 'accepted'
    WHERE c.ends_ms > :now AND NOT EXISTS (SELECT 1 FROM cohort_members m WHERE m.cohort_id = c.id AND m.account_id = :account)
    ORDER BY c.starts_ms DESC LIMIT 100"""
_PEOPLE = f"""
    SELECT {columns(Account, "a.")} FROM cohort_members c JOIN accounts a ON a.id = c.account_id
    WHERE c.cohort_id = :cohort AND {ACTIVE} ORDER BY a.id LIMIT :limit"""


_IS_CLASS = """
    SELECT 1 FROM follows f JOIN accounts a ON a.id = f.follower_id
    WHERE f.followee_id = :community AND f.state = 'accepted' AND a.mode = 'supervised'
    UNION SELECT 1 FROM cohorts c JOIN cohort_members m ON m.cohort_id = c.id JOIN accounts a ON a.id = m.account_id
    WHERE c.community_id = :community AND a.mode = 'supervised' LIMIT 1"""


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


def list_open_to(db: Connection, account_id: int, now_ms: int) -> list[Cohort]:
    """Cohorts that have not ended, of the communities that an account belongs to, without those that it is in."""
    return [Cohort(*row) for row in db.execute(_OPEN_TO, {"account": account_id, "now": now_ms}).fetchall()]


def list_due(db: Connection, now_ms: int) -> list[Cohort]:
    """Cohorts whose last day is over and whose people are not alumni yet."""
    return [Cohort(*row) for row in db.execute(_DUE, {"now": now_ms}).fetchall()]


def set_ended(db: Connection, cohort_id: int) -> None:
    """A cohort's people are alumni from now on."""
    db.execute("UPDATE cohorts SET ended = :yes WHERE id = :id", {"id": cohort_id, "yes": True})


def add_cohort_member(db: Connection, cohort_id: int, account_id: int, guardian_id: int | None = None) -> bool:
    """True where somebody is in the cohort only now. guardian_id: of a supervised account, who enrolled it."""
    sql = "INSERT INTO cohort_members (cohort_id, account_id, guardian_id) VALUES (:cohort, :account, :guardian) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"cohort": cohort_id, "account": account_id, "guardian": guardian_id}).rowcount == 1


def is_class(db: Connection, community_id: int) -> bool:
    """Whether a supervised account is a member of a community or of one of its cohorts."""
    return db.execute(_IS_CLASS, {"community": community_id}).fetchone() is not None


def remove_cohort_member(db: Connection, cohort_id: int, account_id: int) -> bool:
    """True where somebody was in the cohort."""
    sql = "DELETE FROM cohort_members WHERE cohort_id = :cohort AND account_id = :account"
    return db.execute(sql, {"cohort": cohort_id, "account": account_id}).rowcount == 1


def list_cohort_members(db: Connection, cohort_id: int, limit: int = 500) -> list[Account]:
    """Who is, or was, in a cohort."""
    return [Account(*row) for row in db.execute(_PEOPLE, {"cohort": cohort_id, "limit": limit}).fetchall()]
