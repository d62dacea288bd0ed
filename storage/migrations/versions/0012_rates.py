"""How much of each limit was used, for all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "rates",
        sa.Column("key", sa.LargeBinary(), primary_key=True),
        sa.Column("full_ms", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
        prefixes=["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else [],  # a crash may take it
    )
