"""Telling people that something concerns them."""

from federation.origins import hostname_of
from node.site import Site
from node.social import guardianship, keeping_aside, naming, pushing
from storage import accounts, follows, held_posts, moderation, posts
from storage.database import Connection
from storage.events import add_event
from storage.notifications import add_news_of_web, add_notification, remove_notification


def tell(db: Connection, site: Site, account_id: int, kind: str, actor_id: int, post_id: int = 0, *, is_agreed: bool = False) -> None:
    """Notifies one of ours once; others, and those who block or mute the actor, are not notified.

    A supervised account and somebody outside of its approved circle are not notified of each other, nor anybody of a held post but those
    who decide. is_agreed: a guardian agreed to it. Of people of a silenced server only those who follow them are notified, and moderators
    of reports.
    """
    if not (is_agreed or guardianship.may_notify(db, account_id, actor_id, kind)) or _is_held_from(db, account_id, post_id):
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


def _is_held_from(db: Connection, account_id: int, post_id: int) -> bool:
    return bool(post_id) and held_posts.find_meant(db, post_id) is not None and not posts.is_visible(db, post_id, account_id)


def tell_of_web(db: Connection, site: Site, post_id: int) -> None:
    """Notifies a post's author that a page of the web speaks of it, unless the author is supervised. Such a page has no account: the
    server itself says so."""
    post = posts.find_post(db, post_id)
    if post is None or guardianship.is_ward(accounts.get_account(db, post.account_id)):
        return
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
