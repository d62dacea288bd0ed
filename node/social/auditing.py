"""The log of a community: one line a deed."""

from node.site import Site
from storage.database import Connection
from storage.ids import new_id
from storage.stewardship import Deed, add_deed


def note(
    db: Connection,
    site: Site,
    community_id: int,
    actor_id: int,
    deed: str,
    *,
    account_id: int | None = None,
    post_id: int | None = None,
    subject_uri: str = "",
    reason: str = "",
) -> None:
    """Writes down what was done, by whom (0: the node itself), to whom or what, and why."""
    now_ms = site.now_ms()
    row = Deed(new_id(now_ms), community_id, actor_id, deed, account_id, post_id, subject_uri, reason[:1000], now_ms)
    add_deed(db, row)
