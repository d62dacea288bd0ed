"""Lists of posts for programs: ids by key, newest first or, from a point on upward, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, Row, with_list
from storage.posts import ACTIVE, visible
from storage.timelines import BEFORE_ALL, BOOST_SHOWN, EVERYBODY, JOINS, SHOWN, WANTED


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: keys between two. upward: those next to `after`, instead of the newest."""

    before: int = BEFORE_ALL
    after: int = 0
    limit: int = 20
    upward: bool = False


def both_ways(select: str, key: str) -> tuple[str, str]:
    """A statement up to its WHERE for a Window over a key: newest first, and upward."""
    part = f"{select} AND {key} < :before AND {key} > :after"
    return f"{part} ORDER BY {key} DESC LIMIT :limit", f"{part} ORDER BY {key} LIMIT :limit"


_PUBLIC = f"e.boost_of_id IS NULL AND p.visibility = 0 AND {SHOWN} AND {WANTED}"
_KINDS = """
    AND (NOT :media OR p.attachments LIKE '%"media_type"%') AND (NOT :local OR a.domain = '') AND (NOT :remote OR a.domain <> '')"""
_IN_EXCLUSIVE = """
    SELECT 1 FROM lists l JOIN list_members m ON m.list_id = l.id
    WHERE l.account_id = :viewer AND l.exclusive AND m.account_id = e.account_id"""
_LANGUAGE = """
    NOT EXISTS (SELECT 1 FROM follows y WHERE y.follower_id = :viewer AND y.followee_id = e.account_id AND y.languages <> ''
                AND p.language IS NOT NULL AND ' ' || y.languages || ' ' NOT LIKE '% ' || p.language || ' %')"""
_HOME = both_ways(
    f"""SELECT e.id FROM home h JOIN posts e ON e.id = h.post_id {JOINS}
    WHERE h.account_id = :viewer AND {SHOWN} AND {WANTED} AND {_LANGUAGE} AND NOT EXISTS ({_IN_EXCLUSIVE})""",
    "h.post_id",
)
_LIST = both_ways(
    f"""SELECT e.id FROM lists l JOIN home h ON h.account_id = l.account_id JOIN posts e ON e.id = h.post_id {JOINS}
    WHERE l.id = :list AND l.account_id = :viewer AND {SHOWN} AND {WANTED}
      AND EXISTS (SELECT 1 FROM list_members m WHERE m.list_id = l.id AND m.account_id = e.account_id)
      AND (e.in_reply_to_id IS NULL OR l.replies_policy = 'followed'
           OR EXISTS (SELECT 1 FROM posts o WHERE o.id = e.in_reply_to_id AND (o.account_id = e.account_id
              OR (l.replies_policy = 'list' AND (o.account_id = :viewer OR EXISTS (
                  SELECT 1 FROM list_members m WHERE m.list_id = l.id AND m.account_id = o.account_id))))))""",
    "h.post_id",
)
_LOCAL = both_ways(
    f"SELECT e.id FROM home h JOIN posts e ON e.id = h.post_id {JOINS} WHERE h.account_id = {EVERYBODY} AND {_PUBLIC} {_KINDS}",
    "h.post_id",
)
_ALL = both_ways(f"SELECT e.id FROM posts e {JOINS} WHERE {_PUBLIC} {_KINDS}", "e.id")
_TAGGED = f"""{_PUBLIC} {_KINDS}
      AND (SELECT count(*) FROM post_tags x JOIN tags y ON y.id = x.tag_id
           WHERE x.post_id = e.id AND :every LIKE '% ' || y.name || ' %') >= :least
      AND NOT EXISTS (SELECT 1 FROM post_tags x JOIN tags y ON y.id = x.tag_id
                      WHERE x.post_id = e.id AND :none LIKE '% ' || y.name || ' %')"""
_TAG = both_ways(  # one: the rows come in the order of the index, which PostgreSQL does not see where it joins the tag
    f"""SELECT e.id FROM post_tags pt JOIN posts e ON e.id = pt.post_id {JOINS}
    WHERE pt.tag_id = (SELECT t.id FROM tags t WHERE t.name IN (:names)) AND {_TAGGED}""",
    "pt.post_id",
)
_TAGS = both_ways(
    f"""SELECT e.id FROM tags t JOIN post_tags pt ON pt.tag_id = t.id JOIN posts e ON e.id = pt.post_id {JOINS}
    WHERE t.name IN (:names) AND {_TAGGED}""",
    "pt.post_id",
)
_ACCOUNT = both_ways(
    f"""SELECT e.id FROM posts e {JOINS}
    WHERE e.account_id = :account AND {SHOWN} AND {BOOST_SHOWN}
      AND (NOT :no_replies OR e.in_reply_to_uri IS NULL OR EXISTS (
           SELECT 1 FROM posts o WHERE o.id = e.in_reply_to_id AND o.account_id = e.account_id))
      AND (NOT :no_boosts OR e.boost_of_id IS NULL) AND (NOT :media OR (e.boost_of_id IS NULL AND p.attachments LIKE '%"media_type"%'))
      AND (:tag = '' OR EXISTS (SELECT 1 FROM post_tags x JOIN tags y ON y.id = x.tag_id WHERE x.post_id = e.id AND y.name = :tag))
      AND (NOT :pinned OR EXISTS (SELECT 1 FROM pins x WHERE x.account_id = e.account_id AND x.post_id = e.id))""",
    "e.id",
)
_BOOKMARKS = both_ways(
    f"""SELECT b.id, e.id FROM bookmarks b JOIN posts e ON e.id = b.post_id {JOINS} WHERE b.account_id = :viewer AND {SHOWN}""", "b.id"
)
_LIKES = both_ways(
    f"""SELECT l.created_ms, e.id FROM likes l JOIN posts e ON e.id = l.post_id {JOINS} WHERE l.account_id = :viewer AND {SHOWN}""",
    "l.created_ms",
)
_QUOTES = both_ways(
    f"""SELECT e.id FROM quotes q JOIN posts e ON e.id = q.post_id {JOINS}
    WHERE q.quoted_id = :post AND q.state = 'accepted' AND {SHOWN} AND {WANTED}""",
    "q.post_id",
)
_DIRECT = both_ways(
    f"""SELECT e.id FROM conversations c JOIN posts e ON (e.id = c.thread_id OR e.thread_id = c.thread_id) {JOINS}
    WHERE c.account_id = :viewer AND e.visibility = 3 AND {SHOWN} AND {WANTED}""",
    "e.id",
)
_LINK = both_ways(
    f"SELECT e.id FROM post_previews l JOIN posts e ON e.id = l.post_id {JOINS} WHERE l.url = :link AND {_PUBLIC}", "l.post_id"
)
_VISIBLE = f"""
    SELECT p.id FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id IN (:ids) AND {ACTIVE} AND {visible("p")}"""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which public posts: those with files, of this node's people, of others."""

    media: bool = False
    local: bool = False
    remote: bool = False


def list_home(db: Connection, viewer_id: int, window: Window) -> list[int]:
    """A person's home timeline, without those whose posts go to an exclusive list."""
    return _ids(db, _HOME, window, {"viewer": viewer_id})


def list_list(db: Connection, list_id: int, viewer_id: int, window: Window) -> list[int]:
    """The posts of a list's members."""
    return _ids(db, _LIST, window, {"list": list_id, "viewer": viewer_id})


def list_public(db: Connection, viewer_id: int, kinds: Kinds, window: Window) -> list[int]:
    """Public posts, of here or of everywhere."""
    statement = _LOCAL if kinds.local else _ALL
    return _ids(db, statement, window, {"viewer": viewer_id, "media": kinds.media, "local": kinds.local, "remote": kinds.remote})


def list_tagged(
    db: Connection, names: Sequence[str], every: Sequence[str], none: Sequence[str], viewer_id: int, kinds: Kinds, window: Window
) -> list[int]:
    """Public posts under one of some hashtags, and under every one of others, and none of further ones (lower case)."""
    statement = _TAG if len(set(names)) == 1 else _TAGS
    sql, values = with_list(
        statement[window.upward],
        "names",
        names,
        viewer=viewer_id,
        media=kinds.media,
        local=kinds.local,
        remote=kinds.remote,
        every=f" {' '.join(every)} ",
        least=len(set(every)),
        none=f" {' '.join(none)} ",
        before=window.before,
        after=window.after,
        limit=window.limit,
    )
    found = list(dict.fromkeys(row[0] for row in db.execute(sql, values).fetchall()))
    return found[::-1] if window.upward else found


@dataclass(frozen=True, slots=True)
class Shown:
    """Which posts of an account."""

    no_replies: bool = False
    no_boosts: bool = False
    media: bool = False
    pinned: bool = False
    tag: str = ""


def list_of_account(db: Connection, account_id: int, viewer_id: int, shown: Shown, window: Window) -> list[int]:
    """What an account posted and boosted, as far as the viewer may see it."""
    wanted = {"no_replies": shown.no_replies, "no_boosts": shown.no_boosts, "media": shown.media, "pinned": shown.pinned, "tag": shown.tag}
    return _ids(db, _ACCOUNT, window, {"account": account_id, "viewer": viewer_id, **wanted})


def list_bookmarked(db: Connection, viewer_id: int, window: Window) -> list[tuple[int, int]]:
    """(key, post id) of what somebody has put a bookmark into."""
    return _pairs(db, _BOOKMARKS, window, {"viewer": viewer_id})


def list_liked(db: Connection, viewer_id: int, window: Window) -> list[tuple[int, int]]:
    """(when in ms, post id) of what somebody likes; the window is one of milliseconds."""
    return _pairs(db, _LIKES, window, {"viewer": viewer_id})


def list_quoting(db: Connection, post_id: int, viewer_id: int, window: Window) -> list[int]:
    """Posts that quote a post, with its author's consent."""
    return _ids(db, _QUOTES, window, {"post": post_id, "viewer": viewer_id})


def list_direct(db: Connection, viewer_id: int, window: Window) -> list[int]:
    """Direct messages to and by somebody."""
    return _ids(db, _DIRECT, window, {"viewer": viewer_id})


def list_linking(db: Connection, link: str, viewer_id: int, window: Window) -> list[int]:
    """Public posts whose first link leads to a page."""
    return _ids(db, _LINK, window, {"link": link, "viewer": viewer_id})


def list_visible(db: Connection, ids: Sequence[int], viewer_id: int) -> set[int]:
    """Those of some posts that a viewer may see."""
    return {row[0] for row in db.execute(*with_list(_VISIBLE, "ids", set(ids), viewer=viewer_id)).fetchall()}


def _ids(db: Connection, statement: tuple[str, str], window: Window, values: dict[str, object]) -> list[int]:
    return [row[0] for row in rows_of(db, statement, window, values)]


def _pairs(db: Connection, statement: tuple[str, str], window: Window, values: dict[str, object]) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in rows_of(db, statement, window, values)]


def rows_of(db: Connection, statement: tuple[str, str], window: Window, values: dict[str, object]) -> list[Row]:
    """The rows of a window, newest first either way."""
    bounds = {"before": window.before, "after": window.after, "limit": window.limit}
    rows = db.execute(statement[window.upward], {**values, **bounds}).fetchall()
    return rows[::-1] if window.upward else rows
