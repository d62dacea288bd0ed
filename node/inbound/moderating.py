"""Block, Flag, and a Block taken back."""

from collections.abc import Sequence

import orjson

from federation.activities import embedded_activity
from federation.records import ActivityDocument
from node.inbound import groups
from node.inbound.rows import PROCESSED, Row, Taken, remember_undone
from node.site import Site
from node.social import naming, notifying
from storage import accounts, follows, moderation, posts, users
from storage.database import Connection
from storage.ids import free_id
from storage.records import Account, Report


def on_block(db: Connection, site: Site, taken: Taken) -> str:
    """One of ours is blocked: neither follows the other any more, and the blocker's posts are not shown to them. With a target it is
    no such thing: somebody is banned from a community."""
    target_uri = taken.activity.target_uri
    if target_uri is not None:
        return groups.on_ban(db, site, taken, taken.activity.object_uri or "", target_uri, is_banned=True)
    blocked = accounts.find_account_by_uri(db, taken.activity.object_uri or "")
    if blocked is None or not blocked.is_local:
        return "nobody here is blocked"
    if posts.find_tombstone(db, taken.activity.uri) is not None:
        return "it was undone before"
    moderation.add_block(db, taken.actor.id, blocked.id, taken.activity.uri, site.now_ms())
    follows.remove_follow(db, taken.actor.id, blocked.id)
    follows.remove_follow(db, blocked.id, taken.actor.id)
    return PROCESSED


def on_unblock(db: Connection, site: Site, taken: Taken) -> str:
    """A block taken back. parsed: the embedded Block, or None where only its id came."""
    inner: ActivityDocument | None = taken.parsed
    if inner is not None and inner.target_uri is not None:
        return groups.on_ban(db, site, taken, inner.object_uri or "", inner.target_uri, is_banned=False)
    named = accounts.find_account_by_uri(db, inner.object_uri or "") if inner else None
    target_id = named.id if named else moderation.find_blocked(db, taken.actor.id, taken.activity.object_uri or "")
    if target_id is None or not moderation.remove_block(db, taken.actor.id, target_id):
        return remember_undone(db, site, taken)
    return PROCESSED


def on_flag(db: Connection, site: Site, taken: Taken) -> str:
    """Another server asks our moderators to look at one of ours; they are told."""
    uris = taken.activity.object_uris
    is_reported = groups.on_flag(db, site, taken)
    target = _reported(db, site, uris)
    if target is None:
        return PROCESSED if is_reported else "nobody and nothing of ours is reported"
    post_uris = orjson.dumps([uri for uri in uris if uri != target.uri]).decode()
    now_ms = site.now_ms()
    report = Report(free_id(db, "report", now_ms), taken.actor.id, target.id, taken.activity.uri, post_uris, taken.activity.content, now_ms)
    moderation.add_report(db, report)
    for moderator_id in users.list_moderators(db):
        notifying.tell(db, site, moderator_id, "report", target.id)
    return PROCESSED


def _reported(db: Connection, site: Site, uris: Sequence[str]) -> Account | None:
    """The account of ours that is meant: named itself, else the author of the first post of ours that is named."""
    ours = [uri for uri in uris if naming.is_ours(site.origin, uri)]
    for uri in ours:
        account = accounts.find_account_by_uri(db, uri)
        if account is not None:
            return account
    found = (posts.find_post_by_uri(db, uri) for uri in ours)
    return next((accounts.find_account(db, post.account_id) for post in found if post is not None), None)


BLOCK = Row(on_block)
UNBLOCK = Row(on_unblock, embedded_activity)
FLAG = Row(on_flag)
