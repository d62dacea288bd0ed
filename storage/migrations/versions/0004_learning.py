"""Learning: questions, resources, paths and their progress."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, MS, BOOL, SMALL = sa.Text(), sa.BigInteger(), sa.Boolean(), sa.SmallInteger()


def upgrade() -> None:
    for make in (_facets, _questions, _resources, _paths, _learners):
        make()


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, server_default=default)


def _maybe(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, BOOL, nullable=False, server_default=sa.false())


def _account(name: str = "account_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _post(name: str = "post_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    clause = sa.text(where) if where else None
    op.create_index(name, table, columns, sqlite_where=clause, postgresql_where=clause)


def _facets() -> None:
    """What posts.facets says, so that it can be found; social/facets keeps it true."""
    op.create_table(
        "post_competencies",
        _post(key=True),
        sa.Column("url", TEXT, primary_key=True),
        _text("name", None),
        _text("label", None),  # the name without spaces and case: what two nodes call alike is alike
        sqlite_with_rowid=False,
    )
    _index("post_competencies_label", "post_competencies", ["label", "post_id"])
    op.create_table("turns", _post(key=True), _text("role", None), sqlite_with_rowid=False)


def _questions() -> None:
    op.create_table(
        "asks",
        _post(key=True),
        _maybe("accepted_uri"),  # what the author named; the two below are known once that answer is, and is one
        sa.Column("accepted_id", ID, sa.ForeignKey("posts.id", ondelete="SET NULL"), nullable=True),
        sa.Column("answerer_id", ID, sa.ForeignKey("accounts.id", ondelete="SET NULL"), nullable=True),
        sqlite_with_rowid=False,
    )
    _index("asks_accepted", "asks", ["accepted_uri"], "accepted_uri IS NOT NULL")
    _index("asks_answer", "asks", ["accepted_id"], "accepted_id IS NOT NULL")
    _index("asks_answerer", "asks", ["answerer_id", "post_id"], "answerer_id IS NOT NULL")
    op.create_table(
        "asked",  # whom a question was brought to, and why
        _post(key=True),
        _account(key=True),
        _text("reasons", "[]"),  # JSON: [[kind, competency, count], ...]
        sqlite_with_rowid=False,
    )
    _index("asked_account", "asked", ["account_id", "post_id"])


def _resources() -> None:
    op.create_table(
        "resources",
        _post(key=True),
        _text("url"),
        _text("license"),
        _maybe("minutes", ID),
        _maybe("review_by_ms", MS),
        _maybe("superseded_by_uri"),
        sqlite_with_rowid=False,
    )


def _paths() -> None:
    op.create_table("paths", _post(key=True), sqlite_with_rowid=False)
    op.create_table(
        "path_starts", _account(key=True), _post(key=True), sa.Column("started_ms", MS, nullable=False), sqlite_with_rowid=False
    )
    _index("path_starts_post", "path_starts", ["post_id"])
    op.create_table(
        "path_steps",
        _account(key=True),
        _post(key=True),
        sa.Column("step", TEXT, primary_key=True),  # its resource or title, so that it stays done when the path is put in another order
        sa.Column("done_ms", MS, nullable=False),
        _text("evidence_url"),
        sa.Column("reflection_id", ID, sa.ForeignKey("posts.id", ondelete="SET NULL"), nullable=True),
        sqlite_with_rowid=False,
    )
    _index("path_steps_post", "path_steps", ["post_id"])
    _index("path_steps_reflection", "path_steps", ["reflection_id"], "reflection_id IS NOT NULL")
    op.create_table("newcomer_paths", _account("community_id", key=True), _post(), sqlite_with_rowid=False)
    _index("newcomer_paths_post", "newcomer_paths", ["post_id"])


def _learners() -> None:
    op.create_table("learners", _account(key=True), _flag("answers_questions"), _flag("shows_network"), sqlite_with_rowid=False)
