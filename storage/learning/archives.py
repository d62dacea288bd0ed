"""What went out of this node as an archive, and what came in with one."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values

RUNNING, DONE, FAILED = "running", "done", "failed"


@dataclass(frozen=True, slots=True)
class Origin:
    """A post that came with an archive. uri: its id before; body: its JSON as it was, with the proof that it had."""

    post_id: int
    account_id: int
    uri: str
    body: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """An archive on its way. kind: export, import; state: running, done, failed; file: under the data folder; said: how it ended."""

    id: int
    account_id: int
    kind: str
    state: str
    done: int
    total: int
    file: str
    said: str
    created_ms: int


_ORIGIN = f"SELECT {columns(Origin)} FROM origins "
_OF_POST = _ORIGIN + "WHERE post_id = :post"
_OF_URIS = _ORIGIN + "WHERE account_id = :account AND uri IN (:uris)"
_ADD_ORIGIN = f"INSERT INTO origins ({columns(Origin)}) VALUES ({placeholders(Origin)})"
_TRANSFERS = f"SELECT {columns(Transfer)} FROM transfers "
_BY_ID = _TRANSFERS + "WHERE id = :id"
_LATEST = _TRANSFERS + "WHERE account_id = :account ORDER BY id DESC LIMIT 10"
_OLD = _TRANSFERS + "WHERE created_ms < :before"
_ADD = f"INSERT INTO transfers ({columns(Transfer)}) VALUES ({placeholders(Transfer)})"


def add_origin(db: Connection, origin: Origin) -> None:
    """Notes where a post came from."""
    db.execute(_ADD_ORIGIN, values(origin))


def find_origin(db: Connection, post_id: int) -> Origin | None:
    """Where a post came from, or None for one that was written here."""
    row = db.execute(_OF_POST, {"post": post_id}).fetchone()
    return None if row is None else Origin(*row)


def list_origins(db: Connection, account_id: int, uris: Sequence[str]) -> dict[str, int]:
    """Which posts of an account some former ids stand for."""
    rows = db.execute(*with_list(_OF_URIS, "uris", set(uris), account=account_id)).fetchall()
    return {origin.uri: origin.post_id for origin in (Origin(*row) for row in rows)}


def add_transfer(db: Connection, transfer: Transfer) -> None:
    """An archive begins."""
    db.execute(_ADD, values(transfer))


def find_transfer(db: Connection, transfer_id: int) -> Transfer | None:
    """How far an archive is, or None."""
    row = db.execute(_BY_ID, {"id": transfer_id}).fetchone()
    return None if row is None else Transfer(*row)


def list_transfers(db: Connection, account_id: int) -> list[Transfer]:
    """An account's latest archives, newest first."""
    return [Transfer(*row) for row in db.execute(_LATEST, {"account": account_id}).fetchall()]


def list_old_transfers(db: Connection, before_ms: int) -> list[Transfer]:
    """Archives that began before a moment."""
    return [Transfer(*row) for row in db.execute(_OLD, {"before": before_ms}).fetchall()]


def set_progress(db: Connection, transfer_id: int, done: int, total: int) -> None:
    """How far it is."""
    db.execute("UPDATE transfers SET done = :done, total = :total WHERE id = :id", {"done": done, "total": total, "id": transfer_id})


def end_transfer(db: Connection, transfer_id: int, state: str, said: str) -> None:
    """How it ended."""
    db.execute("UPDATE transfers SET state = :state, said = :said WHERE id = :id", {"state": state, "said": said, "id": transfer_id})


def remove_transfer(db: Connection, transfer_id: int) -> None:
    """Forgets an archive."""
    db.execute("DELETE FROM transfers WHERE id = :id", {"id": transfer_id})
