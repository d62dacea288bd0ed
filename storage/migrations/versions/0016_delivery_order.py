"""Which deliveries a worker has, which ones end their object, and the newest version of an actor that was stated."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("leased_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("deliveries", sa.Column("ends_object", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("accounts", sa.Column("stated_ms", sa.BigInteger(), nullable=False, server_default="0"))
