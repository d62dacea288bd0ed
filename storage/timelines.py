"""Lists of posts as pages show them: by key, newest first, each row with what one viewer did to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage import timeline_queries
from storage.database import Connection, one_value, with_list
from storage.posts import ACTIVE, visible
from storage.records import PUBLIC, Post, columns
from storage.timeline_queries import ENTRY, EVERYBODY, ONE, statements

BEFORE_ALL = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline. id is the key to page by; post_id is what is shown (the original of a boost).

    filtered_by: the title of a filter of the viewer's behind which the post is folded; '' for none.
    """

    id: int
    post_id: int
    author_id: int
    booster_id: int | None
    revision_ms: int
    author_revision_ms: int
    booster_revision_ms: int
    replies_count: int
    liked: bool
    boosted: bool
    filtered_by: str = ""


_HOME, _ = statements(ENTRY, timeline_queries.HOME)
_LOCAL, _ = statements(ENTRY, timeline_queries.LOCAL)
_TAG, _ = statements(ENTRY, timeline_queries.TAG)
_ACCOUNT, _ = statements(ENTRY, timeline_queries.ACCOUNT)
_ANY_KIND = {"media": False, "local": False, "remote": False}

_POSTS = f"SELECT {columns(Post, 'p.')} FROM posts p JOIN accounts a ON a.id = p.account_id WHERE {ACTIVE} AND "
_OPEN = "p.visibility <= 1"
_ADD_TO_HOME = """
    INSERT INTO home (account_id, post_id) SELECT f.follower_id, :post FROM follows f JOIN users u ON u.account_id = f.follower_id
    WHERE f.followee_id = :author AND f.state = 'accepted' AND (f.shows_boosts OR NOT :is_boost)
      AND (CAST(:parent AS BIGINT) IS NULL OR :parent IN (f.follower_id, f.followee_id)
        OR EXISTS (SELECT 1 FROM follows g WHERE g.follower_id = f.follower_id AND g.followee_id = :parent AND g.state = 'accepted'))
    UNION SELECT u.account_id, :post FROM users u WHERE u.account_id = :author
    UNION SELECT :everybody, :post FROM users u WHERE u.account_id = :author AND :is_open
    ON CONFLICT DO NOTHING"""
_OUTBOX = f"{_POSTS} p.account_id = :id AND {_OPEN} AND p.id < :before ORDER BY p.id DESC LIMIT :limit"
_REPLIES = f"{_POSTS} p.in_reply_to_id = :id AND {_OPEN} AND p.id > :after ORDER BY p.id LIMIT :limit"
_NOT_BLOCKED = "NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :viewer AND x.target_id = p.account_id)"
_THREAD = f"""
    {_POSTS} p.id = :root AND p.boost_of_id IS NULL AND {visible("p")} AND {_NOT_BLOCKED}
    UNION ALL {_POSTS} p.thread_id = :root AND p.boost_of_id IS NULL AND {visible("p")} AND {_NOT_BLOCKED}
    ORDER BY 1 LIMIT :limit"""
_CONVERSATION = f"""
    {_POSTS} p.id = :root AND p.id > :after AND p.boost_of_id IS NULL AND {_OPEN}
    UNION ALL {_POSTS} p.thread_id = :root AND p.id > :after AND p.boost_of_id IS NULL AND {_OPEN}
    ORDER BY 1 LIMIT :limit"""


def list_home(db: Connection, viewer_id: int, limit: int, before: int = BEFORE_ALL, after: int = 0) -> list[Entry]:
    """A person's home timeline, as `storage.listings.list_home` has it."""
    return _entries(db, _HOME, {"viewer": viewer_id, "before": before, "after": after, "limit": limit})


def list_account_posts(db: Connection, account_id: int, viewer_id: int, limit: int, before: int = BEFORE_ALL) -> list[Entry]:
    """What an account posted and boosted, as far as the viewer may see it."""
    everything = {"no_replies": False, "no_boosts": False, "media": False, "pinned": False, "tag": ""}
    return _entries(db, _ACCOUNT, {"account": account_id, "viewer": viewer_id, **everything, **_bounds(before, limit)})


def list_tag(db: Connection, tag: str, viewer_id: int, limit: int, before: int = BEFORE_ALL) -> list[Entry]:
    """Public posts under a hashtag (lower case, no '#')."""
    given = {"viewer": viewer_id, "every": "", "least": 0, "none": "", **_ANY_KIND, **_bounds(before, limit)}
    return _entries(db, *with_list(_TAG, "names", [tag], **given))


def list_local(db: Connection, viewer_id: int, limit: int, before: int = BEFORE_ALL) -> list[Entry]:
    """Public posts of this node's own people."""
    return _entries(db, _LOCAL, {"viewer": viewer_id, **_ANY_KIND, **_bounds(before, limit)})


def _bounds(before: int, limit: int) -> dict[str, object]:
    return {"before": before, "after": 0, "limit": limit}


def find_entry(db: Connection, post_id: int, viewer_id: int) -> Entry | None:
    """One post as a line of a timeline, or None where the viewer may not see it."""
    found = _entries(db, ONE, {"post": post_id, "viewer": viewer_id})
    return found[0] if found else None


def list_thread(db: Connection, root_id: int, viewer_id: int, limit: int) -> list[Post]:
    """Every post of a thread that the viewer may see, oldest first, without those of people whom they block."""
    return [Post(*row) for row in db.execute(_THREAD, {"root": root_id, "viewer": viewer_id, "limit": limit}).fetchall()]


def add_to_home(db: Connection, post: Post, parent_author_id: int | None = None) -> bool:
    """Puts a post into the timelines of its author's followers here (and the author's own), in one statement; a public post of
    one of ours into the local timeline as well. True where it is new in one of theirs.

    A reply reaches only those who follow both sides, as people know it from other servers.
    """
    is_boost = post.boost_of_id is not None
    reach = {"parent": parent_author_id, "is_boost": is_boost, "is_open": post.visibility == PUBLIC and not is_boost}
    return db.execute(_ADD_TO_HOME, {"post": post.id, "author": post.account_id, "everybody": EVERYBODY, **reach}).rowcount > 0


def fill_home(db: Connection, follower_id: int, followee_id: int, limit: int) -> None:
    """Puts the newest posts of someone newly followed into the follower's timeline."""
    db.execute(
        "INSERT INTO home (account_id, post_id) SELECT :follower, p.id FROM posts p"
        " WHERE p.account_id = :followee AND p.visibility <= 2 AND p.in_reply_to_uri IS NULL AND p.boost_of_id IS NULL"
        " ORDER BY p.id DESC LIMIT :limit ON CONFLICT DO NOTHING",
        {"follower": follower_id, "followee": followee_id, "limit": limit},
    )


def empty_home(db: Connection, follower_id: int, followee_id: int) -> None:
    """Takes the posts of someone no longer followed out of a timeline."""
    db.execute(
        "DELETE FROM home WHERE account_id = :follower AND post_id IN (SELECT p.id FROM posts p WHERE p.account_id = :followee)",
        {"follower": follower_id, "followee": followee_id},
    )


def count_outbox(db: Connection, account_id: int) -> int:
    """How many public and unlisted posts and boosts an account has."""
    return int(one_value(db.execute("SELECT open_posts FROM tallies WHERE account_id = :id", {"id": account_id})) or 0)


def list_outbox(db: Connection, account_id: int, limit: int, before: int = BEFORE_ALL) -> list[Post]:
    """An account's public and unlisted posts and boosts, newest first."""
    return [Post(*row) for row in db.execute(_OUTBOX, {"id": account_id, "before": before, "limit": limit}).fetchall()]


def count_own(db: Connection, account_id: int) -> int:
    """How many posts and boosts of an account there are, whoever may see them."""
    return int(one_value(db.execute("SELECT posts FROM tallies WHERE account_id = :id", {"id": account_id})) or 0)


def count_inbox(db: Connection, account_id: int) -> int:
    """How many posts stand in somebody's timeline."""
    return int(one_value(db.execute("SELECT count(*) FROM home WHERE account_id = :id", {"id": account_id})))


def list_replies(db: Connection, post_id: int, limit: int, after: int = 0) -> list[Post]:
    """Public and unlisted replies to a post, oldest first."""
    return [Post(*row) for row in db.execute(_REPLIES, {"id": post_id, "after": after, "limit": limit}).fetchall()]


def count_replies(db: Connection, post_id: int) -> int:
    """How many public and unlisted replies a post has."""
    sql = "SELECT count(*) FROM posts WHERE in_reply_to_id = :id AND visibility <= 1"
    return int(one_value(db.execute(sql, {"id": post_id})))


def count_conversation(db: Connection, root_id: int) -> int:
    """How many public and unlisted posts a thread has."""
    sql = (
        "SELECT (SELECT count(*) FROM posts WHERE id = :root AND boost_of_id IS NULL AND visibility <= 1)"
        " + (SELECT count(*) FROM posts WHERE thread_id = :root AND boost_of_id IS NULL AND visibility <= 1)"
    )
    return int(one_value(db.execute(sql, {"root": root_id})))


def list_conversation(db: Connection, root_id: int, limit: int, after: int = 0) -> list[Post]:
    """A thread's public and unlisted posts, oldest first."""
    return [Post(*row) for row in db.execute(_CONVERSATION, {"root": root_id, "after": after, "limit": limit}).fetchall()]


def _entries(db: Connection, sql: str, parameters: Mapping[str, object]) -> list[Entry]:
    rows = db.execute(sql, parameters).fetchall()
    return [Entry(*row[:8], *map(bool, row[8:])) for row in rows]


def add_to_own_home(db: Connection, post: Post) -> None:
    """Puts a post into its author's own timeline alone."""
    sql = "INSERT INTO home (account_id, post_id) VALUES (:author, :post) ON CONFLICT DO NOTHING"
    db.execute(sql, {"author": post.account_id, "post": post.id})
