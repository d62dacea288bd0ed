"""What moderators of a community do: bans, and the log of their deeds."""

from dataclasses import dataclass

from storage.database import Connection
from storage.records import Account, columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of a community's log. actor_id 0 is the node itself."""

    id: int
    community_id: int
    actor_id: int
    deed: str
    account_id: int | None
    post_id: int | None
    subject_uri: str
    reason: str
    created_ms: int


_ADD_DEED = f"INSERT INTO audit ({columns(Deed)}) VALUES ({placeholders(Deed)})"
_DEEDS = f"SELECT {columns(Deed)} FROM audit WHERE community_id = :community AND id < :before ORDER BY id DESC LIMIT :limit"
_ADD_BAN = """
    INSERT INTO bans (community_id, account_id, reason, created_ms) VALUES (:community, :account, :reason, :now) ON CONFLICT DO NOTHING"""
_BANS = f"""
    SELECT b.reason, {columns(Account, "a.")} FROM bans b JOIN accounts a ON a.id = b.account_id
    WHERE b.community_id = :community ORDER BY b.account_id"""


def add_ban(db: Connection, community_id: int, account_id: int, reason: str, now_ms: int) -> bool:
    """True where someone was not banned yet."""
    return db.execute(_ADD_BAN, {"community": community_id, "account": account_id, "reason": reason, "now": now_ms}).rowcount == 1


def remove_ban(db: Connection, community_id: int, account_id: int) -> bool:
    """True where someone was banned."""
    sql = "DELETE FROM bans WHERE community_id = :community AND account_id = :account"
    return db.execute(sql, {"community": community_id, "account": account_id}).rowcount == 1


def is_banned(db: Connection, community_id: int, account_id: int) -> bool:
    """Whether someone is banned from a community."""
    sql = "SELECT 1 FROM bans WHERE community_id = :community AND account_id = :account"
    return db.execute(sql, {"community": community_id, "account": account_id}).fetchone() is not None


def list_bans(db: Connection, community_id: int) -> list[tuple[Account, str]]:
    """Who is banned, and why."""
    return [(Account(*row[1:]), row[0]) for row in db.execute(_BANS, {"community": community_id}).fetchall()]


def add_deed(db: Connection, deed: Deed) -> None:
    """A line more in the log."""
    db.execute(_ADD_DEED, values(deed))


def list_deeds(db: Connection, community_id: int, limit: int, before: int) -> list[Deed]:
    """The log of a community, newest first."""
    return [Deed(*row) for row in db.execute(_DEEDS, {"community": community_id, "before": before, "limit": limit}).fetchall()]
