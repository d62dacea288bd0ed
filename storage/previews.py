"""What pages of the web say of themselves, one row an address, and which posts link to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Preview:
    """A page. title is '' where it was not fetched yet, or says nothing of itself."""

    url: str
    fetched_ms: int = 0
    title: str = ""
    description: str = ""
    author_name: str = ""
    provider_name: str = ""
    image_url: str = ""
    image_alt: str = ""
    width: int = 0
    height: int = 0
    language: str = ""
    published_ms: int | None = None


_SAVE = f"""
    INSERT INTO previews ({columns(Preview)}) VALUES ({placeholders(Preview)})
    ON CONFLICT (url) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in Preview.__slots__ if name != "url")}"""
_ONE = f"SELECT {columns(Preview)} FROM previews WHERE url = :url"
_OF_POSTS = f"""
    SELECT l.post_id, {columns(Preview, "p.")} FROM post_previews l JOIN previews p ON p.url = l.url
    WHERE l.post_id IN (:ids) AND p.title <> ''"""


LEAST = 2  # people who link to a page before it counts as shared
_SHARED = f"""
    SELECT s.people, s.posts, {columns(Preview, "p.")} FROM (
        SELECT l.url AS url, count(DISTINCT e.account_id) AS people, count(*) AS posts FROM post_previews l
        JOIN posts e ON e.id = l.post_id JOIN accounts a ON a.id = e.account_id
        WHERE l.post_id > :since AND e.visibility = 0 AND a.discoverable AND a.suspended_ms IS NULL GROUP BY l.url) s
    JOIN previews p ON p.url = s.url
    WHERE s.people >= :least AND p.title <> '' ORDER BY s.people DESC, s.posts DESC, p.url LIMIT :limit OFFSET :offset"""


def save_preview(db: Connection, preview: Preview) -> None:
    """What a page says, in place of what it said before."""
    db.execute(_SAVE, values(preview))


def find_preview(db: Connection, url: str) -> Preview | None:
    """What is known of a page, or None."""
    row = db.execute(_ONE, {"url": url}).fetchone()
    return None if row is None else Preview(*row)


def set_link(db: Connection, post_id: int, url: str | None) -> None:
    """To which page a post that has changed links; None for none any more."""
    db.execute("DELETE FROM post_previews WHERE post_id = :post", {"post": post_id})
    if url is not None:
        add_link(db, post_id, url)


def add_link(db: Connection, post_id: int, url: str) -> None:
    """To which page a new post links."""
    db.execute("INSERT INTO post_previews (post_id, url) VALUES (:post, :url)", {"post": post_id, "url": url})


def list_previews(db: Connection, post_ids: Sequence[int]) -> dict[int, Preview]:
    """What the pages say to which some posts link, by post."""
    rows = db.execute(*with_list(_OF_POSTS, "ids", post_ids)).fetchall()
    return {row[0]: Preview(*row[1:]) for row in rows}


def list_shared(db: Connection, since_id: int, limit: int, offset: int) -> list[tuple[Preview, int, int]]:
    """Pages to which several people linked in public since an id, with how many people and posts did, the most first."""
    given = {"since": since_id, "least": LEAST, "limit": limit, "offset": offset}
    return [(Preview(*row[2:]), row[0], row[1]) for row in db.execute(_SHARED, given).fetchall()]


def forget_previews(db: Connection, before_ms: int) -> None:
    """Drops what was fetched before a moment and no post links to any more."""
    sql = "DELETE FROM previews WHERE fetched_ms < :before AND NOT EXISTS (SELECT 1 FROM post_previews l WHERE l.url = previews.url)"
    db.execute(sql, {"before": before_ms})
