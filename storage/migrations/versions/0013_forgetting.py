"""What refers to posts and to people is found from them, so that those whom nothing refers to can be forgotten without reading tables."""

from alembic import op

revision = "0013"
down_revision = "0012"

BY_POST = (("conversations", "thread_id"), ("muted_threads", "thread_id"), ("filter_posts", "post_id"))
BY_ACCOUNT = (
    ("mentions", "account_id"),
    ("votes", "account_id"),
    ("activities", "account_id"),
    ("attendances", "account_id"),
    ("audit", "actor_id"),
    ("audit", "account_id"),
    ("bans", "account_id"),
    ("cohort_members", "account_id"),
    ("featured_accounts", "target_id"),
    ("mutes", "target_id"),
    ("remarks", "target_id"),
    ("reports", "target_id"),
    ("reports", "account_id"),
    ("unsuggested", "target_id"),
    ("welcomed", "target_id"),
    ("origins", "account_id"),
    ("pins", "account_id"),
)


def upgrade() -> None:
    for table, column in BY_POST + BY_ACCOUNT:
        op.create_index(f"{table}_by_{column.removesuffix('_id')}", table, [column])
