"""What somebody wrote about what they learned, and what they have not finished writing."""

from dataclasses import dataclass

from storage.database import Connection, one_value
from storage.posts import ACTIVE, visible
from storage.records import Post, columns, placeholders, values
from storage.timelines import BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A reflection that is not a post yet. thought: JSON, as its form has it."""

    id: int
    account_id: int
    thought: str
    updated_ms: int


_LIST = f"""
    SELECT {columns(Post, "p.")} FROM reflections r JOIN posts p ON p.id = r.post_id JOIN accounts a ON a.id = p.account_id
    WHERE p.account_id = :account AND r.post_id < :before AND {ACTIVE} AND {visible("p")} ORDER BY p.id DESC LIMIT :limit"""
_UNFINISHED = f"SELECT {columns(Unfinished)} FROM reflection_drafts "
_ALL_UNFINISHED = _UNFINISHED + "WHERE account_id = :account ORDER BY updated_ms DESC, id DESC"
_ONE_UNFINISHED = _UNFINISHED + "WHERE account_id = :account AND id = :id"
_SAVE = f"""
    INSERT INTO reflection_drafts ({columns(Unfinished)}) VALUES ({placeholders(Unfinished)})
    ON CONFLICT (id) DO UPDATE SET thought = excluded.thought, updated_ms = excluded.updated_ms
    WHERE reflection_drafts.account_id = excluded.account_id"""


def list_reflections(db: Connection, account_id: int, viewer_id: int, limit: int, before: int = BEFORE_ALL) -> list[Post]:
    """Somebody's reflections that the viewer may see, newest first."""
    parameters = {"account": account_id, "viewer": viewer_id, "before": before, "limit": limit}
    return [Post(*row) for row in db.execute(_LIST, parameters).fetchall()]


def save_unfinished(db: Connection, unfinished: Unfinished) -> None:
    """Keeps a draft, new or changed."""
    db.execute(_SAVE, values(unfinished))


def find_unfinished(db: Connection, account_id: int, draft_id: int) -> Unfinished | None:
    """A draft of somebody's own, or None."""
    row = db.execute(_ONE_UNFINISHED, {"account": account_id, "id": draft_id}).fetchone()
    return None if row is None else Unfinished(*row)


def list_unfinished(db: Connection, account_id: int) -> list[Unfinished]:
    """Somebody's drafts, the last touched first."""
    return [Unfinished(*row) for row in db.execute(_ALL_UNFINISHED, {"account": account_id}).fetchall()]


def count_unfinished(db: Connection, account_id: int) -> int:
    """How many drafts somebody has."""
    return int(one_value(db.execute("SELECT count(*) FROM reflection_drafts WHERE account_id = :account", {"account": account_id})))


def remove_unfinished(db: Connection, account_id: int, draft_id: int) -> None:
    """A draft is finished, or thrown away."""
    db.execute("DELETE FROM reflection_drafts WHERE account_id = :account AND id = :id", {"account": account_id, "id": draft_id})
