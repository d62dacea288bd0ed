"""Where programs want to be told by Web Push."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()


def upgrade() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", ID, primary_key=True, autoincrement=False),
        sa.Column("token_id", ID, sa.ForeignKey("tokens.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account_id", ID, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("endpoint", "p256dh", "auth", "kinds", "policy")),
        sa.Column("standard", sa.Boolean(), nullable=False),
    )
    op.create_index("push_subscriptions_token", "push_subscriptions", ["token_id"], unique=True)
    op.create_index("push_subscriptions_account", "push_subscriptions", ["account_id"])
