"""Puts hashtags to posts."""

from collections.abc import Sequence

from storage.database import Connection

_NAME = "INSERT INTO tags (name) VALUES (:name) ON CONFLICT DO NOTHING"
_TAG = "INSERT INTO post_tags (tag_id, post_id) SELECT id, :post FROM tags WHERE name = :name ON CONFLICT DO NOTHING"


def add_tags(db: Connection, post_id: int, names: Sequence[str]) -> None:
    """A post has these hashtags too. names: in lower case and sorted, so that two who add the same do not wait for each other."""
    if names:
        db.executemany(_NAME, [{"name": name} for name in names])
        db.executemany(_TAG, [{"post": post_id, "name": name} for name in names])
