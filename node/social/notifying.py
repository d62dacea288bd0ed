"""Telling people that something concerns them."""

from federation.origins import hostname_of
from node.site import Site
from storage import accounts, follows, moderation
from storage.database import Connection
from storage.events import add_event
from storage.notifications import add_notification


def tell(db: Connection, site: Site, account_id: int, kind: str, actor_id: int, post_id: int = 0) -> None:
    """Tells one of ours once; others, and whoever blocks or mutes the actor, are not told.

    Of people of a silenced server only those who follow them are told, and moderators of reports.
    """
    if kind != "report" and is_silenced(db, actor_id) and not follows.is_following(db, account_id, actor_id):
        return
    if add_notification(db, account_id, kind, actor_id, post_id, site.now_ms()):
        add_event(db, "notification", account_id)


def is_silenced(db: Connection, account_id: int) -> bool:
    """Whether an account is of a silenced server: only those who follow it hear it."""
    if not moderation.has_silences(db):  # nearly always, and this stands on the way of every post that comes
        return False
    account = accounts.find_account(db, account_id)
    return account is not None and not account.is_local and moderation.is_silenced(db, hostname_of(account.uri))
