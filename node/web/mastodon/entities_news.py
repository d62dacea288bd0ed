"""What people were told, as Mastodon's API shows it: one by one, and in groups."""

from collections.abc import Mapping, Sequence

from node.social.notifications import NAMED
from node.social.pushing import OTHER, TYPES
from node.social.viewing import View
from node.web.mastodon import entities, entities_statuses
from node.web.mastodon.entities import Json, moment
from storage.ids import ms_from_id
from storage.notifications import NewsRequest
from storage.records import Notification, Report, loaded

SENTENCES: Mapping[str, str] = {
    "asked": "Somebody asks what you may know",
    "accepted": "Your answer was accepted",
    "waiting": "A post waits for a moderator",
    "join": "Somebody comes to your event",
    "join_request": "Somebody wants to come to your event",
    "join_accepted": "You are expected at an event",
    "awarded": "You are given an achievement",
    "award_accepted": "An achievement that you gave was accepted",
    "award_declined": "An achievement that you gave was declined",
    "endorsed": "Somebody vouches for you",
    "revoked": "An achievement of yours was taken back",
    "marked": "A post of yours was marked",
    "webmention": "A page on the web speaks of your post",
}
GROUPED = {"favourite", "reblog", "follow", "admin.sign_up"}
GROUP_MS = 12 * 3600 * 1000  # what happens within half a day to one post is one group


def kinds_of(types: Sequence[str]) -> list[str]:
    """The kinds that some of Mastodon's types stand for."""
    known = [kind for kind, name in TYPES.items() if name in types]
    return [*known, *(SENTENCES if OTHER in types else ())]


def type_of(told: Notification) -> str:
    """Mastodon's word for what happened."""
    return TYPES.get(told.kind, OTHER)


def group_key(told: Notification, grouped: frozenset[str] | set[str] = frozenset(GROUPED)) -> str:
    """What is said together has the same key: the kind, the post, half a day."""
    kind = type_of(told)
    if kind not in grouped or kind not in GROUPED:
        return f"ungrouped-{told.id}"
    return f"{kind}-{told.post_id or 0}-{ms_from_id(told.id) // GROUP_MS}"


def notification(view: View, told: Notification, reports: Mapping[int, Report] | None = None) -> Json:
    """Notification. The actor and the post must be in the view; a post that is not is left out."""
    kind = type_of(told)
    has_post = bool(told.post_id) and entities_statuses.is_whole(view, told.post_id)
    report = (reports or {}).get(told.actor_id) if kind == "admin.report" else None
    return {
        "id": str(told.id),
        "type": kind,
        "group_key": group_key(told),
        "created_at": moment(ms_from_id(told.id)),
        "account": entities.account(view.people, told.actor_id),
        "status": entities_statuses.status(view, told.post_id) if has_post else None,
        "report": report_of(view, report) if report else None,
        "event": None,
        "moderation_warning": None,
        "collection": None,
        "fallback": fallback(told),
    }


def fallback(told: Notification) -> Json | None:
    """NotificationFallback: a sentence for what programs have no picture of."""
    sentence = SENTENCES.get(told.kind) or (None if told.kind in TYPES else "Something about your learning")
    return {"title": sentence, "summary": None, "details": None} if sentence else None


def report_of(view: View, report: Report) -> Json:
    """Report."""
    return {
        "id": str(report.id),
        "action_taken": report.resolved_ms is not None,
        "action_taken_at": entities.moment_or_none(report.resolved_ms),
        "category": report.category,
        "comment": report.comment,
        "forwarded": bool(report.forwarded),
        "created_at": moment(report.created_ms),
        "status_ids": [uri.rpartition("/")[2] for uri in loaded(report.post_uris) if uri.rpartition("/")[2].isdigit()] or None,
        "rule_ids": loaded(report.rules) or None,
        "collection_ids": None,
        "target_account": entities.account(view.people, report.target_id),
    }


def groups(view: View, told: Sequence[Notification], grouped: set[str]) -> list[Json]:
    """NotificationGroups of a page, newest first."""
    found: dict[str, list[Notification]] = {}
    for each in told:
        found.setdefault(group_key(each, grouped), []).append(each)
    return [group(view, key, members) for key, members in found.items()]


def group(view: View, key: str, members: Sequence[Notification]) -> Json:
    """NotificationGroup; the members are newest first."""
    newest = members[0]
    kind = type_of(newest)
    actors = [actor_id for actor_id in dict.fromkeys(each.actor_id for each in members) if actor_id in view.people.accounts]
    has_post = bool(newest.post_id) and entities_statuses.is_whole(view, newest.post_id)
    return {
        "group_key": key,
        "notifications_count": len(members),
        "type": kind,
        "most_recent_notification_id": newest.id,
        "page_min_id": str(members[-1].id),
        "page_max_id": str(newest.id),
        "latest_page_notification_at": moment(ms_from_id(newest.id)),
        "sample_account_ids": [str(actor_id) for actor_id in actors[:NAMED]],
        "status_id": str(newest.post_id) if has_post else None,
        "report": None,
        "event": None,
        "moderation_warning": None,
        "fallback": fallback(newest),
    }


def grouped_results(view: View, told: Sequence[Notification], grouped: set[str]) -> Json:
    """GroupedNotificationsResults: each account and each post once."""
    shown = groups(view, told, grouped)
    actors = dict.fromkeys(int(actor_id) for each in shown for actor_id in each["sample_account_ids"])
    wanted = dict.fromkeys(int(each["status_id"]) for each in shown if each["status_id"])
    return {
        "accounts": entities.accounts(view.people, actors),
        "partial_accounts": [],
        "statuses": entities_statuses.statuses(view, list(wanted)),
        "notification_groups": shown,
    }


def request(view: View, asked: NewsRequest) -> Json:
    """NotificationRequest; its id is that of the account."""
    has_post = bool(asked.post_id) and entities_statuses.is_whole(view, asked.post_id)
    return {
        "id": str(asked.actor_id),
        "created_at": moment(ms_from_id(asked.first_id)),
        "updated_at": moment(ms_from_id(asked.last_id)),
        "notifications_count": str(asked.count),
        "account": entities.account(view.people, asked.actor_id),
        "last_status": entities_statuses.status(view, asked.post_id) if has_post else None,
    }
