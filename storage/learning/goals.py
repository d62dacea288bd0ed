"""Goals, what is linked to them, and what somebody's record shows of a competency."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.learning import awards
from storage.posts import ACTIVE, visible
from storage.records import Post, columns


@dataclass(frozen=True, slots=True)
class Linked:
    """A post that leads to a goal, or speaks for it. added_ms: when it was linked."""

    post: Post
    added_ms: int


_LIST = f"""
    SELECT {columns(Post, "p.")} FROM goals g JOIN posts p ON p.id = g.post_id JOIN accounts a ON a.id = p.account_id
    WHERE p.account_id = :account AND {ACTIVE} AND {visible("p")}
    ORDER BY CASE g.status WHEN 'active' THEN 0 WHEN 'paused' THEN 1 WHEN 'reached' THEN 2 ELSE 3 END,
             coalesce(g.due_ms, 9223372036854775807), p.id DESC LIMIT :limit"""
_OPEN_GOALS = f"""
    SELECT {columns(Post, "p.")} FROM goals g JOIN posts p ON p.id = g.post_id
    WHERE p.account_id = :account AND g.status IN ('active', 'paused') ORDER BY p.id"""
_LINKED = f"""
    SELECT l.added_ms, {columns(Post, "p.")} FROM goal_links l JOIN posts p ON p.id = l.post_id JOIN accounts a ON a.id = p.account_id
    WHERE l.goal_id = :goal AND {ACTIVE} AND {visible("p")} ORDER BY l.added_ms, p.id"""
_GOALS_OF = f"""
    SELECT {columns(Post, "p.")} FROM goal_links l JOIN posts p ON p.id = l.goal_id JOIN accounts a ON a.id = p.account_id
    WHERE l.post_id = :post AND {ACTIVE} AND {visible("p")} ORDER BY p.id"""
_SHOWN = f"""
    SELECT c.label FROM asks s JOIN post_competencies c ON c.post_id = s.post_id
    WHERE s.answerer_id = :account AND c.label IN (:labels)
    UNION SELECT c.label FROM awards w JOIN award_competencies c ON c.award_id = w.id
    WHERE w.recipient_id = :account AND w.state IN ('accepted', 'public') AND {awards.counts("w")}
      AND c.label IN (:labels)"""


def list_goals(db: Connection, account_id: int, viewer_id: int, limit: int) -> list[Post]:
    """Somebody's goals that the viewer may see: open ones first, the next due before others."""
    parameters = {"account": account_id, "viewer": viewer_id, "limit": limit}
    return [Post(*row) for row in db.execute(_LIST, parameters).fetchall()]


def list_open(db: Connection, account_id: int) -> list[Post]:
    """Somebody's goals that are neither reached nor dropped."""
    return [Post(*row) for row in db.execute(_OPEN_GOALS, {"account": account_id}).fetchall()]


def add_link(db: Connection, goal_id: int, post_id: int, now_ms: int) -> bool:
    """True where a post is linked to a goal from now on."""
    sql = "INSERT INTO goal_links (goal_id, post_id, added_ms) VALUES (:goal, :post, :now) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"goal": goal_id, "post": post_id, "now": now_ms}).rowcount == 1


def remove_link(db: Connection, goal_id: int, post_id: int) -> bool:
    """True where a post was linked to a goal."""
    sql = "DELETE FROM goal_links WHERE goal_id = :goal AND post_id = :post"
    return db.execute(sql, {"goal": goal_id, "post": post_id}).rowcount == 1


def list_linked(db: Connection, goal_id: int, viewer_id: int) -> list[Linked]:
    """What is linked to a goal and the viewer may see, oldest link first."""
    rows = db.execute(_LINKED, {"goal": goal_id, "viewer": viewer_id}).fetchall()
    return [Linked(Post(*row[1:]), row[0]) for row in rows]


def list_goals_of(db: Connection, post_id: int, viewer_id: int) -> list[Post]:
    """The goals that a post is linked to and the viewer may see."""
    return [Post(*row) for row in db.execute(_GOALS_OF, {"post": post_id, "viewer": viewer_id}).fetchall()]


def list_shown(db: Connection, account_id: int, labels: Sequence[str]) -> set[str]:
    """Those of some competencies (by label) that somebody's record speaks for: an achievement, or an answer that was accepted."""
    rows = db.execute(*with_list(_SHOWN, "labels", set(labels), account=account_id)).fetchall()
    return {row[0] for row in rows}
