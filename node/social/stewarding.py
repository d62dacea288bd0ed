"""What moderators of a community do: approve, remove, lock, pin, ban. Each deed goes to the members as its moderator's own activity, in
the shapes of Lemmy, and into the log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from federation import outgoing
from federation.records import PUBLIC as EVERYBODY
from node.context import Context
from node.errors import NotAllowed, NotFound
from node.site import Site
from node.social import auditing, follows, gathering, guardianship, held_posts, joining, publishing
from storage import accounts, communities, posts, reactions, stewardship
from storage import follows as stored_follows
from storage.communities import MODERATOR, REMOVED, ROLES, SHOWN, WAITING, Membership, Place
from storage.database import Connection
from storage.records import HELD, Account, Post


@dataclass(frozen=True, slots=True)
class Order:
    """What a moderator wants done. document: the activity that says so, where it came from another server."""

    moderator: Account
    group: Account
    reason: str = ""
    document: Mapping[str, Any] | None = None


async def on_post(context: Context, moderator: Account, community_id: int, post_id: int, deed: str, reason: str = "") -> None:
    """Carries out one of POST_DEEDS. Raises NotFound, NotAllowed."""
    await context.database.write(_on_post, context.site, moderator, community_id, post_id, deed, reason)


def _on_post(db: Connection, site: Site, moderator: Account, community_id: int, post_id: int, deed: str, reason: str) -> None:
    group = moderated(db, community_id, moderator)
    order_post(db, site, Order(moderator, group, reason), deed, post_id)


async def on_member(context: Context, moderator: Account, community_id: int, account_id: int, deed: str, reason: str = "") -> None:
    """Carries out one of MEMBER_DEEDS. Raises NotFound, NotAllowed."""
    await context.database.write(_on_member, context.site, moderator, community_id, account_id, deed, reason)


def _on_member(db: Connection, site: Site, moderator: Account, community_id: int, account_id: int, deed: str, reason: str) -> None:
    group = moderated(db, community_id, moderator)
    order_member(db, site, Order(moderator, group, reason), deed, account_id)


def moderated(db: Connection, community_id: int, moderator: Account) -> Account:
    """A community of ours that someone moderates. Raises NotFound, NotAllowed."""
    group = accounts.find_account(db, community_id)
    if group is None or not joining.is_community(group) or not group.is_active:
        raise NotFound("There is no such community.")
    if not joining.moderates(db, community_id, moderator.id):
        raise NotAllowed("Only moderators of the community can do that.")
    return group


def order_post(db: Connection, site: Site, order: Order, deed: str, post_id: int) -> bool:
    """A deed to a post that stands (or waits) in the community; False for one that changes nothing, which is not noted. Raises NotFound."""
    place = communities.find_place(db, order.group.id, post_id)
    post = posts.find_post(db, post_id)
    if place is None or post is None or deed not in POST_DEEDS:
        raise NotFound("There is no such post in this community.")
    if not POST_DEEDS[deed](db, site, order, place, post):
        return False
    subject = {"account_id": post.account_id, "post_id": post.id}
    auditing.note(db, site, order.group.id, order.moderator.id, deed, **subject, subject_uri=post.uri, reason=order.reason)
    return True


def order_member(db: Connection, site: Site, order: Order, deed: str, account_id: int) -> bool:
    """A deed to an account; False for one that changes nothing, which is not noted. Raises NotFound, NotAllowed."""
    target = accounts.find_account(db, account_id)
    if target is None or deed not in MEMBER_DEEDS:
        raise NotFound("There is no such account.")
    if not MEMBER_DEEDS[deed](db, site, order, target):
        return False
    auditing.note(db, site, order.group.id, order.moderator.id, deed, account_id=target.id, subject_uri=target.uri, reason=order.reason)
    return True


def _approve(db: Connection, site: Site, _order: Order, place: Place, _post: Post) -> bool:
    if place.state != WAITING:
        return False
    held_posts.approve(db, site, place)
    return True


def _remove(db: Connection, site: Site, order: Order, place: Place, post: Post) -> bool:
    if not communities.set_state(db, order.group.id, post.id, REMOVED):
        return False
    reactions.remove_pin(db, order.group.id, post.id)
    if place.state == SHOWN:
        _tell(db, site, order, post, "Delete", post.uri)
        gathering.unboost(db, site, order.group, post)
    return True


def _restore(db: Connection, site: Site, order: Order, place: Place, post: Post) -> bool:
    if place.state != REMOVED:
        return False
    if post.visibility == HELD:
        held_posts.approve(db, site, place)
        return True
    communities.set_state(db, order.group.id, post.id, SHOWN)
    _tell_undone(db, site, order, post, "Delete", post.uri)
    gathering.boost(db, site, order.group, post)
    return True


def _lock(db: Connection, site: Site, order: Order, _place: Place, post: Post) -> bool:
    if not communities.set_locked(db, order.group.id, post.id, locked=True):
        return False
    _tell(db, site, order, post, "Lock", post.uri)
    return True


def _unlock(db: Connection, site: Site, order: Order, _place: Place, post: Post) -> bool:
    if not communities.set_locked(db, order.group.id, post.id, locked=False):
        return False
    _tell_undone(db, site, order, post, "Lock", post.uri)
    return True


def _pin(db: Connection, site: Site, order: Order, place: Place, post: Post) -> bool:
    if place.state != SHOWN or not reactions.set_pin(db, order.group.id, post.id, site.now_ms()):
        return False
    _tell(db, site, order, post, "Add", post.uri, target=order.group.featured_uri)
    return True


def _unpin(db: Connection, site: Site, order: Order, _place: Place, post: Post) -> bool:
    if not reactions.remove_pin(db, order.group.id, post.id):
        return False
    _tell(db, site, order, post, "Remove", post.uri, target=order.group.featured_uri)
    return True


def _ban(db: Connection, site: Site, order: Order, target: Account) -> bool:
    if target.id == order.moderator.id:
        raise NotAllowed("You cannot ban yourself.")
    if not stewardship.add_ban(db, order.group.id, target.id, order.reason, site.now_ms()):
        return False
    _tell(db, site, order, target, "Block", target.uri, target=order.group.uri)
    known = stored_follows.find_follow(db, target.id, order.group.id)
    if known is not None:
        follows.expel(db, site, order.group, known)
    communities.remove_membership(db, order.group.id, target.id)
    return True


def _unban(db: Connection, site: Site, order: Order, target: Account) -> bool:
    if not stewardship.remove_ban(db, order.group.id, target.id):
        return False
    _tell_undone(db, site, order, target, "Block", target.uri, target=order.group.uri)
    return True


def _give_role(role: str) -> Callable[[Connection, Site, Order, Account], bool]:
    def give(db: Connection, site: Site, order: Order, target: Account) -> bool:
        known = communities.find_membership(db, order.group.id, target.id)
        if known is None or not joining.is_member(db, order.group.id, target.id):
            raise NotFound("They are no member of this community.")
        if known.role == role:
            return False
        if role == MODERATOR and guardianship.is_ward(target):
            raise NotAllowed("A supervised account cannot look after a community.")
        if joining.is_last_moderator(db, order.group, target.id):
            raise NotAllowed("Somebody has to look after the community. Make another member a moderator first.")
        communities.save_membership(db, Membership(order.group.id, target.id, role, is_approved=True, joined_ms=known.joined_ms))
        if MODERATOR in {role, known.role}:
            kind = "Add" if role == MODERATOR else "Remove"
            _tell(db, site, order, target, kind, target.uri, target=moderators_uri(order.group))
        return True

    return give


def moderators_uri(group: Account) -> str:
    """The collection of a community's moderators (FEP-1b12)."""
    return f"{group.uri}/moderators"


def _tell(db: Connection, site: Site, order: Order, about: Post | Account, kind: str, object_uri: str, target: str | None = None) -> None:
    """The moderator's activity, as it came or as we say it, announced to the members."""
    uri = _uri(db, site, order)
    document = order.document or outgoing.order(uri, kind, order.moderator.uri, object_uri, order.group.uri, order.reason, target)
    gathering.announce(db, site, order.group, about, order.moderator, document)


def _tell_undone(
    db: Connection, site: Site, order: Order, about: Post | Account, kind: str, object_uri: str, target: str | None = None
) -> None:
    uri = _uri(db, site, order)
    undone = outgoing.order(f"{uri}#undone", kind, order.moderator.uri, object_uri, order.group.uri, "", target)
    document = order.document or outgoing.undo(uri, order.moderator.uri, undone, [EVERYBODY], [order.group.uri])
    gathering.announce(db, site, order.group, about, order.moderator, document)


def _uri(db: Connection, site: Site, order: Order) -> str:
    return publishing.new_activity(db, site, order.moderator)[1]


POST_DEEDS: Mapping[str, Callable[[Connection, Site, Order, Place, Post], bool]] = {
    "approve": _approve,
    "remove": _remove,
    "restore": _restore,
    "lock": _lock,
    "unlock": _unlock,
    "pin": _pin,
    "unpin": _unpin,
}
MEMBER_DEEDS: Mapping[str, Callable[[Connection, Site, Order, Account], bool]] = {
    "ban": _ban,
    "unban": _unban,
    **{role: _give_role(role) for role in ROLES},
}
