"""Heavy things that few calls need, loaded when they are: start-up time and memory are budgets."""

from importlib import import_module
from types import ModuleType
from typing import Literal

Heavy = Literal[
    "storage.postgres",  # psycopg, which only a node on PostgreSQL has
    "storage.copying",
    "storage.migrating",  # Alembic and SQLAlchemy: half a second and 40 MB
    "node.buckets",  # aiobotocore, which only a node with files in S3 has: a tenth of a second and 50 MB
    "node.web.calendars",  # icalendar, which brings every time zone
    "igraph",  # 20 MB, for one page
    "ctypes",  # for a node that runs out of memory
    "node.web.metrics",  # prometheus-client, which brings an HTTP server of its own
]


def load(name: Heavy) -> ModuleType:
    """The module."""
    return import_module(name)
