"""What a new post of ours brings to others: at once, or when the moderator for whom it waited has approved it."""

from node.site import Site
from node.social import changes, notifying, publishing, quoting, spreading, webmentions
from storage import posts, quotes, reactions, timelines
from storage.database import Connection
from storage.records import DIRECT, HELD, Account, Post


def publish(db: Connection, site: Site, author: Account, post: Post, *, is_agreed: bool = False) -> None:
    """Fills timelines, notifies those whom the post names, and writes its deliveries. Of a held post its author alone sees anything.

    is_agreed: a guardian agreed to the post.
    """
    if post.visibility == HELD:
        timelines.add_to_own_home(db, post)
        changes.tell_new(db, post)
        return
    notify_named(db, site, author, post)
    spreading.spread(db, site, post)
    _quote(db, site, author, post, is_agreed=is_agreed)
    parent = posts.find_post(db, post.in_reply_to_id) if post.in_reply_to_id else None
    if post.visibility < DIRECT:
        timelines.add_to_home(db, post, parent.account_id if parent else None)
    else:
        timelines.add_to_own_home(db, post)
    publishing.publish_post(db, site, author, post)
    webmentions.send_for(db, site, post)
    changes.tell_new(db, post)


def notify_named(db: Connection, site: Site, author: Account, post: Post) -> None:
    """Notifies those of ours whom a post names and who may see it."""
    for account in reactions.list_mentioned(db, post.id):
        if account.is_local and posts.is_visible(db, post.id, account.id):
            notifying.tell(db, site, account.id, "mention", author.id, post.id)


def _quote(db: Connection, site: Site, author: Account, post: Post, *, is_agreed: bool) -> None:
    quoted = posts.find_post_by_uri(db, post.quote_uri) if post.quote_uri else None
    if quoted is not None and quotes.find_quote(db, post.id) is None:
        quoting.quote(db, site, author, post, quoted, is_agreed=is_agreed)
