"""Likes, pins, mentions, hashtags: what hangs on a post."""

from collections.abc import Iterable, Sequence

from storage import indexing, tagging
from storage.database import Connection, one_value, with_list
from storage.records import Account, Post, columns

_LIKERS = f"""
    SELECT {columns(Account, "a.")} FROM likes l JOIN accounts a ON a.id = l.account_id
    WHERE l.post_id = :post AND l.account_id > :after ORDER BY l.account_id LIMIT :limit"""
_BOOSTERS = f"""
    SELECT {columns(Account, "a.")} FROM posts p JOIN accounts a ON a.id = p.account_id
    WHERE p.boost_of_id = :post AND p.account_id > :after ORDER BY p.account_id LIMIT :limit"""
_MENTIONED = f"""
    SELECT {columns(Account, "a.")} FROM mentions m JOIN accounts a ON a.id = m.account_id
    WHERE m.post_id = :post ORDER BY m.account_id"""
_TAGS = "SELECT pt.post_id, t.name FROM post_tags pt JOIN tags t ON t.id = pt.tag_id WHERE pt.post_id IN (:ids) ORDER BY t.name"
_PINNED = f"""
    SELECT {columns(Post, "p.")} FROM pins n JOIN posts p ON p.id = n.post_id
    WHERE n.account_id = :id AND p.visibility <= 1 ORDER BY n.created_ms DESC, n.post_id DESC"""


_LIKE_URIS = """
    SELECT l.account_id, l.uri FROM likes l JOIN accounts a ON a.id = l.account_id
    WHERE l.post_id = :post AND l.account_id > :after AND a.mode <> 'supervised' ORDER BY l.account_id LIMIT :limit"""
_BOOST_URIS = """
    SELECT p.account_id, p.uri FROM posts p JOIN accounts a ON a.id = p.account_id
    WHERE p.boost_of_id = :post AND p.account_id > :after AND p.visibility <= 1 AND a.mode <> 'supervised'
    ORDER BY p.account_id LIMIT :limit"""


def add_like(db: Connection, account_id: int, post_id: int, uri: str, now_ms: int) -> bool:
    """True where the like is new, False where it stood already."""
    sql = "INSERT INTO likes (post_id, account_id, uri, created_ms) VALUES (:post_id, :account_id, :uri, :now_ms) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"post_id": post_id, "account_id": account_id, "uri": uri, "now_ms": now_ms}).rowcount == 1


def remove_like(db: Connection, account_id: int, post_id: int) -> str | None:
    """The removed like's URI, or None where there was none."""
    sql = "DELETE FROM likes WHERE post_id = :post AND account_id = :account RETURNING uri"
    uri: str | None = one_value(db.execute(sql, {"post": post_id, "account": account_id}))
    return uri


def find_liked_post(db: Connection, account_id: int, uri: str) -> int | None:
    """Which post an account's like with that URI was of: for an Undo that names only the like."""
    sql = "SELECT post_id FROM likes WHERE account_id = :account AND uri = :uri ORDER BY post_id DESC LIMIT 1"
    post_id: int | None = one_value(db.execute(sql, {"account": account_id, "uri": uri}))
    return post_id


def list_likers(db: Connection, post_id: int, limit: int, after: int = 0) -> list[Account]:
    """Who likes a post, by account id upward."""
    return [Account(*row) for row in db.execute(_LIKERS, {"post": post_id, "after": after, "limit": limit}).fetchall()]


def list_boosters(db: Connection, post_id: int, limit: int, after: int = 0) -> list[Account]:
    """Who boosted a post, by account id upward."""
    return [Account(*row) for row in db.execute(_BOOSTERS, {"post": post_id, "after": after, "limit": limit}).fetchall()]


def list_like_uris(db: Connection, post_id: int, limit: int, after: int = 0) -> list[tuple[int, str]]:
    """Likes of a post as (account id, URI), by account id upward, without those of supervised accounts."""
    return [(row[0], row[1]) for row in db.execute(_LIKE_URIS, {"post": post_id, "after": after, "limit": limit}).fetchall()]


def list_boost_uris(db: Connection, post_id: int, limit: int, after: int = 0) -> list[tuple[int, str]]:
    """Public boosts of a post as (account id, URI), by account id upward, without those of supervised accounts."""
    return [(row[0], row[1]) for row in db.execute(_BOOST_URIS, {"post": post_id, "after": after, "limit": limit}).fetchall()]


def set_mentions(db: Connection, post_id: int, account_ids: Iterable[int]) -> None:
    """Whom a post names; earlier names are forgotten."""
    db.execute("DELETE FROM mentions WHERE post_id = :post", {"post": post_id})
    rows = [{"post": post_id, "account": account_id} for account_id in set(account_ids)]
    if rows:
        db.executemany("INSERT INTO mentions (post_id, account_id) VALUES (:post, :account) ON CONFLICT DO NOTHING", rows)


def list_mentioned(db: Connection, post_id: int) -> list[Account]:
    """Whom a post names."""
    return [Account(*row) for row in db.execute(_MENTIONED, {"post": post_id}).fetchall()]


def set_tags(db: Connection, post_id: int, names: Iterable[str]) -> None:
    """A post's hashtags (no '#'; kept in lower case); earlier ones are forgotten."""
    wanted = sorted({name.lower() for name in names})
    if indexing.has_tags(db, post_id, wanted):
        return
    indexing.forget_text(db, post_id)
    db.execute("DELETE FROM post_tags WHERE post_id = :post", {"post": post_id})
    tagging.add_tags(db, post_id, wanted)
    indexing.index_text(db, post_id)


def list_tags(db: Connection, post_ids: Sequence[int]) -> dict[int, list[str]]:
    """The hashtags of some posts, by post id."""
    found: dict[int, list[str]] = {}
    for post_id, name in db.execute(*with_list(_TAGS, "ids", set(post_ids))).fetchall():
        found.setdefault(post_id, []).append(name)
    return found


def set_pin(db: Connection, account_id: int, post_id: int, now_ms: int) -> bool:
    """True where the post was not pinned yet."""
    sql = "INSERT INTO pins (account_id, post_id, created_ms) VALUES (:account, :post, :now) ON CONFLICT DO NOTHING"
    return db.execute(sql, {"account": account_id, "post": post_id, "now": now_ms}).rowcount == 1


def remove_pin(db: Connection, account_id: int, post_id: int) -> bool:
    """True where the post was pinned."""
    return db.execute("DELETE FROM pins WHERE account_id = :a AND post_id = :p", {"a": account_id, "p": post_id}).rowcount == 1


def is_pinned(db: Connection, account_id: int, post_id: int) -> bool:
    """Whether an account has pinned a post."""
    return db.execute("SELECT 1 FROM pins WHERE account_id = :a AND post_id = :p", {"a": account_id, "p": post_id}).fetchone() is not None


def list_pinned(db: Connection, account_id: int) -> list[Post]:
    """What an account has pinned, newest pin first."""
    return [Post(*row) for row in db.execute(_PINNED, {"id": account_id}).fetchall()]
