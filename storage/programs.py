"""Programs that act for people (OAuth 2.0): what they are, their codes and tokens. Only hashes of secrets are kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, loaded, placeholders, values


@dataclass(frozen=True, slots=True)
class App:
    """A program as it registered itself. redirect_uris is JSON; scopes are separated by spaces: the most that it may ask for."""

    id: int
    client_id: str
    secret_hash: bytes
    name: str
    website: str
    redirect_uris: str
    scopes: str
    created_ms: int

    @property
    def addresses(self) -> list[str]:
        """Where people may be sent back to."""
        found: list[str] = loaded(self.redirect_uris)
        return found


@dataclass(frozen=True, slots=True)
class Code:
    """A code that somebody gave to a program: good for one token, within minutes. challenge: of PKCE, '' for none."""

    hash: bytes
    app_id: int
    account_id: int
    redirect_uri: str
    scopes: str
    challenge: str
    expires_ms: int
    used_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Authorised:
    """A program that somebody lets act for them, over all its tokens."""

    app_id: int
    name: str
    website: str
    scopes: str
    since_ms: int


_INSERT = f"INSERT INTO apps ({columns(App)}) VALUES ({placeholders(App)})"
_BY_CLIENT = f"SELECT {columns(App)} FROM apps WHERE client_id = :client"
_BY_ID = f"SELECT {columns(App)} FROM apps WHERE id = :id"
_ADD_CODE = f"INSERT INTO codes ({columns(Code)}) VALUES ({placeholders(Code)})"
_CODE = f"SELECT {columns(Code)} FROM codes WHERE hash = :hash"
_BY_APP_TOKEN = f"""
    SELECT t.scopes, {columns(App, "a.")} FROM app_tokens t JOIN apps a ON a.id = t.app_id WHERE t.hash = :hash"""
_AUTHORISED = """
    SELECT a.id, a.name, a.website, t.scopes, t.created_ms FROM tokens t JOIN apps a ON a.id = t.app_id
    WHERE t.account_id = :account ORDER BY a.name, a.id, t.id"""
_POST_APPS = "SELECT post_id, name, website FROM post_apps WHERE post_id IN (:ids)"


def add_app(db: Connection, app: App) -> None:
    """Keeps a program."""
    db.execute(_INSERT, values(app))


def find_app(db: Connection, client_id: str) -> App | None:
    """The program with a client id, or None."""
    row = db.execute(_BY_CLIENT, {"client": client_id}).fetchone()
    return None if row is None else App(*row)


def find_app_by_id(db: Connection, app_id: int) -> App | None:
    """The program, or None."""
    row = db.execute(_BY_ID, {"id": app_id}).fetchone()
    return None if row is None else App(*row)


def add_code(db: Connection, code: Code) -> None:
    """Keeps a code by its hash."""
    db.execute(_ADD_CODE, values(code))


def find_code(db: Connection, digest: bytes) -> Code | None:
    """The code behind a hash, used or not, or None."""
    row = db.execute(_CODE, {"hash": digest}).fetchone()
    return None if row is None else Code(*row)


def use_code(db: Connection, digest: bytes, now_ms: int) -> bool:
    """True where the code was not used before."""
    sql = "UPDATE codes SET used_ms = :now WHERE hash = :hash AND used_ms IS NULL"
    return db.execute(sql, {"now": now_ms, "hash": digest}).rowcount == 1


def note_token(db: Connection, token_id: int, app_id: int, code_hash: bytes | None) -> None:
    """Which program a token is of, and for which code it was given."""
    sql = "UPDATE tokens SET app_id = :app, code_hash = :code WHERE id = :id"
    db.execute(sql, {"app": app_id, "code": code_hash, "id": token_id})


def remove_tokens_of_code(db: Connection, digest: bytes) -> None:
    """Ends what was given for a code that somebody has used twice (RFC 6749, section 4.1.2)."""
    db.execute("DELETE FROM tokens WHERE code_hash = :hash", {"hash": digest})


def add_app_token(db: Connection, digest: bytes, app_id: int, scopes: str, now_ms: int) -> None:
    """Keeps a token of a program alone."""
    sql = "INSERT INTO app_tokens (hash, app_id, scopes, created_ms) VALUES (:hash, :app, :scopes, :now)"
    db.execute(sql, {"hash": digest, "app": app_id, "scopes": scopes, "now": now_ms})


def find_app_token(db: Connection, digest: bytes) -> tuple[App, str] | None:
    """The program behind a token of its own, and the token's scopes; or None."""
    row = db.execute(_BY_APP_TOKEN, {"hash": digest}).fetchone()
    return None if row is None else (App(*row[1:]), row[0])


def revoke(db: Connection, digest: bytes, app_id: int) -> bool:
    """True where the token behind a hash was that program's, somebody's or its own; it holds no longer."""
    given = {"hash": digest, "app": app_id}
    ended = db.execute("DELETE FROM tokens WHERE hash = :hash AND app_id = :app", given).rowcount
    return ended + db.execute("DELETE FROM app_tokens WHERE hash = :hash AND app_id = :app", given).rowcount > 0


def list_authorised(db: Connection, account_id: int) -> list[Authorised]:
    """The programs that act for somebody, by name."""
    found: dict[int, Authorised] = {}
    for app_id, name, website, scopes, created_ms in db.execute(_AUTHORISED, {"account": account_id}).fetchall():
        known = found.get(app_id)
        together = sorted({*scopes.split(), *(known.scopes.split() if known else ())})
        found[app_id] = Authorised(app_id, name, website, " ".join(together), known.since_ms if known else created_ms)
    return list(found.values())


def withdraw(db: Connection, account_id: int, app_id: int) -> bool:
    """True where the program had a token of that account; none holds any longer, nor a code."""
    given = {"account": account_id, "app": app_id}
    db.execute("DELETE FROM codes WHERE account_id = :account AND app_id = :app", given)
    return db.execute("DELETE FROM tokens WHERE account_id = :account AND app_id = :app", given).rowcount > 0


def forget_codes(db: Connection, now_ms: int) -> None:
    """Drops codes that hold no longer; a day later nobody tries them again."""
    db.execute("DELETE FROM codes WHERE expires_ms < :before", {"before": now_ms - 24 * 3600 * 1000})


def note_post(db: Connection, post_id: int, name: str, website: str) -> None:
    """By which program a post was written."""
    sql = "INSERT INTO post_apps (post_id, name, website) VALUES (:post, :name, :website) ON CONFLICT DO NOTHING"
    db.execute(sql, {"post": post_id, "name": name, "website": website})


def list_post_apps(db: Connection, post_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """(name, website) of the programs by which some posts were written, by post id."""
    rows = db.execute(*with_list(_POST_APPS, "ids", set(post_ids))).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}
