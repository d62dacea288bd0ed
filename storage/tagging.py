"""Puts hashtags to posts."""

from collections.abc import Sequence

from storage.database import Connection, with_list

_NAME = "INSERT INTO tags (name) VALUES (:name) ON CONFLICT DO NOTHING"
_TAG = "INSERT INTO post_tags (tag_id, post_id) SELECT id, :post FROM tags WHERE name IN (:names) ON CONFLICT DO NOTHING"


def add_tags(db: Connection, post_id: int, names: Sequence[str]) -> None:
    """A post has these hashtags too. names: in lower case and sorted, so that two who add the same do not wait for each other."""
    if not names or _tag(db, post_id, names) == len(names):  # nearly always each was used before
        return
    for name in names:
        db.execute(_NAME, {"name": name})
    _tag(db, post_id, names)


def _tag(db: Connection, post_id: int, names: Sequence[str]) -> int:
    return db.execute(*with_list(_TAG, "names", names, post=post_id)).rowcount
