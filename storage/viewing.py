"""What showing some posts and people takes beyond their rows: one statement a question, however many posts."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.posts import ACTIVE, visible
from storage.records import Post, columns


@dataclass(frozen=True, slots=True)
class Stats:
    """How much an account has, as far as we know. last_ms: its newest post, 0 for none."""

    followers: int = 0
    following: int = 0
    posts: int = 0
    last_ms: int = 0


@dataclass(frozen=True, slots=True)
class Marks:
    """What one viewer did to a post."""

    liked: bool = False
    boosted: bool = False
    bookmarked: bool = False
    pinned: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a post names."""

    id: int
    name: str
    domain: str
    url: str


_STATS = """
    SELECT a.id, (SELECT count(*) FROM follows f WHERE f.followee_id = a.id AND f.state = 'accepted'),
           (SELECT count(*) FROM follows f WHERE f.follower_id = a.id AND f.state = 'accepted'),
           coalesce(t.posts, 0), coalesce(t.last_ms, 0)
    FROM accounts a LEFT JOIN tallies t ON t.account_id = a.id WHERE a.id IN (:ids)"""
_MARKS = """
    SELECT p.id, EXISTS (SELECT 1 FROM likes l WHERE l.post_id = p.id AND l.account_id = :viewer),
           EXISTS (SELECT 1 FROM posts s WHERE s.boost_of_id = p.id AND s.account_id = :viewer),
           EXISTS (SELECT 1 FROM bookmarks b WHERE b.post_id = p.id AND b.account_id = :viewer),
           EXISTS (SELECT 1 FROM pins n WHERE n.post_id = p.id AND n.account_id = :viewer),
           EXISTS (SELECT 1 FROM muted_threads m WHERE m.thread_id = coalesce(p.thread_id, p.id) AND m.account_id = :viewer)
    FROM posts p WHERE p.id IN (:ids)"""
_NAMED = """
    SELECT m.post_id, a.id, a.name, a.domain, coalesce(a.url, a.uri) FROM mentions m JOIN accounts a ON a.id = m.account_id
    WHERE m.post_id IN (:ids) ORDER BY m.post_id, a.id"""
_AUTHORS = "SELECT id, account_id FROM posts WHERE id IN (:ids)"
_VOTES = "SELECT post_id, option FROM votes WHERE account_id = :viewer AND post_id IN (:ids) ORDER BY post_id, option"
_VISIBLE = f"""
    SELECT {columns(Post, "p.")} FROM posts p JOIN accounts a ON a.id = p.account_id
    WHERE p.id IN (:ids) AND {ACTIVE} AND {visible("p")}"""

_FOLLOWED = """
    SELECT followee_id FROM follows WHERE follower_id = :viewer AND state = 'accepted' AND followee_id IN (:ids)"""


def list_stats(db: Connection, account_ids: Sequence[int]) -> dict[int, Stats]:
    """How much some accounts have, by id."""
    rows = db.execute(*with_list(_STATS, "ids", set(account_ids))).fetchall()
    return {row[0]: Stats(*row[1:]) for row in rows}


def list_marks(db: Connection, post_ids: Sequence[int], viewer_id: int) -> dict[int, Marks]:
    """What a viewer did to some posts, by id; nothing for a stranger."""
    if not viewer_id:
        return {}
    rows = db.execute(*with_list(_MARKS, "ids", set(post_ids), viewer=viewer_id)).fetchall()
    return {row[0]: Marks(*map(bool, row[1:])) for row in rows}


def list_named(db: Connection, post_ids: Sequence[int]) -> dict[int, list[Named]]:
    """Whom some posts name, by post id."""
    found: dict[int, list[Named]] = {}
    for post_id, *named in db.execute(*with_list(_NAMED, "ids", set(post_ids))).fetchall():
        found.setdefault(post_id, []).append(Named(*named))
    return found


def list_authors(db: Connection, post_ids: Sequence[int]) -> dict[int, int]:
    """Whose some posts are: account ids by post id."""
    return {row[0]: row[1] for row in db.execute(*with_list(_AUTHORS, "ids", set(post_ids))).fetchall()}


def list_own_votes(db: Connection, post_ids: Sequence[int], viewer_id: int) -> dict[int, list[int]]:
    """Which answers a viewer gave in some polls (positions from 0), by post id."""
    found: dict[int, list[int]] = {}
    for post_id, option in db.execute(*with_list(_VOTES, "ids", set(post_ids), viewer=viewer_id)).fetchall():
        found.setdefault(post_id, []).append(option)
    return found


def list_visible_posts(db: Connection, post_ids: Sequence[int], viewer_id: int) -> dict[int, Post]:
    """Those of some posts that a viewer may see, by id."""
    rows = db.execute(*with_list(_VISIBLE, "ids", set(post_ids), viewer=viewer_id)).fetchall()
    return {row[0]: Post(*row) for row in rows}


def list_followed(db: Connection, account_ids: Sequence[int], viewer_id: int) -> set[int]:
    """Those of some accounts whom the viewer follows."""
    return {row[0] for row in db.execute(*with_list(_FOLLOWED, "ids", set(account_ids), viewer=viewer_id)).fetchall()}
