"""Files of ours: what is known of each. The bytes lie in the media folder, named by their hash."""

from collections.abc import Sequence
from dataclasses import fields

from storage.database import Connection, with_list
from storage.records import Media, columns, placeholders, values

_INSERT = f"INSERT INTO media ({columns(Media)}) VALUES ({placeholders(Media)})"
_SELECT = f"SELECT {columns(Media)} FROM media "
_BY_IDS = _SELECT + "WHERE account_id = :account AND id IN (:ids)"
_LOOSE = _SELECT + "WHERE post_id IS NULL AND purpose = :purpose AND id < :before ORDER BY id LIMIT :limit"
_UPDATE = f"UPDATE media SET {', '.join(f'{each.name} = :{each.name}' for each in fields(Media) if each.name != 'id')} WHERE id = :id"
_OWN_BY_FILE = _SELECT + "WHERE file = :file AND account_id = :account ORDER BY post_id IS NOT NULL, id LIMIT 1"
_HELD = """
    SELECT file FROM media WHERE file IN (:files) UNION SELECT preview FROM media WHERE preview IN (:files)
    UNION SELECT file FROM emojis WHERE file IN (:files)"""
_ATTACH = "UPDATE media SET post_id = :post, purpose = 'attachment' WHERE id IN (:ids)"
_WITHDRAWN = """
    SELECT 1 WHERE EXISTS (SELECT 1 FROM media m WHERE (m.file = :file OR m.preview = :file) AND m.purpose = 'withdrawn')
    AND NOT EXISTS (SELECT 1 FROM media m WHERE (m.file = :file OR m.preview = :file) AND m.purpose <> 'withdrawn')
    AND NOT EXISTS (SELECT 1 FROM emojis e WHERE e.file = :file)"""


def add_media(db: Connection, media: Media) -> None:
    """Notes a file; the same picture may be there twice, as one file."""
    db.execute(_INSERT, values(media))


def list_media(db: Connection, account_id: int, ids: Sequence[int]) -> list[Media]:
    """Those of an account's files that are named, in the order of the ids given."""
    rows = db.execute(*with_list(_BY_IDS, "ids", ids, account=account_id)).fetchall()
    found = {row[0]: Media(*row) for row in rows}
    return [found[media_id] for media_id in ids if media_id in found]


def find_media(db: Connection, account_id: int, media_id: int) -> Media | None:
    """A file of an account's, or None."""
    found = list_media(db, account_id, [media_id])
    return found[0] if found else None


def update_media(db: Connection, media: Media) -> None:
    """What is known of a file has changed."""
    db.execute(_UPDATE, values(media))


def attach_media(db: Connection, media_ids: Sequence[int], post_id: int) -> None:
    """Notes that files belong to a post."""
    db.execute(*with_list(_ATTACH, "ids", media_ids, post=post_id))


def find_own_media_by_file(db: Connection, account_id: int, file: str) -> Media | None:
    """An account's file by its name, one that belongs to no post before others, or None."""
    row = db.execute(_OWN_BY_FILE, {"file": file, "account": account_id}).fetchone()
    return None if row is None else Media(*row)


def is_withdrawn(db: Connection, file: str) -> bool:
    """Whether all that had a file was deleted: it is kept for its author, who may write the post anew, and shown to nobody."""
    return db.execute(_WITHDRAWN, {"file": file}).fetchone() is not None


def withdraw_all(db: Connection, account_id: int) -> None:
    """No file of an account is shown any more."""
    db.execute("UPDATE media SET post_id = NULL, purpose = 'withdrawn' WHERE account_id = :id", {"id": account_id})


def list_loose_media(db: Connection, before_id: int, limit: int) -> list[Media]:
    """Attachments from before an id's moment that belong to no post."""
    asked = ({"purpose": purpose, "before": before_id, "limit": limit} for purpose in ("attachment", "withdrawn"))
    return [Media(*row) for each in asked for row in db.execute(_LOOSE, each).fetchall()][:limit]


def list_held_files(db: Connection, files: Sequence[str]) -> set[str]:
    """Those of some files of which something is still known."""
    return {row[0] for row in db.execute(*with_list(_HELD, "files", files)).fetchall()}


def remove_media(db: Connection, media_id: int) -> None:
    """Forgets a file."""
    db.execute("DELETE FROM media WHERE id = :id", {"id": media_id})
