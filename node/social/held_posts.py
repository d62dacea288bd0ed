"""Posts that wait for a moderator: approved, they go out as if they were new."""

from collections.abc import Mapping
from typing import Any

import orjson

from federation import outgoing
from node.site import Site
from node.social import describing, gathering, publication, publishing, remote_posts
from storage import accounts, communities, deliveries, held_posts, jobs, posts
from storage.communities import SHOWN, WAITING, Place
from storage.database import Connection
from storage.events import add_event
from storage.records import HELD, Account, Post


def release(db: Connection, site: Site, post_id: int) -> bool:
    """True where a held post goes out now: it waits in no community, and what it answers is not held. Its held replies go with it."""
    post = posts.find_post(db, post_id)
    if post is None or post.visibility != HELD or _is_bound(db, post):
        return False
    brought = {place.community_id: place.activity for place in communities.list_places(db, post.id) if place.state == SHOWN}
    held_posts.release_post(db, post.id, max(site.now_ms(), (post.revision_ms or 0) + 1))
    post, author = posts.find_post(db, post.id) or post, accounts.get_account(db, post.account_id)
    if author.is_local:
        publication.publish(db, site, author, post)
    else:
        remote_posts.announce_here(db, site, author, post)
    for group_id, activity in brought.items():
        gathering.show(db, site, accounts.get_account(db, group_id), post, author, _document(db, site, author, post, activity))
    if post.facets:  # what it means for learning, an upper floor acts on
        jobs.add_job(db, "take_facets", orjson.dumps({"post_id": post.id}).decode(), site.now_ms(), key=str(post.id))
        add_event(db, "jobs")
    for reply_id in held_posts.list_held_replies(db, post.id):
        _release_reply(db, site, reply_id)
    return True


def _is_bound(db: Connection, post: Post) -> bool:
    """Whether a post waits in a community itself, was refused by one, or answers a post that is held."""
    states = {place.state for place in communities.list_places(db, post.id)}
    parent_is_held = post.in_reply_to_id is not None and held_posts.find_meant(db, post.in_reply_to_id) is not None
    return bool(states - {SHOWN}) or parent_is_held


def _document(db: Connection, site: Site, author: Account, post: Post, activity: str | None) -> Mapping[str, Any]:
    """The activity that a community passes on: as it came, and of one of ours as it went out just now."""
    if not author.is_local and activity is not None:
        brought: Mapping[str, Any] = orjson.loads(activity)
        return brought
    uri = publishing.creation_uri(site, author, post)
    said = deliveries.find_activity(db, uri)
    return orjson.loads(said.body) if said is not None else outgoing.create(uri, describing.known_document(db, site, author, post))


def _release_reply(db: Connection, site: Site, reply_id: int) -> None:
    """A reply that waited for what it answers: it stays held only where it would wait by itself."""
    reply = posts.find_post(db, reply_id)
    if reply is None:
        return
    author = accounts.get_account(db, reply.account_id)
    for place in communities.list_places(db, reply.id):
        if place.state == WAITING and gathering.is_accepted(db, place.community_id, reply, author):
            _accept(db, place)
    release(db, site, reply.id)


def _accept(db: Connection, place: Place) -> None:
    communities.set_state(db, place.community_id, place.post_id, SHOWN)


def approve(db: Connection, site: Site, place: Place) -> None:
    """A moderator approves a post in a community; it goes out unless it waits in another one."""
    _accept(db, place)
    if not release(db, site, place.post_id):
        post = posts.find_post(db, place.post_id)
        if post is not None and post.visibility != HELD:
            author, group = accounts.get_account(db, post.account_id), accounts.get_account(db, place.community_id)
            gathering.show(db, site, group, post, author, _document(db, site, author, post, place.activity))
