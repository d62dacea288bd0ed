"""A post that more people may read than before, with the date that it was written on."""

from dataclasses import replace

from node.context import Context
from node.errors import BadInput, NotAllowed
from node.site import Site
from node.social import changes, posts, publishing, webmentions
from storage import deliveries, timelines
from storage import posts as kept
from storage.database import Connection
from storage.records import DIRECT, HELD, Account, Post


async def share(context: Context, author: Account, post_id: int, visibility: int, kind: str | None = None) -> Post:
    """The post, for a wider audience from now on. kind: its type from now on. Raises BadInput, NotFound, NotAllowed.

    What it said before stays its author's. It keeps its place in time; whoever sees it for the first time finds it there.
    """
    return await context.database.write(_share, context.site, author, post_id, visibility, kind)


def _share(db: Connection, site: Site, author: Account, post_id: int, visibility: int, kind: str | None) -> Post:
    known = posts.own_post(db, author, post_id)
    parent = kept.find_post(db, known.in_reply_to_id) if known.in_reply_to_id else None
    if known.visibility == HELD:
        raise NotAllowed("This post waits for a moderator.")
    if known.audience_uri is not None:
        raise NotAllowed("What was said to a community stays there.")
    if posts.allowed_visibility(author, parent, visibility) != visibility:
        raise NotAllowed("This post cannot be for so many people.")
    if visibility >= known.visibility:
        raise BadInput("As many people can read it already.")
    now_ms = max(site.now_ms(), (known.edited_ms or known.published_ms) + 1)
    was_known = known.visibility < DIRECT or deliveries.find_activity(db, publishing.creation_uri(site, author, known)) is not None
    post = replace(
        known, visibility=visibility, type=kind or known.type, revision_ms=now_ms, edited_ms=now_ms if was_known else known.edited_ms
    )
    kept.update_post(db, post)
    timelines.add_to_home(db, post, parent.account_id if parent else None)
    if was_known:
        publishing.publish_edit(db, site, author, post)
    else:
        publishing.publish_post(db, site, author, post)
    webmentions.send_for(db, site, post)
    changes.tell_changed(db, post)
    return post
