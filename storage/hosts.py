"""What we know of other servers: which signature they take, and whether they answer."""

from dataclasses import dataclass

from storage.database import Connection
from storage.records import columns

FAILURES_TO_OPEN = 5


@dataclass(frozen=True, slots=True)
class Host:
    """Another server. failures in a row; nothing is sent before open_until_ms."""

    host: str
    scheme: str = ""
    failures: int = 0
    open_until_ms: int = 0


_HOST = f"SELECT {columns(Host)} FROM hosts WHERE host = :host"
_CLEAR = """
    UPDATE hosts SET failures = 0, open_until_ms = CASE WHEN failures >= :limit THEN 0 ELSE open_until_ms END WHERE host = :host"""
_FAILING = f"SELECT {columns(Host)} FROM hosts WHERE failures > 0 ORDER BY host"


def find_host(db: Connection, host: str) -> Host:
    """What we know of a host; of an unknown one, nothing."""
    row = db.execute(_HOST, {"host": host}).fetchone()
    return Host(host) if row is None else Host(*row)


def set_scheme(db: Connection, host: str, scheme: str) -> None:
    """Remembers which signature a host took."""
    db.execute(
        "INSERT INTO hosts (host, scheme) VALUES (:host, :scheme) ON CONFLICT (host) DO UPDATE SET scheme = excluded.scheme",
        {"host": host, "scheme": scheme},
    )


def add_failure(db: Connection, host: str, open_until_ms: int) -> int:
    """Counts one more failure in a row and answers how many; from the fifth on the breaker opens until a moment."""
    db.execute("INSERT INTO hosts (host) VALUES (:host) ON CONFLICT DO NOTHING", {"host": host})
    row = db.execute(
        "UPDATE hosts SET failures = failures + 1, open_until_ms = CASE WHEN failures + 1 >= :limit THEN :until ELSE open_until_ms END"
        " WHERE host = :host RETURNING failures",
        {"host": host, "until": open_until_ms, "limit": FAILURES_TO_OPEN},
    ).fetchone()
    return int(row[0])


def rest(db: Connection, host: str, until_ms: int) -> None:
    """Leaves a host alone until a moment, as it has asked; that is no failure, and whoever speaks to us in the meantime does not end it."""
    db.execute(
        "INSERT INTO hosts (host, open_until_ms) VALUES (:host, :until) ON CONFLICT (host)"
        " DO UPDATE SET open_until_ms = excluded.open_until_ms WHERE hosts.open_until_ms < excluded.open_until_ms",
        {"host": host, "until": until_ms},
    )


def clear_failures(db: Connection, host: str) -> bool:
    """Shuts the breaker: the host has answered, or spoken to us. True where it was open: it is back."""
    failures = find_host(db, host).failures
    if failures:
        db.execute(_CLEAR, {"host": host, "limit": FAILURES_TO_OPEN})
    return failures >= FAILURES_TO_OPEN


def list_failing(db: Connection) -> list[Host]:
    """Hosts whose last answer was a failure."""
    return [Host(*row) for row in db.execute(_FAILING).fetchall()]


def close_breakers(db: Connection, host: str | None) -> None:
    """Lets deliveries go to one host, or all, whatever happened before."""
    db.execute(
        "UPDATE hosts SET failures = 0, open_until_ms = 0"
        " WHERE (failures > 0 OR open_until_ms > 0) AND (CAST(:host AS TEXT) IS NULL OR host = :host)",
        {"host": host},
    )
