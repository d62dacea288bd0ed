"""What people agreed to, as learners: that questions are brought to them, that others see their network."""

from dataclasses import dataclass

from storage.database import Connection
from storage.records import Account, columns

_COMMUNITIES = f"""
    SELECT {columns(Account, "a.")} FROM follows f JOIN accounts a ON a.id = f.followee_id
    WHERE f.follower_id = :id AND f.state = 'accepted' AND a.type = 'Group' AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL
    ORDER BY lower(a.name), a.id LIMIT :limit"""


@dataclass(frozen=True, slots=True)
class Learner:
    """Nothing is agreed to until somebody says so."""

    answers_questions: bool = False
    shows_network: bool = False


def find_learner(db: Connection, account_id: int) -> Learner:
    """What somebody agreed to."""
    row = db.execute("SELECT answers_questions, shows_network FROM learners WHERE account_id = :id", {"id": account_id}).fetchone()
    return Learner() if row is None else Learner(bool(row[0]), bool(row[1]))


def save_learner(db: Connection, account_id: int, learner: Learner) -> None:
    """Keeps what somebody agrees to now."""
    db.execute(
        "INSERT INTO learners (account_id, answers_questions, shows_network) VALUES (:id, :answers, :shows)"
        " ON CONFLICT (account_id) DO UPDATE SET answers_questions = excluded.answers_questions, shows_network = excluded.shows_network",
        {"id": account_id, "answers": learner.answers_questions, "shows": learner.shows_network},
    )


def list_communities(db: Connection, account_id: int, limit: int = 100) -> list[Account]:
    """The communities that somebody belongs to, ours and others', by name."""
    return [Account(*row) for row in db.execute(_COMMUNITIES, {"id": account_id, "limit": limit}).fetchall()]
