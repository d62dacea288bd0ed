"""Custom emojis of this node."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class CustomEmoji:
    """A picture for a `:shortcode:`."""

    id: int
    shortcode: str
    file: str
    category: str
    in_picker: bool
    created_ms: int


_INSERT = f"INSERT INTO emojis ({columns(CustomEmoji)}) VALUES ({placeholders(CustomEmoji)})"
_ALL = f"SELECT {columns(CustomEmoji)} FROM emojis ORDER BY category, shortcode"
_SOME = f"SELECT {columns(CustomEmoji)} FROM emojis WHERE shortcode IN (:codes) ORDER BY shortcode"


def add_emoji(db: Connection, emoji: CustomEmoji) -> None:
    """Keeps an emoji. Raises Taken where there is one of that name."""
    db.execute(_INSERT, values(emoji))


def list_emojis(db: Connection) -> list[CustomEmoji]:
    """All of them."""
    return [CustomEmoji(*row) for row in db.execute(_ALL).fetchall()]


def find_emojis(db: Connection, shortcodes: Sequence[str]) -> list[CustomEmoji]:
    """Those of some names."""
    return [CustomEmoji(*row) for row in db.execute(*with_list(_SOME, "codes", shortcodes)).fetchall()]


def remove_emoji(db: Connection, emoji_id: int) -> str | None:
    """The file of an emoji that is gone; None where there was none."""
    row = db.execute("DELETE FROM emojis WHERE id = :id RETURNING file", {"id": emoji_id}).fetchone()
    return None if row is None else row[0]
