"""What people agreed to, as learners: that questions are brought to them, that others see their network."""

from dataclasses import dataclass

from storage.database import Connection


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
