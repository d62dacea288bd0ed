"""What came for somebody, for their programs (ActivityPub, section 5.2): posts of those whom they follow, and what they were told."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from federation import outgoing
from federation.reading import wire_date
from node.site import Site
from node.social import describing, naming
from node.web.collections import Listing, Part, part, respond
from node.web.keys import CONTEXT
from node.web.outboxes import owner_of
from storage import accounts, notifications, posts, timelines
from storage.database import Connection
from storage.ids import datetime_from_ms, ms_from_id
from storage.records import Account, Post

PAGE = 20
TOLD = {"follow": "Follow", "follow_request": "Follow", "like": "Like"}  # by what they were told: what was done to them


async def inbox(request: web.Request) -> web.Response:
    """GET /users/{name}/inbox, newest first"""
    account = await owner_of(request, "read:notifications")
    uri = f"{naming.actor_uri(request.app[CONTEXT].site.origin, account.name)}/inbox"
    return await respond(request, uri, _inbox, account)


def _inbox(db: Connection, site: Site, account: Account) -> Listing:
    def read(key: int | None) -> Part:
        before = key or timelines.BEFORE_ALL
        rows = dict(_items(db, site, account, before))
        return part(sorted(rows.items(), key=lambda row: -row[0]), PAGE)

    return Listing(timelines.count_inbox(db, account.id), read)


def _items(db: Connection, site: Site, account: Account, before: int) -> Iterator[tuple[int, object]]:
    """(id, activity), of each source a page; ids of posts and of what people were told sort by time alike."""
    entries = timelines.list_home(db, account.id, PAGE + 1, before)
    told = notifications.list_notifications(db, account.id, PAGE + 1, before)
    named = [each.post_id for each, _ in told if each.kind == "mention"]
    for post in posts.list_posts(db, [*(entry.id for entry in entries), *named]).values():
        if post.account_id != account.id and post.id < before:
            yield post.id, _said(db, site, post)
    for each, actor in told:
        if each.kind in TOLD:
            liked = posts.find_post(db, each.post_id) if each.post_id else None
            about = liked.uri if liked else account.uri
            yield each.id, {"type": TOLD[each.kind], "actor": actor.uri, "object": about, "published": wire_date(each.created)}


def _said(db: Connection, site: Site, post: Post) -> dict[str, Any]:
    """A post as a Create, a boost as an Announce; its id only where we know it."""
    author = accounts.get_account(db, post.account_id)
    if post.boost_of_id is not None:
        original = posts.find_post(db, post.boost_of_id)
        stated = {"type": "Announce", "actor": author.uri, "object": original.uri if original else "", "id": post.uri}
        return {**stated, "published": wire_date(datetime_from_ms(ms_from_id(post.id)))}
    document = describing.known_document(db, site, author, post)
    if author.is_local:
        return outgoing.create(naming.activity_uri(site.origin, author.name, post.id), document)
    return {"type": "Create", "actor": author.uri, "published": wire_date(post.published), "object": document}


ROUTES = (web.get("/users/{name}/inbox", inbox),)
