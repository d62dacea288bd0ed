"""Communities: groups with members, moderation and cohorts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # on SQLite only INTEGER PRIMARY KEY is the row's own id
TEXT, MS, BOOL, BYTES = sa.Text(), sa.BigInteger(), sa.Boolean(), sa.LargeBinary()


def upgrade() -> None:
    for make in (_communities, _members, _contents, _stewardship, _cohorts):
        make()


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True, autoincrement=False)


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, server_default=default)


def _maybe(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, BOOL, nullable=False, server_default=sa.false())


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, MS, nullable=False)


def _account(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _post(*, key: bool = False) -> sa.Column[int]:
    return sa.Column("post_id", ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _communities() -> None:
    op.create_table(
        "communities",  # those of ours; one of another server is only its account
        _account("account_id", key=True),
        _text("join_mode", "open"),  # open, request, invite
        _flag("is_private"),
        _flag("approves_first"),
        _number("created_ms"),
    )
    op.create_table(
        "community_invites",
        sa.Column("hash", BYTES, primary_key=True),
        _account("community_id"),
        _text("role", "newcomer"),
        _number("expires_ms"),
        sqlite_with_rowid=False,
    )


def _members() -> None:
    op.create_table(
        "memberships",  # who follows a community of ours; without a follow: who is invited
        _account("community_id", key=True),
        _account("account_id", key=True),
        _text("role", "newcomer"),  # newcomer, member, mentor, alumnus, employer, guest, moderator
        _flag("is_approved"),  # a first post of theirs was let in
        _number("joined_ms"),
        sqlite_with_rowid=False,
    )
    op.create_index("memberships_account", "memberships", ["account_id"])


def _contents() -> None:
    op.create_table(
        "community_posts",  # what stands in a community, ours or another server's
        _account("community_id", key=True),
        _post(key=True),
        _text("state", "shown"),  # shown, waiting, removed
        _flag("locked"),
        _number("added_ms"),
        _maybe("activity"),  # JSON: what brought a waiting post, to be passed on unchanged
        sqlite_with_rowid=False,
    )
    op.create_index("community_posts_post", "community_posts", ["post_id"])
    op.create_index("community_posts_state", "community_posts", ["community_id", "state", "post_id"])


def _stewardship() -> None:
    op.create_table(
        "bans",
        _account("community_id", key=True),
        _account("account_id", key=True),
        _text("reason"),
        _number("created_ms"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",  # what moderators did; it outlives whom and what it names
        _id(),
        _account("community_id"),
        _number("actor_id"),
        _text("deed", None),
        _maybe("account_id", ID),
        _maybe("post_id", ID),
        _text("subject_uri"),
        _text("reason"),
        _number("created_ms"),
    )
    op.create_index("audit_community", "audit", ["community_id", "id"])


def _cohorts() -> None:
    op.create_table(
        "cohorts", _id(), _account("community_id"), _text("name", None), _number("starts_ms"), _number("ends_ms"), _flag("ended")
    )
    op.create_index("cohorts_community", "cohorts", ["community_id", "starts_ms"])
    op.create_index("cohorts_ending", "cohorts", ["ended", "ends_ms"])
    op.create_table(
        "cohort_members",
        sa.Column("cohort_id", ID, sa.ForeignKey("cohorts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        _account("account_id", key=True),
        sqlite_with_rowid=False,
    )
