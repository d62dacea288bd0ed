"""Posts for later: what they will say, and when."""

from collections.abc import Mapping
from typing import Any

from node.errors import BadInput
from node.social import scheduling
from node.social.posts import Draft
from node.web.mastodon import entities_statuses
from node.web.mastodon.doors import Answer, Ask, page
from node.web.mastodon.entities import Json, moment
from node.web.mastodon.entities_statuses import VISIBILITIES
from storage import media
from storage import scheduled as stored
from storage.database import Connection
from storage.ids import ms_from_datetime
from storage.records import Media, loaded
from storage.scheduled import Scheduled


def params_of(ask: Ask, draft: Draft) -> Mapping[str, Any]:
    """A draft as it is kept until its moment, under Mastodon's names where it has some."""
    poll = draft.poll
    kept_poll = (
        {"options": list(poll.options), "expires_in": poll.open_s, "multiple": poll.multiple, "hide_totals": False} if poll else None
    )
    return {
        "text": draft.text,
        "visibility": VISIBILITIES[draft.visibility],
        "visibility_number": draft.visibility,
        "spoiler_text": draft.summary or None,
        "sensitive": draft.sensitive,
        "language": draft.language,
        "in_reply_to_id": draft.in_reply_to_id,
        "media_ids": [str(each) for each in draft.media_ids] or None,
        "poll": kept_poll,
        "quoted_status_id": str(draft.quoted_id) if draft.quoted_id else None,
        "quote_approval_policy": draft.quote_policy,
        "application_id": (ask.bearer.app_id if ask.bearer else None) or 0,
        "app": app_of(ask),
    }


def app_of(ask: Ask) -> tuple[str, str] | None:
    """(name, website) of the program that asks; None for a token that somebody made by hand."""
    bearer = ask.bearer
    return (bearer.app, bearer.website) if bearer and bearer.app_id else None


async def show_all(ask: Ask) -> object:
    """GET /api/v1/scheduled_statuses"""
    return await ask.context.database.read(_all, ask)


def _all(db: Connection, ask: Ask) -> Answer:
    found = stored.list_scheduled(db, ask.viewer_id, ask.window())
    return page(ask, [_shape(ask, each, _files(db, each)) for each in found], [each.id for each in found])


def _files(db: Connection, found: Scheduled) -> list[Media]:
    ids = [int(each) for each in loaded(found.params).get("media_ids") or ()]
    return media.list_media(db, found.account_id, ids)


def _shape(ask: Ask, found: Scheduled, files: list[Media]) -> Json:
    said = {name: value for name, value in loaded(found.params).items() if name not in {"visibility_number", "app"}}
    return {
        "id": str(found.id),
        "scheduled_at": moment(found.due_ms),
        "params": said | {"scheduled_at": None, "idempotency": None, "with_rate_limit": False},
        "media_attachments": [entities_statuses.media(ask.context.site, file) for file in files],
    }


async def shown(ask: Ask, found: Scheduled) -> Json:
    """ScheduledStatus."""
    return _shape(ask, found, await ask.context.database.read(_files, found))


async def show(ask: Ask) -> object:
    """GET /api/v1/scheduled_statuses/{id}"""
    return await shown(ask, await ask.context.database.read(scheduling.get_scheduled, ask.viewer_id, ask.id()))


async def change(ask: Ask) -> object:
    """PUT /api/v1/scheduled_statuses/{id}"""
    due = ask.given.moment("scheduled_at")
    if due is None:
        raise BadInput("Scheduled at can't be blank")
    return await shown(ask, await scheduling.reschedule(ask.context, ask.account, ask.id(), ms_from_datetime(due)))


async def cancel(ask: Ask) -> None:
    """DELETE /api/v1/scheduled_statuses/{id}"""
    await scheduling.cancel(ask.context, ask.account, ask.id())
