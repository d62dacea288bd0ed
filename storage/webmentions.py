"""Pages elsewhere on the web that speak of posts of ours, and whom our posts have told."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.database import Connection
from storage.records import columns


@dataclass(frozen=True, slots=True)
class Mention:
    """A page that speaks of a post. Texts are plain; a kind of 'removed' is shown no more, and does not come again."""

    id: int
    post_id: int
    source: str
    kind: str  # mention, reply, like, repost, removed
    author_name: str
    author_url: str
    title: str
    content: str
    published_ms: int
    received_ms: int


_SHOWN = f"""
    SELECT {columns(Mention)} FROM webmentions WHERE post_id = :post AND kind <> 'removed' ORDER BY id LIMIT :limit"""
_ONE = f"SELECT {columns(Mention)} FROM webmentions WHERE id = :id"
_SAVE = """
    INSERT INTO webmentions (post_id, source, kind, author_name, author_url, title, content, published_ms, received_ms)
    VALUES (:post_id, :source, :kind, :author_name, :author_url, :title, :content, :published_ms, :received_ms)
    ON CONFLICT (post_id, source) DO UPDATE SET kind = excluded.kind, author_name = excluded.author_name,
    author_url = excluded.author_url, title = excluded.title, content = excluded.content, published_ms = excluded.published_ms
    WHERE webmentions.kind <> 'removed'"""


def save_mention(db: Connection, mention: Mention) -> bool:
    """Keeps what a page says, in place of what it said before; True where it is new. Its id is given by the table."""
    given = {name: getattr(mention, name) for name in Mention.__slots__ if name != "id"}
    known = db.execute("SELECT 1 FROM webmentions WHERE post_id = :post_id AND source = :source", given).fetchone()
    db.execute(_SAVE, given)
    return known is None


def remove_mention(db: Connection, post_id: int, source: str) -> None:
    """The page does not speak of the post any more."""
    db.execute(
        "DELETE FROM webmentions WHERE post_id = :post AND source = :source AND kind <> 'removed'", {"post": post_id, "source": source}
    )


def hide_mention(db: Connection, mention_id: int) -> None:
    """The post's author does not want it below the post."""
    db.execute("UPDATE webmentions SET kind = 'removed', content = '', title = '' WHERE id = :id", {"id": mention_id})


def find_mention(db: Connection, mention_id: int) -> Mention | None:
    """One of them, or None."""
    row = db.execute(_ONE, {"id": mention_id}).fetchone()
    return None if row is None else Mention(*row)


def list_mentions(db: Connection, post_id: int, limit: int = 100) -> list[Mention]:
    """What the web says of a post, oldest first."""
    return [Mention(*row) for row in db.execute(_SHOWN, {"post": post_id, "limit": limit}).fetchall()]


def list_told(db: Connection, post_id: int) -> list[str]:
    """The addresses that a post has told of itself."""
    rows = db.execute("SELECT target FROM webmentions_sent WHERE post_id = :post ORDER BY target", {"post": post_id}).fetchall()
    return [row[0] for row in rows]


def save_told(db: Connection, post_id: int, answers: Iterable[tuple[str, str]], now_ms: int) -> None:
    """Remembers whom a post told: (target, what its endpoint answered)."""
    for target, answer in answers:
        db.execute(
            "INSERT INTO webmentions_sent (post_id, target, answer, sent_ms) SELECT id, :target, :answer, :now FROM posts WHERE id = :post"
            " ON CONFLICT (post_id, target) DO UPDATE SET answer = excluded.answer, sent_ms = excluded.sent_ms",
            {"post": post_id, "target": target, "answer": answer[:200], "now": now_ms},
        )
