"""Add and Remove: what an actor pins to its profile."""

from collections.abc import Sequence

from node.inbound import groups
from node.inbound.rows import PROCESSED, Need, Row, Taken
from node.site import Site
from storage import follows, posts, reactions
from storage.database import Connection


def featured_needs(db: Connection, _site: Site, taken: Taken) -> Sequence[Need]:
    """The post, where anybody here follows the actor."""
    uri = taken.activity.object_uri
    return [Need("post", uri)] if uri and _is_featured(taken) and follows.has_local_follower(db, taken.actor.id) else ()


def _is_featured(taken: Taken) -> bool:
    return taken.activity.target_uri is not None and taken.activity.target_uri == taken.actor.featured_uri


def on_add(db: Connection, site: Site, taken: Taken) -> str:
    """A post of the actor's own, pinned; or something put into a collection of a community."""
    if not _is_featured(taken):
        return groups.on_collection(db, site, taken, is_added=True)
    post = posts.find_post_by_uri(db, taken.activity.object_uri or "")
    if post is None or (post.account_id != taken.actor.id and taken.actor.type != "Group"):
        return "the post is not known here, or not theirs"
    reactions.set_pin(db, taken.actor.id, post.id, site.now_ms())
    return PROCESSED


def on_remove(db: Connection, site: Site, taken: Taken) -> str:
    """A post no longer pinned; or something taken out of a collection of a community."""
    if not _is_featured(taken):
        return groups.on_collection(db, site, taken, is_added=False)
    post = posts.find_post_by_uri(db, taken.activity.object_uri or "")
    if post is None:
        return "the post is not known here"
    reactions.remove_pin(db, taken.actor.id, post.id)
    return PROCESSED


ADD = Row(on_add, needs=featured_needs)
REMOVE = Row(on_remove)
