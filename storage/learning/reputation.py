"""Who vouches for whom, by signed history: endorsements that count, and answers that the person who asked accepted in public."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.learning import endorsements


@dataclass(frozen=True, slots=True)
class Voice:
    """One word of one person for another. uri: the endorsement's credential, or the question. kind: endorsement, answer."""

    uri: str
    by_id: int
    of_id: int
    kind: str


_ENDORSEMENTS = f"""
    SELECT e.uri, e.endorser_id, e.recipient_id, 'endorsement' FROM endorsements e
    WHERE e.endorser_id IN (:ids) AND {endorsements.counts("e")} AND e.endorser_id <> e.recipient_id ORDER BY e.id"""
_ANSWERS = """
    SELECT q.uri, q.account_id, s.answerer_id, 'answer' FROM asks s JOIN posts q ON q.id = s.post_id JOIN posts p ON p.id = s.accepted_id
    WHERE q.account_id IN (:ids) AND s.answerer_id <> q.account_id AND q.visibility <= 1 AND p.visibility <= 1 ORDER BY q.id"""


def list_voices(db: Connection, account_ids: Sequence[int]) -> list[Voice]:
    """For whom some people vouch."""
    found = (db.execute(*with_list(sql, "ids", account_ids)).fetchall() for sql in (_ENDORSEMENTS, _ANSWERS))
    return [Voice(*row) for rows in found for row in rows]
