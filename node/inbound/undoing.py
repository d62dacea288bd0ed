"""Undo of something of which only the id came: whatever of the actor's has that id is taken back."""

from node.inbound import following, moderating, reacting
from node.inbound.rows import Row, Taken, remember_undone
from node.site import Site
from storage import follows, moderation, posts, reactions
from storage.database import Connection


def on_undo(db: Connection, site: Site, taken: Taken) -> str:
    """By id: a like, a follow, a block or a boost; of an unknown one the id is remembered, for it may come late."""
    uri, actor_id = taken.activity.object_uri or "", taken.actor.id
    if reactions.find_liked_post(db, actor_id, uri) is not None:
        return reacting.on_unlike(db, site, taken)
    if follows.find_followed(db, actor_id, uri) is not None:
        return following.on_unfollow(db, site, taken)
    if moderation.find_blocked(db, actor_id, uri) is not None:
        return moderating.on_unblock(db, site, taken)
    if posts.find_post_by_uri(db, uri) is not None:
        return reacting.on_unannounce(db, site, taken)
    return remember_undone(db, site, taken)


UNDO = Row(on_undo)
