"""Finding people by what somebody types, and those who like to be found."""

from storage.database import Connection
from storage.records import Account, columns
from storage.wards import listed

_SHOWN = "a.suspended_ms IS NULL AND a.deleted_ms IS NULL"
_FINDABLE = f"{_SHOWN} AND {listed('a')}"
_HANDLE = f"""
    SELECT {columns(Account, "a.")} FROM accounts a
    WHERE lower(a.name) >= :start AND lower(a.name) < :end AND (:domain = '' OR a.domain LIKE :domain ESCAPE '!') AND {_FINDABLE}
      AND (NOT :following OR EXISTS (
           SELECT 1 FROM follows f WHERE f.follower_id = :viewer AND f.followee_id = a.id AND f.state = 'accepted'))
      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :viewer)
    ORDER BY EXISTS (SELECT 1 FROM follows f WHERE f.follower_id = :viewer AND f.followee_id = a.id) DESC, a.domain <> '', a.id
    LIMIT :limit OFFSET :offset"""
_NAMED = f"""
    SELECT {columns(Account, "a.")} FROM accounts a
    WHERE lower(a.display_name) LIKE :pattern ESCAPE '!' AND (a.discoverable OR a.domain = '') AND {_FINDABLE}
      AND (NOT :following OR EXISTS (
           SELECT 1 FROM follows f WHERE f.follower_id = :viewer AND f.followee_id = a.id AND f.state = 'accepted'))
      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = :viewer)
    ORDER BY a.domain <> '', a.id LIMIT :limit OFFSET :offset"""
_LISTED = "a.discoverable AND a.mode <> 'supervised' AND a.moved_to_uri IS NULL AND (NOT :local OR a.domain = '')"
_ACTIVE = f"""
    SELECT a.id FROM tallies t JOIN accounts a ON a.id = t.account_id
    WHERE {_LISTED} AND {_SHOWN} ORDER BY t.last_ms DESC, a.id DESC LIMIT :limit OFFSET :offset"""
_NEWEST = f"SELECT a.id FROM accounts a WHERE {_LISTED} AND {_SHOWN} ORDER BY a.id DESC LIMIT :limit OFFSET :offset"


def list_people(db: Connection, text: str, viewer_id: int, limit: int, offset: int = 0, *, following: bool = False) -> list[Account]:
    """Accounts whose handle begins with a text, then those whose name has it; those whom the viewer follows first.

    The lists of this module page by a number: programs ask for them so, and they are short.
    """
    handle, _, domain = text.lower().lstrip("@").partition("@")
    given = {"viewer": viewer_id, "following": following, "limit": limit, "offset": offset}
    where = {"start": handle, "end": handle + "\U0010fffd", "domain": _like(domain) + "%" if domain else ""}
    found = [Account(*row) for row in db.execute(_HANDLE, {**given, **where}).fetchall()]
    if len(found) < limit and not domain:
        rows = db.execute(_NAMED, {**given, "pattern": f"%{_like(text.lower())}%"}).fetchall()
        known = {account.id for account in found}
        found += [account for account in (Account(*row) for row in rows) if account.id not in known]
    return found[:limit]


def _like(text: str) -> str:
    return text.replace("!", "!!").replace("_", "!_").replace("%", "!%")


def list_directory(db: Connection, *, local: bool, newest: bool, limit: int, offset: int) -> list[int]:
    """People who agreed to be shown to strangers, the most recently active or the newest first."""
    given = {"local": local, "limit": limit, "offset": offset}
    return [row[0] for row in db.execute(_NEWEST if newest else _ACTIVE, given).fetchall()]
