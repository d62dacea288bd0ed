"""What can be achieved: badges that people and communities of ours define."""

from dataclasses import dataclass
from typing import Any

from storage.database import Connection
from storage.records import columns, loaded, placeholders, values


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge. kind: Open Badges' achievementType; image: a file of ours, '' for the one that is drawn from the name."""

    id: int
    account_id: int
    uri: str
    name: str
    description: str
    criteria: str
    kind: str
    image: str
    alignment: str  # JSON: Open Badges' Alignments
    valid_days: int | None
    created_ms: int
    retired_ms: int | None = None

    @property
    def alignments(self) -> Any:
        """The competencies, as JSON objects."""
        return loaded(self.alignment)


_SELECT = f"SELECT {columns(Badge)} FROM badges "
_BY_ID = _SELECT + "WHERE id = :id"
_OF = _SELECT + "WHERE account_id = :account AND retired_ms IS NULL ORDER BY id DESC"
_INSERT = f"INSERT INTO badges ({columns(Badge)}) VALUES ({placeholders(Badge)})"


def add_badge(db: Connection, badge: Badge) -> None:
    """Keeps what somebody defined."""
    db.execute(_INSERT, values(badge))


def find_badge(db: Connection, badge_id: int) -> Badge | None:
    """A badge, also one that is given no longer; or None."""
    row = db.execute(_BY_ID, {"id": badge_id}).fetchone()
    return None if row is None else Badge(*row)


def list_badges(db: Connection, account_id: int) -> list[Badge]:
    """What somebody gives, newest first."""
    return [Badge(*row) for row in db.execute(_OF, {"account": account_id}).fetchall()]


def retire_badge(db: Connection, badge_id: int, now_ms: int) -> None:
    """It is given no longer; what was awarded stays."""
    db.execute("UPDATE badges SET retired_ms = :now WHERE id = :id", {"now": now_ms, "id": badge_id})
