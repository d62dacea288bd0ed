"""Events that people meet at, and who comes."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, MS = sa.Text(), sa.BigInteger()


def upgrade() -> None:
    """Meetings beside their posts, who comes, and guests who have an account nowhere."""
    op.create_table(
        "meetings",
        _post(primary=True),
        _account("host_id"),  # the community that it is posted to, else its author
        sa.Column("starts_ms", MS, nullable=False),
        sa.Column("ends_ms", MS, nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("meetings_host", "meetings", ["host_id", "starts_ms"])
    op.create_table(
        "attendances",
        _post(primary=True),
        _account("account_id", primary=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("uri", TEXT, nullable=False),
        sa.Column("created_ms", MS, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("attendances_account", "attendances", ["account_id"])
    op.create_table(
        "guests",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        _post(),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
    )
    op.create_index("guests_post", "guests", ["post_id"])


def _post(*, primary: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey("posts.id", ondelete="CASCADE")
    return sa.Column("post_id", ID, key, nullable=False, primary_key=primary, autoincrement=False)


def _account(name: str, *, primary: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey("accounts.id", ondelete="CASCADE")
    return sa.Column(name, ID, key, nullable=False, primary_key=primary, autoincrement=False)
