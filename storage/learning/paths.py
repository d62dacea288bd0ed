"""Paths: which there are, who started them, which steps are done, and which newcomers are offered."""

from dataclasses import dataclass

from storage.database import Connection, one_value, with_list
from storage.posts import ACTIVE, visible
from storage.records import Account, Post, columns, placeholders, values
from storage.timelines import BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Done:
    """A step that somebody did. step: its key; reflection_id: the post in which they say what they learned."""

    account_id: int
    post_id: int
    step: str
    done_ms: int
    evidence_url: str = ""
    reflection_id: int | None = None


_MAY = f"""{ACTIVE} AND {visible("p")}
    AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :viewer AND x.target_id = p.account_id)"""
_PATHS = f"""
    SELECT {columns(Post, "p.")} FROM paths t CROSS JOIN posts p CROSS JOIN accounts a
    WHERE p.id = t.post_id AND a.id = p.account_id AND t.post_id < :before AND {_MAY} ORDER BY t.post_id DESC LIMIT :limit"""
_STARTED = f"""
    SELECT {columns(Post, "p.")} FROM path_starts s JOIN posts p ON p.id = s.post_id JOIN accounts a ON a.id = p.account_id
    WHERE s.account_id = :viewer AND {_MAY} ORDER BY s.started_ms DESC, s.post_id DESC LIMIT :limit"""
_BEST = f"""
    SELECT {columns(Post, "p.")} FROM post_competencies c JOIN paths t ON t.post_id = c.post_id JOIN posts p ON p.id = t.post_id
    JOIN accounts a ON a.id = p.account_id WHERE c.label IN (:labels) AND {_MAY}
    ORDER BY (SELECT count(*) FROM path_starts s WHERE s.post_id = p.id) DESC, p.id DESC LIMIT 1"""
_TOWARDS = f"""
    SELECT DISTINCT {columns(Post, "p.")} FROM post_competencies c JOIN paths t ON t.post_id = c.post_id JOIN posts p ON p.id = t.post_id
    JOIN accounts a ON a.id = p.account_id WHERE (c.label = :label OR c.url = :url) AND {_MAY} ORDER BY p.id DESC LIMIT :limit"""
_OF_COMMUNITY = f"""
    SELECT {columns(Post, "p.")} FROM posts p JOIN paths t ON t.post_id = p.id JOIN accounts a ON a.id = p.account_id
    WHERE p.audience_uri = :community AND p.visibility <= 1 AND p.id < :before AND {ACTIVE} ORDER BY p.id DESC LIMIT :limit"""
_COUNT_OF_COMMUNITY = f"""
    SELECT count(*) FROM posts p JOIN paths t ON t.post_id = p.id JOIN accounts a ON a.id = p.account_id
    WHERE p.audience_uri = :community AND p.visibility <= 1 AND {ACTIVE}"""
_DONE = f"SELECT {columns(Done)} FROM path_steps WHERE account_id = :account AND post_id = :post ORDER BY done_ms, step"
_SAVE = f"""
    INSERT INTO path_steps ({columns(Done)}) VALUES ({placeholders(Done)}) ON CONFLICT (account_id, post_id, step)
    DO UPDATE SET evidence_url = excluded.evidence_url, reflection_id = coalesce(excluded.reflection_id, path_steps.reflection_id)"""
_OFFERING = f"""
    SELECT {columns(Account, "a.")} FROM newcomer_paths n JOIN accounts a ON a.id = n.community_id WHERE n.post_id = :post ORDER BY a.id"""


def list_paths(db: Connection, viewer_id: int, limit: int, before: int = BEFORE_ALL) -> list[Post]:
    """Paths that the viewer may see, newest first."""
    return [Post(*row) for row in db.execute(_PATHS, {"viewer": viewer_id, "before": before, "limit": limit}).fetchall()]


def list_started(db: Connection, account_id: int, limit: int) -> list[Post]:
    """Paths that somebody has started and may still see, the newest start first."""
    return [Post(*row) for row in db.execute(_STARTED, {"viewer": account_id, "limit": limit}).fetchall()]


def find_best(db: Connection, viewer_id: int, labels: list[str]) -> Post | None:
    """The path towards some competencies that most people here have started; None where there is none."""
    row = db.execute(*with_list(_BEST, "labels", set(labels), viewer=viewer_id)).fetchone()
    return None if row is None else Post(*row)


def list_towards(db: Connection, viewer_id: int, label: str, url: str, limit: int) -> list[Post]:
    """Paths that lead to a competency, by its label or URL, and the viewer may see, newest first."""
    parameters = {"viewer": viewer_id, "label": label, "url": url, "limit": limit}
    return [Post(*row) for row in db.execute(_TOWARDS, parameters).fetchall()]


def list_of_community(db: Connection, community_uri: str, limit: int, before: int = BEFORE_ALL) -> list[Post]:
    """Paths that were laid out in public for a community, newest first."""
    parameters = {"community": community_uri, "before": before, "limit": limit}
    return [Post(*row) for row in db.execute(_OF_COMMUNITY, parameters).fetchall()]


def count_of_community(db: Connection, community_uri: str) -> int:
    """How many those are."""
    return int(one_value(db.execute(_COUNT_OF_COMMUNITY, {"community": community_uri})))


def start(db: Connection, account_id: int, post_id: int, now_ms: int) -> bool:
    """True where somebody had not started the path before."""
    sql = "INSERT INTO path_starts (account_id, post_id, started_ms) VALUES (:account, :post, :now) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"account": account_id, "post": post_id, "now": now_ms}).rowcount == 1


def has_started(db: Connection, account_id: int, post_id: int) -> bool:
    """Whether somebody has started a path."""
    sql = "SELECT 1 FROM path_starts WHERE account_id = :account AND post_id = :post"
    return db.execute(sql, {"account": account_id, "post": post_id}).fetchone() is not None


def leave(db: Connection, account_id: int, post_id: int) -> None:
    """Forgets that somebody was on a path, and what they did there; their reflections stay posts."""
    for sql in (
        "DELETE FROM path_steps WHERE account_id = :account AND post_id = :post",
        "DELETE FROM path_starts WHERE account_id = :account AND post_id = :post",
    ):
        db.execute(sql, {"account": account_id, "post": post_id})


def save_done(db: Connection, done: Done) -> None:
    """A step is done; one that was done already takes the new evidence."""
    db.execute(_SAVE, values(done))


def remove_done(db: Connection, account_id: int, post_id: int, step: str) -> None:
    """A step is not done after all."""
    sql = "DELETE FROM path_steps WHERE account_id = :account AND post_id = :post AND step = :step"
    db.execute(sql, {"account": account_id, "post": post_id, "step": step})


def list_done(db: Connection, account_id: int, post_id: int) -> list[Done]:
    """What somebody has done of a path, in the order in which they did it."""
    return [Done(*row) for row in db.execute(_DONE, {"account": account_id, "post": post_id}).fetchall()]


def set_newcomer_path(db: Connection, community_id: int, post_id: int | None) -> None:
    """Newcomers to a community are offered a path, or none."""
    db.execute("DELETE FROM newcomer_paths WHERE community_id = :community", {"community": community_id})
    if post_id is not None:
        sql = "INSERT INTO newcomer_paths (community_id, post_id) VALUES (:community, :post)"
        db.execute(sql, {"community": community_id, "post": post_id})


def find_newcomer_path(db: Connection, community_id: int) -> int | None:
    """The path (its post) that newcomers to a community are offered, or None."""
    sql = "SELECT post_id FROM newcomer_paths WHERE community_id = :community"
    found: int | None = one_value(db.execute(sql, {"community": community_id}))
    return found


def list_offering(db: Connection, post_id: int) -> list[Account]:
    """The communities that offer a path to newcomers."""
    return [Account(*row) for row in db.execute(_OFFERING, {"post": post_id}).fetchall()]
