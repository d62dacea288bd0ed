"""Events: rows that tell streams, caches and workers what a committed unit of work has done."""

from storage.database import Connection, Event, one_value

ADD = """
    INSERT INTO events (kind, subject_id, payload) VALUES (:kind, :subject_id, :payload) RETURNING id
    /*pg: , pg_notify('hedgerow_events', CASE WHEN octet_length(payload) > 1000 THEN CAST(id AS text)
                      ELSE CAST(json_build_array(id, kind, subject_id, payload) AS text) END) */"""  # NOTIFY carries less than 8,000 bytes
_SELECT = "SELECT id, kind, subject_id, payload FROM events "
_AFTER = _SELECT + "WHERE id > :id ORDER BY id"
_AT = _SELECT + "WHERE id = :id"


def add_event(db: Connection, kind: str, subject_id: int = 0, payload: str = "") -> None:
    """Appends an event to the running transaction; listeners hear it after the commit."""
    db.execute(ADD, {"kind": kind, "subject_id": subject_id, "payload": payload})


def list_events_after(db: Connection, event_id: int) -> list[Event]:
    """Every event later than one, oldest first."""
    return [Event(*row) for row in db.execute(_AFTER, {"id": event_id}).fetchall()]


def list_events_at(db: Connection, event_id: int) -> list[Event]:
    """The event with an id, in a list of its own; an empty one where it was forgotten."""
    return [Event(*row) for row in db.execute(_AT, {"id": event_id}).fetchall()]


def last_event_id(db: Connection) -> int:
    """The newest event's id, 0 where there was none."""
    return int(one_value(db.execute("SELECT max(id) FROM events")) or 0)


def forget_events(db: Connection, keep: int) -> None:
    """Drops all but the newest events; every process has heard the older ones long ago."""
    db.execute("DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - :keep", {"keep": keep})
