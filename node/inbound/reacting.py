"""What others do with a post: Like, Announce, and taking either back."""

from collections.abc import Sequence

from federation.activities import embedded_activity
from federation.errors import Forbidden, Malformed
from federation.records import ActivityDocument
from node.inbound.rows import PROCESSED, Need, Row, Taken, remember_undone
from node.site import Site
from node.social import changes, gathering, naming, notifying, remote_posts
from storage import communities, follows, notifications, posts, reactions, timelines
from storage.database import Connection
from storage.ids import free_id
from storage.records import PRIVATE, Account, Post


def on_like(db: Connection, site: Site, taken: Taken) -> str:
    """A post of ours liked; of others' posts the likes are theirs to count."""
    post = posts.find_post_by_uri(db, taken.activity.object_uri or "")
    if post is None:
        return "the post is not known here"
    is_passed = gathering.pass_on(db, site, post, taken.actor, taken.activity.document)
    if not naming.is_ours(site.origin, post.uri):
        return PROCESSED if is_passed else "likes of others' posts are counted elsewhere"
    if posts.find_tombstone(db, taken.activity.uri) is not None or not posts.is_visible(db, post.id, taken.actor.id):
        return "it was undone before, or the post is not for them"
    if not reactions.add_like(db, taken.actor.id, post.id, taken.activity.uri, site.now_ms()):
        return "they like it already"
    posts.count_like(db, post.id, 1)
    notifying.tell(db, site, post.account_id, "like", taken.actor.id, post.id)
    return PROCESSED


def on_unlike(db: Connection, site: Site, taken: Taken) -> str:
    """A like taken back. inner: the embedded Like, or None where only its id came."""
    inner: ActivityDocument | None = taken.parsed
    named = posts.find_post_by_uri(db, inner.object_uri or "") if inner else None
    post_id = named.id if named else reactions.find_liked_post(db, taken.actor.id, taken.activity.object_uri or "")
    post = posts.find_post(db, post_id) if post_id else None
    is_passed = post is not None and gathering.pass_on(db, site, post, taken.actor, taken.activity.document)
    if post is None or reactions.remove_like(db, taken.actor.id, post.id) is None:
        reason = remember_undone(db, site, taken)
        return PROCESSED if is_passed else reason
    posts.count_like(db, post.id, -1)
    notifications.remove_notification(db, post.account_id, "like", taken.actor.id, post.id)
    return PROCESSED


def boost_needs(db: Connection, _site: Site, taken: Taken) -> Sequence[Need]:
    """The boosted post, where anybody here follows the booster."""
    return [Need("post", taken.parsed)] if follows.has_local_follower(db, taken.actor.id) else ()


def on_announce(db: Connection, site: Site, taken: Taken) -> str:
    """A post boosted. The same boost twice, or one undone before it came, changes nothing."""
    original = posts.find_post_by_uri(db, taken.parsed)
    if original is None or posts.find_tombstone(db, taken.activity.uri) is not None:
        return "the post is not known here, or the boost was undone before"
    if original.visibility >= PRIVATE and original.account_id != taken.actor.id:
        if communities.find_place(db, taken.actor.id, original.id) is not None:
            return "it stands in the community already"
        raise Forbidden("nobody boosts what was not said in public")
    if posts.find_boost(db, taken.actor.id, original.id) is not None or not _concerns_us(db, site, taken, original):
        return "the boost is known, or concerns nobody here"
    boost = posts.add_post(db, boost_row(db, site, taken.activity, taken.actor, original))
    timelines.add_to_home(db, boost)
    changes.tell_new(db, boost)
    notifying.tell(db, site, original.account_id, "boost", taken.actor.id, original.id)
    return PROCESSED


def _concerns_us(db: Connection, site: Site, taken: Taken, original: Post) -> bool:
    """Of others' posts only the boosts that somebody here will see; of ours all but those by people whom their author blocks."""
    if naming.is_ours(site.origin, original.uri):
        return posts.is_visible(db, original.id, taken.actor.id)
    return follows.has_local_follower(db, taken.actor.id)


def boost_row(db: Connection, site: Site, activity: ActivityDocument, booster: Account, original: Post) -> Post:
    """A boost by another server's account, as a row. Its audience is never wider than the original's; a closed community's are its
    members."""
    published_ms = remote_posts.published_ms(activity.published, site.now_ms())
    visibility = remote_posts.visibility_number(activity.to, activity.cc, booster)
    widest = min(original.visibility, PRIVATE) if booster.type == "Group" else original.visibility
    return Post(
        id=free_id(db, "post", published_ms),
        uri=activity.uri,
        account_id=booster.id,
        type="Announce",
        visibility=max(visibility, widest),
        published_ms=published_ms,
        boost_of_id=original.id,
    )


def announced_uri(activity: ActivityDocument) -> str:
    """What is boosted. Raises Malformed."""
    if activity.object_uri is None:
        raise Malformed("nothing is announced")
    return activity.object_uri


def on_unannounce(db: Connection, site: Site, taken: Taken) -> str:
    """A boost taken back. inner: the embedded Announce, or None where only its id came."""
    inner: ActivityDocument | None = taken.parsed
    boost = posts.find_post_by_uri(db, taken.activity.object_uri or "")
    if boost is None and inner is not None:
        original = posts.find_post_by_uri(db, inner.object_uri or "")
        boost = posts.find_boost(db, taken.actor.id, original.id) if original else None
    if boost is None:
        return remember_undone(db, site, taken)
    if boost.account_id != taken.actor.id or boost.boost_of_id is None:
        raise Forbidden("nobody takes back what another did")
    original = posts.find_post(db, boost.boost_of_id)
    changes.tell_gone(db, boost)
    posts.delete_post(db, boost, site.now_ms())
    if original is not None:
        notifications.remove_notification(db, original.account_id, "boost", taken.actor.id, original.id)
    return PROCESSED


LIKE = Row(on_like)
UNLIKE = Row(on_unlike, embedded_activity)
ANNOUNCE = Row(on_announce, announced_uri, boost_needs)
UNANNOUNCE = Row(on_unannounce, embedded_activity)
