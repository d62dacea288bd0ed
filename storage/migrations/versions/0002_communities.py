"""Communities: groups with members, moderation and events."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing yet."""
