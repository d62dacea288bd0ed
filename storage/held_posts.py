"""Posts that wait for a moderator. Their visibility is HELD, which no list for others takes; for whom they were meant stands here."""

from storage.database import Connection, one_value
from storage.records import HELD, UNLISTED

_HOLD = """
    INSERT INTO held_posts (post_id, visibility) SELECT p.id, p.visibility FROM posts p WHERE p.id = :id AND p.visibility <> :held
    ON CONFLICT DO NOTHING"""
_EMPTY_HOMES = "DELETE FROM home WHERE post_id = :id AND account_id <> (SELECT p.account_id FROM posts p WHERE p.id = :id)"
_TALLY = "UPDATE tallies SET open_posts = open_posts + :step WHERE account_id = (SELECT p.account_id FROM posts p WHERE p.id = :id)"
_REPLIES = "SELECT p.id FROM posts p JOIN held_posts h ON h.post_id = p.id WHERE p.in_reply_to_id = :id ORDER BY p.id"


def hold_post(db: Connection, post_id: int) -> None:
    """Hides a post from everybody but its author and those who decide, until release_post."""
    meant = one_value(db.execute("SELECT visibility FROM posts WHERE id = :id", {"id": post_id}))
    if db.execute(_HOLD, {"id": post_id, "held": HELD}).rowcount != 1:
        return
    db.execute("UPDATE posts SET visibility = :held WHERE id = :id", {"id": post_id, "held": HELD})
    db.execute(_EMPTY_HOMES, {"id": post_id})
    if meant <= UNLISTED:
        db.execute(_TALLY, {"id": post_id, "step": -1})


def release_post(db: Connection, post_id: int, revision_ms: int) -> bool:
    """True where a post was held and is for those from now on for whom it was meant."""
    meant = find_meant(db, post_id)
    if meant is None:
        return False
    sql = "UPDATE posts SET visibility = :visibility, revision_ms = :at WHERE id = :id"
    db.execute(sql, {"visibility": meant, "at": revision_ms, "id": post_id})
    db.execute("DELETE FROM held_posts WHERE post_id = :id", {"id": post_id})
    db.execute("UPDATE community_posts SET activity = NULL WHERE post_id = :id", {"id": post_id})
    if meant <= UNLISTED:
        db.execute(_TALLY, {"id": post_id, "step": 1})
    return True


def set_meant(db: Connection, post_id: int, visibility: int) -> None:
    """A held post is for others than before, once it is approved."""
    db.execute("UPDATE held_posts SET visibility = :visibility WHERE post_id = :id", {"visibility": visibility, "id": post_id})


def find_meant(db: Connection, post_id: int) -> int | None:
    """For whom a held post is meant (posts.visibility), or None where it is not held."""
    found: int | None = one_value(db.execute("SELECT visibility FROM held_posts WHERE post_id = :id", {"id": post_id}))
    return found


def list_held_replies(db: Connection, post_id: int) -> list[int]:
    """Held replies to a post, oldest first."""
    return [row[0] for row in db.execute(_REPLIES, {"id": post_id}).fetchall()]
