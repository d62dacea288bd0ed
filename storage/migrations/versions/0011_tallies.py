"""How much an account has posted, apart by what is counted: boosts, and what everybody may see. Counting rows takes longer every year."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    for name in ("boosts", "open_posts"):
        op.add_column("tallies", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE tallies SET"
        " boosts = (SELECT count(p.boost_of_id) FROM posts p WHERE p.account_id = tallies.account_id),"
        " open_posts = (SELECT count(*) FROM posts p WHERE p.account_id = tallies.account_id AND p.visibility <= 1)"
    )
