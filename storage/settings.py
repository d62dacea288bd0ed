"""Small facts about the node itself, by name."""

from storage.database import Connection, one_value


def find_setting(db: Connection, name: str) -> str | None:
    """What was kept under a name, or None."""
    value: str | None = one_value(db.execute("SELECT value FROM settings WHERE name = :name", {"name": name}))
    return value


def save_setting(db: Connection, name: str, value: str) -> None:
    """Keeps a value under a name."""
    sql = "INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    db.execute(sql, {"name": name, "value": value})
