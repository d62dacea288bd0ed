"""Words that people do not want to read, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Connection, with_list
from storage.records import columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Filter:
    """What happens to posts with its words. contexts: some of home, notifications, public, thread, account, separated by spaces."""

    id: int
    account_id: int
    title: str
    contexts: str
    action: str  # warn, hide, blur
    expires_ms: int | None


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase of a filter."""

    id: int
    filter_id: int
    keyword: str
    whole_word: bool


@dataclass(frozen=True, slots=True)
class FilteredPost:
    """A post that is filtered by itself."""

    id: int
    filter_id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A filter with all that it has."""

    filter: Filter
    keywords: Sequence[Keyword] = ()
    posts: Sequence[FilteredPost] = ()


_INSERT = f"INSERT INTO filters ({columns(Filter)}) VALUES ({placeholders(Filter)})"
_OF = f"SELECT {columns(Filter)} FROM filters WHERE account_id = :account ORDER BY id"
_KEYWORDS = f"SELECT {columns(Keyword)} FROM filter_keywords WHERE filter_id IN (:ids) ORDER BY id"
_POSTS = f"SELECT {columns(FilteredPost)} FROM filter_posts WHERE filter_id IN (:ids) ORDER BY id"
_ADD_KEYWORD = f"INSERT INTO filter_keywords ({columns(Keyword)}) VALUES ({placeholders(Keyword)})"
_ADD_POST = f"INSERT INTO filter_posts ({columns(FilteredPost)}) VALUES ({placeholders(FilteredPost)}) ON CONFLICT DO NOTHING"


def list_filters(db: Connection, account_id: int) -> list[Whole]:
    """Somebody's filters with their words and posts, those that have expired as well, oldest first."""
    found = [Filter(*row) for row in db.execute(_OF, {"account": account_id}).fetchall()]
    if not found:
        return []
    ids = [each.id for each in found]
    keywords = [Keyword(*row) for row in db.execute(*with_list(_KEYWORDS, "ids", ids)).fetchall()]
    kept = [FilteredPost(*row) for row in db.execute(*with_list(_POSTS, "ids", ids)).fetchall()]
    return [
        Whole(each, [word for word in keywords if word.filter_id == each.id], [post for post in kept if post.filter_id == each.id])
        for each in found
    ]


def add_filter(db: Connection, new: Filter) -> None:
    """Keeps a filter."""
    db.execute(_INSERT, values(new))


def update_filter(db: Connection, changed: Filter) -> None:
    """Changes what a filter does."""
    db.execute(
        "UPDATE filters SET title = :title, contexts = :contexts, action = :action, expires_ms = :expires_ms"
        " WHERE id = :id AND account_id = :account_id",
        values(changed),
    )


def remove_filter(db: Connection, filter_id: int) -> None:
    """The filter is gone, with its words."""
    db.execute("DELETE FROM filters WHERE id = :id", {"id": filter_id})


def add_keyword(db: Connection, keyword: Keyword) -> None:
    """One word more."""
    db.execute(_ADD_KEYWORD, values(keyword))


def update_keyword(db: Connection, keyword: Keyword) -> None:
    """Another word in its place."""
    db.execute("UPDATE filter_keywords SET keyword = :keyword, whole_word = :whole_word WHERE id = :id", values(keyword))


def remove_keyword(db: Connection, keyword_id: int) -> None:
    """One word less."""
    db.execute("DELETE FROM filter_keywords WHERE id = :id", {"id": keyword_id})


def add_filtered_post(db: Connection, kept: FilteredPost) -> None:
    """Filters a post by itself."""
    db.execute(_ADD_POST, values(kept))


def remove_filtered_post(db: Connection, kept_id: int) -> None:
    """The post is not filtered by itself any more."""
    db.execute("DELETE FROM filter_posts WHERE id = :id", {"id": kept_id})
