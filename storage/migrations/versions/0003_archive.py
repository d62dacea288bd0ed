"""The archive: full-text search, feeds, webmentions, digests."""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing yet."""
