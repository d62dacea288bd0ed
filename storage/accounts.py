"""Accounts, and the keys by which they sign."""

from collections.abc import Sequence

from storage.database import Connection, one_value, with_list
from storage.errors import Missing
from storage.records import Account, Key, columns, placeholders, values

_SELECT = f"SELECT {columns(Account)} FROM accounts "
_BY_ID = _SELECT + "WHERE id = :id"
_BY_IDS = _SELECT + "WHERE id IN (:ids)"
_BY_URI = _SELECT + "WHERE uri = :uri"
_BY_URL = _SELECT + "WHERE url = :url ORDER BY id LIMIT 1"
_BY_HANDLE = _SELECT + "WHERE domain = :domain AND lower(name) = lower(:name) ORDER BY id LIMIT 1"
_BY_KEY = f"""
    SELECT {columns(Account, "a.")} FROM keys k JOIN accounts a ON a.id = k.account_id
    WHERE k.public_key = :key AND k.algorithm = 'ed25519' AND a.domain = '' AND a.deleted_ms IS NULL ORDER BY a.id DESC LIMIT 1"""
_LOCAL = _SELECT + "WHERE domain = '' AND deleted_ms IS NULL ORDER BY id"
_INSERT = f"INSERT INTO accounts ({columns(Account)}) VALUES ({placeholders(Account)})"
_CHANGING = tuple(name for name in Account.__slots__ if name not in {"id", "uri", "created_ms", "mode", "suspended_ms", "domain"})
_UPDATE = f"UPDATE accounts SET {', '.join(f'{name} = :{name}' for name in _CHANGING)} WHERE id = :id"
_KEY = f"SELECT {columns(Key)} FROM keys WHERE uri = :uri"
_KEYS = f"SELECT {columns(Key)} FROM keys WHERE account_id = :id ORDER BY uri"
_SAVE_KEY = f"""
    INSERT INTO keys ({columns(Key)}) VALUES ({placeholders(Key)})
    ON CONFLICT (uri) DO UPDATE SET public_key = excluded.public_key, algorithm = excluded.algorithm, fetched_ms = excluded.fetched_ms
    WHERE keys.account_id = excluded.account_id"""


def add_account(db: Connection, account: Account) -> None:
    """Keeps a new account. Raises Taken where its id, URI or handle stands already."""
    db.execute(_INSERT, values(account))


def update_account(db: Connection, account: Account) -> None:
    """Replaces what an account says of itself (not its URI, domain, mode or suspension)."""
    db.execute(_UPDATE, values(account))


def find_account(db: Connection, account_id: int) -> Account | None:
    """The account, or None."""
    return _one(db, _BY_ID, {"id": account_id})


def get_account(db: Connection, account_id: int) -> Account:
    """The account. Raises Missing."""
    account = find_account(db, account_id)
    if account is None:
        raise Missing(f"there is no account {account_id}")
    return account


def find_account_by_uri(db: Connection, uri: str) -> Account | None:
    """The account with an actor id, or None."""
    return _one(db, _BY_URI, {"uri": uri})


def find_account_by_handle(db: Connection, name: str, domain: str = "") -> Account | None:
    """The account with a handle, upper and lower case alike; domain '' for ours."""
    return _one(db, _BY_HANDLE, {"name": name, "domain": domain})


def find_account_by_key(db: Connection, multibase: str) -> Account | None:
    """The account of ours that has an Ed25519 key; of others only what they list is known, and that proves nothing."""
    return _one(db, _BY_KEY, {"key": multibase})


def find_account_by_address(db: Connection, uri: str) -> Account | None:
    """The account that a person means by a URL: its actor id, else its page."""
    return find_account_by_uri(db, uri) or _one(db, _BY_URL, {"url": uri})


def list_accounts(db: Connection, ids: Sequence[int]) -> dict[int, Account]:
    """The accounts that there are among some ids, by id."""
    rows = db.execute(*with_list(_BY_IDS, "ids", set(ids))).fetchall()
    return {row[0]: Account(*row) for row in rows}


def list_local_accounts(db: Connection) -> list[Account]:
    """All of ours that were not deleted, oldest first."""
    rows = db.execute(_LOCAL).fetchall()
    return [Account(*row) for row in rows]


def count_local_people(db: Connection) -> int:
    """How many of ours sign in and are not suspended."""
    sql = "SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.deleted_ms IS NULL AND a.suspended_ms IS NULL"
    return int(one_value(db.execute(sql)))


def count_active_people(db: Connection, since_post_id: int) -> int:
    """How many of ours have posted since an id's moment."""
    sql = (
        "SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.deleted_ms IS NULL"
        " AND EXISTS (SELECT 1 FROM posts p WHERE p.account_id = u.account_id AND p.id >= :since)"
    )
    return int(one_value(db.execute(sql, {"since": since_post_id})))


def set_domain(db: Connection, account_id: int, domain: str) -> None:
    """Gives another server's account the domain of its handle, once that is confirmed."""
    db.execute("UPDATE accounts SET domain = :domain WHERE id = :id AND domain <> ''", {"domain": domain, "id": account_id})


def set_suspended(db: Connection, account_id: int, suspended_ms: int | None) -> None:
    """Suspends an account at a moment, or restores it with None."""
    db.execute("UPDATE accounts SET suspended_ms = :at WHERE id = :id", {"at": suspended_ms, "id": account_id})


def set_deleted(db: Connection, account_id: int, deleted_ms: int) -> None:
    """Empties an account and keeps its name, which is never given out again."""
    db.execute(
        "UPDATE accounts SET deleted_ms = :at, revision_ms = :at, display_name = '', summary = '', summary_source = '', icon_url = NULL,"
        " image_url = NULL, fields = '[]', emojis = '[]', discoverable = false, indexable = false WHERE id = :id",
        {"at": deleted_ms, "id": account_id},
    )


def remove_relations(db: Connection, account_id: int) -> None:
    """Ends every follow, like, block, mute and notification of and about an account."""
    for sql in _RELATIONS:
        db.execute(sql, {"id": account_id})


_RELATIONS = (
    "DELETE FROM follows WHERE follower_id = :id",
    "DELETE FROM follows WHERE followee_id = :id",
    "DELETE FROM likes WHERE account_id = :id",
    "DELETE FROM blocks WHERE account_id = :id",
    "DELETE FROM blocks WHERE target_id = :id",
    "DELETE FROM mutes WHERE account_id = :id",
    "DELETE FROM notifications WHERE account_id = :id",
    "DELETE FROM notifications WHERE actor_id = :id",
    "DELETE FROM keys WHERE account_id = :id AND private_pem IS NULL",
)


def set_moved(db: Connection, account_id: int, moved_to_uri: str, revision_ms: int) -> None:
    """Notes where an account has moved to."""
    sql = "UPDATE accounts SET moved_to_uri = :to, revision_ms = :at WHERE id = :id"
    db.execute(sql, {"to": moved_to_uri, "at": revision_ms, "id": account_id})


def set_icon(db: Connection, account_id: int, url: str | None, alt: str, revision_ms: int) -> None:
    """Gives an account another picture."""
    sql = "UPDATE accounts SET icon_url = :url, icon_alt = :alt, revision_ms = :at WHERE id = :id"
    db.execute(sql, {"url": url, "alt": alt, "at": revision_ms, "id": account_id})


def save_key(db: Connection, key: Key) -> None:
    """Keeps a key; one with the same id is replaced where it belongs to the same account, and left alone where not."""
    db.execute(_SAVE_KEY, values(key))


def find_key(db: Connection, uri: str) -> tuple[Key, Account] | None:
    """A key and its owner, or None."""
    row = db.execute(_KEY, {"uri": uri}).fetchone()
    if row is None:
        return None
    key = Key(*row)
    return key, get_account(db, key.account_id)


def list_keys(db: Connection, account_id: int) -> list[Key]:
    """An account's keys."""
    return [Key(*row) for row in db.execute(_KEYS, {"id": account_id}).fetchall()]


def find_stated_ms(db: Connection, account_id: int) -> int:
    """`updated` of the newest version of an actor of another server that was seen (milliseconds), 0 where it stated none."""
    return int(one_value(db.execute("SELECT stated_ms FROM accounts WHERE id = :id", {"id": account_id})) or 0)


def set_stated_ms(db: Connection, account_id: int, stated_ms: int) -> None:
    """See find_stated_ms."""
    db.execute("UPDATE accounts SET stated_ms = :stated WHERE id = :id AND stated_ms <> :stated", {"stated": stated_ms, "id": account_id})


def replace_key(db: Connection, key: Key) -> None:
    """An account of ours signs with another key of that kind from now on. A new key has a new id: others know the old one by its id."""
    db.execute("DELETE FROM keys WHERE account_id = :id AND algorithm = :algorithm", {"id": key.account_id, "algorithm": key.algorithm})
    save_key(db, key)


def remove_other_keys(db: Connection, account_id: int, uris: Sequence[str]) -> None:
    """Drops the keys that an account no longer lists: a key withdrawn verifies nothing more."""
    for key in list_keys(db, account_id):
        if key.uri not in uris:
            db.execute("DELETE FROM keys WHERE uri = :uri", {"uri": key.uri})


def _one(db: Connection, sql: str, parameters: dict[str, object]) -> Account | None:
    row = db.execute(sql, parameters).fetchone()
    return None if row is None else Account(*row)


def set_mode(db: Connection, account_id: int, mode: str) -> None:
    """open, guided or supervised."""
    db.execute("UPDATE accounts SET mode = :mode WHERE id = :id", {"mode": mode, "id": account_id})
