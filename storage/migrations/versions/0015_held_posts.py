"""Held posts are hidden everywhere; who enrolled a supervised account in a cohort; who sees a member list; files by their preview."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "held_posts",
        sa.Column("post_id", ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("visibility", sa.SmallInteger(), nullable=False),  # for whom it is once it is approved
        sqlite_with_rowid=False,
    )
    op.add_column("cohort_members", sa.Column("guardian_id", ID, nullable=True))
    op.add_column("communities", sa.Column("members_shown_to", sa.Text(), nullable=False, server_default=""))
    op.create_index("media_preview", "media", ["preview"])  # whether a file is still shown is asked each time it is served
    op.execute(
        "INSERT INTO held_posts (post_id, visibility) SELECT p.id, p.visibility FROM posts p"
        " WHERE p.id IN (SELECT c.post_id FROM community_posts c WHERE c.state = 'waiting')"
    )
    op.execute(
        "UPDATE tallies SET open_posts = open_posts - (SELECT count(*) FROM held_posts h JOIN posts p ON p.id = h.post_id"
        " WHERE p.account_id = tallies.account_id AND h.visibility <= 1)"
        " WHERE account_id IN (SELECT p.account_id FROM held_posts h JOIN posts p ON p.id = h.post_id)"
    )
    op.execute("UPDATE posts SET visibility = 4 WHERE id IN (SELECT post_id FROM held_posts)")
    op.execute(
        "DELETE FROM home WHERE post_id IN (SELECT post_id FROM held_posts)"
        " AND account_id <> (SELECT p.account_id FROM posts p WHERE p.id = home.post_id)"
    )
