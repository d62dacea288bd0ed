"""Which did:keys have proven to be which remote actor."""

from collections.abc import Iterable

from storage.database import Connection
from storage.records import Account, columns

_OWNER = f"""
    SELECT {columns(Account, "a.")} FROM identities i JOIN accounts a ON a.id = i.account_id
    WHERE i.did = :did AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL ORDER BY a.id DESC LIMIT 1"""


def set_identities(db: Connection, account_id: int, dids: Iterable[str]) -> None:
    """Exactly these keys are an account's, from now on."""
    wanted, known = set(dids), list_identities(db, account_id)
    for did in known - wanted:
        db.execute("DELETE FROM identities WHERE account_id = :account AND did = :did", {"account": account_id, "did": did})
    for did in wanted - known:
        db.execute("INSERT INTO identities (account_id, did) VALUES (:account, :did)", {"account": account_id, "did": did})


def list_identities(db: Connection, account_id: int) -> set[str]:
    """The keys that have proven to be an account's."""
    return {row[0] for row in db.execute("SELECT did FROM identities WHERE account_id = :account", {"account": account_id}).fetchall()}


def find_owner(db: Connection, did: str) -> Account | None:
    """Whose a key is; of somebody who has moved the account that they live at now, which we met last."""
    row = db.execute(_OWNER, {"did": did}).fetchone()
    return None if row is None else Account(*row)
