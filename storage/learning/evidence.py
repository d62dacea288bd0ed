"""What verdicts rest on when nobody can be asked any more: our own status lists, others' as last seen, snapshots, marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.database import Connection, with_list
from storage.records import columns, loaded, placeholders, values


@dataclass(frozen=True, slots=True)
class Seen:
    """A document of another server as we last saw it. kind: list, actor."""

    uri: str
    kind: str
    body: str
    fetched_ms: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A post as it was when somebody took it as evidence. body is None once its author has deleted it: hash and date stay."""

    digest: str
    uri: str
    author_uri: str
    body: str | None
    taken_ms: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mentor says of a post. lines: JSON, [{"url", "name", "level", "most"}, ...] of a rubric; digest: of the snapshot."""

    id: int
    marker_id: int
    author_id: int
    post_id: int | None
    post_uri: str
    digest: str
    comment: str
    lines: str
    created_ms: int
    award_id: int | None = None

    @property
    def rubric(self) -> Any:
        """The lines."""
        return loaded(self.lines)


_SAVE_LIST = """
    INSERT INTO status_lists (account_id, body, updated_ms) VALUES (:account, :body, :now)
    ON CONFLICT (account_id) DO UPDATE SET body = excluded.body, updated_ms = excluded.updated_ms"""
_SAVE_SEEN = f"""
    INSERT INTO seen_documents ({columns(Seen)}) VALUES ({placeholders(Seen)})
    ON CONFLICT (uri) DO UPDATE SET kind = excluded.kind, body = excluded.body, fetched_ms = excluded.fetched_ms"""
_SEEN = f"SELECT {columns(Seen)} FROM seen_documents WHERE uri IN (:uris)"
_SEEN_MS = "SELECT uri, fetched_ms FROM seen_documents WHERE uri IN (:uris)"
_ADD_SNAPSHOT = f"INSERT INTO snapshots ({columns(Snapshot)}) VALUES ({placeholders(Snapshot)}) ON CONFLICT DO NOTHING"
_SNAPSHOTS = f"SELECT {columns(Snapshot)} FROM snapshots WHERE digest IN (:digests)"
_MARK = f"SELECT {columns(Mark)} FROM marks "
_MARK_BY_ID = _MARK + "WHERE id = :id"
_MARKS_OF = _MARK + "WHERE author_id = :account ORDER BY id DESC LIMIT :limit"
_MARKS_ON = _MARK + "WHERE post_id = :post ORDER BY id"
_MARKS_FOR = _MARK + "WHERE award_id = :award ORDER BY id"
_ADD_MARK = f"INSERT INTO marks ({columns(Mark)}) VALUES ({placeholders(Mark)})"


def find_status_list(db: Connection, account_id: int) -> str | None:
    """The signed list of an account of ours, exactly as it is served; None where it never gave anything."""
    row = db.execute("SELECT body FROM status_lists WHERE account_id = :account", {"account": account_id}).fetchone()
    return None if row is None else str(row[0])


def save_status_list(db: Connection, account_id: int, body: str, now_ms: int) -> None:
    """The list as it is from now on."""
    db.execute(_SAVE_LIST, {"account": account_id, "body": body, "now": now_ms})


def list_revoked(db: Connection, account_id: int) -> list[int]:
    """The numbers that an account's list says are revoked."""
    sql = "SELECT list_index FROM revoked_indexes WHERE account_id = :account ORDER BY list_index"
    return [row[0] for row in db.execute(sql, {"account": account_id}).fetchall()]


def add_revoked(db: Connection, account_id: int, index: int) -> None:
    """One more."""
    sql = "INSERT INTO revoked_indexes (account_id, list_index) VALUES (:account, :number) ON CONFLICT DO NOTHING"
    db.execute(sql, {"account": account_id, "number": index})


def add_succession(db: Connection, account_id: int, did: str, body: str) -> None:
    """A former key's word for the one that came after it."""
    sql = "INSERT INTO successions (account_id, did, body) VALUES (:account, :did, :body) ON CONFLICT DO NOTHING"
    db.execute(sql, {"account": account_id, "did": did, "body": body})


def list_successors(db: Connection, did: str) -> list[int]:
    """The accounts of ours that a former key's word is of, the newest first."""
    sql = "SELECT account_id FROM successions WHERE did = :did ORDER BY account_id DESC"
    return [row[0] for row in db.execute(sql, {"did": did}).fetchall()]


def list_successions(db: Connection, account_id: int) -> list[str]:
    """The words of an account's former keys."""
    sql = "SELECT body FROM successions WHERE account_id = :account ORDER BY did"
    return [row[0] for row in db.execute(sql, {"account": account_id}).fetchall()]


def save_seen(db: Connection, seen: Seen) -> None:
    """Keeps a document as it was seen just now."""
    db.execute(_SAVE_SEEN, values(seen))


def list_seen(db: Connection, uris: Sequence[str]) -> dict[str, Seen]:
    """What was last seen at some addresses."""
    return {row[0]: Seen(*row) for row in db.execute(*with_list(_SEEN, "uris", set(uris))).fetchall()}


def list_seen_ms(db: Connection, uris: Sequence[str]) -> dict[str, int]:
    """When the documents at some addresses were last seen."""
    return {row[0]: row[1] for row in db.execute(*with_list(_SEEN_MS, "uris", set(uris))).fetchall()} if uris else {}


def add_snapshot(db: Connection, snapshot: Snapshot) -> None:
    """Keeps a snapshot; the same bytes once."""
    db.execute(_ADD_SNAPSHOT, values(snapshot))


def list_snapshots(db: Connection, digests: Sequence[str]) -> dict[str, Snapshot]:
    """Snapshots by their digests."""
    return {row[0]: Snapshot(*row) for row in db.execute(*with_list(_SNAPSHOTS, "digests", set(digests))).fetchall()}


def empty_snapshots(db: Connection, uri: str) -> None:
    """A post was deleted by its author: what was kept of its text goes, hash and date stay."""
    db.execute("UPDATE snapshots SET body = NULL WHERE uri = :uri", {"uri": uri})


def add_mark(db: Connection, mark: Mark) -> None:
    """Keeps what a mentor said."""
    db.execute(_ADD_MARK, values(mark))


def find_mark(db: Connection, mark_id: int) -> Mark | None:
    """A mark, or None."""
    row = db.execute(_MARK_BY_ID, {"id": mark_id}).fetchone()
    return None if row is None else Mark(*row)


def list_marks_of(db: Connection, account_id: int, limit: int = 200) -> list[Mark]:
    """What was marked of somebody's, newest first."""
    return [Mark(*row) for row in db.execute(_MARKS_OF, {"account": account_id, "limit": limit}).fetchall()]


def list_marks_on(db: Connection, post_id: int) -> list[Mark]:
    """The marks of a post, oldest first."""
    return [Mark(*row) for row in db.execute(_MARKS_ON, {"post": post_id}).fetchall()]


def list_marks_for(db: Connection, award_id: int) -> list[Mark]:
    """The marks that an award rests on."""
    return [Mark(*row) for row in db.execute(_MARKS_FOR, {"award": award_id}).fetchall()]


def set_mark_award(db: Connection, mark_id: int, award_id: int) -> None:
    """A mark became a credential."""
    db.execute("UPDATE marks SET award_id = :award WHERE id = :id", {"award": award_id, "id": mark_id})
