"""How somebody arranges their portfolio, views of it for one audience, and what the record holds that it is drafted from."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.posts import ACTIVE, visible
from storage.records import Post, columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the learner changed of the draft. chosen: JSON {"order": [key], "hidden": [key], "shown": [key], "notes": {key: text}}."""

    account_id: int
    is_hidden: bool = False
    intro: str = ""
    chosen: str = "{}"


@dataclass(frozen=True, slots=True)
class View:
    """A chosen part for one audience, behind a secret link. items: JSON [key]; snapshots: JSON {key: signed document}."""

    id: int
    account_id: int
    title: str
    digest: bytes
    ends_ms: int | None
    items: str
    snapshots: str
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A post of the record, and when it counts from."""

    post: Post
    moment_ms: int


_ARRANGEMENT = f"SELECT {columns(Arrangement)} FROM portfolios WHERE account_id = :account"
_SAVE = f"""
    INSERT INTO portfolios ({columns(Arrangement)}) VALUES ({placeholders(Arrangement)})
    ON CONFLICT (account_id) DO UPDATE SET is_hidden = excluded.is_hidden, intro = excluded.intro, chosen = excluded.chosen"""
_ADD_VIEW = f"INSERT INTO portfolio_views ({columns(View)}) VALUES ({placeholders(View)})"
_VIEW = f"SELECT {columns(View)} FROM portfolio_views WHERE digest = :digest"
_VIEWS = f"SELECT {columns(View)} FROM portfolio_views WHERE account_id = :account AND revoked_ms IS NULL ORDER BY id DESC"
_REFLECTIONS = f"""
    SELECT p.published_ms, {columns(Post, "p.")} FROM reflections r JOIN posts p ON p.id = r.post_id JOIN accounts a ON a.id = p.account_id
    WHERE p.account_id = :account AND {ACTIVE} AND {visible("p")} ORDER BY p.id DESC LIMIT :limit"""
_ANSWERS = f"""
    SELECT p.published_ms, {columns(Post, "p.")} FROM asks s JOIN posts q ON q.id = s.post_id JOIN posts p ON p.id = s.accepted_id
    JOIN accounts a ON a.id = p.account_id
    WHERE s.answerer_id = :account AND p.account_id = :account AND {ACTIVE} AND {visible("p")} AND {visible("q")}
    ORDER BY p.id DESC LIMIT :limit"""
_WORKSHOPS = f"""
    SELECT m.starts_ms, {columns(Post, "p.")} FROM attendances t JOIN meetings m ON m.post_id = t.post_id JOIN posts p ON p.id = t.post_id
    JOIN accounts a ON a.id = p.account_id
    WHERE t.account_id = :account AND t.state = 'going' AND coalesce(m.ends_ms, m.starts_ms) < :now AND {ACTIVE} AND {visible("p")}
    ORDER BY m.starts_ms DESC LIMIT :limit"""
_STARTED = f"""
    SELECT (SELECT max(d.done_ms) FROM path_steps d WHERE d.account_id = :account AND d.post_id = p.id), {columns(Post, "p.")}
    FROM path_starts s JOIN posts p ON p.id = s.post_id JOIN accounts a ON a.id = p.account_id
    WHERE s.account_id = :account AND {ACTIVE} AND {visible("p")}
      AND EXISTS (SELECT 1 FROM path_steps d WHERE d.account_id = :account AND d.post_id = p.id) ORDER BY p.id DESC LIMIT :limit"""
_QUESTIONS = "SELECT accepted_id, post_id FROM asks WHERE accepted_id IN (:ids)"


def find_arrangement(db: Connection, account_id: int) -> Arrangement:
    """How somebody arranged their portfolio; as it is drafted where they changed nothing."""
    row = db.execute(_ARRANGEMENT, {"account": account_id}).fetchone()
    return Arrangement(account_id) if row is None else Arrangement(row[0], bool(row[1]), row[2], row[3])


def save_arrangement(db: Connection, arrangement: Arrangement) -> None:
    """Keeps how it is arranged now."""
    db.execute(_SAVE, values(arrangement))


def add_view(db: Connection, view: View) -> None:
    """Keeps a view."""
    db.execute(_ADD_VIEW, values(view))


def find_view(db: Connection, digest: bytes) -> View | None:
    """The view behind a link, also one that has ended; or None."""
    row = db.execute(_VIEW, {"digest": digest}).fetchone()
    return None if row is None else View(*row)


def list_views(db: Connection, account_id: int) -> list[View]:
    """Somebody's views that were not taken back, newest first."""
    return [View(*row) for row in db.execute(_VIEWS, {"account": account_id}).fetchall()]


def revoke_view(db: Connection, account_id: int, view_id: int, now_ms: int) -> bool:
    """True where a view of somebody's own led somewhere until now."""
    sql = "UPDATE portfolio_views SET revoked_ms = :now WHERE id = :id AND account_id = :account AND revoked_ms IS NULL"
    return db.execute(sql, {"now": now_ms, "id": view_id, "account": account_id}).rowcount == 1


def list_reflections(db: Connection, account_id: int, viewer_id: int, limit: int) -> list[Dated]:
    """What somebody reflected on and the viewer may see."""
    return _dated(db, _REFLECTIONS, account_id, viewer_id, limit)


def list_answers(db: Connection, account_id: int, viewer_id: int, limit: int) -> list[Dated]:
    """Somebody's accepted answers, where the viewer may see them and the questions."""
    return _dated(db, _ANSWERS, account_id, viewer_id, limit)


def list_workshops(db: Connection, account_id: int, viewer_id: int, now_ms: int, limit: int) -> list[Dated]:
    """Events that somebody came to, are over, and the viewer may see."""
    return _dated(db, _WORKSHOPS, account_id, viewer_id, limit, now=now_ms)


def list_walked(db: Connection, account_id: int, viewer_id: int, limit: int) -> list[Dated]:
    """Paths on which somebody has done something, and that the viewer may see."""
    return _dated(db, _STARTED, account_id, viewer_id, limit)


def list_questions_of(db: Connection, answer_ids: Sequence[int]) -> dict[int, int]:
    """The question that each of some accepted answers answers."""
    return dict(db.execute(*with_list(_QUESTIONS, "ids", set(answer_ids))).fetchall())


def _dated(db: Connection, sql: str, account_id: int, viewer_id: int, limit: int, **more: object) -> list[Dated]:
    parameters = {"account": account_id, "viewer": viewer_id, "limit": limit, **more}
    return [Dated(Post(*row[1:]), row[0]) for row in db.execute(sql, parameters).fetchall()]
