"""Posts: kept, changed, deleted, found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from storage import held_posts, indexing, jobs, messages, proxied, tagging
from storage.database import Connection, one_value, serialise, with_list
from storage.errors import Missing
from storage.events import add_event
from storage.records import DIRECT, HELD, UNLISTED, Post, columns, dumped, placeholders, values

_EDITABLE = (
    "type", "visibility", "sensitive", "content", "source", "title", "summary", "language", "url", "context_uri", "replies_uri",
    "quote_uri", "edited_ms", "revision_ms", "attachments", "emojis", "event", "facets",
    "searchable_by", "quote_policy",
)  # fmt: skip


def visible(post: str) -> str:
    """The condition that `:viewer` (0 is a stranger) may see a post, given by its alias in the statement.

    Authors see their own, those whom a post names see it, accepted followers see what is for followers; members of a community see what
    stands in it; nobody sees the posts of those who block them. A held post (visibility 4) is seen by its author and by the moderators
    of the community where it waits, and by nobody else. Whether the author is suspended is another question: ACTIVE.
    """
    return f"""
    ({post}.visibility <= 1 OR {post}.account_id = :viewer
     OR ({post}.visibility < 4 AND EXISTS (SELECT 1 FROM mentions m WHERE m.post_id = {post}.id AND m.account_id = :viewer))
     OR ({post}.visibility = 2 AND EXISTS (SELECT 1 FROM follows f
         WHERE f.follower_id = :viewer AND f.followee_id = {post}.account_id AND f.state = 'accepted'))
     OR ({post}.visibility >= 2 AND EXISTS (SELECT 1 FROM community_posts c CROSS JOIN follows g
         WHERE g.follower_id = :viewer AND g.followee_id = c.community_id AND g.state = 'accepted'
           AND c.post_id = {post}.id AND (({post}.visibility < 4 AND c.state = 'shown')
             OR (c.state = 'waiting' AND EXISTS (SELECT 1 FROM memberships r
             WHERE r.community_id = c.community_id AND r.account_id = :viewer AND r.role = 'moderator'))))))
    AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = {post}.account_id AND b.target_id = :viewer)"""


ACTIVE = "a.suspended_ms IS NULL"
_SELECT = f"SELECT {columns(Post)} FROM posts "
_BY_ID = _SELECT + "WHERE id = :id"
_BY_IDS = _SELECT + "WHERE id IN (:ids)"
_BY_URI = _SELECT + "WHERE uri = :uri"
_BY_ACCOUNT = _SELECT + "WHERE account_id = :id ORDER BY id DESC"
_BOOST = _SELECT + "WHERE boost_of_id = :post AND account_id = :account"
_INSERT = f"INSERT INTO posts ({columns(Post)}) VALUES ({placeholders(Post)})"
_TALLY = """
    INSERT INTO tallies (account_id, posts, boosts, open_posts, last_ms) VALUES (:account, 1, :boosts, :open, :at)
    ON CONFLICT (account_id) DO UPDATE SET
    posts = tallies.posts + 1, boosts = tallies.boosts + excluded.boosts, open_posts = tallies.open_posts + excluded.open_posts,
    last_ms = CASE WHEN excluded.last_ms > tallies.last_ms THEN excluded.last_ms ELSE tallies.last_ms END"""
_UNTALLY = """
    UPDATE tallies SET posts = tallies.posts - n.posts, boosts = tallies.boosts - n.boosts, open_posts = tallies.open_posts - n.shown
    FROM (SELECT p.account_id, count(*) AS posts, count(p.boost_of_id) AS boosts,
                 sum(CASE WHEN p.visibility <= 1 THEN 1 ELSE 0 END) AS shown
          FROM posts p WHERE p.id = :id OR p.boost_of_id = :id GROUP BY p.account_id) n
    WHERE tallies.account_id = n.account_id"""
_SHIFT = """
    UPDATE tallies SET
    open_posts = open_posts + :open - (SELECT CASE WHEN p.visibility <= 1 THEN 1 ELSE 0 END FROM posts p WHERE p.id = :id)
    WHERE account_id = :account"""
_WITHDRAW_FILES = "UPDATE media SET post_id = NULL, purpose = 'withdrawn' WHERE account_id = :account AND post_id = :id"
_WITHDRAW_OTHER_FILES = _WITHDRAW_FILES + " AND file NOT IN (:kept)"
_UPDATE = f"UPDATE posts SET {', '.join(f'{name} = :{name}' for name in _EDITABLE)} WHERE id = :id"
_SHOWN = f"FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id = :id AND {ACTIVE} AND {visible('p')}"
_VISIBLE = f"SELECT {columns(Post, 'p.')} {_SHOWN}"
_IS_VISIBLE = f"SELECT 1 {_SHOWN}"


def add_post(db: Connection, post: Post, hashtags: Iterable[str] = ()) -> Post:
    """The post as kept: in its parent's thread if we know the parent, and with replies that came before it joined on.

    hashtags: as its author wrote them, without '#'. One that changes later has them changed by `reactions.set_tags`.
    Raises Taken where its id or URI stands already, and where the account boosted that post before.
    """
    serialise(db, post.uri, *([post.in_reply_to_uri] if post.in_reply_to_uri else []))  # or neither of two sees the other come
    parent = find_post_by_uri(db, post.in_reply_to_uri) if post.in_reply_to_uri else None
    if parent is not None:
        post = replace(post, in_reply_to_id=parent.id, thread_id=parent.root_id)
    db.execute(_INSERT, values(post))
    counted = {"boosts": int(post.boost_of_id is not None), "open": int(post.visibility <= UNLISTED)}
    db.execute(_TALLY, {"account": post.account_id, "at": post.published_ms, **counted})
    names = sorted({name.lower() for name in hashtags})
    tagging.add_tags(db, post.id, names)
    indexing.add_text(db, post, names)
    if parent is not None:
        _count(db, parent.id, replies=1)
    if post.boost_of_id is not None:
        _count(db, post.boost_of_id, boosts=1)
    else:
        _adopt_orphans(db, post)
    return post


def _adopt_orphans(db: Connection, post: Post) -> None:
    """Joins replies that came before their parent to it, each with its thread. The root of the post's own thread stays where it is,
    whatever it claims to answer: a circle of replies would have no beginning."""
    rows = db.execute(
        "SELECT id FROM posts WHERE in_reply_to_uri = :uri AND in_reply_to_id IS NULL AND id <> :root",
        {"uri": post.uri, "root": post.root_id},
    ).fetchall()
    for (orphan_id,) in rows:
        moved = {"root": post.root_id, "old": orphan_id}
        db.execute("UPDATE posts SET thread_id = :root WHERE thread_id = :old", moved)
        db.execute("UPDATE posts SET in_reply_to_id = :parent, thread_id = :root WHERE id = :old", {**moved, "parent": post.id})
    if rows:
        _count(db, post.id, replies=len(rows))


def _count(db: Connection, post_id: int, replies: int = 0, likes: int = 0, boosts: int = 0) -> None:
    db.execute(
        "UPDATE posts SET replies_count = replies_count + :replies, likes_count = likes_count + :likes,"
        " boosts_count = boosts_count + :boosts WHERE id = :id",
        {"id": post_id, "replies": replies, "likes": likes, "boosts": boosts},
    )


def count_like(db: Connection, post_id: int, step: int) -> None:
    """One like more (1) or less (-1)."""
    _count(db, post_id, likes=step)


def update_post(db: Connection, post: Post) -> None:
    """Replaces what a post says; what it said before is kept in `edits`. A held post stays held.

    A file that it no longer shows is withdrawn, as if its post were deleted.
    """
    before = find_post(db, post.id)
    if held_posts.find_meant(db, post.id) is not None:
        if post.visibility != HELD:
            held_posts.set_meant(db, post.id, post.visibility)
        post = replace(post, visibility=HELD)
    db.execute(
        "INSERT INTO edits (post_id, edited_ms, title, summary, content, source, attachments, visibility)"
        " SELECT id, coalesce(edited_ms, published_ms), title, summary, content, source, attachments, visibility"
        " FROM posts WHERE id = :id"
        " ON CONFLICT (post_id, edited_ms) DO UPDATE SET visibility = excluded.visibility",  # shared meanwhile, as it was
        {"id": post.id},
    )
    indexing.forget_text(db, post.id)
    db.execute(_SHIFT, {"account": post.account_id, "id": post.id, "open": int(post.visibility <= UNLISTED)})
    db.execute(_UPDATE, values(post))
    indexing.index_text(db, post.id)
    if before is not None and before.attachments != post.attachments:
        _withdraw_removed_files(db, before, post)


def _withdraw_removed_files(db: Connection, before: Post, post: Post) -> None:
    """An edit may take a file out because it must not be seen any more: neither ours nor our copy of another server's is served."""
    kept = {str(file.get("url")) for file in post.files}
    removed = [file for file in before.files if str(file.get("url")) not in kept]
    if removed:
        names = [url.rpartition("/")[2] for url in kept] or [""]  # NOT IN an empty list would be true of no row
        db.execute(*with_list(_WITHDRAW_OTHER_FILES, "kept", names, account=post.account_id, id=post.id))
        _drop_copies(db, removed, post.revision_ms or post.published_ms)
        add_event(db, "files")


def set_quote_policy(db: Connection, post_id: int, policy: str) -> None:
    """Who may quote a post."""
    db.execute("UPDATE posts SET quote_policy = :policy WHERE id = :id", {"policy": policy, "id": post_id})


def touch_post(db: Connection, post_id: int, revision_ms: int) -> None:
    """Notes that something which a page shows of the post has changed (a poll's votes)."""
    db.execute("UPDATE posts SET revision_ms = :at WHERE id = :id", {"at": revision_ms, "id": post_id})


def delete_post(db: Connection, post: Post, now_ms: int) -> None:
    """Removes the post with all that hangs on it; its URI answers as a tombstone from now on."""
    add_tombstone(db, post.uri, now_ms)
    if post.in_reply_to_id is not None:
        _count(db, post.in_reply_to_id, replies=-1)
    if post.boost_of_id is not None:
        _count(db, post.boost_of_id, boosts=-1)
    db.execute(_UNTALLY, {"id": post.id})
    db.execute("DELETE FROM posts WHERE boost_of_id = :id", {"id": post.id})
    db.execute("UPDATE posts SET in_reply_to_id = NULL WHERE in_reply_to_id = :id", {"id": post.id})
    db.execute("DELETE FROM notifications WHERE post_id = :id", {"id": post.id})
    db.execute("UPDATE quotes SET quoted_id = NULL WHERE quoted_id = :id", {"id": post.id})
    if post.visibility == DIRECT:
        messages.forget_message(db, post.id)
    db.execute(_WITHDRAW_FILES, {"account": post.account_id, "id": post.id})
    indexing.forget_text(db, post.id)
    db.execute("UPDATE snapshots SET body = NULL WHERE uri = :uri", {"uri": post.uri})  # hash and date stay
    db.execute("UPDATE endorsements SET withdrawn_ms = :now WHERE post_id = :id AND withdrawn_ms IS NULL", {"now": now_ms, "id": post.id})
    db.execute("DELETE FROM posts WHERE id = :id", {"id": post.id})
    _drop_copies(db, post.files, now_ms)


def _drop_copies(db: Connection, shown: Iterable[Mapping[str, Any]], now_ms: int) -> None:
    """The copies here of another server's files go with the post that showed them."""
    urls = [str(url) for file in shown if "media_id" not in file for url in (file.get("url"), file.get("preview")) if url]
    files = proxied.remove_proxied(db, proxied.list_proxied(db, urls)) if urls else set()
    if files:
        jobs.add_job(db, "drop_files", dumped({"area": "proxied", "files": sorted(files)}) or "", now_ms)
        add_event(db, "jobs")


def add_tombstone(db: Connection, uri: str, now_ms: int) -> None:
    """Notes for good that a URI was deleted, also one that we never saw: a Create that comes late, or again, finds it."""
    sql = "INSERT INTO tombstones (uri, deleted_ms) VALUES (:uri, :now) ON CONFLICT DO NOTHING"
    db.execute(sql, {"uri": uri, "now": now_ms})


def find_tombstone(db: Connection, uri: str) -> int | None:
    """When a URI was deleted (milliseconds), or None."""
    deleted_ms: int | None = one_value(db.execute("SELECT deleted_ms FROM tombstones WHERE uri = :uri", {"uri": uri}))
    return deleted_ms


def find_post(db: Connection, post_id: int) -> Post | None:
    """The post whoever may see it, or None."""
    return _one(db, _BY_ID, {"id": post_id})


def find_post_by_uri(db: Connection, uri: str) -> Post | None:
    """The post with an object id whoever may see it, or None."""
    return _one(db, _BY_URI, {"uri": uri})


def find_visible_post(db: Connection, post_id: int, viewer_id: int) -> Post | None:
    """The post if that account may see it; viewer 0 is a stranger."""
    return _one(db, _VISIBLE, {"id": post_id, "viewer": viewer_id})


def is_visible(db: Connection, post_id: int, viewer_id: int) -> bool:
    """Whether that account may see the post."""
    return db.execute(_IS_VISIBLE, {"id": post_id, "viewer": viewer_id}).fetchone() is not None


def get_visible_post(db: Connection, post_id: int, viewer_id: int) -> Post:
    """The post if that account may see it. Raises Missing where there is none or it may not."""
    post = find_visible_post(db, post_id, viewer_id)
    if post is None:
        raise Missing(f"there is no post {post_id}")
    return post


def list_posts(db: Connection, ids: Sequence[int]) -> dict[int, Post]:
    """The posts that there are among some ids, by id, whoever may see them."""
    rows = db.execute(*with_list(_BY_IDS, "ids", set(ids))).fetchall()
    return {row[0]: Post(*row) for row in rows}


def list_all_posts(db: Connection, account_id: int) -> list[Post]:
    """Everything that an account posted and boosted, newest first."""
    return [Post(*row) for row in db.execute(_BY_ACCOUNT, {"id": account_id}).fetchall()]


def find_boost(db: Connection, account_id: int, post_id: int) -> Post | None:
    """An account's boost of a post, or None."""
    return _one(db, _BOOST, {"post": post_id, "account": account_id})


def list_edits(db: Connection, post_id: int, viewer_id: int = 0) -> list[tuple[int, str, str, str]]:
    """What a post said before: (edited_ms, title, summary, content), oldest first.

    What it said while it was for fewer people than now, its author alone sees.
    """
    sql = (
        "SELECT e.edited_ms, e.title, e.summary, e.content FROM edits e JOIN posts p ON p.id = e.post_id"
        " WHERE e.post_id = :id AND (p.account_id = :viewer OR e.visibility <= p.visibility) ORDER BY e.edited_ms"
    )
    return [(row[0], row[1], row[2], row[3]) for row in db.execute(sql, {"id": post_id, "viewer": viewer_id}).fetchall()]


@dataclass(frozen=True, slots=True)
class Version:
    """What a post said from a moment on."""

    edited_ms: int
    title: str
    summary: str
    content: str
    attachments: str | None


def list_versions(db: Connection, post_id: int) -> list[Version]:
    """What a post said before, oldest first."""
    sql = "SELECT edited_ms, title, summary, content, attachments FROM edits WHERE post_id = :id ORDER BY edited_ms"
    return [Version(*row) for row in db.execute(sql, {"id": post_id}).fetchall()]


def as_it_was(post: Post, version: Version) -> Post:
    """The post with what it said then, without the files that were taken out since: they are shown to nobody."""
    kept = {file.get("url") for file in post.files}
    past = replace(post, title=version.title, summary=version.summary, content=version.content, attachments=version.attachments)
    return replace(past, attachments=dumped([file for file in past.files if file.get("url") in kept]))


def count_local_posts(db: Connection) -> int:
    """How many posts of ours there are, boosts not counted."""
    sql = "SELECT coalesce(sum(t.posts - t.boosts), 0) FROM users u JOIN tallies t ON t.account_id = u.account_id"
    return int(one_value(db.execute(sql)))


def set_replies_fetched(db: Connection, post_id: int, now_ms: int, not_since_ms: int) -> bool:
    """True where nobody has looked for the post's replies since a moment; it is noted that we look now."""
    sql = "UPDATE posts SET replies_fetched_ms = :now WHERE id = :id AND (replies_fetched_ms IS NULL OR replies_fetched_ms < :since)"
    return db.execute(sql, {"now": now_ms, "id": post_id, "since": not_since_ms}).rowcount == 1


def _one(db: Connection, sql: str, parameters: dict[str, object]) -> Post | None:
    row = db.execute(sql, parameters).fetchone()
    return None if row is None else Post(*row)
