"""Notifications that are kept aside: of whom somebody wants to be told at once, of whom only after a look, of whom not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import orjson

from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from storage import accounts, follows, notifications, posts, preferences
from storage.database import Connection
from storage.events import add_event
from storage.notifications import NewsRequest
from storage.preferences import Preferences
from storage.records import DIRECT, Account

Verdict = Literal["accept", "filter", "drop"]
VERDICTS: tuple[Verdict, ...] = ("accept", "filter", "drop")
RULES = ("for_not_following", "for_not_followers", "for_new_accounts", "for_private_mentions", "for_limited_accounts")
NEW_MS = 30 * 24 * 3600 * 1000  # so young is an account that is new
FOLLOWER_MS = 3 * 24 * 3600 * 1000  # who follows for a shorter time counts as no follower
ALWAYS = {"report", "sign_up", "poll", "follow_request", "join_request", "waiting"}  # work that somebody took on, and their own polls


def policy_of(chosen: Preferences) -> dict[str, Verdict]:
    """What happens to notifications of whom, by rule."""
    stated: Mapping[str, Verdict] = orjson.loads(chosen.news_policy)
    return {rule: stated.get(rule, "accept") for rule in RULES}


async def set_policy(context: Context, account: Account, changes: Mapping[str, str]) -> None:
    """Some rules are others from now on. Raises BadInput."""
    if any(rule not in RULES or verdict not in VERDICTS for rule, verdict in changes.items()):
        raise BadInput("Each rule says accept, filter or drop.")
    await context.database.write(_set_policy, account.id, changes)


def _set_policy(db: Connection, account_id: int, changes: Mapping[str, str]) -> None:
    chosen = preferences.find_preferences(db, account_id)
    preferences.save_preferences(db, replace(chosen, news_policy=orjson.dumps({**policy_of(chosen), **changes}).decode()))


def verdict(db: Connection, site: Site, account_id: int, kind: str, actor_id: int, post_id: int) -> Verdict:
    """What happens to something that an account would be told."""
    chosen = preferences.find_preferences(db, account_id)
    if chosen.news_policy == "{}" or kind in ALWAYS:  # nearly everybody
        return "accept"
    actor = accounts.find_account(db, actor_id)
    if actor is None or actor_id == account_id or notifications.is_welcome(db, account_id, actor_id):
        return "accept"
    policy = policy_of(chosen)
    found = [policy[rule] for rule in RULES if policy[rule] != "accept" and _concerns(db, site, rule, account_id, actor, post_id)]
    return "drop" if "drop" in found else "filter" if found else "accept"


def _concerns(db: Connection, site: Site, rule: str, account_id: int, actor: Account, post_id: int) -> bool:
    """Whether a rule is about this."""
    now_ms = site.now_ms()
    follows_actor = follows.is_following(db, account_id, actor.id)
    if rule == "for_not_following":
        return not follows_actor
    if rule == "for_not_followers":
        known = follows.find_follow(db, actor.id, account_id)
        return known is None or known.state != "accepted" or known.created_ms > now_ms - FOLLOWER_MS
    if rule == "for_new_accounts":
        return not follows_actor and actor.created_ms > now_ms - NEW_MS
    if rule == "for_private_mentions":
        post = posts.find_post(db, post_id) if post_id else None
        return post is not None and post.visibility == DIRECT and not follows_actor and not _answers(db, post.in_reply_to_id, account_id)
    return False  # for_limited_accounts: those of silenced servers tell nobody but their followers anyway


def _answers(db: Connection, parent_id: int | None, account_id: int) -> bool:
    """Whether a post answers one of the account's own: then they speak with each other already."""
    parent = posts.find_post(db, parent_id) if parent_id else None
    return parent is not None and parent.account_id == account_id


def list_requests(db: Connection, account_id: int, before_id: int, after_id: int, limit: int) -> list[NewsRequest]:
    """What was kept aside, by whom it is of, the newest first; pages go by account ids, as programs know them."""
    found = [each for each in notifications.list_requests(db, account_id) if after_id < each.actor_id < before_id]
    return found[:limit]


def get_request(db: Connection, account_id: int, actor_id: int) -> NewsRequest:
    """What was kept aside of one account. Raises NotFound."""
    found = notifications.list_requests(db, account_id, actor_id) if actor_id else []
    if not found:
        raise NotFound("Nothing of theirs was kept aside.")
    return found[0]


async def accept(context: Context, account: Account, actor_ids: Sequence[int]) -> None:
    """Somebody wants to be told of some accounts from now on. Raises NotFound."""
    await context.database.write(_answer, account.id, actor_ids, is_welcome=True)


async def dismiss(context: Context, account: Account, actor_ids: Sequence[int]) -> None:
    """What was kept aside of some accounts is forgotten. Raises NotFound."""
    await context.database.write(_answer, account.id, actor_ids, is_welcome=False)


def _answer(db: Connection, account_id: int, actor_ids: Sequence[int], *, is_welcome: bool) -> None:
    for actor_id in actor_ids:
        get_request(db, account_id, actor_id)
        if is_welcome:
            notifications.welcome(db, account_id, actor_id)
        else:
            notifications.dismiss_kept_aside(db, account_id, actor_id)
    add_event(db, "notification", account_id)
