"""Where programs want to be told by Web Push, one subscription a token."""

from dataclasses import dataclass

from storage.database import Connection
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Subscription:
    """kinds: of notifications, between spaces; policy: all, followed, follower, none; standard: RFC 8291, else the draft before it."""

    id: int
    token_id: int
    account_id: int
    endpoint: str
    p256dh: str
    auth: str
    kinds: str
    policy: str
    standard: bool


_SELECT = f"SELECT {columns(Subscription)} FROM push_subscriptions "
_OF_TOKEN = _SELECT + "WHERE token_id = :id"
_OF_ACCOUNT = _SELECT + "WHERE account_id = :id ORDER BY id"
_INSERT = f"INSERT INTO push_subscriptions ({columns(Subscription)}) VALUES ({placeholders(Subscription)})"


def save_subscription(db: Connection, subscription: Subscription) -> None:
    """The one subscription of its token from now on."""
    remove_subscription(db, subscription.token_id)
    db.execute(_INSERT, values(subscription))


def find_subscription(db: Connection, token_id: int) -> Subscription | None:
    """The subscription of a token, or None."""
    row = db.execute(_OF_TOKEN, {"id": token_id}).fetchone()
    return None if row is None else Subscription(*row)


def list_subscriptions(db: Connection, account_id: int) -> list[Subscription]:
    """Where somebody is told."""
    return [Subscription(*row) for row in db.execute(_OF_ACCOUNT, {"id": account_id}).fetchall()]


def remove_subscription(db: Connection, token_id: int) -> bool:
    """True where there was one."""
    return db.execute("DELETE FROM push_subscriptions WHERE token_id = :id", {"id": token_id}).rowcount == 1
