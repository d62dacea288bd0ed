"""Who signs in: users, their sessions, bearer tokens and one-time links. Only hashes of secrets are kept."""

from dataclasses import dataclass

from storage.database import Connection, one_value
from storage.errors import Missing
from storage.records import Account, User, columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. csrf is what its forms must carry."""

    account: Account
    role: str
    language: str
    csrf: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class Token:
    """A program that acts for an account. scopes are separated by spaces; app_id is None for one that somebody made by hand."""

    id: int
    account_id: int
    app: str
    scopes: str
    created_ms: int
    app_id: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link that still holds."""

    purpose: str  # owner, invite, password
    account_id: int | None


_INSERT = f"INSERT INTO users ({columns(User)}) VALUES ({placeholders(User)})"
_BY_ID = f"SELECT {columns(User)} FROM users WHERE account_id = :id"
_BY_LOGIN = f"""
    SELECT {columns(User, "u.")} FROM users u JOIN accounts a ON a.id = u.account_id
    WHERE a.deleted_ms IS NULL AND u.account_id IN (
        SELECT account_id FROM users WHERE email IS NOT NULL AND lower(email) = lower(:login)
        UNION ALL SELECT id FROM accounts WHERE domain = '' AND lower(name) = lower(:login))
    ORDER BY a.id LIMIT 1"""
_SESSION = f"""
    SELECT u.role, u.language, s.csrf, s.expires_ms, {columns(Account, "a.")}
    FROM sessions s JOIN accounts a ON a.id = s.account_id JOIN users u ON u.account_id = a.id
    WHERE s.hash = :hash AND s.expires_ms > :now AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL AND u.disabled_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM applicants w WHERE w.account_id = a.id)"""
_TOKENS = f"SELECT {columns(Token)} FROM tokens WHERE account_id = :id AND app_id IS NULL ORDER BY id"
_TOKEN_WIDTH = len(Token.__slots__)
_ADD_TOKEN = f"INSERT INTO tokens (hash, {columns(Token)}) VALUES (:hash, {placeholders(Token)})"
_BY_TOKEN = f"""
    SELECT {columns(Token, "t.")}, {columns(Account, "a.")} FROM tokens t JOIN accounts a ON a.id = t.account_id
    WHERE t.hash = :hash AND a.suspended_ms IS NULL AND a.deleted_ms IS NULL
      AND NOT EXISTS (SELECT 1 FROM users u WHERE u.account_id = t.account_id AND u.disabled_ms IS NOT NULL)"""


def add_user(db: Connection, user: User) -> None:
    """Lets an account sign in. Raises Taken where it does already, or the address is another's."""
    db.execute(_INSERT, values(user))


def find_user(db: Connection, account_id: int) -> User | None:
    """How an account signs in, or None."""
    row = db.execute(_BY_ID, {"id": account_id}).fetchone()
    return None if row is None else User(*row)


def get_user(db: Connection, account_id: int) -> User:
    """How an account signs in. Raises Missing."""
    user = find_user(db, account_id)
    if user is None:
        raise Missing(f"account {account_id} does not sign in")
    return user


def find_user_by_login(db: Connection, login: str) -> User | None:
    """The user whose name or e-mail address someone typed, upper and lower case alike."""
    row = db.execute(_BY_LOGIN, {"login": login}).fetchone()
    return None if row is None else User(*row)


def has_users(db: Connection) -> bool:
    """Whether anybody can sign in yet."""
    return db.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None


def set_password(db: Connection, account_id: int, password_hash: str) -> None:
    """Another password; whoever is signed in stays so only where the caller also ends the sessions."""
    db.execute("UPDATE users SET password_hash = :hash WHERE account_id = :id", {"hash": password_hash, "id": account_id})


def set_email(db: Connection, account_id: int, email: str) -> None:
    """Another e-mail address. Raises Taken."""
    db.execute("UPDATE users SET email = :email WHERE account_id = :id", {"email": email, "id": account_id})


def set_language(db: Connection, account_id: int, language: str) -> None:
    """The language of the pages."""
    db.execute("UPDATE users SET language = :language WHERE account_id = :id", {"language": language, "id": account_id})


def set_notifications_read(db: Connection, account_id: int, notification_id: int) -> None:
    """Up to which notification someone has read."""
    sql = "UPDATE users SET notifications_read_id = :read WHERE account_id = :id AND notifications_read_id < :read"
    db.execute(sql, {"read": notification_id, "id": account_id})


def remove_user(db: Connection, account_id: int) -> None:
    """Nobody signs in for the account any more."""
    end_sessions(db, account_id)
    db.execute("DELETE FROM tokens WHERE account_id = :id", {"id": account_id})
    db.execute("DELETE FROM users WHERE account_id = :id", {"id": account_id})


def add_session(db: Connection, digest: bytes, account_id: int, csrf: str, now_ms: int, expires_ms: int) -> None:
    """Signs a browser in."""
    db.execute(
        "INSERT INTO sessions (hash, account_id, csrf, created_ms, expires_ms) VALUES (:hash, :account, :csrf, :now, :expires)",
        {"hash": digest, "account": account_id, "csrf": csrf, "now": now_ms, "expires": expires_ms},
    )


def find_session(db: Connection, digest: bytes, now_ms: int) -> Session | None:
    """The session behind a cookie's hash while it holds and its account is active, or None."""
    row = db.execute(_SESSION, {"hash": digest, "now": now_ms}).fetchone()
    return None if row is None else Session(Account(*row[4:]), row[0], row[1], row[2], row[3])


def remove_session(db: Connection, digest: bytes) -> None:
    """Signs a browser out."""
    db.execute("DELETE FROM sessions WHERE hash = :hash", {"hash": digest})


def end_sessions(db: Connection, account_id: int) -> None:
    """Signs every browser of an account out."""
    db.execute("DELETE FROM sessions WHERE account_id = :id", {"id": account_id})


def add_token(db: Connection, digest: bytes, token: Token) -> None:
    """Keeps a bearer token by its hash."""
    db.execute(_ADD_TOKEN, {"hash": digest, **values(token)})


def find_token(db: Connection, digest: bytes) -> tuple[Token, Account] | None:
    """The token behind a hash and whom it acts for, while that account is active, or None."""
    row = db.execute(_BY_TOKEN, {"hash": digest}).fetchone()
    return None if row is None else (Token(*row[:_TOKEN_WIDTH]), Account(*row[_TOKEN_WIDTH:]))


def list_tokens(db: Connection, account_id: int) -> list[Token]:
    """The tokens that somebody made by hand, oldest first."""
    return [Token(*row) for row in db.execute(_TOKENS, {"id": account_id}).fetchall()]


def remove_tokens(db: Connection, account_id: int) -> None:
    """Every app of the account is signed out: its tokens, their push subscriptions, and codes that could become tokens."""
    db.execute("DELETE FROM codes WHERE account_id = :id", {"id": account_id})
    db.execute("DELETE FROM tokens WHERE account_id = :id", {"id": account_id})


def remove_token(db: Connection, account_id: int, token_id: int) -> bool:
    """True where the account had that token."""
    return db.execute("DELETE FROM tokens WHERE id = :id AND account_id = :account", {"id": token_id, "account": account_id}).rowcount == 1


def add_link(db: Connection, digest: bytes, link: Link, expires_ms: int) -> None:
    """Keeps a one-time link by the hash of its secret."""
    db.execute(
        "INSERT INTO links (hash, purpose, account_id, expires_ms) VALUES (:hash, :purpose, :account_id, :expires)",
        {"hash": digest, "purpose": link.purpose, "account_id": link.account_id, "expires": expires_ms},
    )


def find_link(db: Connection, digest: bytes, now_ms: int) -> Link | None:
    """The link behind a hash while it holds, or None."""
    row = db.execute(
        "SELECT purpose, account_id FROM links WHERE hash = :hash AND expires_ms > :now", {"hash": digest, "now": now_ms}
    ).fetchone()
    return None if row is None else Link(*row)


def use_link(db: Connection, digest: bytes, now_ms: int) -> Link | None:
    """The link behind a hash, which holds no longer; None where it did not hold."""
    link = find_link(db, digest, now_ms)
    is_ours = db.execute("DELETE FROM links WHERE hash = :hash", {"hash": digest}).rowcount == 1  # of two that come at once, one
    db.execute("DELETE FROM links WHERE expires_ms <= :now", {"now": now_ms})
    return link if is_ours else None


def remove_links(db: Connection, purpose: str) -> None:
    """No link of a purpose holds any longer."""
    db.execute("DELETE FROM links WHERE purpose = :purpose", {"purpose": purpose})


def forget_expired(db: Connection, now_ms: int) -> None:
    """Drops sessions and links that hold no longer."""
    db.execute("DELETE FROM sessions WHERE expires_ms <= :now", {"now": now_ms})
    db.execute("DELETE FROM links WHERE expires_ms <= :now", {"now": now_ms})


def count_unread(db: Connection, account_id: int) -> int:
    """How many notifications someone has not read, at most 100."""
    sql = (
        "SELECT count(*) FROM (SELECT 1 FROM notifications n WHERE n.account_id = :id"
        " AND NOT n.filtered AND n.id > (SELECT notifications_read_id FROM users WHERE account_id = :id) LIMIT 100) AS unread"
    )
    return int(one_value(db.execute(sql, {"id": account_id})))


def list_moderators(db: Connection) -> list[int]:
    """The accounts whose users are owners or moderators."""
    rows = db.execute("SELECT account_id FROM users WHERE role IN ('owner', 'moderator') AND disabled_ms IS NULL ORDER BY account_id")
    return [row[0] for row in rows.fetchall()]
