"""Following and being followed."""

from federation import outgoing
from node.context import Context
from node.domains import DomainRules
from node.errors import BadInput, NotAllowed, NotFound
from node.site import Site
from node.social import guardianship, joining, notifying, outboxes, publishing, wishing
from storage import accounts, follows, moderation, notifications, timelines
from storage.database import Connection
from storage.events import add_event
from storage.records import Account, Follow

FILLED = 20  # posts of someone newly followed that a timeline starts with


async def follow(context: Context, account: Account, target_id: int) -> Follow:
    """The follow or request, new or as it stands. Raises NotFound, NotAllowed, BadInput."""
    return await context.database.write(_follow, context.site, context.domains, account, target_id)


def _follow(db: Connection, site: Site, domains: DomainRules, account: Account, target_id: int) -> Follow:
    target = get_target(db, target_id)
    if domains.is_suspended(target.uri):
        raise NotAllowed("That server is not one that this node talks to.")
    if target.id == account.id:
        raise BadInput("You cannot follow yourself.")
    if moderation.has_block_between(db, account.id, target.id):
        raise NotAllowed("You cannot follow them: one of you has blocked the other.")
    return request(db, site, account, target)


def get_target(db: Connection, target_id: int) -> Account:
    """The account that someone wants to do something to. Raises NotFound."""
    target = accounts.find_account(db, target_id)
    if target is None or not target.is_active:
        raise NotFound("There is no such account.")
    return target


def request(db: Connection, site: Site, account: Account, target: Account) -> Follow:
    """A follow of the target by one of ours: asked of another server, or granted here at once where it may be."""
    known = follows.find_follow(db, account.id, target.id)
    if known is not None:
        return known
    if guardianship.is_ward(account) and not guardianship.has_agreed(db, account, "follow", str(target.id)):
        wishing.wish(db, site, account, "follow", str(target.id))
        return Follow(account.id, target.id, "requested", "", site.now_ms())  # nothing of it goes out, or is kept, before that
    activity_id, uri = publishing.new_activity(db, site, account)
    state = joining.answer_for(db, target, account.id) if target.is_local else "requested"
    if state == "rejected":
        raise NotAllowed("This community takes only people whom it has invited.")
    asked = Follow(account.id, target.id, state, uri, site.now_ms())
    follows.add_follow(db, asked)
    if not target.is_local:
        publishing.publish_to(db, site, account, (activity_id, outgoing.follow(uri, account.uri, target.uri)), target)
        outboxes.send_for(db, site, target)
    elif state == "accepted":
        timelines.fill_home(db, account.id, target.id, FILLED)
        welcome(db, site, target, account.id)
    else:
        tell_asked(db, site, target, account.id)
    return asked


def welcome(db: Connection, site: Site, followee: Account, follower_id: int) -> None:
    """One of ours has a new follower, a community of ours a new member: whom it concerns is told."""
    joining.admit(db, site, followee, follower_id)
    if not joining.is_community(followee):
        notifying.tell(db, site, followee.id, "follow", follower_id)


def tell_asked(db: Connection, site: Site, followee: Account, follower_id: int) -> None:
    """Somebody asks to follow one of ours, or to join a community of ours."""
    if guardianship.is_ward(followee):
        wishing.wish(db, site, followee, "follower", str(follower_id))
        return
    kind = "join_request" if joining.is_community(followee) else "follow_request"
    for listener_id in joining.listeners(db, followee):
        notifying.tell(db, site, listener_id, kind, follower_id)


def forget_asked(db: Connection, followee: Account, follower_id: int) -> None:
    """Nobody needs to be told of a follow or request any more."""
    for listener_id in joining.listeners(db, followee):
        for kind in ("follow", "follow_request", "join_request"):
            notifications.remove_notification(db, listener_id, kind, follower_id, 0)


async def unfollow(context: Context, account: Account, target_id: int) -> None:
    """The account follows (or asks) no longer. Raises NotFound."""
    await context.database.write(_unfollow, context.site, account, target_id)


def _unfollow(db: Connection, site: Site, account: Account, target_id: int) -> None:
    target = accounts.find_account(db, target_id)
    if target is None:
        raise NotFound("There is no such account.")
    if joining.is_last_moderator(db, target, account.id):
        raise NotAllowed("Somebody has to look after the community. Make another member a moderator first.")
    end(db, site, account, target)


def end(db: Connection, site: Site, account: Account, target: Account) -> None:
    """Takes a follow by one of ours back, and the target's posts out of the timeline."""
    known = follows.find_follow(db, account.id, target.id)
    if known is None:
        return
    follows.remove_follow(db, account.id, target.id)
    timelines.empty_home(db, account.id, target.id)
    forget_asked(db, target, account.id)
    joining.dismiss(db, target, account.id)
    if not target.is_local:
        undone = {"id": known.uri, "type": "Follow", "actor": account.uri, "object": target.uri}
        publishing.publish_undo(db, site, account, undone, target)


async def answer_request(context: Context, account: Account, follower_id: int, *, is_accepted: bool) -> None:
    """Says yes or no to someone who asks to follow. Raises NotFound where nobody asked."""
    await context.database.write(answer_one, context.site, account, follower_id, is_accepted=is_accepted)


def answer_one(db: Connection, site: Site, account: Account, follower_id: int, *, is_accepted: bool, by_guardian: bool = False) -> None:
    """See answer_request."""
    if is_accepted and guardianship.is_ward(account) and not by_guardian:
        raise NotAllowed("Your guardian says yes to those who want to follow you.")
    asked = follows.find_follow(db, follower_id, account.id)
    if asked is None or asked.state != "requested":
        raise NotFound("Nobody by that name asks to follow you.")
    follower = accounts.get_account(db, follower_id)
    if is_accepted:
        follows.accept_follow(db, follower_id, account.id)
    else:
        follows.remove_follow(db, follower_id, account.id)
    forget_asked(db, account, follower_id)
    if is_accepted:
        welcome(db, site, account, follower_id)
    if follower.is_local:
        if is_accepted:
            timelines.fill_home(db, follower_id, account.id, FILLED)
    else:
        answer(db, site, account, follower, asked, is_accepted=is_accepted)


def answer(db: Connection, site: Site, account: Account, follower: Account, asked: Follow, *, is_accepted: bool) -> None:
    """Accept or Reject of a remote follow."""
    stated = {"id": asked.uri, "type": "Follow", "actor": follower.uri, "object": account.uri}
    activity_id, uri = publishing.new_activity(db, site, account)
    build = outgoing.accept if is_accepted else outgoing.reject
    publishing.publish_to(db, site, account, (activity_id, build(uri, account.uri, stated)), follower)


async def remove_follower(context: Context, account: Account, follower_id: int) -> None:
    """Someone follows no longer, because the account wishes so. Raises NotFound."""
    await context.database.write(_remove_follower, context.site, account, follower_id)


def _remove_follower(db: Connection, site: Site, account: Account, follower_id: int) -> None:
    known = follows.find_follow(db, follower_id, account.id)
    if known is None:
        raise NotFound("They do not follow you.")
    expel(db, site, account, known)
    add_event(db, "account", account.id)


def expel(db: Connection, site: Site, account: Account, known: Follow) -> None:
    """Ends a follow of one of ours, and tells the follower's server."""
    follower = accounts.get_account(db, known.follower_id)
    follows.remove_follow(db, follower.id, account.id)
    joining.dismiss(db, account, follower.id)
    if follower.is_local:
        timelines.empty_home(db, follower.id, account.id)
    else:
        answer(db, site, account, follower, known, is_accepted=False)


async def list_requests(context: Context, account: Account, limit: int = 100) -> list[Account]:
    """Who asks to follow an account; a supervised one does not see them, its guardians do."""
    if guardianship.is_ward(account):
        return []
    return await context.database.read(follows.list_followers, account.id, limit, 0, "requested")
