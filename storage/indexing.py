"""Keeps the words of posts in SQLite's full-text index (FTS5), in the transaction that changes the post."""

import html
import re
from collections.abc import Iterable

from storage.database import Connection
from storage.records import Post

_BREAK = re.compile(r"<(?:br|hr|/?(?:p|div|h[1-6]|blockquote|pre|figure|figcaption|[uod]l|li|d[td]|t[rdh]|table))\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"[\x00-\x20\x7f]+")
_INSERT = "INSERT INTO post_texts (rowid, title, summary, body, tags) VALUES (:id, :title, :summary, :body, '')"
_UPDATE = "UPDATE post_texts SET title = :title, summary = :summary, body = :body WHERE rowid = :id"


def plain(markup: str) -> str:
    """The words of sanitised HTML, in one line."""
    words = html.unescape(_TAG.sub("", _BREAK.sub(" ", markup))) if "<" in markup or "&" in markup else markup
    return _SPACE.sub(" ", words).strip()


def add_text(db: Connection, post: Post) -> None:
    """Puts a new post into the index; boosts say nothing of their own."""
    if post.boost_of_id is None:
        db.execute(_INSERT, _words(post))


def update_text(db: Connection, post: Post) -> None:
    """Replaces what a post says; its hashtags stay."""
    db.execute(_UPDATE, _words(post))


def set_text_tags(db: Connection, post_id: int, names: Iterable[str]) -> None:
    """Replaces a post's hashtags in the index."""
    sql = "UPDATE post_texts SET tags = :tags WHERE rowid = :id AND tags <> :tags"
    db.execute(sql, {"tags": " ".join(sorted(names)), "id": post_id})


def remove_text(db: Connection, post_id: int) -> None:
    """Takes a post out of the index."""
    db.execute("DELETE FROM post_texts WHERE rowid = :id", {"id": post_id})


def _words(post: Post) -> dict[str, object]:
    return {"id": post.id, "title": plain(post.title), "summary": plain(post.summary), "body": plain(post.content)}
