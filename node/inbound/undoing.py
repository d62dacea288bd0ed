"""Undo of something of which only the id came: whatever of the actor's has that id is taken back."""

from node.inbound import following, moderating, reacting
from node.inbound.rows import Row, Taken, remember_undone
from node.site import Site
from storage import follows, moderation, posts, reactions
from storage.database import Connection


def on_undo(db: Connection, site: Site, taken: Taken) -> None:
    """By id: a like, a follow, a block or a boost; of an unknown one the id is remembered, for it may come late."""
    uri, actor_id = taken.activity.object_uri or "", taken.actor.id
    if reactions.find_liked_post(db, actor_id, uri) is not None:
        reacting.on_unlike(db, site, taken)
    elif follows.find_followed(db, actor_id, uri) is not None:
        following.on_unfollow(db, site, taken)
    elif moderation.find_blocked(db, actor_id, uri) is not None:
        moderating.on_unblock(db, site, taken)
    elif posts.find_post_by_uri(db, uri) is not None:
        reacting.on_unannounce(db, site, taken)
    else:
        remember_undone(db, site, taken)


UNDO = Row(on_undo)
