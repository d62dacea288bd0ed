"""Accounts that wait: for their e-mail address to be confirmed, for a moderator's word. Until then nobody acts for them."""

from dataclasses import dataclass

from storage.database import Connection
from storage.records import Account, columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Applicant:
    """What an account waits for. secret_hash: of the link in the mail, None once the address is confirmed (or needs not be)."""

    account_id: int
    reason: str
    secret_hash: bytes | None
    needs_approval: bool
    created_ms: int


UNCONFIRMED = "Your login is missing a confirmed e-mail address"  # as programs know the sentences
UNAPPROVED = "Your login is currently pending approval"
_INSERT = f"INSERT INTO applicants ({columns(Applicant)}) VALUES ({placeholders(Applicant)})"
_BY_ID = f"SELECT {columns(Applicant)} FROM applicants WHERE account_id = :id"
_BY_SECRET = f"SELECT {columns(Applicant)} FROM applicants WHERE secret_hash = :hash"
_WAITING = f"""
    SELECT {columns(Applicant, "w.")}, coalesce(u.email, ''), {columns(Account, "a.")}
    FROM applicants w JOIN accounts a ON a.id = w.account_id JOIN users u ON u.account_id = a.id
    WHERE w.needs_approval ORDER BY w.created_ms LIMIT :limit"""
_WIDTH = len(Applicant.__slots__)


def add_applicant(db: Connection, applicant: Applicant) -> None:
    """The account waits from now on."""
    db.execute(_INSERT, values(applicant))


def find_applicant(db: Connection, account_id: int) -> Applicant | None:
    """What an account waits for, or None."""
    row = db.execute(_BY_ID, {"id": account_id}).fetchone()
    return None if row is None else Applicant(*row)


def find_by_secret(db: Connection, digest: bytes) -> Applicant | None:
    """Whose address a link confirms, or None."""
    row = db.execute(_BY_SECRET, {"hash": digest}).fetchone()
    return None if row is None else Applicant(*row)


def set_secret(db: Connection, account_id: int, digest: bytes | None) -> None:
    """Another link; None: the address is confirmed."""
    db.execute("UPDATE applicants SET secret_hash = :hash WHERE account_id = :id", {"hash": digest, "id": account_id})


def approve(db: Connection, account_id: int) -> None:
    """A moderator said yes."""
    db.execute("UPDATE applicants SET needs_approval = false WHERE account_id = :id", {"id": account_id})


def admit(db: Connection) -> None:
    """Whoever waits for nothing more waits no longer."""
    db.execute("DELETE FROM applicants WHERE secret_hash IS NULL AND NOT needs_approval")


def list_waiting(db: Connection, limit: int) -> list[tuple[Applicant, str, Account]]:
    """(applicant, e-mail address, account) of those whom a moderator has to say yes or no to, the oldest first."""
    rows = db.execute(_WAITING, {"limit": limit}).fetchall()
    return [(Applicant(*row[:_WIDTH]), row[_WIDTH], Account(*row[_WIDTH + 1 :])) for row in rows]


def waiting(db: Connection, account_id: int) -> str:
    """Why an account cannot do anything yet; '' where it can."""
    applicant = find_applicant(db, account_id)
    if applicant is None:
        return ""
    if applicant.secret_hash is not None:
        return UNCONFIRMED
    return UNAPPROVED
