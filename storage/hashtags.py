"""Hashtags: followed, shown on a profile, used much."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.ids import free_id
from storage.listings import Window, both_ways, rows_of

DAY_BITS = 16  # of an id below its milliseconds
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag that was seen here."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Use:
    """How often a hashtag was used on a day (counted from 1970), and by how many accounts."""

    day: int
    uses: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Featured:
    """A hashtag on somebody's profile."""

    id: int
    name: str
    posts: int
    last_ms: int


_USES = f"""
    SELECT pt.tag_id, (pt.post_id >> {DAY_BITS}) / {DAY_MS}, count(*), count(DISTINCT p.account_id)
    FROM post_tags pt JOIN posts p ON p.id = pt.post_id JOIN accounts a ON a.id = p.account_id
    WHERE pt.tag_id IN (:ids) AND pt.post_id >= :since AND p.visibility = 0 AND a.suspended_ms IS NULL
    GROUP BY pt.tag_id, (pt.post_id >> {DAY_BITS}) / {DAY_MS}"""
_TRENDS = """
    SELECT t.id, t.name FROM post_tags pt JOIN tags t ON t.id = pt.tag_id JOIN posts p ON p.id = pt.post_id
    JOIN accounts a ON a.id = p.account_id
    WHERE pt.post_id >= :since AND p.visibility = 0 AND a.suspended_ms IS NULL
    GROUP BY t.id, t.name HAVING count(DISTINCT p.account_id) >= :least
    ORDER BY count(DISTINCT p.account_id) DESC, count(*) DESC, t.name LIMIT :limit OFFSET :offset"""
_TRENDING_POSTS = """
    SELECT p.id FROM posts p JOIN accounts a ON a.id = p.account_id
    WHERE p.id >= :since AND p.visibility = 0 AND p.boost_of_id IS NULL AND p.in_reply_to_uri IS NULL AND NOT p.sensitive
      AND a.suspended_ms IS NULL AND a.discoverable AND p.likes_count + p.boosts_count >= :least
      AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :viewer AND x.target_id = p.account_id)
      AND NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = p.account_id AND x.target_id = :viewer)
      AND NOT EXISTS (SELECT 1 FROM mutes x WHERE x.account_id = :viewer AND x.target_id = p.account_id)
    ORDER BY p.likes_count + 2 * p.boosts_count DESC, p.id DESC LIMIT :limit OFFSET :offset"""
_FOLLOWED = both_ways(
    "SELECT f.created_ms, t.id, t.name FROM followed_tags f JOIN tags t ON t.id = f.tag_id WHERE f.account_id = :account", "f.created_ms"
)
_FEATURED = """
    SELECT f.id, f.name, count(p.id), coalesce(max(p.published_ms), 0) FROM featured_tags f
    LEFT JOIN tags t ON t.name = f.name LEFT JOIN post_tags pt ON pt.tag_id = t.id
    LEFT JOIN posts p ON p.id = pt.post_id AND p.account_id = f.account_id AND p.visibility <= 1
    WHERE f.account_id = :account GROUP BY f.id, f.name ORDER BY f.id"""
_OFTEN_USED = """
    SELECT t.id, t.name FROM posts p JOIN post_tags pt ON pt.post_id = p.id JOIN tags t ON t.id = pt.tag_id
    WHERE p.account_id = :account AND NOT EXISTS (SELECT 1 FROM featured_tags f WHERE f.account_id = :account AND f.name = t.name)
    GROUP BY t.id, t.name ORDER BY count(*) DESC, t.name LIMIT 10"""
_FOUND = "SELECT id, name FROM tags WHERE name >= :start AND name < :end ORDER BY length(name), name LIMIT :limit OFFSET :offset"
_FILL = """
    INSERT INTO home (account_id, post_id) SELECT f.account_id, :post FROM followed_tags f
    JOIN post_tags pt ON pt.tag_id = f.tag_id WHERE pt.post_id = :post ON CONFLICT DO NOTHING"""


def ensure_tag(db: Connection, name: str) -> Tag:
    """The hashtag of a name (lower case), new where nobody used it yet."""
    db.execute("INSERT INTO tags (name) VALUES (:name) ON CONFLICT DO NOTHING", {"name": name})
    found = find_tag(db, name)
    if found is None:
        raise AssertionError(f"the tag {name} was just added")
    return found


def find_tag(db: Connection, name: str) -> Tag | None:
    """The hashtag of a name, or None."""
    row = db.execute("SELECT id, name FROM tags WHERE name = :name", {"name": name}).fetchone()
    return None if row is None else Tag(*row)


def find_tag_by_id(db: Connection, tag_id: int) -> Tag | None:
    """The hashtag, or None."""
    row = db.execute("SELECT id, name FROM tags WHERE id = :id", {"id": tag_id}).fetchone()
    return None if row is None else Tag(*row)


def list_found(db: Connection, text: str, limit: int, offset: int = 0) -> list[Tag]:
    """Hashtags that begin with a text."""
    given = {"start": text, "end": text + "\U0010fffd", "limit": limit, "offset": offset}
    return [Tag(*row) for row in db.execute(_FOUND, given).fetchall()]


def list_uses(db: Connection, tag_ids: Sequence[int], since_id: int) -> dict[int, list[Use]]:
    """How some hashtags were used since an id's moment, by tag id."""
    found: dict[int, list[Use]] = {}
    for tag_id, day, uses, accounts in db.execute(*with_list(_USES, "ids", tag_ids, since=since_id)).fetchall():
        found.setdefault(tag_id, []).append(Use(int(day), uses, accounts))
    return found


def list_trends(db: Connection, since_id: int, least: int, limit: int, offset: int = 0) -> list[Tag]:
    """The hashtags that the most accounts used since an id's moment."""
    return [Tag(*row) for row in db.execute(_TRENDS, {"since": since_id, "least": least, "limit": limit, "offset": offset}).fetchall()]


def list_trending_posts(db: Connection, viewer_id: int, since_id: int, least: int, limit: int, offset: int = 0) -> list[int]:
    """The posts that the most people liked and boosted since an id's moment, of authors who agreed to be recommended."""
    given = {"viewer": viewer_id, "since": since_id, "least": least, "limit": limit, "offset": offset}
    return [row[0] for row in db.execute(_TRENDING_POSTS, given).fetchall()]


def follow_tag(db: Connection, account_id: int, tag_id: int, now_ms: int) -> None:
    """Somebody wants public posts under a hashtag in their home timeline."""
    sql = "INSERT INTO followed_tags (account_id, tag_id, created_ms) VALUES (:account, :tag, :now) ON CONFLICT DO NOTHING"
    db.execute(sql, {"account": account_id, "tag": tag_id, "now": now_ms})


def unfollow_tag(db: Connection, account_id: int, tag_id: int) -> None:
    """Somebody wants them no longer."""
    db.execute("DELETE FROM followed_tags WHERE account_id = :account AND tag_id = :tag", {"account": account_id, "tag": tag_id})


def is_following_tag(db: Connection, account_id: int, tag_id: int) -> bool:
    """Whether somebody follows a hashtag."""
    sql = "SELECT 1 FROM followed_tags WHERE account_id = :account AND tag_id = :tag"
    return db.execute(sql, {"account": account_id, "tag": tag_id}).fetchone() is not None


def list_followed_tags(db: Connection, account_id: int, window: Window) -> list[tuple[int, Tag]]:
    """(when in ms, hashtag) of what somebody follows; the window is one of milliseconds."""
    rows = rows_of(db, _FOLLOWED, window, {"account": account_id})
    return [(row[0], Tag(row[1], str(row[2]))) for row in rows]


def fill_tag_followers(db: Connection, post_id: int) -> None:
    """Puts a public post into the timelines of those who follow one of its hashtags."""
    db.execute(_FILL, {"post": post_id})


def list_featured(db: Connection, account_id: int) -> list[Featured]:
    """The hashtags on somebody's profile, with how often they used each."""
    return [Featured(*row) for row in db.execute(_FEATURED, {"account": account_id}).fetchall()]


def feature_tag(db: Connection, account_id: int, name: str, now_ms: int) -> None:
    """Puts a hashtag on a profile."""
    sql = "INSERT INTO featured_tags (id, account_id, name) VALUES (:id, :account, :name) ON CONFLICT DO NOTHING"
    db.execute(sql, {"id": free_id(db, "featured_tag", now_ms), "account": account_id, "name": name})


def unfeature_tag(db: Connection, account_id: int, featured_id: int) -> bool:
    """True where the hashtag was on the profile."""
    sql = "DELETE FROM featured_tags WHERE id = :id AND account_id = :account"
    return db.execute(sql, {"id": featured_id, "account": account_id}).rowcount == 1


def list_often_used(db: Connection, account_id: int) -> list[Tag]:
    """The ten hashtags that somebody uses most, of those that are not on their profile."""
    return [Tag(*row) for row in db.execute(_OFTEN_USED, {"account": account_id}).fetchall()]
