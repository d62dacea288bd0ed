"""Lists of posts for programs: ids by key, newest first or, from a point on upward, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage import timeline_queries
from storage.database import Connection, Row, with_list
from storage.posts import ACTIVE, visible
from storage.timeline_queries import ID, statements
from storage.timelines import BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: keys between two. upward: those next to `after`, instead of the newest."""

    before: int = BEFORE_ALL
    after: int = 0
    limit: int = 20
    upward: bool = False

    def bounds(self) -> dict[str, object]:
        """The parameters of a statement that pages by a key."""
        return {"before": self.before, "after": self.after, "limit": self.limit}


def both_ways(select: str, key: str) -> tuple[str, str]:
    """A statement up to its WHERE for a Window over a key: newest first, and upward."""
    part = f"{select} AND {key} < :before AND {key} > :after"
    return f"{part} ORDER BY {key} DESC LIMIT :limit", f"{part} ORDER BY {key} LIMIT :limit"


_HOME = statements(ID, timeline_queries.HOME)
_LIST = statements(ID, timeline_queries.LIST)
_LOCAL = statements(ID, timeline_queries.LOCAL)
_PUBLIC = statements(ID, timeline_queries.PUBLIC)
_TAG = statements(ID, timeline_queries.TAG)
_TAGS = statements(ID, timeline_queries.TAGS)
_ACCOUNT = statements(ID, timeline_queries.ACCOUNT)
_BOOKMARKS = statements(f"b.id, {ID}", timeline_queries.BOOKMARKS)
_LIKES = statements(f"l.created_ms, {ID}", timeline_queries.LIKES)
_QUOTES = statements(ID, timeline_queries.QUOTES)
_DIRECT = statements(ID, timeline_queries.DIRECT)
_LINK = statements(ID, timeline_queries.LINK)
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
    statement = _LOCAL if kinds.local else _PUBLIC
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
        **window.bounds(),
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
    rows = db.execute(statement[window.upward], {**values, **window.bounds()}).fetchall()
    return rows[::-1] if window.upward else rows
