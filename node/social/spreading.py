"""What a post that is new here, ours or another server's, brings to people besides their followers' timelines."""

import orjson

from node.context import Context
from node.site import Site
from node.social import naming, notifying, previewing
from storage import conversations, hashtags, jobs, messages, polls, posts, reactions
from storage.database import Connection
from storage.events import add_event
from storage.records import DIRECT, PUBLIC, Post


def spread(db: Connection, site: Site, post: Post) -> None:
    """Direct messages join their conversations; others reach those who follow a hashtag, or want to be told of each post."""
    if post.visibility == DIRECT:
        _join_conversations(db, site, post)
        return
    previewing.send_for(db, site, post)
    if post.visibility == PUBLIC and post.in_reply_to_uri is None:
        hashtags.fill_tag_followers(db, post.id)
    if post.in_reply_to_uri is None:
        for hearer_id in conversations.list_hearers(db, post.account_id):
            notifying.tell(db, site, hearer_id, "status", post.account_id, post.id)
    note_poll(db, post)


def _join_conversations(db: Connection, site: Site, post: Post) -> None:
    named = {account.id for account in reactions.list_mentioned(db, post.id) if account.is_local}
    author = {post.account_id} if naming.is_ours(site.origin, post.uri) else set()
    for account_id in author | named:
        messages.note_message(db, account_id, post.root_id, post.id, site.now_ms(), unread=account_id != post.account_id)
        add_event(db, "conversation", account_id, str(post.root_id))


def tell_edited(db: Connection, site: Site, post: Post) -> None:
    """Those of ours who boosted a post hear that it has changed; it may link to another page."""
    previewing.send_for(db, site, post, is_known=True)
    for booster_id in conversations.list_local_boosters(db, post.id):
        notifying.tell(db, site, booster_id, "update", post.account_id, post.id)


def note_poll(db: Connection, post: Post) -> None:
    """When a poll closes, its author and those of ours who voted are told: puts the job down, once."""
    poll = polls.list_polls(db, [post.id]).get(post.id) if post.type == "Question" else None
    if poll is not None and poll.closes_ms is not None:
        payload = orjson.dumps({"post_id": post.id}).decode()
        jobs.add_job(db, "end_poll", payload, poll.closes_ms, key=str(post.id))


async def end_poll(context: Context, post_id: int) -> None:
    """A job: a poll has closed."""
    await context.database.write(_end_poll, context.site, post_id)


def _end_poll(db: Connection, site: Site, post_id: int) -> None:
    post, poll = posts.find_post(db, post_id), polls.list_polls(db, [post_id]).get(post_id)
    if post is None or poll is None:
        return
    for account_id in {post.account_id, *conversations.list_local_voters(db, post_id)}:
        notifying.tell(db, site, account_id, "poll", post.account_id, post.id)
