"""What moderators on other servers do in communities of ours (FEP-1b12, in the shapes of Lemmy)."""

from collections.abc import Callable

from federation.activities import embedded_activity
from federation.errors import Forbidden
from federation.records import ActivityDocument
from node.inbound.rows import PROCESSED, Row, Taken
from node.site import Site
from node.social import auditing, gathering, joining, naming, notifying, stewarding
from node.social.stewarding import Order
from storage import accounts, communities, posts, stewardship
from storage.communities import MEMBER, MODERATOR
from storage.database import Connection
from storage.records import Account, Post

Apply = Callable[[Connection, Site, Taken], str]
UNKNOWN_POST = "the post is not known here"
UNCHANGED = "it changes nothing"
NO_COMMUNITY = "it is about no community of ours"


def order_post(db: Connection, site: Site, taken: Taken, post: Post, deed: str) -> str:
    """A moderator's deed to a post, in every community of ours that has it and that they moderate. Raises Forbidden where there is none."""
    groups = [accounts.get_account(db, place.community_id) for place in communities.list_places(db, post.id)]
    moderated = [group for group in groups if _moderates(db, group, taken.actor)]
    if not moderated:
        raise Forbidden("nobody but its author or a moderator of its community does that to a post")
    changed = [stewarding.order_post(db, site, _order(taken, group), deed, post.id) for group in moderated]
    return PROCESSED if any(changed) else UNCHANGED


def _moderates(db: Connection, group: Account, actor: Account) -> bool:
    return joining.is_community(group) and joining.moderates(db, group.id, actor.id)


def _order(taken: Taken, group: Account) -> Order:
    return Order(taken.actor, group, taken.activity.content, taken.activity.document)


def _post_deed(deed: str) -> Apply:
    def apply(db: Connection, site: Site, taken: Taken) -> str:
        inner: ActivityDocument | None = taken.parsed
        post = posts.find_post_by_uri(db, (inner.object_uri if inner else taken.activity.object_uri) or "")
        return UNKNOWN_POST if post is None else order_post(db, site, taken, post, deed)

    return apply


def on_undo_delete(db: Connection, site: Site, taken: Taken) -> str:
    """A moderator lets a removed post in again; what its author deleted stays deleted."""
    inner: ActivityDocument | None = taken.parsed
    post = posts.find_post_by_uri(db, inner.object_uri or "") if inner else None
    if post is None:
        return UNKNOWN_POST
    return UNCHANGED if post.account_id == taken.actor.id else order_post(db, site, taken, post, "restore")


def find_group(db: Connection, site: Site, uri: str | None) -> Account | None:
    """A community of ours by its id, or None."""
    found = accounts.find_account_by_uri(db, uri) if uri and naming.is_ours(site.origin, uri) else None
    return found if found is not None and joining.is_community(found) else None


def on_collection(db: Connection, site: Site, taken: Taken, *, is_added: bool) -> str:
    """Add to or Remove from a community's featured posts or moderators. Raises Forbidden for what no moderator says."""
    target_uri, object_uri = taken.activity.target_uri or "", taken.activity.object_uri or ""
    owner_uri, _, which = target_uri.rpartition("/")
    group = find_group(db, site, owner_uri)
    if group is None:
        return "it is about no collection that we keep of theirs"
    if not joining.moderates(db, group.id, taken.actor.id):
        raise Forbidden("only a moderator changes the collections of a community")
    is_changed = False
    if target_uri == group.featured_uri:
        post = posts.find_post_by_uri(db, object_uri)
        if post is not None:
            is_changed = stewarding.order_post(db, site, _order(taken, group), "pin" if is_added else "unpin", post.id)
    elif which == "moderators":
        member = accounts.find_account_by_uri(db, object_uri)
        if member is not None:
            is_changed = stewarding.order_member(db, site, _order(taken, group), MODERATOR if is_added else MEMBER, member.id)
    return PROCESSED if is_changed else UNCHANGED


def on_ban(db: Connection, site: Site, taken: Taken, object_uri: str, target_uri: str, *, is_banned: bool) -> str:
    """A Block with a target: out of that community, or in again. One of another community or of a whole server is theirs to carry out."""
    group = find_group(db, site, target_uri)
    member = accounts.find_account_by_uri(db, object_uri)
    if group is None or member is None:
        return NO_COMMUNITY
    if not joining.moderates(db, group.id, taken.actor.id):
        raise Forbidden("only a moderator bans somebody from a community")
    is_changed = stewarding.order_member(db, site, _order(taken, group), "ban" if is_banned else "unban", member.id)
    return PROCESSED if is_changed else UNCHANGED


def on_dislike(db: Connection, site: Site, taken: Taken) -> str:
    """A vote against a post, or such a vote taken back: nothing that we count; the members of its communities are told."""
    inner: ActivityDocument | None = taken.parsed
    post = posts.find_post_by_uri(db, (inner.object_uri if inner else taken.activity.object_uri) or "")
    is_passed = post is not None and gathering.pass_on(db, site, post, taken.actor, taken.activity.document)
    return PROCESSED if is_passed else NO_COMMUNITY


def on_flag(db: Connection, site: Site, taken: Taken) -> bool:
    """Posts in communities of ours reported: their moderators are told, and their log has it; False where there are none."""
    is_reported = False
    for uri in taken.activity.object_uris:
        post = posts.find_post_by_uri(db, uri)
        for group in gathering.shown_in(db, post.id) if post is not None else ():
            if post is None or stewardship.is_banned(db, group.id, taken.actor.id):
                continue
            is_reported = True
            auditing.note(db, site, group.id, taken.actor.id, "reported", post_id=post.id, subject_uri=uri, reason=taken.activity.content)
            for moderator_id in joining.listeners(db, group):
                notifying.tell(db, site, moderator_id, "waiting", taken.actor.id, post.id)
    return is_reported


def undone(activity: ActivityDocument) -> ActivityDocument | None:
    """What an Undo takes back, as it embeds it."""
    return embedded_activity(activity)


LOCK = Row(_post_deed("lock"))
UNLOCK = Row(_post_deed("unlock"), undone)
UNDELETE = Row(on_undo_delete, undone)
DISLIKE = Row(on_dislike)
UNDISLIKE = Row(on_dislike, undone)
