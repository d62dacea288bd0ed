"""The first schema: accounts, posts, follows, and the queues between servers."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # on SQLite only INTEGER PRIMARY KEY is the row's own id
TEXT, MS, BOOL, BYTES, SMALL = sa.Text(), sa.BigInteger(), sa.Boolean(), sa.LargeBinary(), sa.SmallInteger()


def upgrade() -> None:
    _people()
    _posts()
    _relations()
    _queues()
    _keeping()


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True, autoincrement=False)


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, server_default=default)


def _maybe(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, BOOL, nullable=False, server_default=sa.false())


def _number(name: str, kind: sa.types.TypeEngine[Any] = MS, default: str | None = "0") -> sa.Column[int]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def _account(name: str = "account_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _post(name: str = "post_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _index(name: str, table: str, columns: list[str], *, unique: bool = False, where: str | None = None) -> None:
    clause = sa.text(where) if where else None
    op.create_index(name, table, [sa.text(c) for c in columns], unique=unique, sqlite_where=clause, postgresql_where=clause)


def _people() -> None:
    op.create_table(
        "accounts",
        _id(),
        _text("uri", None),
        _text("type", None),
        _text("name", None),
        _text("domain"),  # '' for ours
        _text("display_name"),
        _text("summary"),
        _text("summary_source"),
        _maybe("url"),
        _text("inbox", None),
        _maybe("shared_inbox"),
        _maybe("outbox"),
        _maybe("followers_uri"),
        _maybe("following_uri"),
        _maybe("featured_uri"),
        _maybe("icon_url"),
        _text("icon_alt"),
        _maybe("image_url"),
        _text("image_alt"),
        _text("fields", "[]"),
        _text("emojis", "[]"),
        _flag("locked"),
        _flag("discoverable"),
        _flag("indexable"),
        _text("also_known_as", "[]"),
        _maybe("moved_to_uri"),
        _text("mode", "open"),
        _number("created_ms", default=None),
        _number("revision_ms", default=None),  # when its looks last changed; caches hold on to it
        _number("fetched_ms"),
        _maybe("suspended_ms", MS),
        _maybe("deleted_ms", MS),
    )
    _index("accounts_uri", "accounts", ["uri"], unique=True)
    _index("accounts_url", "accounts", ["url"], where="url IS NOT NULL")
    _index("accounts_handle", "accounts", ["domain", "lower(name)"])  # elsewhere a person and a group may share a handle (Lemmy)
    _index("accounts_names", "accounts", ["lower(name)"], unique=True, where="domain = ''")
    op.create_table(
        "keys",  # of remote actors the public half, of ours both
        sa.Column("uri", TEXT, primary_key=True),
        _account(),
        _text("algorithm", None),
        _text("public_key", None),
        _maybe("private_pem"),
        _number("fetched_ms"),
    )
    _index("keys_account", "keys", ["account_id"])
    op.create_table(
        "users",  # those of our accounts that sign in
        _account(key=True),
        _maybe("email"),
        _maybe("password_hash"),
        _text("role", "member"),
        _text("language"),
        _number("created_ms", default=None),
        _maybe("disabled_ms", MS),
        _number("notifications_read_id"),
    )
    _index("users_email", "users", ["lower(email)"], unique=True, where="email IS NOT NULL")
    op.create_table(
        "sessions",
        sa.Column("hash", BYTES, primary_key=True),
        _account(),
        _text("csrf", None),
        _number("created_ms", default=None),
        _number("expires_ms", default=None),
        sqlite_with_rowid=False,
    )
    _index("sessions_account", "sessions", ["account_id"])
    op.create_table(
        "tokens",
        _id(),
        sa.Column("hash", BYTES, nullable=False, unique=True),
        _account(),
        _text("app"),
        _text("scopes"),
        _number("created_ms", default=None),
    )
    _index("tokens_account", "tokens", ["account_id"])
    op.create_table(
        "links",  # one-time links: first set-up, invitations, new passwords
        sa.Column("hash", BYTES, primary_key=True),
        _text("purpose", None),
        _maybe("account_id", ID),
        _number("expires_ms", default=None),
        sqlite_with_rowid=False,
    )


def _posts() -> None:
    op.create_table(
        "posts",
        _id(),
        _text("uri", None),
        _account(),
        _text("type", None),
        _number("visibility", SMALL, None),  # 0 public, 1 unlisted, 2 private, 3 direct
        _flag("sensitive"),
        _text("content"),
        _maybe("source"),
        _text("title"),
        _text("summary"),
        _maybe("language"),
        _maybe("url"),
        _maybe("in_reply_to_uri"),
        _maybe("in_reply_to_id", ID),
        _maybe("thread_id", ID),  # the thread's first post; NULL on a first post itself
        _maybe("context_uri"),
        _maybe("replies_uri"),
        _maybe("replies_fetched_ms", MS),
        _maybe("boost_of_id", ID),
        _maybe("quote_uri"),
        _maybe("audience_uri"),
        _number("published_ms", default=None),
        _maybe("edited_ms", MS),
        _maybe("revision_ms", MS),  # when anything that a page shows of it last changed
        _maybe("attachments"),
        _maybe("emojis"),
        _maybe("event"),
        _maybe("facets"),
        _number("replies_count"),
        _number("likes_count"),
        _number("boosts_count"),
    )
    _index("posts_uri", "posts", ["uri"], unique=True)
    _index("posts_account", "posts", ["account_id", "id"])
    _index("posts_thread", "posts", ["thread_id", "id"], where="thread_id IS NOT NULL")
    _index("posts_parent", "posts", ["in_reply_to_id", "id"], where="in_reply_to_id IS NOT NULL")
    _index("posts_orphans", "posts", ["in_reply_to_uri"], where="in_reply_to_id IS NULL AND in_reply_to_uri IS NOT NULL")
    _index("posts_boosts", "posts", ["boost_of_id", "account_id"], unique=True, where="boost_of_id IS NOT NULL")
    op.create_table(
        "edits",  # what a post said before
        _post(key=True),
        sa.Column("edited_ms", MS, primary_key=True),
        _text("title"),
        _text("summary"),
        _text("content"),
        _maybe("source"),
        _maybe("attachments"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "polls",
        _post(key=True),
        _text("options", None),  # JSON: [{"title": ..., "votes": ...}, ...]
        _flag("multiple"),
        _maybe("closes_ms", MS),
        _maybe("voters", MS),
        sqlite_with_rowid=False,
    )
    op.create_table("votes", _post(key=True), _account(key=True), sa.Column("option", SMALL, primary_key=True), sqlite_with_rowid=False)
    op.create_table("mentions", _post(key=True), _account(key=True), sqlite_with_rowid=False)
    _index("mentions_account", "mentions", ["account_id", "post_id"])
    op.create_table("tags", sa.Column("id", ID, primary_key=True), sa.Column("name", TEXT, nullable=False, unique=True))
    op.create_table("post_tags", sa.Column("tag_id", ID, primary_key=True), _post(key=True), sqlite_with_rowid=False)
    _index("post_tags_post", "post_tags", ["post_id"])
    op.create_table(
        "media",  # files of ours
        _id(),
        _account(),
        _maybe("post_id", ID),
        _text("file", None),
        _text("media_type", None),
        _number("width", default=None),
        _number("height", default=None),
        _number("size_bytes", default=None),
        _text("alt"),
        _text("purpose", "attachment"),
    )
    _index("media_account", "media", ["account_id"])
    _index("media_file", "media", ["file"])
    op.create_table("tombstones", sa.Column("uri", TEXT, primary_key=True), _number("deleted_ms", default=None), sqlite_with_rowid=False)


def _relations() -> None:
    op.create_table(  # no foreign keys: the busiest table of all; a row whose post is gone joins nothing
        "home",
        sa.Column("account_id", ID, primary_key=True, autoincrement=False),
        sa.Column("post_id", ID, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "follows",
        _account("follower_id", key=True),
        _account("followee_id", key=True),
        _text("state", "requested"),
        _text("uri", None),
        _number("created_ms", default=None),
        sa.Column("shows_boosts", BOOL, nullable=False, server_default=sa.true()),
        sqlite_with_rowid=False,
    )
    _index("follows_followee", "follows", ["followee_id", "state", "follower_id"])
    op.create_table(
        "likes", _post(key=True), _account(key=True), _text("uri", None), _number("created_ms", default=None), sqlite_with_rowid=False
    )
    _index("likes_account", "likes", ["account_id", "post_id"])
    op.create_table(
        "blocks",
        _account(key=True),
        _account("target_id", key=True),
        _text("uri"),
        _number("created_ms", default=None),
        sqlite_with_rowid=False,
    )
    _index("blocks_target", "blocks", ["target_id"])
    op.create_table("mutes", _account(key=True), _account("target_id", key=True), _maybe("until_ms", MS), sqlite_with_rowid=False)
    op.create_table("pins", _account(key=True), _post(key=True), _number("created_ms", default=None), sqlite_with_rowid=False)
    _index("pins_post", "pins", ["post_id"])
    op.create_table(
        "notifications",
        _id(),
        _account(),
        _text("kind", None),
        _account("actor_id"),
        _number("post_id"),
    )
    _index("notifications_account", "notifications", ["account_id", "id"])
    _index("notifications_once", "notifications", ["account_id", "actor_id", "post_id", "kind"], unique=True)
    op.create_table(
        "reports",
        _id(),
        _maybe("account_id", ID),
        _account("target_id"),
        _text("uri"),
        _text("post_uris", "[]"),
        _text("comment"),
        _number("created_ms", default=None),
        _maybe("resolved_ms", MS),
    )


def _queues() -> None:
    op.create_table(
        "activities",  # what we said, kept while a delivery owes it and for whoever dereferences it
        _id(),
        _text("uri", None),
        _account(),
        _text("type", None),
        _maybe("post_id", ID),
        sa.Column("body", BYTES, nullable=False),
        _flag("is_public"),
    )
    _index("activities_uri", "activities", ["uri"], unique=True)
    _index("activities_post", "activities", ["post_id"], where="post_id IS NOT NULL")
    op.create_table(
        "deliveries",
        sa.Column("id", ID, primary_key=True, autoincrement=True),  # in the order of commits, unlike the ids of posts
        sa.Column("activity_id", ID, sa.ForeignKey("activities.id", ondelete="CASCADE"), nullable=False),
        _text("inbox", None),
        _text("host", None),
        _number("order_key", default=None),  # the same for all that is owed to one inbox about one object; those go one by one
        _text("state", "waiting"),  # waiting, delivered, gave up
        _number("attempts", SMALL),
        _number("next_ms", default=None),  # when it may be taken; a worker that takes it moves this to the end of its lease
        _maybe("status", SMALL),
        _text("answer"),
        _number("updated_ms", default=None),
        sqlite_autoincrement=True,
    )
    _index("deliveries_due", "deliveries", ["host", "next_ms"], where="state = 'waiting'")
    _index("deliveries_order", "deliveries", ["order_key", "id"], where="state = 'waiting'")
    _index("deliveries_activity", "deliveries", ["activity_id"])
    op.create_table(
        "jobs",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        _text("kind", None),
        _text("key"),  # at most one waiting job has a key, where it is not ''
        _text("payload", "{}"),
        _number("attempts", SMALL),
        _number("next_ms", default=None),
        _text("error"),
        sqlite_autoincrement=True,
    )
    _index("jobs_due", "jobs", ["next_ms"])
    _index("jobs_key", "jobs", ["kind", "key"], unique=True, where="key <> ''")
    op.create_table(
        "hosts",  # what we know of other servers
        sa.Column("host", TEXT, primary_key=True),
        _text("scheme"),  # which signature it took last
        _number("failures", SMALL),
        _number("open_until_ms"),  # the breaker: nothing is sent before
        sqlite_with_rowid=False,
    )
    op.create_table("seen", sa.Column("hash", BYTES, primary_key=True), _number("seen_ms", default=None), sqlite_with_rowid=False)


def _keeping() -> None:
    op.create_table(
        "domain_blocks",
        sa.Column("domain", TEXT, primary_key=True),
        _text("severity", "suspend"),
        _text("comment"),
        _number("created_ms", default=None),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        _text("kind", None),
        _number("subject_id"),
        _text("payload"),
        sqlite_autoincrement=True,
    )
    op.create_table("settings", sa.Column("name", TEXT, primary_key=True), _text("value", None), sqlite_with_rowid=False)
