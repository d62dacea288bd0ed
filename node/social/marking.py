"""What people do to posts for themselves alone: bookmarks, and hearing no more of a thread."""

from node.context import Context
from node.site import Site
from node.social.reactions import shown_post
from storage import bookmarks
from storage.database import Connection
from storage.records import Account, Post


async def bookmark(context: Context, account: Account, post_id: int, *, is_kept: bool) -> Post:
    """The post, with a bookmark or without. Raises NotFound, NotAllowed."""
    return await context.database.write(_bookmark, context.site, account, post_id, is_kept=is_kept)


def _bookmark(db: Connection, site: Site, account: Account, post_id: int, *, is_kept: bool) -> Post:
    post = shown_post(db, post_id, account)
    if is_kept:
        bookmarks.add_bookmark(db, account.id, post.id, site.now_ms())
    else:
        bookmarks.remove_bookmark(db, account.id, post.id)
    return post


async def mute_thread(context: Context, account: Account, post_id: int, *, is_muted: bool) -> Post:
    """The post, of whose thread the account hears no more, or hears again. Raises NotFound, NotAllowed."""
    return await context.database.write(_mute_thread, account, post_id, is_muted=is_muted)


def _mute_thread(db: Connection, account: Account, post_id: int, *, is_muted: bool) -> Post:
    post = shown_post(db, post_id, account)
    if is_muted:
        bookmarks.mute_thread(db, account.id, post.root_id)
    else:
        bookmarks.unmute_thread(db, account.id, post.root_id)
    return post
