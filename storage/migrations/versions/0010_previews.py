"""What pages of the web say of themselves, and which posts link to them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, MS = sa.Text(), sa.BigInteger()


def upgrade() -> None:
    texts = ("title", "description", "author_name", "provider_name", "image_url", "image_alt", "language")
    op.create_table(
        "previews",
        sa.Column("url", TEXT, primary_key=True),
        sa.Column("fetched_ms", MS, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in texts),
        *(sa.Column(name, MS, nullable=False) for name in ("width", "height")),
        sa.Column("published_ms", MS, nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "post_previews",
        sa.Column("post_id", ID, sa.ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("url", TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("post_previews_url", "post_previews", ["url"])
