"""How much of a limit was used, for all processes: one row a key, which says until when the window is full. Lost without harm.

What is limited, and how, is the node's to know (`node/social/rates.py`); a key is a hash, so that nobody's address stands here.
"""

from storage.database import Connection, one_value

_SPEND = """
    INSERT INTO rates (key, full_ms) VALUES (:key, :now + :step)
    ON CONFLICT (key) DO UPDATE SET full_ms = CASE WHEN rates.full_ms > :now THEN rates.full_ms ELSE :now END + :step
    WHERE rates.full_ms + :step <= :now + :window RETURNING full_ms"""
_ADD = """
    INSERT INTO rates (key, full_ms) VALUES (:key, :now + :used)
    ON CONFLICT (key) DO UPDATE SET full_ms = CASE WHEN rates.full_ms > :now THEN rates.full_ms ELSE :now END + :used RETURNING full_ms"""


def spend(db: Connection, key: bytes, step_ms: int, window_ms: int, now_ms: int) -> int | None:
    """Until when the window is full, with one step more; None, and nothing changed, where that would be one too many."""
    given = {"key": key, "step": step_ms, "window": window_ms, "now": now_ms}
    full_ms: int | None = one_value(db.execute(_SPEND, given))
    return full_ms


def add(db: Connection, key: bytes, used_ms: int, now_ms: int) -> int:
    """Until when the window is full, with what a process has let through; that may be more than there was room for."""
    return int(one_value(db.execute(_ADD, {"key": key, "used": used_ms, "now": now_ms})))


def find_full(db: Connection, key: bytes) -> int:
    """Until when the window is full; 0 where nothing was used."""
    return int(one_value(db.execute("SELECT full_ms FROM rates WHERE key = :key", {"key": key})) or 0)


def forget(db: Connection, key: bytes) -> None:
    """Begins anew."""
    db.execute("DELETE FROM rates WHERE key = :key", {"key": key})


def forget_past(db: Connection, now_ms: int) -> None:
    """Drops what says nothing any more."""
    db.execute("DELETE FROM rates WHERE full_ms < :now", {"now": now_ms})
