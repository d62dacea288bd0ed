"""Whom people and the keeper do not want to hear: blocks, mutes, domain blocks, reports."""

from storage.database import Connection, with_list
from storage.records import Account, DomainBlock, Report, columns, placeholders, values

_BLOCKED = f"""
    SELECT {columns(Account, "a.")} FROM blocks b JOIN accounts a ON a.id = b.target_id WHERE b.account_id = :id ORDER BY b.target_id"""
_SAVE_DOMAIN_BLOCK = f"""
    INSERT INTO domain_blocks ({columns(DomainBlock)}) VALUES ({placeholders(DomainBlock)})
    ON CONFLICT (domain) DO UPDATE SET severity = excluded.severity, comment = excluded.comment"""
_DOMAIN_BLOCKS = f"SELECT {columns(DomainBlock)} FROM domain_blocks ORDER BY domain"
_ADD_REPORT = f"INSERT INTO reports ({columns(Report)}) VALUES ({placeholders(Report)})"
_REPORTS = f"SELECT {columns(Report)} FROM reports ORDER BY resolved_ms IS NOT NULL, id DESC LIMIT :limit"


def below(column: str) -> str:
    """The condition that a column holds `:domain` or a name below it, with or without a port."""
    return " OR ".join([f"{column} = :domain", *[f"{column} LIKE {pattern} ESCAPE '!'" for pattern in (":below", ":port", ":below_port")]])


_ACCOUNTS_BELOW = f"SELECT id FROM accounts WHERE {below('domain')}"
_SEVER = (
    f"DELETE FROM home WHERE post_id IN (SELECT id FROM posts WHERE account_id IN ({_ACCOUNTS_BELOW}))",
    f"DELETE FROM follows WHERE follower_id IN ({_ACCOUNTS_BELOW})",
    f"DELETE FROM follows WHERE followee_id IN ({_ACCOUNTS_BELOW})",
)
_UNTAG = f"DELETE FROM post_tags WHERE post_id IN (SELECT id FROM posts WHERE account_id IN ({_ACCOUNTS_BELOW}))"
_SILENCED = "SELECT 1 FROM domain_blocks WHERE severity = 'silence' AND domain IN (:names)"
_GIVE_UP = f"""
    UPDATE deliveries SET state = 'gave up', answer = 'blocked here', updated_ms = :now WHERE state = 'waiting' AND ({below("host")})"""


def add_block(db: Connection, account_id: int, target_id: int, uri: str, now_ms: int) -> bool:
    """True where the block is new."""
    sql = "INSERT INTO blocks (account_id, target_id, uri, created_ms) VALUES (:account, :target, :uri, :now) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"account": account_id, "target": target_id, "uri": uri, "now": now_ms}).rowcount == 1


def remove_block(db: Connection, account_id: int, target_id: int) -> bool:
    """True where there was a block."""
    sql = "DELETE FROM blocks WHERE account_id = :account AND target_id = :target"
    return db.execute(sql, {"account": account_id, "target": target_id}).rowcount == 1


def find_block_uri(db: Connection, account_id: int, target_id: int) -> str | None:
    """The URI of a block, or None where there is none."""
    row = db.execute("SELECT uri FROM blocks WHERE account_id = :a AND target_id = :t", {"a": account_id, "t": target_id}).fetchone()
    return None if row is None else row[0]


def find_blocked(db: Connection, account_id: int, uri: str) -> int | None:
    """Whom the block with a URI is against: for an Undo that names only the Block."""
    row = db.execute("SELECT target_id FROM blocks WHERE account_id = :a AND uri = :uri", {"a": account_id, "uri": uri}).fetchone()
    return None if row is None else row[0]


def has_block_between(db: Connection, one_id: int, other_id: int) -> bool:
    """Whether either blocks the other."""
    sql = "SELECT 1 FROM blocks WHERE (account_id = :one AND target_id = :other) OR (account_id = :other AND target_id = :one)"
    return db.execute(sql, {"one": one_id, "other": other_id}).fetchone() is not None


def turns_away(db: Connection, account_id: int, reader_id: int) -> bool:
    """Whether an account blocks a reader, or hides the reader's whole server."""
    sql = (
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :account AND b.target_id = :reader)"
        " OR EXISTS (SELECT 1 FROM hidden_domains h JOIN accounts r ON r.domain = h.domain"
        " WHERE h.account_id = :account AND r.id = :reader)"
    )
    return db.execute(sql, {"account": account_id, "reader": reader_id}).fetchone() is not None


def turns_somebody_away(db: Connection, account_id: int) -> bool:
    """Whether an account blocks anybody, or hides any server."""
    sql = (
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM blocks WHERE account_id = :id)"
        " OR EXISTS (SELECT 1 FROM hidden_domains WHERE account_id = :id)"
    )
    return db.execute(sql, {"id": account_id}).fetchone() is not None


def list_blocked(db: Connection, account_id: int) -> list[Account]:
    """Whom someone blocks."""
    return [Account(*row) for row in db.execute(_BLOCKED, {"id": account_id}).fetchall()]


def add_mute(db: Connection, account_id: int, target_id: int, until_ms: int | None) -> None:
    """Someone no longer wants to hear of an account; until_ms None is for good."""
    db.execute(
        "INSERT INTO mutes (account_id, target_id, until_ms) VALUES (:account, :target, :until)"
        " ON CONFLICT (account_id, target_id) DO UPDATE SET until_ms = excluded.until_ms",
        {"account": account_id, "target": target_id, "until": until_ms},
    )


def set_mute_hides_news(db: Connection, account_id: int, target_id: int, *, hides_news: bool) -> None:
    """Whether a mute also keeps away what the account does to one's own posts."""
    sql = "UPDATE mutes SET hides_news = :hides WHERE account_id = :account AND target_id = :target"
    db.execute(sql, {"hides": hides_news, "account": account_id, "target": target_id})


def remove_mute(db: Connection, account_id: int, target_id: int) -> None:
    """Someone wants to hear of an account again."""
    db.execute("DELETE FROM mutes WHERE account_id = :account AND target_id = :target", {"account": account_id, "target": target_id})


def forget_mutes(db: Connection, now_ms: int) -> None:
    """Drops mutes whose time is over."""
    db.execute("DELETE FROM mutes WHERE until_ms <= :now", {"now": now_ms})


def is_muted(db: Connection, account_id: int, target_id: int) -> bool:
    """Whether someone mutes an account."""
    sql = "SELECT 1 FROM mutes WHERE account_id = :account AND target_id = :target"
    return db.execute(sql, {"account": account_id, "target": target_id}).fetchone() is not None


def save_domain_block(db: Connection, block: DomainBlock) -> None:
    """Blocks a domain (lower case, punycode, no trailing dot) and all below it, or changes how."""
    db.execute(_SAVE_DOMAIN_BLOCK, values(block))


def remove_domain_block(db: Connection, domain: str) -> bool:
    """True where the domain was blocked."""
    return db.execute("DELETE FROM domain_blocks WHERE domain = :domain", {"domain": domain}).rowcount == 1


def list_domain_blocks(db: Connection) -> list[DomainBlock]:
    """All of them, by name."""
    return [DomainBlock(*row) for row in db.execute(_DOMAIN_BLOCKS).fetchall()]


def has_silences(db: Connection) -> bool:
    """Whether any domain at all is silenced."""
    return db.execute("SELECT 1 FROM domain_blocks WHERE severity = 'silence' LIMIT 1").fetchone() is not None


def is_silenced(db: Connection, hostname: str) -> bool:
    """Whether a host, or a name above it, is silenced: only those who follow its people hear them."""
    labels = hostname.split(".")
    names = [".".join(labels[start:]) for start in range(len(labels))]
    return db.execute(*with_list(_SILENCED, "names", names)).fetchone() is not None


def untag_domain(db: Connection, domain: str) -> None:
    """Takes the posts of a domain and all below it from the pages of hashtags."""
    db.execute(_UNTAG, _below(domain))


def sever_domain(db: Connection, domain: str) -> None:
    """Ends every follow, either way, between our people and a domain with all below it, and empties timelines of it."""
    for sql in _SEVER:
        db.execute(sql, _below(domain))


def give_up_domain(db: Connection, domain: str, now_ms: int) -> None:
    """Gives up what waits to be delivered to a domain and all below it."""
    db.execute(_GIVE_UP, {**_below(domain), "now": now_ms})


def _below(domain: str) -> dict[str, object]:
    name = domain.replace("!", "!!").replace("_", "!_").replace("%", "!%")
    return {"domain": domain, "below": f"%.{name}", "port": f"{name}:%", "below_port": f"%.{name}:%"}


def add_report(db: Connection, report: Report) -> None:
    """Keeps a report for the moderators."""
    db.execute(_ADD_REPORT, values(report))


def resolve_report(db: Connection, report_id: int, now_ms: int) -> bool:
    """True where the report was open until now."""
    sql = "UPDATE reports SET resolved_ms = :now WHERE id = :id AND resolved_ms IS NULL"
    return db.execute(sql, {"now": now_ms, "id": report_id}).rowcount == 1


def list_reports(db: Connection, limit: int) -> list[Report]:
    """Reports, open ones first, newest first."""
    return [Report(*row) for row in db.execute(_REPORTS, {"limit": limit}).fetchall()]
