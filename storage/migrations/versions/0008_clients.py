"""What the clients that people already have need: programs and their tokens, lists, filters, bookmarks, drafts for later, quotes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, MS, BOOL, BYTES, SMALL = sa.Text(), sa.BigInteger(), sa.Boolean(), sa.LargeBinary(), sa.SmallInteger()


def upgrade() -> None:
    for make in (
        _programs,
        _applicants,
        _tallies,
        _marks,
        _relations,
        _preferences,
        _lists,
        _filters,
        _later,
        _news,
        _quotes,
        _files,
        _reports,
    ):
        make()


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True, autoincrement=False)


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, server_default=default)


def _maybe(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _flag(name: str, *, default: bool = False) -> sa.Column[bool]:
    return sa.Column(name, BOOL, nullable=False, server_default=sa.true() if default else sa.false())


def _number(name: str, kind: sa.types.TypeEngine[Any] = MS, default: str | None = "0") -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def _of(table: str, name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _account(name: str = "account_id", *, key: bool = False) -> sa.Column[int]:
    return _of("accounts", name, key=key)


def _post(name: str = "post_id", *, key: bool = False) -> sa.Column[int]:
    return _of("posts", name, key=key)


def _programs() -> None:
    """OAuth 2.0: only hashes of secrets, codes and tokens are kept."""
    op.create_table(
        "apps",
        _id(),
        sa.Column("client_id", TEXT, nullable=False, unique=True),
        sa.Column("secret_hash", BYTES, nullable=False),
        _text("name", None),
        _text("website"),
        _text("redirect_uris", "[]"),  # JSON
        _text("scopes", "read"),
        _number("created_ms", default=None),
    )
    op.create_table(
        "codes",  # authorisation codes; a used one stays until it is too old, so that a second use is noticed
        sa.Column("hash", BYTES, primary_key=True),
        _of("apps", "app_id"),
        _account(),
        _text("redirect_uri", None),
        _text("scopes", None),
        _text("challenge"),  # PKCE, S256
        _number("expires_ms", default=None),
        _maybe("used_ms", MS),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "app_tokens",  # of a program alone, for nobody
        sa.Column("hash", BYTES, primary_key=True),
        _of("apps", "app_id"),
        _text("scopes"),
        _number("created_ms", default=None),
        sqlite_with_rowid=False,
    )
    op.add_column("tokens", _maybe("app_id", ID))
    op.add_column("tokens", _maybe("code_hash", BYTES))  # the code that it was given for
    op.create_index("tokens_app", "tokens", ["app_id"])


def _applicants() -> None:
    op.create_table(
        "applicants",  # accounts that wait: for their e-mail address to be confirmed, for a moderator's word
        _account(key=True),
        _text("reason"),
        _maybe("secret_hash", BYTES),  # of the link in the mail; NULL once the address is confirmed
        _flag("needs_approval"),
        _number("created_ms", default=None),
    )


def _tallies() -> None:
    """How much an account has posted, counted as it posts."""
    op.create_table("tallies", _account(key=True), _number("posts"), _number("last_ms"))
    op.execute(
        "INSERT INTO tallies (account_id, posts, last_ms) SELECT account_id, count(*), max(published_ms) FROM posts GROUP BY account_id"
    )


def _marks() -> None:
    op.create_table("bookmarks", _id(), _account(), _post())
    op.create_index("bookmarks_account", "bookmarks", ["account_id", "id"])
    op.create_index("bookmarks_once", "bookmarks", ["post_id", "account_id"], unique=True)
    op.create_index("likes_newest", "likes", ["account_id", "created_ms"])
    op.create_table("muted_threads", _account(key=True), _post("thread_id", key=True), sqlite_with_rowid=False)
    op.create_table("post_apps", _post(key=True), _text("name", None), _text("website"))  # by which program it was written


def _relations() -> None:
    op.add_column("follows", _flag("notifies"))
    op.add_column("follows", _text("languages"))  # those that are wanted, separated by spaces; '' for all
    op.add_column("mutes", _flag("hides_news", default=True))
    op.create_table("remarks", _account(key=True), _account("target_id", key=True), _text("comment"), sqlite_with_rowid=False)
    op.create_table("featured_accounts", _account(key=True), _account("target_id", key=True), sqlite_with_rowid=False)
    op.create_table("hidden_domains", _account(key=True), sa.Column("domain", TEXT, primary_key=True), sqlite_with_rowid=False)
    op.create_table("unsuggested", _account(key=True), _account("target_id", key=True), sqlite_with_rowid=False)
    op.create_table(
        "followed_tags", _account(key=True), _of("tags", "tag_id", key=True), _number("created_ms", default=None), sqlite_with_rowid=False
    )
    op.create_index("followed_tags_tag", "followed_tags", ["tag_id"])
    op.create_table("featured_tags", _id(), _account(), _text("name", None))
    op.create_index("featured_tags_once", "featured_tags", ["account_id", "name"], unique=True)


def _preferences() -> None:
    op.create_table(
        "preferences",
        _account(key=True),
        _number("visibility", SMALL),
        _flag("sensitive"),
        _text("language"),
        _text("quote_policy", "public"),  # public, followers, nobody
        _flag("hides_network"),
        _text("news_policy", "{}"),  # JSON: {"for_not_following": "accept"/"filter"/"drop", ...}
    )
    op.create_table(
        "markers",
        _account(key=True),
        sa.Column("timeline", TEXT, primary_key=True),
        _number("last_read_id", ID),
        _number("version"),
        _number("updated_ms"),
        sqlite_with_rowid=False,
    )


def _lists() -> None:
    op.create_table("lists", _id(), _account(), _text("title", None), _text("replies_policy", "list"), _flag("exclusive"))
    op.create_index("lists_account", "lists", ["account_id"])
    op.create_table("list_members", _of("lists", "list_id", key=True), _account(key=True), sqlite_with_rowid=False)
    op.create_index("list_members_account", "list_members", ["account_id"])


def _filters() -> None:
    op.create_table(
        "filters",
        _id(),
        _account(),
        _text("title", None),
        _text("contexts"),  # separated by spaces
        _text("action", "warn"),
        _maybe("expires_ms", MS),
    )
    op.create_index("filters_account", "filters", ["account_id"])
    op.create_table("filter_keywords", _id(), _of("filters", "filter_id"), _text("keyword", None), _flag("whole_word", default=True))
    op.create_index("filter_keywords_filter", "filter_keywords", ["filter_id"])
    op.create_table("filter_posts", _id(), _of("filters", "filter_id"), _post())
    op.create_index("filter_posts_once", "filter_posts", ["filter_id", "post_id"], unique=True)


def _later() -> None:
    op.create_table("scheduled", _id(), _account(), _number("due_ms", default=None), _text("params", None))  # JSON, as the client sent it
    op.create_index("scheduled_account", "scheduled", ["account_id", "id"])
    op.create_index("scheduled_due", "scheduled", ["due_ms"])
    op.create_table(
        "repeats",  # Idempotency-Key: what was made of a request that may come twice
        sa.Column("hash", BYTES, primary_key=True),
        _number("made_id", ID, None),
        _number("created_ms", default=None),
        sqlite_with_rowid=False,
    )


def _news() -> None:
    op.add_column("notifications", _flag("filtered"))  # kept aside until their receiver says yes to whom they come from
    op.create_table("welcomed", _account(key=True), _account("target_id", key=True), sqlite_with_rowid=False)
    op.create_table(
        "conversations",  # direct messages, as one participant sees them
        _id(),
        _account(),
        _post("thread_id"),
        _number("last_id", ID, None),
        _flag("unread"),
    )
    op.create_index("conversations_once", "conversations", ["account_id", "thread_id"], unique=True)
    op.create_index("conversations_newest", "conversations", ["account_id", "last_id"])


def _quotes() -> None:
    op.create_table(
        "quotes",  # FEP-044f
        _post(key=True),
        _maybe("quoted_id", ID),
        _text("quoted_uri", None),
        _text("state", "pending"),  # pending, accepted, rejected, revoked
        _text("request_uri"),
        _text("stamp_uri"),
    )
    op.create_index("quotes_quoted", "quotes", ["quoted_id", "post_id"])
    op.create_index("quotes_uri", "quotes", ["quoted_uri"])
    op.create_index("quotes_stamp", "quotes", ["stamp_uri"])
    op.add_column("posts", _text("quote_policy"))  # who may quote it: public, followers, nobody; '' where nothing was said


def _files() -> None:
    for column in (_maybe("blurhash"), _maybe("focus"), _maybe("preview"), _maybe("duration", sa.Float()), _text("state", "done")):
        op.add_column("media", column)
    op.create_table(
        "emojis",  # of this node
        _id(),
        sa.Column("shortcode", TEXT, nullable=False, unique=True),
        _text("file", None),
        _text("category"),
        _flag("in_picker", default=True),
        _number("created_ms", default=None),
    )
    op.create_table(
        "proxied",  # other servers' files that were asked for here, kept for a while
        sa.Column("url", TEXT, primary_key=True),
        _text("file", None),
        _text("media_type", None),
        _number("size_bytes", default=None),
        _number("used_ms", default=None),
    )
    op.create_index("proxied_used", "proxied", ["used_ms"])


def _reports() -> None:
    op.add_column("reports", _text("category", "other"))
    op.add_column("reports", _flag("forwarded"))
    op.add_column("reports", _text("rules", "[]"))  # JSON: ids
