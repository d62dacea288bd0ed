"""Lists that people bring along, and how far their jobs have come."""

from dataclasses import dataclass

import orjson

from storage.database import Connection, one_value
from storage.records import columns, loaded

FAILED_KEPT = 200


@dataclass(frozen=True, slots=True)
class Import:
    """A list that was brought. failed is JSON: [[address, why], ...]."""

    id: int
    account_id: int
    kind: str  # follow, block, mute
    created_ms: int
    total: int
    done: int
    failed: str

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What could not be had, and why."""
        return [(address, why) for address, why in loaded(self.failed)]


_OF_ACCOUNT = f"SELECT {columns(Import)} FROM imports WHERE account_id = :id ORDER BY id DESC LIMIT :limit"


def add_import(db: Connection, account_id: int, kind: str, total: int, now_ms: int) -> int:
    """The id of a new list."""
    sql = "INSERT INTO imports (account_id, kind, total, created_ms) VALUES (:account, :kind, :total, :now) RETURNING id"
    return int(one_value(db.execute(sql, {"account": account_id, "kind": kind, "total": total, "now": now_ms})))


def note_done(db: Connection, import_id: int, failed: tuple[str, str] | None) -> None:
    """One line more is done with; failed: its address, and why it could not be had."""
    said = one_value(db.execute("SELECT failed FROM imports WHERE id = :id", {"id": import_id}))
    problems = [*loaded(said), *([failed] if failed else [])][:FAILED_KEPT]
    sql = "UPDATE imports SET done = done + 1, failed = :failed WHERE id = :id"
    db.execute(sql, {"failed": orjson.dumps(problems).decode(), "id": import_id})


def list_imports(db: Connection, account_id: int, limit: int = 10) -> list[Import]:
    """An account's lists, newest first."""
    return [Import(*row) for row in db.execute(_OF_ACCOUNT, {"id": account_id, "limit": limit}).fetchall()]
