"""Posts that are to be published later, and requests that may come twice."""

from dataclasses import dataclass

from storage.database import Connection, one_value
from storage.listings import Window, both_ways, rows_of
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A post to be. params is JSON, as a program gave it."""

    id: int
    account_id: int
    due_ms: int
    params: str


_INSERT = f"INSERT INTO scheduled ({columns(Scheduled)}) VALUES ({placeholders(Scheduled)})"
_ONE = f"SELECT {columns(Scheduled)} FROM scheduled WHERE id = :id"
_FREE_FILES = """
    UPDATE media SET post_id = NULL
    WHERE account_id = (SELECT s.account_id FROM scheduled s WHERE s.id = :id) AND post_id = :id"""
_OF = both_ways(f"SELECT {columns(Scheduled)} FROM scheduled WHERE account_id = :account", "id")
_REPEAT = "INSERT INTO repeats (hash, made_id, created_ms) VALUES (:hash, :made, :now) ON CONFLICT DO NOTHING"


def add_scheduled(db: Connection, scheduled: Scheduled) -> None:
    """Keeps a post for later."""
    db.execute(_INSERT, values(scheduled))


def find_scheduled(db: Connection, scheduled_id: int) -> Scheduled | None:
    """A post for later, or None."""
    row = db.execute(_ONE, {"id": scheduled_id}).fetchone()
    return None if row is None else Scheduled(*row)


def list_scheduled(db: Connection, account_id: int, window: Window) -> list[Scheduled]:
    """Somebody's posts for later."""
    return [Scheduled(*row) for row in rows_of(db, _OF, window, {"account": account_id})]


def count_scheduled(db: Connection, account_id: int) -> int:
    """How many posts somebody has for later."""
    return int(one_value(db.execute("SELECT count(*) FROM scheduled WHERE account_id = :account", {"account": account_id})))


def set_due(db: Connection, scheduled_id: int, due_ms: int) -> None:
    """Another moment for a post."""
    db.execute("UPDATE scheduled SET due_ms = :due WHERE id = :id", {"due": due_ms, "id": scheduled_id})


def remove_scheduled(db: Connection, scheduled_id: int) -> bool:
    """True where the post was still to come; files that it held and no post took are free again."""
    db.execute(_FREE_FILES, {"id": scheduled_id})
    return db.execute("DELETE FROM scheduled WHERE id = :id", {"id": scheduled_id}).rowcount == 1


def find_made(db: Connection, digest: bytes) -> int | None:
    """What was made of a request with that key, or None."""
    made_id: int | None = one_value(db.execute("SELECT made_id FROM repeats WHERE hash = :hash", {"hash": digest}))
    return made_id


def note_made(db: Connection, digest: bytes, made_id: int, now_ms: int) -> bool:
    """True where the key is new; it is noted what was made."""
    return db.execute(_REPEAT, {"hash": digest, "made": made_id, "now": now_ms}).rowcount == 1


def forget_made(db: Connection, before_ms: int) -> None:
    """Drops keys from before a moment."""
    db.execute("DELETE FROM repeats WHERE created_ms < :before", {"before": before_ms})
