"""Achievements: what can be achieved, what was awarded, endorsed, revoked and marked, and what was seen of others' lists and keys."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, MS = sa.Text(), sa.BigInteger()


def upgrade() -> None:
    for make in (_badges, _awards, _endorsements, _lists, _marks, _archives):
        make()


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True, autoincrement=False)


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, server_default=default)


def _maybe(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, MS, nullable=False)


def _account(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _row(name: str, target: str, *, ends: str = "SET NULL") -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey(f"{target}.id", ondelete=ends), nullable=ends == "SET NULL")


def _index(name: str, table: str, columns: list[str], where: str | None = None, *, unique: bool = False) -> None:
    clause = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=unique, sqlite_where=clause, postgresql_where=clause)


def _badges() -> None:
    _index("keys_ed25519", "keys", ["public_key"], "algorithm = 'ed25519'")  # whose did:key is that?
    op.create_table(
        "badges",
        _id(),
        _account("account_id"),
        _text("uri"),
        _text("name"),
        _text("description", ""),
        _text("criteria", ""),
        _text("kind", "Badge"),
        _text("image", ""),  # a file of ours, '' for the one that is drawn from the name
        _text("alignment", "[]"),
        _maybe("valid_days", ID),
        _ms("created_ms"),
        _maybe("retired_ms", MS),
    )
    _index("badges_account", "badges", ["account_id", "id"])


def _awards() -> None:
    op.create_table(
        "awards",
        _id(),
        _text("uri"),
        _account("issuer_id"),
        _account("recipient_id"),
        _row("badge_id", "badges"),
        _row("post_id", "posts"),
        _text("state"),
        _text("name"),
        _text("kind"),
        _maybe("image_url"),
        _text("credential"),  # the exact text that is served, and whose digest others sign
        _ms("issued_ms"),
        _maybe("valid_until_ms", MS),
        _maybe("list_index", ID),
        _text("proof", ""),
        _maybe("answered_ms", MS),
        _maybe("revoked_ms", MS),
        _text("reason", ""),
    )
    _index("awards_uri", "awards", ["uri"], unique=True)
    _index("awards_recipient", "awards", ["recipient_id", "id"])
    _index("awards_issuer", "awards", ["issuer_id", "id"])
    _index("awards_list", "awards", ["issuer_id", "list_index"], "list_index IS NOT NULL", unique=True)
    _index("awards_badge", "awards", ["badge_id"], "badge_id IS NOT NULL")
    _index("awards_post", "awards", ["post_id"], "post_id IS NOT NULL")
    op.create_table(
        "award_competencies",
        sa.Column("award_id", ID, sa.ForeignKey("awards.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("url", TEXT, primary_key=True),
        _text("name"),
        _text("label"),
        sqlite_with_rowid=False,
    )
    _index("award_competencies_label", "award_competencies", ["label", "award_id"])
    op.create_table("award_links", sa.Column("digest", sa.LargeBinary(), primary_key=True), _row("award_id", "awards", ends="CASCADE"))
    _index("award_links_award", "award_links", ["award_id"])


def _endorsements() -> None:
    op.create_table(
        "endorsements",
        _id(),
        _text("uri"),
        _account("endorser_id"),
        _account("recipient_id"),  # whose achievement or competency it is
        _row("award_id", "awards"),
        _row("post_id", "posts"),
        _text("subject_uri"),
        _text("competency", ""),  # the URL of one, where a person is endorsed for it
        _text("comment", ""),
        _text("credential"),
        _ms("issued_ms"),
        _maybe("withdrawn_ms", MS),
        _text("proof", ""),
        _maybe("list_index", ID),
    )
    _index("endorsements_uri", "endorsements", ["uri"], unique=True)
    _index("endorsements_award", "endorsements", ["award_id", "id"], "award_id IS NOT NULL")
    _index("endorsements_recipient", "endorsements", ["recipient_id", "id"])
    _index("endorsements_endorser", "endorsements", ["endorser_id", "id"])
    _index("endorsements_post", "endorsements", ["post_id"], "post_id IS NOT NULL")


def _lists() -> None:
    op.create_table("status_lists", _account("account_id", key=True), _text("body"), _ms("updated_ms"), sqlite_with_rowid=False)
    op.create_table(
        "revoked_indexes",  # what our own lists say; an index belongs to an award or to an endorsement of that account
        _account("account_id", key=True),
        sa.Column("list_index", ID, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table("seen_documents", sa.Column("uri", TEXT, primary_key=True), _text("kind"), _text("body"), _ms("fetched_ms"))
    op.create_table(
        "snapshots",
        sa.Column("digest", TEXT, primary_key=True),
        _text("uri"),
        _text("author_uri"),
        _maybe("body"),  # NULL once its author has deleted it: hash and date stay
        _ms("taken_ms"),
    )
    _index("snapshots_uri", "snapshots", ["uri"])


def _archives() -> None:
    op.create_table(
        "origins",  # posts that came with an archive: what they were before, exactly
        sa.Column("post_id", ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        _account("account_id"),
        _text("uri"),
        _text("body"),
        sqlite_with_rowid=False,
    )
    _index("origins_uri", "origins", ["account_id", "uri"], unique=True)
    op.create_table(
        "identities",  # did:keys of remote actors, by statements that those keys have signed: listing a key proves nothing
        _account("account_id", key=True),
        sa.Column("did", TEXT, primary_key=True),
        sqlite_with_rowid=False,
    )
    _index("identities_did", "identities", ["did"])
    op.create_table(
        "successions",  # what former keys of ours said of those that came after them, as their actor shows it
        _account("account_id", key=True),
        sa.Column("did", TEXT, primary_key=True),
        _text("body"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "transfers",  # archives that are written or read just now
        _id(),
        _account("account_id"),
        _text("kind"),
        _text("state"),
        sa.Column("done", ID, nullable=False, server_default="0"),
        sa.Column("total", ID, nullable=False, server_default="0"),
        _text("file", ""),
        _text("said", ""),
        _ms("created_ms"),
    )
    _index("transfers_account", "transfers", ["account_id", "id"])


def _marks() -> None:
    op.create_table(
        "marks",
        _id(),
        _account("marker_id"),
        _account("author_id"),
        _row("post_id", "posts"),
        _text("post_uri"),
        _text("digest"),
        _text("comment", ""),
        _text("lines", "[]"),  # JSON: [{"url", "name", "level", "most"}, ...]
        _ms("created_ms"),
        _row("award_id", "awards"),
    )
    _index("marks_author", "marks", ["author_id", "id"])
    _index("marks_marker", "marks", ["marker_id", "id"])
    _index("marks_post", "marks", ["post_id"], "post_id IS NOT NULL")
    _index("marks_award", "marks", ["award_id"], "award_id IS NOT NULL")
