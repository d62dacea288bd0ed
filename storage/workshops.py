"""Events that people meet at: when, at whose, and who comes."""

from dataclasses import dataclass

from storage.database import Connection, one_value
from storage.posts import ACTIVE, visible
from storage.records import Account, Post, columns, placeholders, values

GOING, REQUESTED = "going", "requested"


@dataclass(frozen=True, slots=True)
class Attendance:
    """That somebody comes, or asks to. uri: of the Join, by which its answer is known."""

    post_id: int
    account_id: int
    state: str
    uri: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who comes and has an account nowhere. email: '' or where to reach them, for the organiser's eyes."""

    id: int
    post_id: int
    name: str
    email: str


_SAVE = """
    INSERT INTO meetings (post_id, host_id, starts_ms, ends_ms) VALUES (:post, :host, :starts, :ends)
    ON CONFLICT (post_id) DO UPDATE SET starts_ms = excluded.starts_ms, ends_ms = excluded.ends_ms"""
_SHOWN = f"""
    SELECT {columns(Post, "p.")} FROM meetings m JOIN posts p ON p.id = m.post_id JOIN accounts a ON a.id = p.account_id
    WHERE m.host_id = :host AND {ACTIVE} AND {visible("p")} AND """
_COMING = f"{_SHOWN} coalesce(m.ends_ms, m.starts_ms) >= :now ORDER BY m.starts_ms LIMIT :limit"
_PAST = f"{_SHOWN} coalesce(m.ends_ms, m.starts_ms) < :now ORDER BY m.starts_ms DESC LIMIT :limit"
_ADD = f"INSERT INTO attendances ({columns(Attendance)}) VALUES ({placeholders(Attendance)}) ON CONFLICT DO NOTHING"
_FIND = f"SELECT {columns(Attendance)} FROM attendances WHERE post_id = :post AND account_id = :account"
_PEOPLE = f"""
    SELECT {columns(Account, "a.")} FROM attendances t JOIN accounts a ON a.id = t.account_id
    WHERE t.post_id = :post AND t.state = :state AND {ACTIVE} ORDER BY t.created_ms LIMIT :limit"""
_ADD_GUEST = f"INSERT INTO guests ({columns(Guest)}) VALUES ({placeholders(Guest)})"
_GUESTS = f"SELECT {columns(Guest)} FROM guests WHERE post_id = :post ORDER BY id LIMIT :limit"


def save_meeting(db: Connection, post_id: int, host_id: int, starts_ms: int, ends_ms: int | None) -> None:
    """Keeps when an event is, so that it can be found by its date."""
    db.execute(_SAVE, {"post": post_id, "host": host_id, "starts": starts_ms, "ends": ends_ms})


def list_coming(db: Connection, host_id: int, viewer_id: int, now_ms: int, limit: int = 50) -> list[Post]:
    """A host's events that are not over, the next one first, as far as the viewer may see them."""
    rows = db.execute(_COMING, {"host": host_id, "viewer": viewer_id, "now": now_ms, "limit": limit}).fetchall()
    return [Post(*row) for row in rows]


def list_past(db: Connection, host_id: int, viewer_id: int, now_ms: int, limit: int = 50) -> list[Post]:
    """A host's events that are over, the latest first."""
    rows = db.execute(_PAST, {"host": host_id, "viewer": viewer_id, "now": now_ms, "limit": limit}).fetchall()
    return [Post(*row) for row in rows]


def add_attendance(db: Connection, attendance: Attendance) -> bool:
    """False where they come (or ask to) already."""
    return db.execute(_ADD, values(attendance)).rowcount == 1


def find_attendance(db: Connection, post_id: int, account_id: int) -> Attendance | None:
    """Whether somebody comes."""
    row = db.execute(_FIND, {"post": post_id, "account": account_id}).fetchone()
    return Attendance(*row) if row else None


def accept_attendance(db: Connection, post_id: int, account_id: int) -> bool:
    """True where somebody who had asked to come now does."""
    sql = "UPDATE attendances SET state = 'going' WHERE post_id = :post AND account_id = :account AND state = 'requested'"
    return db.execute(sql, {"post": post_id, "account": account_id}).rowcount == 1


def remove_attendance(db: Connection, post_id: int, account_id: int) -> bool:
    """True where somebody came, or asked to, and now does not."""
    sql = "DELETE FROM attendances WHERE post_id = :post AND account_id = :account"
    return db.execute(sql, {"post": post_id, "account": account_id}).rowcount == 1


def list_attending(db: Connection, post_id: int, state: str = GOING, limit: int = 200) -> list[Account]:
    """Who comes, or asks to, in the order in which they said so."""
    rows = db.execute(_PEOPLE, {"post": post_id, "state": state, "limit": limit}).fetchall()
    return [Account(*row) for row in rows]


def count_attending(db: Connection, post_id: int) -> int:
    """How many come, guests among them."""
    sql = (
        "SELECT (SELECT count(*) FROM attendances WHERE post_id = :post AND state = 'going')"
        " + (SELECT count(*) FROM guests WHERE post_id = :post)"
    )
    return int(one_value(db.execute(sql, {"post": post_id})))


def add_guest(db: Connection, guest: Guest) -> None:
    """Keeps a guest."""
    db.execute(_ADD_GUEST, values(guest))


def count_guests(db: Connection, post_id: int) -> int:
    """How many guests an event has."""
    return int(one_value(db.execute("SELECT count(*) FROM guests WHERE post_id = :post", {"post": post_id})))


def list_guests(db: Connection, post_id: int, limit: int = 200) -> list[Guest]:
    """An event's guests."""
    return [Guest(*row) for row in db.execute(_GUESTS, {"post": post_id, "limit": limit}).fetchall()]
