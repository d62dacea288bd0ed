"""Telling people that something concerns them."""

from federation.origins import hostname_of
from node.site import Site
from node.social import keeping_aside, naming, pushing, wards
from storage import accounts, follows, moderation
from storage.database import Connection
from storage.events import add_event
from storage.notifications import add_news_of_web, add_notification, remove_notification


def tell(db: Connection, site: Site, account_id: int, kind: str, actor_id: int, post_id: int = 0) -> None:
    """Tells one of ours once; others, and whoever blocks or mutes the actor, are not told.

    A ward hears of nobody whom no guardian let near.
    Of people of a silenced server only those who follow them are told, and moderators of reports.
    """
    if not wards.may_tell(db, account_id, actor_id):
        return
    if kind != "report" and is_silenced(db, actor_id) and not follows.is_following(db, account_id, actor_id):
        return
    verdict = keeping_aside.verdict(db, site, account_id, kind, actor_id, post_id)
    if verdict == "drop":
        return
    told_id = add_notification(db, account_id, kind, actor_id, post_id, site.now_ms(), filtered=verdict == "filter")
    if told_id:
        add_event(db, "notification", account_id, str(told_id))
        pushing.send_for(db, site, account_id, kind, told_id)


def tell_of_web(db: Connection, site: Site, post_id: int) -> None:
    """Tells a post's author that a page of the web speaks of it. Such a page has no account: the server itself says so."""
    server = accounts.find_account_by_uri(db, naming.server_actor_uri(site.origin))
    told_id = add_news_of_web(db, post_id, server.id, site.now_ms()) if server is not None else None
    if told_id is not None:
        add_event(db, "notification", told_id)


def tell_more(db: Connection, site: Site, account_id: int, kind: str, actor_id: int, post_id: int) -> None:
    """Tells what a post that names one of ours is about, in place of telling that it names them."""
    remove_notification(db, account_id, "mention", actor_id, post_id)
    tell(db, site, account_id, kind, actor_id, post_id)


def is_silenced(db: Connection, account_id: int) -> bool:
    """Whether an account is of a silenced server: only those who follow it hear it."""
    if not moderation.has_silences(db):  # nearly always, and this stands on the way of every post that comes
        return False
    account = accounts.find_account(db, account_id)
    return account is not None and not account.is_local and moderation.is_silenced(db, hostname_of(account.uri))
