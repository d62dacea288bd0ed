"""Which operations of Mastodon's schema this run has exercised, and which answers were not as it says; told at the run's end."""

ALL = 210  # operations in the schema

exercised: set[str] = set()  # "GET /api/v1/...", as the schema names it
violations: list[str] = []
