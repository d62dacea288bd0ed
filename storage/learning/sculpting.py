"""What the people around a learner bring towards some competencies, and who outside of the network would."""

from collections.abc import Sequence

from storage.database import Connection, with_list
from storage.learning import awards, endorsements
from storage.learning.questions import Fact

_FOLLOWED = "FROM follows f JOIN accounts a ON a.id = f.followee_id WHERE f.follower_id = :viewer AND f.state = 'accepted'"
_ACTIVE = "a.suspended_ms IS NULL AND a.deleted_ms IS NULL"
_BY_FOLLOWED = f"p.account_id IN (SELECT f.followee_id {_FOLLOWED} AND {_ACTIVE})"
_TAGGED = f"""
    SELECT p.account_id, 'posts', t.name, count(*) FROM tags t JOIN post_tags pt ON pt.tag_id = t.id
    JOIN posts q ON q.id = pt.post_id JOIN posts p ON coalesce(p.boost_of_id, p.id) = q.id
    WHERE t.name IN (:labels) AND p.id > :since AND p.visibility <= 2 AND {_BY_FOLLOWED} GROUP BY p.account_id, t.name"""
_TAUGHT = f"""
    SELECT p.account_id, 'resources', c.label, count(DISTINCT p.id) FROM post_competencies c JOIN posts p ON p.id = c.post_id
    WHERE c.label IN (:labels) AND p.visibility <= 2 AND NOT EXISTS (SELECT 1 FROM asks s WHERE s.post_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM goals g WHERE g.post_id = p.id) AND {_BY_FOLLOWED} GROUP BY p.account_id, c.label"""
_ANSWERED = f"""
    SELECT p.account_id, 'answers', c.label, count(DISTINCT s.post_id) FROM post_competencies c JOIN asks s ON s.post_id = c.post_id
    JOIN posts p ON p.id = s.accepted_id AND p.account_id = s.answerer_id
    WHERE c.label IN (:labels) AND p.visibility <= 2 AND {_BY_FOLLOWED} GROUP BY p.account_id, c.label"""
_ENDORSED = f"""
    SELECT e.endorser_id, 'endorsements', c.label, count(DISTINCT e.id) FROM endorsements e
    JOIN award_competencies c ON c.award_id = e.award_id JOIN awards w ON w.id = e.award_id
    WHERE e.recipient_id = :viewer AND {endorsements.counts("e")} AND {awards.counts("w")} AND c.label IN (:labels)
      AND e.endorser_id IN (SELECT f.followee_id {_FOLLOWED} AND {_ACTIVE}) GROUP BY e.endorser_id, c.label"""
_STRANGER = f"""
    a.discoverable AND a.mode <> 'supervised' AND {_ACTIVE} AND a.id <> :viewer
    AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = :viewer AND f.followee_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :viewer)
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :viewer AND b.target_id = a.id)
    AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = :viewer AND m.target_id = a.id)"""
_TAGGED_ELSEWHERE = f"""
    SELECT p.account_id, 'posts', t.name, count(*) FROM tags t JOIN post_tags pt ON pt.tag_id = t.id
    JOIN posts p ON p.id = pt.post_id JOIN accounts a ON a.id = p.account_id
    WHERE t.name IN (:labels) AND p.id > :since AND p.visibility = 0 AND {_STRANGER} GROUP BY p.account_id, t.name"""
_TAUGHT_ELSEWHERE = f"""
    SELECT p.account_id, 'resources', c.label, count(DISTINCT p.id) FROM post_competencies c JOIN posts p ON p.id = c.post_id
    JOIN accounts a ON a.id = p.account_id
    WHERE c.label IN (:labels) AND p.visibility = 0 AND NOT EXISTS (SELECT 1 FROM asks s WHERE s.post_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM goals g WHERE g.post_id = p.id) AND {_STRANGER} GROUP BY p.account_id, c.label"""
_INTERPLAY = """
    SELECT q.account_id FROM posts p JOIN posts q ON q.id = coalesce(p.boost_of_id, p.in_reply_to_id)
    WHERE p.account_id = :viewer AND p.id > :since
    UNION SELECT p.account_id FROM likes l JOIN posts p ON p.id = l.post_id WHERE l.account_id = :viewer AND l.created_ms > :since_ms"""


def list_brought(db: Connection, viewer_id: int, labels: Sequence[str], since_id: int) -> list[Fact]:
    """What those whom the viewer follows bring towards some competencies: posts and boosts since an id, and whatever teaches or answers."""
    found: list[Fact] = []
    for statement in (_TAGGED, _TAUGHT, _ANSWERED, _ENDORSED):
        parameters = with_list(statement, "labels", set(labels), viewer=viewer_id, since=since_id)
        found += [Fact(*row) for row in db.execute(*parameters).fetchall()]
    return found


def list_elsewhere(db: Connection, viewer_id: int, labels: Sequence[str], since_id: int) -> list[Fact]:
    """The same of people and communities whom the viewer does not follow and who want to be found, as far as it is public."""
    found: list[Fact] = []
    for statement in (_TAGGED_ELSEWHERE, _TAUGHT_ELSEWHERE):
        parameters = with_list(statement, "labels", set(labels), viewer=viewer_id, since=since_id)
        found += [Fact(*row) for row in db.execute(*parameters).fetchall()]
    return found


def list_heard(db: Connection, viewer_id: int, since_id: int, since_ms: int) -> set[int]:
    """Whom the viewer answered, boosted or liked since a moment."""
    return {row[0] for row in db.execute(_INTERPLAY, {"viewer": viewer_id, "since": since_id, "since_ms": since_ms}).fetchall()}
