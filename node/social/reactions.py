"""Liking, boosting and pinning."""

from node.context import Context
from node.errors import NotAllowed, NotFound
from node.site import Site
from node.social import changes, gathering, guardianship, naming, notifying, publishing
from storage import accounts, moderation, notifications, posts, reactions, timelines
from storage.database import Connection
from storage.ids import free_id
from storage.records import PRIVATE, PUBLIC, Account, Post


async def like(context: Context, account: Account, post_id: int) -> Post:
    """The post, now liked; liking twice changes nothing. Raises NotFound, NotAllowed."""
    return await context.database.write(_like, context.site, account, post_id)


def _like(db: Connection, site: Site, account: Account, post_id: int) -> Post:
    post = shown_post(db, post_id, account)
    activity = publishing.new_activity(db, site, account)
    if reactions.add_like(db, account.id, post.id, activity[1], site.now_ms()):
        posts.count_like(db, post.id, 1)
        notifying.tell(db, site, post.account_id, "like", account.id, post.id)
        gathering.pass_on(db, site, post, account, publishing.publish_like(db, site, account, post, activity))
    return post


async def unlike(context: Context, account: Account, post_id: int) -> Post:
    """The post, not liked any more. Raises NotFound."""
    return await context.database.write(_unlike, context.site, account, post_id)


def _unlike(db: Connection, site: Site, account: Account, post_id: int) -> Post:
    post = shown_post(db, post_id, account)
    uri = reactions.remove_like(db, account.id, post.id)
    if uri is not None:
        posts.count_like(db, post.id, -1)
        notifications.remove_notification(db, post.account_id, "like", account.id, post.id)
        undone = {"id": uri, "type": "Like", "actor": account.uri, "object": post.uri}
        document = publishing.publish_undo(db, site, account, undone, accounts.get_account(db, post.account_id), post)
        gathering.pass_on(db, site, post, account, document)
    return post


def shown_post(db: Connection, post_id: int, account: Account) -> Post:
    """The post (of a boost: what was boosted) if the account may see it. Raises NotFound, NotAllowed."""
    post = posts.find_visible_post(db, post_id, account.id)
    if post is not None and post.boost_of_id is not None:
        post = posts.find_visible_post(db, post.boost_of_id, account.id)
    if post is None:
        raise NotFound("There is no such post, or it is not for you.")
    if moderation.has_block_between(db, account.id, post.account_id):
        raise NotAllowed("One of you has blocked the other.")
    return post


async def boost(context: Context, account: Account, post_id: int, visibility: int = PUBLIC) -> Post:
    """The boost, new or as it stands. Raises NotFound, and NotAllowed for what was not said in public, but by the account itself."""
    return await context.database.write(_boost, context.site, account, post_id, visibility)


def _boost(db: Connection, site: Site, account: Account, post_id: int, wished: int) -> Post:
    original = shown_post(db, post_id, account)
    known = posts.find_boost(db, account.id, original.id)
    if known is not None:
        return known
    is_own = original.account_id == account.id and original.visibility == PRIVATE
    if original.visibility >= PRIVATE and not is_own:
        raise NotAllowed("What was not said in public cannot be boosted.")
    now_ms = site.now_ms()
    boost_id = free_id(db, "post", now_ms)
    visibility = max(original.visibility, wished, PRIVATE if guardianship.is_ward(account) else PUBLIC)
    boosted = posts.add_post(
        db,
        Post(
            id=boost_id,
            uri=naming.activity_uri(site.origin, account.name, boost_id),
            account_id=account.id,
            type="Announce",
            visibility=visibility,
            published_ms=now_ms,
            boost_of_id=original.id,
        ),
    )
    timelines.add_to_home(db, boosted)
    changes.tell_new(db, boosted)
    notifying.tell(db, site, original.account_id, "boost", account.id, original.id)
    publishing.publish_boost(db, site, account, boosted, original)
    return boosted


async def unboost(context: Context, account: Account, post_id: int) -> None:
    """The boost is taken back. Raises NotFound."""
    await context.database.write(_unboost, context.site, account, post_id)


def _unboost(db: Connection, site: Site, account: Account, post_id: int) -> None:
    original = shown_post(db, post_id, account)
    known = posts.find_boost(db, account.id, original.id)
    if known is not None:
        publishing.publish_unboost(db, site, account, known, original)
        changes.tell_gone(db, known)
        posts.delete_post(db, known, site.now_ms())
        notifications.remove_notification(db, original.account_id, "boost", account.id, original.id)


async def pin(context: Context, account: Account, post_id: int) -> None:
    """One of the account's own public posts stands first on its profile. Raises NotFound, NotAllowed."""
    await context.database.write(_pin, context.site, account, post_id)


def _pin(db: Connection, site: Site, account: Account, post_id: int) -> None:
    post = shown_post(db, post_id, account)
    if post.account_id != account.id or post.visibility >= PRIVATE:
        raise NotAllowed("Only a public post of your own can be pinned.")
    if reactions.set_pin(db, account.id, post.id, site.now_ms()):
        publishing.publish_pin(db, site, account, post, is_pinned=True)


async def unpin(context: Context, account: Account, post_id: int) -> None:
    """A post is pinned no longer. Raises NotFound."""
    await context.database.write(_unpin, context.site, account, post_id)


def _unpin(db: Connection, site: Site, account: Account, post_id: int) -> None:
    post = shown_post(db, post_id, account)
    if reactions.remove_pin(db, account.id, post.id):
        publishing.publish_pin(db, site, account, post, is_pinned=False)
