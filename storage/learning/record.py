"""What somebody's record holds: answers of theirs that those who asked accepted."""

from dataclasses import dataclass

from storage.database import Connection
from storage.posts import ACTIVE, visible
from storage.timelines import BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Accepted:
    """An answer that was accepted. id is the key to page by."""

    id: int  # of the question
    answer_id: int
    asker_id: int


_ACCEPTED = f"""
    SELECT s.post_id, p.id, q.account_id FROM asks s JOIN posts q ON q.id = s.post_id JOIN accounts w ON w.id = q.account_id
    JOIN posts p ON p.id = s.accepted_id JOIN accounts a ON a.id = p.account_id
    WHERE s.answerer_id = :account AND s.post_id < :before AND {ACTIVE} AND w.suspended_ms IS NULL AND {visible("p")} AND {visible("q")}
    ORDER BY s.post_id DESC LIMIT :limit"""


def list_accepted(db: Connection, account_id: int, viewer_id: int, limit: int, before: int = BEFORE_ALL) -> list[Accepted]:
    """Somebody's accepted answers, newest question first, where the viewer may see both question and answer."""
    parameters = {"account": account_id, "viewer": viewer_id, "before": before, "limit": limit}
    return [Accepted(*row) for row in db.execute(_ACCEPTED, parameters).fetchall()]
