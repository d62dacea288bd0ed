"""Whom questions were brought to and why, and who may know an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from storage.database import Connection, one_value, with_list
from storage.records import Account, columns, loaded

Reason = tuple[str, str, int]  # kind (answers, resources, posts), competency, how many


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody's record says about one competency, given by its label."""

    account_id: int
    kind: str
    label: str
    count: int


def _willing(account: str) -> str:
    """The condition that one of ours wants to be asked, and by `:asker`."""
    return f"""
    EXISTS (SELECT 1 FROM learners l JOIN users u ON u.account_id = l.account_id JOIN accounts a ON a.id = l.account_id
        WHERE l.account_id = {account} AND l.answers_questions AND u.disabled_ms IS NULL
          AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL AND a.mode <> 'supervised')
    AND {account} <> :asker
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = {account} AND b.target_id = :asker)
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :asker AND b.target_id = {account})
    AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = {account} AND m.target_id = :asker)
    AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = :asker AND m.target_id = {account})"""


_OPEN = "p.visibility <= 1"  # what is not for everybody is no reason that others are told
_ANSWERS = f"""
    SELECT s.answerer_id, 'answers', c.label, count(DISTINCT s.post_id) FROM post_competencies c JOIN asks s ON s.post_id = c.post_id
    JOIN posts q ON q.id = s.post_id JOIN posts p ON p.id = s.accepted_id
    WHERE c.label IN (:labels) AND q.visibility <= 1 AND {_OPEN} AND {_willing("s.answerer_id")} GROUP BY s.answerer_id, c.label"""
_RESOURCES = f"""
    SELECT p.account_id, 'resources', c.label, count(DISTINCT p.id) FROM post_competencies c JOIN posts p ON p.id = c.post_id
    WHERE c.label IN (:labels) AND {_OPEN} AND NOT EXISTS (SELECT 1 FROM asks s WHERE s.post_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM goals g WHERE g.post_id = p.id) AND {_willing("p.account_id")}
    GROUP BY p.account_id, c.label"""
_POSTS = f"""
    SELECT p.account_id, 'posts', t.name, count(*) FROM tags t JOIN post_tags pt ON pt.tag_id = t.id JOIN posts p ON p.id = pt.post_id
    WHERE t.name IN (:labels) AND {_OPEN} AND NOT EXISTS (SELECT 1 FROM asks s WHERE s.post_id = p.id) AND {_willing("p.account_id")}
    GROUP BY p.account_id, t.name"""
_ASKED = f"SELECT d.reasons, {columns(Account, 'a.')} FROM asked d JOIN accounts a ON a.id = d.account_id WHERE d.post_id = :post"
_WHY = "SELECT post_id, reasons FROM asked WHERE account_id = :account AND post_id IN (:ids)"
_BROUGHT = """
    SELECT count(*) FROM posts p WHERE p.account_id = :account AND p.id > :since
    AND EXISTS (SELECT 1 FROM asked d WHERE d.post_id = p.id)"""


def list_facts(db: Connection, asker_id: int, labels: Sequence[str]) -> list[Fact]:
    """What the records of those say who agreed to be asked, and whom nothing stands between and the asker."""
    found: list[Fact] = []
    for statement in (_ANSWERS, _RESOURCES, _POSTS):
        found += [Fact(*row) for row in db.execute(*with_list(statement, "labels", set(labels), asker=asker_id)).fetchall()]
    return found


def add_asked(db: Connection, post_id: int, account_id: int, reasons: Sequence[Reason]) -> bool:
    """True where the question is brought to somebody for the first time."""
    sql = "INSERT INTO asked (post_id, account_id, reasons) VALUES (:post, :account, :reasons) ON CONFLICT DO NOTHING"
    stated = orjson.dumps(reasons).decode()
    return db.execute(sql, {"post": post_id, "account": account_id, "reasons": stated}).rowcount == 1


def list_asked(db: Connection, post_id: int) -> list[tuple[Account, list[Reason]]]:
    """Whom a question was brought to, and why."""
    rows = db.execute(_ASKED, {"post": post_id}).fetchall()
    return [(Account(*row[1:]), _reasons(row[0])) for row in rows]


def list_reasons(db: Connection, account_id: int, post_ids: Sequence[int]) -> dict[int, list[Reason]]:
    """Why some questions were brought to somebody, by question."""
    rows = db.execute(*with_list(_WHY, "ids", set(post_ids), account=account_id)).fetchall()
    return {post_id: _reasons(stated) for post_id, stated in rows}


def count_brought(db: Connection, asker_id: int, since_id: int) -> int:
    """How many questions of somebody, newer than an id, were brought to others."""
    return int(one_value(db.execute(_BROUGHT, {"account": asker_id, "since": since_id})))


def _reasons(text: str) -> list[Reason]:
    return [(kind, competency, count) for kind, competency, count in loaded(text)]
