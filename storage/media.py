"""Files of ours: what is known of each. The bytes lie in the media folder, named by their hash."""

from collections.abc import Sequence

from storage.database import Connection, listed
from storage.records import Media, columns, placeholders, values


def add_media(db: Connection, media: Media) -> None:
    """Notes a file; the same picture may be there twice, as one file."""
    db.execute(f"INSERT INTO media ({columns(Media)}) VALUES ({placeholders(Media)})", values(media))


def list_media(db: Connection, account_id: int, ids: Sequence[int]) -> list[Media]:
    """Those of an account's files that are named, in the order of the ids given."""
    places, named = listed(ids)
    sql = f"SELECT {columns(Media)} FROM media WHERE account_id = :account AND id IN ({places})"
    found = {row[0]: Media(*row) for row in db.execute(sql, {"account": account_id, **named}).fetchall()}
    return [found[media_id] for media_id in ids if media_id in found]


def attach_media(db: Connection, media_ids: Sequence[int], post_id: int) -> None:
    """Notes that files belong to a post."""
    places, named = listed(media_ids)
    db.execute(f"UPDATE media SET post_id = :post WHERE id IN ({places})", {"post": post_id, **named})


def find_media_by_file(db: Connection, file: str) -> Media | None:
    """What is known of a file, or None."""
    row = db.execute(f"SELECT {columns(Media)} FROM media WHERE file = :file LIMIT 1", {"file": file}).fetchone()
    return None if row is None else Media(*row)


def list_loose_media(db: Connection, before_id: int, limit: int) -> list[Media]:
    """Attachments from before an id's moment that belong to no post."""
    sql = f"SELECT {columns(Media)} FROM media WHERE post_id IS NULL AND purpose = 'attachment' AND id < :before LIMIT :limit"
    return [Media(*row) for row in db.execute(sql, {"before": before_id, "limit": limit}).fetchall()]


def remove_media(db: Connection, media_id: int) -> None:
    """Forgets a file."""
    db.execute("DELETE FROM media WHERE id = :id", {"id": media_id})
