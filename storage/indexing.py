"""Keeps the words of posts in the full-text index, in the transaction that changes the post: SQLite's FTS5, PostgreSQL's tsvector.

SQLite's index holds no copy of the words ("contentless"): to take a post out, it must be told exactly the words that went in, which are
made anew from the post's row. So a row is forgotten before it changes and indexed after; and whoever changes `plain` adds a migration
that fills the index anew.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from storage.database import Connection, Engine
from storage.records import Post

MAX_TEXT, MAX_WORD = 200_000, 200  # characters that are indexed there: a tsvector holds 1 MB, a word of it 2 KB
_BREAK = re.compile(r"<(?:br|hr|/?(?:p|div|h[1-6]|blockquote|pre|figure|figcaption|[uod]l|li|d[td]|t[rdh]|table))\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"[\x00-\x20\x7f]+")
_TAGS = "SELECT t.name FROM post_tags pt JOIN tags t ON t.id = pt.tag_id WHERE pt.post_id = :id"
_ROW = "SELECT title, summary, content FROM posts WHERE id = :id AND boost_of_id IS NULL"
_IS_INDEXED: Mapping[Engine, str] = {
    "sqlite": "SELECT 1 FROM post_texts_docsize WHERE id = :id",  # FTS5's own table of what is in the index
    "postgresql": "SELECT 1 FROM post_texts WHERE id = :id",
}
_INSERT: Mapping[Engine, str] = {
    "sqlite": "INSERT INTO post_texts (rowid, title, summary, body, tags) VALUES (:id, :title, :summary, :body, :tags)",
    "postgresql": """
        INSERT INTO post_texts (id, words) VALUES (:id, setweight(to_tsvector('simple', :title), 'A')
            || setweight(to_tsvector('simple', :summary), 'B') || setweight(to_tsvector('simple', :tags), 'C')
            || to_tsvector('simple', :body))
        ON CONFLICT (id) DO UPDATE SET words = excluded.words""",
}
_FORGET: Mapping[Engine, str] = {
    "sqlite": """
        INSERT INTO post_texts (post_texts, rowid, title, summary, body, tags)
        VALUES ('delete', :id, :title, :summary, :body, :tags)""",
    "postgresql": "DELETE FROM post_texts WHERE id = :id",
}


def plain(markup: str) -> str:
    """The words of sanitised HTML, in one line."""
    words = html.unescape(_TAG.sub("", _BREAK.sub(" ", markup))) if "<" in markup or "&" in markup else markup
    return _SPACE.sub(" ", words).strip()


def words_of(text: str) -> str:
    """The words of a text without diacritics, between spaces, as FTS5's unicode61 tokenizer would take them apart: for PostgreSQL."""
    folded = "".join(letter for letter in unicodedata.normalize("NFKD", text[:MAX_TEXT]) if not unicodedata.combining(letter))
    return " ".join(word[:MAX_WORD] for word in _WORD.findall(folded.lower()))


def add_text(db: Connection, post: Post, hashtags: Sequence[str] = ()) -> None:
    """Puts a new post into the index with its hashtags (sorted); boosts say nothing of their own."""
    if post.boost_of_id is None:
        words = {"title": plain(post.title), "summary": plain(post.summary), "body": plain(post.content), "tags": " ".join(hashtags)}
        _execute(db, _INSERT, post.id, words)


def index_text(db: Connection, post_id: int) -> None:
    """Puts a post into the index as its row and its hashtags are now."""
    _tell(db, _INSERT, post_id)


def forget_text(db: Connection, post_id: int) -> None:
    """Takes a post out of the index, if it is there; its row and its hashtags are still as they were when it was put in."""
    if is_indexed(db, post_id):  # FTS5 would call itself damaged
        _tell(db, _FORGET, post_id)


def has_tags(db: Connection, post_id: int, names: Iterable[str]) -> bool:
    """Whether a post stands in the index with just these hashtags already, so that its words stay."""
    return _tags(db, post_id) == sorted(names) and is_indexed(db, post_id)


def is_indexed(db: Connection, post_id: int) -> bool:
    """Whether a post stands in the index."""
    return db.execute(_IS_INDEXED[db.engine], {"id": post_id}).fetchone() is not None


def _tell(db: Connection, sql: Mapping[Engine, str], post_id: int) -> None:
    row = db.execute(_ROW, {"id": post_id}).fetchone()
    if row is not None:
        title, summary, body = map(plain, row)
        words = {"title": title, "summary": summary, "body": body, "tags": " ".join(_tags(db, post_id))}
        _execute(db, sql, post_id, words)


def _execute(db: Connection, sql: Mapping[Engine, str], post_id: int, words: Mapping[str, str]) -> None:
    given = words if db.engine == "sqlite" else {name: words_of(text) for name, text in words.items()}
    db.execute(sql[db.engine], {"id": post_id, **given})


def _tags(db: Connection, post_id: int) -> list[str]:
    return sorted(row[0] for row in db.execute(_TAGS, {"id": post_id}).fetchall())
