"""Who, among those who listen just now, gets what has just been said."""

from collections.abc import Sequence

from storage.database import Connection, with_list

_HOLDERS = "SELECT h.account_id FROM home h WHERE h.post_id = :post AND h.account_id IN (:ids)"
_READERS = """
    SELECT u.account_id FROM users u WHERE u.account_id = (SELECT account_id FROM posts WHERE id = :post)
    UNION SELECT m.account_id FROM mentions m JOIN users u ON u.account_id = m.account_id WHERE m.post_id = :post
    UNION SELECT h.account_id FROM home h JOIN users u ON u.account_id = h.account_id WHERE h.post_id = :post"""
_SPECIAL = """
    SELECT f.account_id FROM filters f WHERE f.account_id IN (:ids)
    UNION SELECT l.account_id FROM likes l WHERE l.post_id = :post AND l.account_id IN (:ids)
    UNION SELECT b.account_id FROM bookmarks b WHERE b.post_id = :post AND b.account_id IN (:ids)
    UNION SELECT r.account_id FROM posts r WHERE r.boost_of_id = :post AND r.account_id IN (:ids)
    UNION SELECT v.account_id FROM votes v WHERE v.post_id = :post AND v.account_id IN (:ids)
    UNION SELECT t.account_id FROM muted_threads t WHERE t.account_id IN (:ids)
    UNION SELECT p.account_id FROM posts p WHERE p.id = :post AND p.account_id IN (:ids)"""


def list_holders(db: Connection, post_id: int, account_ids: Sequence[int]) -> set[int]:
    """Those of some accounts in whose home timeline a post stands."""
    return {row[0] for row in db.execute(*with_list(_HOLDERS, "ids", account_ids, post=post_id)).fetchall()}


def list_readers(db: Connection, post_id: int) -> list[int]:
    """Whoever of ours can see a post that is not for everybody: its author, whom it names, those in whose home timeline it stands."""
    return [row[0] for row in db.execute(_READERS, {"post": post_id}).fetchall()]


def list_special(db: Connection, post_id: int, account_ids: Sequence[int]) -> set[int]:
    """Those of some accounts to whom a post may look different: its author, who filters, mutes threads, liked it, kept it, voted."""
    return {row[0] for row in db.execute(*with_list(_SPECIAL, "ids", account_ids, post=post_id)).fetchall()}
