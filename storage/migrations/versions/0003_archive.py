"""The archive: full-text search, feeds, webmentions, digests."""

import html
import re
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, MS, BOOL, BYTES, SMALL = sa.Text(), sa.BigInteger(), sa.Boolean(), sa.LargeBinary(), sa.SmallInteger()
BREAK = re.compile(r"<(?:br|hr|/?(?:p|div|h[1-6]|blockquote|pre|figure|figcaption|[uod]l|li|d[td]|t[rdh]|table))\b[^>]*>")
TAG = re.compile(r"<[^>]*>")
SPACE = re.compile(r"[\x00-\x20\x7f]+")
AT_ONCE = 1000


def upgrade() -> None:
    for make in (_consent, _texts, _feeds, _imports, _webmentions, _digests):
        make()


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, server_default=default)


def _maybe(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _number(name: str, kind: sa.types.TypeEngine[Any] = MS, default: str | None = "0") -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def _account(name: str = "account_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _post(name: str = "post_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _consent() -> None:
    """Who may find it by its words: 0 everybody, 2 followers, 3 nobody else; NULL where nothing was said (FEP-268d)."""
    op.add_column("accounts", _maybe("searchable_by", SMALL))
    op.add_column("posts", _maybe("searchable_by", SMALL))


def _texts() -> None:
    """An index without a copy of the words, filled with what storage.indexing would put in."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":  # no node ran there before this
        op.create_table("post_texts", _post("id", key=True), sa.Column("words", postgresql.TSVECTOR(), nullable=False))
        op.create_index("post_texts_words", "post_texts", ["words"], postgresql_using="gin")
        return
    bind.exec_driver_sql(
        "CREATE VIRTUAL TABLE post_texts USING fts5(title, summary, body, tags, content = '', tokenize = 'unicode61 remove_diacritics 2')"
    )
    last = 0
    while rows := bind.exec_driver_sql(
        "SELECT id FROM posts WHERE id > ? AND boost_of_id IS NULL ORDER BY id LIMIT ?", (last, AT_ONCE)
    ).fetchall():
        last = rows[-1][0]
        for (post_id,) in rows:
            _index(bind, post_id)


def _index(bind: sa.Connection, post_id: int) -> None:
    title, summary, content = bind.exec_driver_sql("SELECT title, summary, content FROM posts WHERE id = ?", (post_id,)).one()
    found = bind.exec_driver_sql("SELECT t.name FROM post_tags pt JOIN tags t ON t.id = pt.tag_id WHERE pt.post_id = ?", (post_id,))
    words = (_plain(title), _plain(summary), _plain(content), " ".join(sorted(row[0] for row in found)))
    bind.exec_driver_sql("INSERT INTO post_texts (rowid, title, summary, body, tags) VALUES (?, ?, ?, ?, ?)", (post_id, *words))


def _plain(markup: str) -> str:
    words = html.unescape(TAG.sub("", BREAK.sub(" ", markup))) if "<" in markup or "&" in markup else markup
    return SPACE.sub(" ", words).strip()


def _feeds() -> None:
    op.create_table(
        "feeds",  # accounts that bring the entries of an RSS, Atom or JSON feed
        _account(key=True),
        _text("address", None),
        _text("etag"),
        _text("last_modified"),
        _number("fetched_ms"),
        _number("next_ms"),
        _number("failures", SMALL),
        _text("state", "active"),  # active, ended
        _text("problem"),
    )
    op.create_index("feeds_address", "feeds", ["address"], unique=True)
    op.create_index("feeds_due", "feeds", ["state", "next_ms"])
    op.create_table(
        "feed_entries",  # what came already, by its GUID; no foreign key to the post: a deleted entry does not come again
        _account(key=True),
        sa.Column("guid", TEXT, primary_key=True),
        _number("post_id", ID),
        _text("digest"),
        sqlite_with_rowid=False,
    )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        _account(),
        _text("kind", None),
        _number("created_ms", default=None),
        _number("total"),
        _number("done"),
        _text("failed", "[]"),  # JSON: [[address, why], ...]
    )
    op.create_index("imports_account", "imports", ["account_id"])


def _webmentions() -> None:
    op.create_table(
        "webmentions",  # pages elsewhere on the web that speak of a post of ours
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        _post(),
        _text("source", None),
        _text("kind", "mention"),
        _text("author_name"),
        _text("author_url"),
        _text("title"),
        _text("content"),
        _number("published_ms"),
        _number("received_ms"),
    )
    op.create_index("webmentions_source", "webmentions", ["post_id", "source"], unique=True)
    op.create_table(
        "webmentions_sent",  # whom a post of ours has told
        _post(key=True),
        sa.Column("target", TEXT, primary_key=True),
        _number("sent_ms"),
        _text("answer"),
        sqlite_with_rowid=False,
    )


def _digests() -> None:
    op.create_table(
        "digests",
        _account(key=True),
        _text("every", "weekly"),  # never, daily, weekly
        sa.Column("by_mail", BOOL, nullable=False, server_default=sa.false()),
        sa.Column("serendipity", sa.Float(), nullable=False, server_default="0.2"),
        _number("next_ms"),
        _number("since_id", ID),
        _text("secret"),  # of the link that ends the mails
    )
    op.create_index("digests_due", "digests", ["next_ms"])
    op.create_index("digests_secret", "digests", ["secret"])
