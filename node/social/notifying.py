"""Telling people that something concerns them."""

from node.site import Site
from storage.database import Connection
from storage.events import add_event
from storage.notifications import add_notification


def tell(db: Connection, site: Site, account_id: int, kind: str, actor_id: int, post_id: int = 0) -> None:
    """Tells one of ours once; others, and whoever blocks or mutes the actor, are not told."""
    if add_notification(db, account_id, kind, actor_id, post_id, site.now_ms()):
        add_event(db, "notification", account_id)
