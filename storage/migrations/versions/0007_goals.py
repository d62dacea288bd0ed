"""What learners want and think: goals, reflections, competencies; whom a guardian looks after; portfolios."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, MS, BOOL, SMALL = sa.Text(), sa.BigInteger(), sa.Boolean(), sa.SmallInteger()


def upgrade() -> None:
    for make in (_edits, _goals, _reflections, _frameworks, _guardians, _portfolios):
        make()


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, TEXT, nullable=False, server_default=default)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, BOOL, nullable=False, server_default=sa.false())


def _maybe(name: str, kind: sa.types.TypeEngine[Any] = TEXT) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


def _moment(name: str) -> sa.Column[int]:
    return sa.Column(name, MS, nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True, autoincrement=False)


def _account(name: str = "account_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _post(name: str = "post_id", *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), nullable=False, primary_key=key, autoincrement=False)


def _edits() -> None:
    """What was written for fewer people stays theirs when the post is shared with more."""
    op.add_column("edits", sa.Column("visibility", SMALL, nullable=False, server_default="0"))
    op.execute("UPDATE edits SET visibility = (SELECT p.visibility FROM posts p WHERE p.id = edits.post_id)")


def _goals() -> None:
    op.create_table(
        "goals",  # what the facet says, so that it can be found
        _post(key=True),
        _text("status", None),
        _maybe("due_ms", MS),
        sa.Column("progress", SMALL, nullable=False, server_default="0"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "goal_links",  # what leads to a goal or speaks for it: paths, reflections, achievements, any post
        _post("goal_id", key=True),
        _post("post_id", key=True),
        _moment("added_ms"),
        sqlite_with_rowid=False,
    )
    op.create_index("goal_links_post", "goal_links", ["post_id"])


def _reflections() -> None:
    op.create_table("reflections", _post(key=True), _text("resource_uri"), sqlite_with_rowid=False)
    op.create_table(
        "reflection_drafts",
        _id(),
        _account(),
        _text("thought", None),  # JSON, as the form has it
        _moment("updated_ms"),
    )
    op.create_index("reflection_drafts_account", "reflection_drafts", ["account_id", "id"])


def _frameworks() -> None:
    op.create_table(
        "frameworks",
        _id(),
        _account(),  # the person or community whose it is
        _text("uri"),  # where it comes from; '' for one that was written here
        _text("title", None),
        _text("description"),
        _text("creator"),
        _text("license"),
        _text("language"),
        _moment("updated_ms"),
    )
    op.create_index("frameworks_account", "frameworks", ["account_id", "id"])
    op.create_table(
        "competencies",
        _id(),
        sa.Column("framework_id", ID, sa.ForeignKey("frameworks.id", ondelete="CASCADE"), nullable=False),
        _text("url", None),  # by which it is known everywhere
        _text("name", None),
        _text("label", None),  # as in post_competencies
        _text("statement"),
        _text("code"),
        _text("kind"),
        _text("parent_url"),
        sa.Column("place", ID, nullable=False),  # in the order of the framework
        sa.UniqueConstraint("framework_id", "url"),
    )
    op.create_index("competencies_url", "competencies", ["url"])
    op.create_index("competencies_label", "competencies", ["label"])


def _guardians() -> None:
    op.create_table(
        "guardians",
        _account("ward_id", key=True),
        _account("guardian_id", key=True),
        _moment("since_ms"),
        sqlite_with_rowid=False,
    )
    op.create_index("guardians_guardian", "guardians", ["guardian_id"])
    op.create_table(
        "wishes",  # what a ward wants to do and a guardian decides; the consent stays on record
        _id(),
        _account("ward_id"),
        _text("kind", None),  # follow, follower, post, picture, export, move
        _text("subject", None),  # an account's id, or what makes the wish one of its own
        _text("payload", "{}"),  # JSON: what is done when the guardian agrees
        _text("state", "waiting"),  # waiting, agreed, refused, withdrawn, used
        sa.Column("guardian_id", ID, sa.ForeignKey("accounts.id", ondelete="SET NULL"), nullable=True),
        _maybe("decided_ms", MS),
        _maybe("withdrawn_ms", MS),
    )
    op.create_index("wishes_ward", "wishes", ["ward_id", "kind", "subject"])
    op.create_table(
        "consents",  # that a guardian agrees to the account itself
        _id(),
        _account("ward_id"),
        sa.Column("guardian_id", ID, sa.ForeignKey("accounts.id", ondelete="SET NULL"), nullable=True),
        _text("sentence", None),
        _maybe("withdrawn_ms", MS),
    )
    op.create_index("consents_ward", "consents", ["ward_id"])


def _portfolios() -> None:
    op.create_table(
        "portfolios",
        _account(key=True),
        _flag("is_hidden"),
        _text("intro"),
        _text("chosen", "{}"),  # JSON: order, what is hidden, notes, by the item's key
        sqlite_with_rowid=False,
    )
    op.create_table(
        "portfolio_views",
        _id(),
        _account(),
        _text("title", None),
        sa.Column("digest", sa.LargeBinary(), nullable=False, unique=True),  # of the link's secret
        _maybe("ends_ms", MS),
        _text("items", "[]"),  # JSON: the keys that it shows
        _text("snapshots", "[]"),  # JSON: what it discloses, signed
        _maybe("revoked_ms", MS),
    )
    op.create_index("portfolio_views_account", "portfolio_views", ["account_id", "id"])
