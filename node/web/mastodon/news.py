"""Notifications: one by one, in groups, kept aside, and how far they were read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from node.errors import NotFound
from node.social import keeping_aside, notifications, preferring, viewing
from node.web.mastodon import entities, entities_news, entities_things
from node.web.mastodon.doors import Ask, page
from node.web.mastodon.entities import Json
from node.web.mastodon.entities_news import GROUPED
from node.web.mastodon.parameters import Parameters
from storage import listings, moderation, preferences
from storage import notifications as stored
from storage.database import Connection
from storage.listings import Window
from storage.notifications import Asked
from storage.records import Notification, Report

MOST, MOST_COUNTED = 80, 1000
OLD_RULES: Mapping[str, str] = {
    "filter_not_following": "for_not_following",
    "filter_not_followers": "for_not_followers",
    "filter_new_accounts": "for_new_accounts",
    "filter_private_mentions": "for_private_mentions",
}


def _asked(given: Parameters, window: Window) -> Asked:
    return Asked(
        only=entities_news.kinds_of(given.texts("types")) or (["nothing"] if given.texts("types") else ()),
        without=entities_news.kinds_of(given.texts("exclude_types")),
        actor_id=given.number("account_id"),
        with_filtered=given.flag("include_filtered"),
        window=window,
    )


async def show_all(ask: Ask) -> object:
    """GET /api/v1/notifications"""
    asked = _asked(ask.given, ask.window(40, MOST))
    told, view = await ask.context.database.read(notifications.load_news, ask.context.site, ask.viewer_id, asked)
    reports = await _reports(ask, told)
    wanted = [each for each in told if not (each.post_id and viewing.is_hidden(view, each.post_id, "notifications"))]
    shown = [entities_news.notification(view, each, reports) for each in wanted if each.actor_id in view.people.accounts]
    return page(ask, shown, [each.id for each in told])


async def _reports(ask: Ask, told: Sequence[Notification]) -> dict[int, Report]:
    """The newest report of each account that moderators were told of."""
    if not any(each.kind == "report" for each in told):
        return {}
    found = await ask.context.database.read(moderation.list_reports, 100)
    return {report.target_id: report for report in reversed(found)}


async def show(ask: Ask) -> object:
    """GET /api/v1/notifications/{id}"""
    told, view = await ask.context.database.read(notifications.get_one, ask.context.site, ask.viewer_id, ask.id())
    return entities_news.notification(view, told, await _reports(ask, [told]))


async def dismiss(ask: Ask) -> None:
    """POST /api/v1/notifications/{id}/dismiss, DELETE /api/v1/notifications/{id}"""
    await notifications.dismiss(ask.context, ask.account, [ask.id()])


async def dismiss_several(ask: Ask) -> None:
    """DELETE /api/v1/notifications/destroy_multiple?ids[]="""
    await notifications.dismiss(ask.context, ask.account, ask.given.ids("ids"))


async def clear(ask: Ask) -> None:
    """POST /api/v1/notifications/clear"""
    await notifications.clear(ask.context, ask.account)


async def count_unread(ask: Ask) -> object:
    """GET /api/v1/notifications/unread_count"""
    return await ask.context.database.read(_count, ask, False)


def _count(db: Connection, ask: Ask, grouped: bool) -> Json:
    told = _unread(db, ask)
    keys = {entities_news.group_key(each, _grouped(ask)) if grouped else str(each.id) for each in told}
    return {"count": len(keys)}


def _unread(db: Connection, ask: Ask) -> list[Notification]:
    """What came since the marker of notifications, which every program moves."""
    marker = preferences.list_markers(db, ask.viewer_id).get("notifications")
    most = min(ask.given.number("limit", 100), MOST_COUNTED)
    window = Window(after=marker.last_read_id if marker else 0, limit=most)
    return stored.list_news(db, ask.viewer_id, _asked(ask.given, window))


async def show_groups(ask: Ask) -> object:
    """GET /api/v2/notifications"""
    asked, grouped = _asked(ask.given, ask.window(40, MOST)), _grouped(ask)
    key_of = partial(entities_news.group_key, grouped=grouped)
    load = notifications.load_groups
    told, view = await ask.context.database.read(load, ask.context.site, ask.viewer_id, asked, key_of, MOST_COUNTED)
    wanted = [each for each in told if not (each.post_id and viewing.is_hidden(view, each.post_id, "notifications"))]
    answer = page(ask, (), [each.id for each in told])
    return replace(answer, body=entities_news.grouped_results(view, wanted, grouped))


def _grouped(ask: Ask) -> set[str]:
    """Which types are put together; all that can be, where nothing is said."""
    return set(ask.given.texts("grouped_types")) & GROUPED if "grouped_types" in ask.given else GROUPED


async def _members(ask: Ask) -> tuple[Sequence[Notification], viewing.View]:
    """The notifications of one group, newest first. Raises NotFound."""
    key = ask.request.match_info["group_key"]
    asked = Asked(window=Window(limit=MOST_COUNTED), with_filtered=True)
    told = await ask.context.database.read(stored.list_news, ask.viewer_id, asked)
    members = [each for each in told if key in {entities_news.group_key(each), f"ungrouped-{each.id}"}]
    if not members:
        raise NotFound("There is no such group.")
    return members, await ask.context.database.read(_load, ask, members)


def _load(db: Connection, ask: Ask, told: Sequence[Notification]) -> viewing.View:
    seen = listings.list_visible(db, [each.post_id for each in told if each.post_id], ask.viewer_id)
    return viewing.load_view(db, ask.context.site, list(seen), ask.viewer_id, also=[each.actor_id for each in told])


async def show_group(ask: Ask) -> object:
    """GET /api/v2/notifications/{group_key}"""
    members, view = await _members(ask)
    is_alone = ask.request.match_info["group_key"].startswith("ungrouped-")
    return entities_news.grouped_results(view, members, set() if is_alone else GROUPED)


async def group_accounts(ask: Ask) -> object:
    """GET /api/v2/notifications/{group_key}/accounts"""
    members, view = await _members(ask)
    return entities.accounts(view.people, dict.fromkeys(each.actor_id for each in members))


async def dismiss_group(ask: Ask) -> None:
    """POST /api/v2/notifications/{group_key}/dismiss"""
    members, _ = await _members(ask)
    await notifications.dismiss(ask.context, ask.account, [each.id for each in members])


async def count_unread_groups(ask: Ask) -> object:
    """GET /api/v2/notifications/unread_count"""
    return await ask.context.database.read(_count, ask, True)


async def policy(ask: Ask) -> object:
    """GET /api/v2/notifications/policy"""
    return await ask.context.database.read(_policy, ask.viewer_id)


def _policy(db: Connection, account_id: int) -> Json:
    rules = keeping_aside.policy_of(preferences.find_preferences(db, account_id))
    return {**rules, "summary": _summary(db, account_id)}


def _summary(db: Connection, account_id: int) -> Json:
    requests = len(stored.list_requests(db, account_id))
    return {"pending_requests_count": requests, "pending_notifications_count": stored.count_kept_aside(db, account_id)}


async def set_policy(ask: Ask) -> object:
    """PATCH /api/v2/notifications/policy"""
    changes = {rule: ask.given.text(rule) for rule in keeping_aside.RULES if rule in ask.given}
    await keeping_aside.set_policy(ask.context, ask.account, changes)
    return await policy(ask)


async def old_policy(ask: Ask) -> object:
    """GET /api/v1/notifications/policy"""
    return await ask.context.database.read(_old_policy, ask.viewer_id)


def _old_policy(db: Connection, account_id: int) -> Json:
    rules = keeping_aside.policy_of(preferences.find_preferences(db, account_id))
    return {old: rules[new] != "accept" for old, new in OLD_RULES.items()} | {"summary": _summary(db, account_id)}


async def set_old_policy(ask: Ask) -> object:
    """PUT /api/v1/notifications/policy"""
    changes = {new: "filter" if ask.given.flag(old) else "accept" for old, new in OLD_RULES.items() if old in ask.given}
    await keeping_aside.set_policy(ask.context, ask.account, changes)
    return await old_policy(ask)


async def requests(ask: Ask) -> object:
    """GET /api/v1/notifications/requests"""
    window = ask.window(40, MOST)
    shown, keys = await ask.context.database.read(_requests, ask, window)
    return page(ask, shown, keys)


def _requests(db: Connection, ask: Ask, window: Window) -> tuple[list[Json], list[int]]:
    found = keeping_aside.list_requests(db, ask.viewer_id, window.before, window.after, window.limit)
    seen = listings.list_visible(db, [each.post_id for each in found if each.post_id], ask.viewer_id)
    view = viewing.load_view(db, ask.context.site, list(seen), ask.viewer_id, also=[each.actor_id for each in found])
    return [entities_news.request(view, each) for each in found], [each.actor_id for each in found]


async def show_request(ask: Ask) -> object:
    """GET /api/v1/notifications/requests/{id}"""
    return await ask.context.database.read(_request, ask)


def _request(db: Connection, ask: Ask) -> Json:
    found = keeping_aside.get_request(db, ask.viewer_id, ask.id())
    seen = listings.list_visible(db, [found.post_id] if found.post_id else [], ask.viewer_id)
    view = viewing.load_view(db, ask.context.site, list(seen), ask.viewer_id, also=[found.actor_id])
    return entities_news.request(view, found)


async def accept_request(ask: Ask) -> None:
    """POST /api/v1/notifications/requests/{id}/accept"""
    await keeping_aside.accept(ask.context, ask.account, [ask.id()])


async def dismiss_request(ask: Ask) -> None:
    """POST /api/v1/notifications/requests/{id}/dismiss"""
    await keeping_aside.dismiss(ask.context, ask.account, [ask.id()])


async def accept_requests(ask: Ask) -> None:
    """POST /api/v1/notifications/requests/accept"""
    await keeping_aside.accept(ask.context, ask.account, ask.given.ids("id"))


async def dismiss_requests(ask: Ask) -> None:
    """POST /api/v1/notifications/requests/dismiss"""
    await keeping_aside.dismiss(ask.context, ask.account, ask.given.ids("id"))


async def merged(_ask: Ask) -> object:
    """GET /api/v1/notifications/requests/merged: what was accepted is there at once"""
    return {"merged": True}


async def markers(ask: Ask) -> object:
    """GET /api/v1/markers?timeline[]="""
    wanted = ask.given.texts("timeline") or list(preferring.TIMELINES)
    found = await ask.context.database.read(preferences.list_markers, ask.viewer_id)
    return entities_things.markers({name: each for name, each in found.items() if name in wanted})


async def set_markers(ask: Ask) -> object:
    """POST /api/v1/markers"""
    read = {name: ask.given.inner(name).number("last_read_id") for name in preferring.TIMELINES if name in ask.given}
    return entities_things.markers(await preferring.mark_read(ask.context, ask.account, read))
