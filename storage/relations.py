"""What one account is to others, in one statement, and what it keeps of them for itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, Row, with_list
from storage.listings import Window, both_ways, rows_of
from storage.records import Account, columns


@dataclass(frozen=True, slots=True)
class Relation:
    """What the viewer is to somebody, and back."""

    account_id: int
    following: bool
    requested: bool
    shows_boosts: bool
    notifies: bool
    languages: str
    followed_by: bool
    requested_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    hides_news: bool
    muted_until_ms: int | None
    hides_domain: bool
    featured: bool
    remark: str


_RELATIONS = """
    SELECT a.id, f.state = 'accepted', f.state = 'requested', f.shows_boosts, f.notifies, coalesce(f.languages, ''),
           g.state = 'accepted', g.state = 'requested',
           EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = :viewer AND b.target_id = a.id),
           EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :viewer),
           m.account_id IS NOT NULL, m.hides_news, m.until_ms,
           EXISTS (SELECT 1 FROM hidden_domains h WHERE h.account_id = :viewer AND h.domain = a.domain),
           EXISTS (SELECT 1 FROM featured_accounts e WHERE e.account_id = :viewer AND e.target_id = a.id), coalesce(r.comment, '')
    FROM accounts a
    LEFT JOIN follows f ON f.follower_id = :viewer AND f.followee_id = a.id
    LEFT JOIN follows g ON g.follower_id = a.id AND g.followee_id = :viewer
    LEFT JOIN mutes m ON m.account_id = :viewer AND m.target_id = a.id
    LEFT JOIN remarks r ON r.account_id = :viewer AND r.target_id = a.id
    WHERE a.id IN (:ids)"""
_FLAGS = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 14}  # by their place in the row
_PEOPLE = f"SELECT {columns(Account, 'a.')}"
_FOLLOWERS = both_ways(
    f"{_PEOPLE} FROM follows f JOIN accounts a ON a.id = f.follower_id WHERE f.followee_id = :id AND f.state = :state", "f.follower_id"
)
_FOLLOWING = both_ways(
    f"{_PEOPLE} FROM follows f JOIN accounts a ON a.id = f.followee_id WHERE f.follower_id = :id AND f.state = :state", "f.followee_id"
)
_BLOCKED = both_ways(f"{_PEOPLE} FROM blocks b JOIN accounts a ON a.id = b.target_id WHERE b.account_id = :id", "b.target_id")
_MUTED = both_ways(f"{_PEOPLE} FROM mutes m JOIN accounts a ON a.id = m.target_id WHERE m.account_id = :id", "m.target_id")
_FEATURED = both_ways(f"{_PEOPLE} FROM featured_accounts e JOIN accounts a ON a.id = e.target_id WHERE e.account_id = :id", "e.target_id")
_LIKERS = both_ways(f"{_PEOPLE} FROM likes l JOIN accounts a ON a.id = l.account_id WHERE l.post_id = :id", "l.account_id")
_BOOSTERS = both_ways(
    f"{_PEOPLE} FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.boost_of_id = :id AND p.visibility <= 1", "p.account_id"
)
_FAMILIAR = f"""
    {_PEOPLE} FROM follows f JOIN follows g ON g.follower_id = f.followee_id AND g.state = 'accepted'
    JOIN accounts a ON a.id = f.followee_id
    WHERE f.follower_id = :viewer AND f.state = 'accepted' AND g.followee_id = :id AND a.suspended_ms IS NULL
    ORDER BY a.id LIMIT :limit"""
_UNTILS = "SELECT target_id, until_ms FROM mutes WHERE account_id = :viewer AND target_id IN (:ids)"


def list_relations(db: Connection, viewer_id: int, account_ids: Sequence[int]) -> list[Relation]:
    """What the viewer is to some accounts, in the order of the ids."""
    rows = db.execute(*with_list(_RELATIONS, "ids", set(account_ids), viewer=viewer_id)).fetchall()
    found = {row[0]: _relation(row) for row in rows}
    return [found[account_id] for account_id in dict.fromkeys(account_ids) if account_id in found]


def _relation(row: Row) -> Relation:
    """SQLite has no booleans of its own."""
    values: Row = tuple(bool(value) if place in _FLAGS else value for place, value in enumerate(row))
    return Relation(*values)


def list_followers(db: Connection, account_id: int, window: Window, state: str = "accepted") -> list[Account]:
    """Who follows an account, or asks to; the windows here are ones of account ids."""
    return _people(db, _FOLLOWERS, window, {"id": account_id, "state": state})


def list_following(db: Connection, account_id: int, window: Window, state: str = "accepted") -> list[Account]:
    """Whom an account follows."""
    return _people(db, _FOLLOWING, window, {"id": account_id, "state": state})


def list_blocked(db: Connection, account_id: int, window: Window) -> list[Account]:
    """Whom an account blocks."""
    return _people(db, _BLOCKED, window, {"id": account_id})


def list_muted(db: Connection, account_id: int, window: Window) -> list[Account]:
    """Whom an account mutes."""
    return _people(db, _MUTED, window, {"id": account_id})


def list_featured(db: Connection, account_id: int, window: Window) -> list[Account]:
    """Whom an account recommends on its profile."""
    return _people(db, _FEATURED, window, {"id": account_id})


def list_likers(db: Connection, post_id: int, window: Window) -> list[Account]:
    """Who likes a post."""
    return _people(db, _LIKERS, window, {"id": post_id})


def list_boosters(db: Connection, post_id: int, window: Window) -> list[Account]:
    """Who boosted a post for everybody."""
    return _people(db, _BOOSTERS, window, {"id": post_id})


def list_familiar(db: Connection, viewer_id: int, account_id: int, limit: int) -> list[Account]:
    """Whom the viewer follows and who follow an account."""
    return [Account(*row) for row in db.execute(_FAMILIAR, {"viewer": viewer_id, "id": account_id, "limit": limit}).fetchall()]


def list_mute_ends(db: Connection, viewer_id: int, account_ids: Sequence[int]) -> dict[int, int | None]:
    """Until when some accounts are muted (ms), None for good."""
    rows = db.execute(*with_list(_UNTILS, "ids", set(account_ids), viewer=viewer_id)).fetchall()
    return {row[0]: row[1] for row in rows}


def _people(db: Connection, statement: tuple[str, str], window: Window, given: dict[str, object]) -> list[Account]:
    return [Account(*row) for row in rows_of(db, statement, window, given)]


def set_remark(db: Connection, account_id: int, target_id: int, comment: str) -> None:
    """What somebody notes of an account for themselves; '' for nothing."""
    given = {"account": account_id, "target": target_id, "comment": comment}
    db.execute(
        "INSERT INTO remarks (account_id, target_id, comment) VALUES (:account, :target, :comment)"
        " ON CONFLICT (account_id, target_id) DO UPDATE SET comment = excluded.comment",
        given,
    )


def set_featured(db: Connection, account_id: int, target_id: int, *, is_featured: bool) -> None:
    """Recommends an account on the profile, or no longer."""
    given = {"account": account_id, "target": target_id}
    if is_featured:
        db.execute("INSERT INTO featured_accounts (account_id, target_id) VALUES (:account, :target) ON CONFLICT DO NOTHING", given)
    else:
        db.execute("DELETE FROM featured_accounts WHERE account_id = :account AND target_id = :target", given)


def hide_domain(db: Connection, account_id: int, domain: str) -> None:
    """Somebody wants to see nothing of a server."""
    sql = "INSERT INTO hidden_domains (account_id, domain) VALUES (:account, :domain) ON CONFLICT DO NOTHING"
    db.execute(sql, {"account": account_id, "domain": domain})


def show_domain(db: Connection, account_id: int, domain: str) -> None:
    """Somebody wants to see a server's people again."""
    db.execute("DELETE FROM hidden_domains WHERE account_id = :account AND domain = :domain", {"account": account_id, "domain": domain})


def list_hidden_domains(db: Connection, account_id: int) -> list[str]:
    """Of which servers somebody wants to see nothing."""
    rows = db.execute("SELECT domain FROM hidden_domains WHERE account_id = :account ORDER BY domain", {"account": account_id}).fetchall()
    return [row[0] for row in rows]


def unsuggest(db: Connection, account_id: int, target_id: int) -> None:
    """An account is suggested to somebody no more."""
    sql = "INSERT INTO unsuggested (account_id, target_id) VALUES (:account, :target) ON CONFLICT DO NOTHING"
    db.execute(sql, {"account": account_id, "target": target_id})
