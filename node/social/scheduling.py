"""Posts for later, and requests that may come twice (Idempotency-Key)."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from federation.errors import Unreachable
from node.context import Context
from node.errors import BadInput, Conflict, NodeError, NotFound, TooMany
from node.site import Site
from node.social import posts as publishing
from node.social.posts import Also, Draft, PollDraft
from storage import accounts, jobs, media, programs, scheduled
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.records import Account, Post
from storage.scheduled import Scheduled

SOONEST_MS = 5 * 60 * 1000
LATEST_MS = 365 * 24 * 3600 * 1000
MOST = 300  # posts for later of one account
REPEAT_MS = 3600 * 1000  # how long a key is remembered


class Repeated(Conflict):
    """The same request came before; made_id is what it made."""

    def __init__(self, made_id: int) -> None:
        super().__init__("This was sent before.")
        self.made_id = made_id


def key_of(account_id: int, key: str) -> bytes:
    """What is kept of an Idempotency-Key."""
    return hashlib.sha256(f"{account_id} {key}".encode()).digest()


async def publish(context: Context, account: Account, draft: Draft, *, key: str = "", app: tuple[str, str] | None = None) -> int:
    """The id of the post; of the one that the same key brought before, where it came before. app: (name, website) of the program."""
    digest = key_of(account.id, key) if key else None
    known = await context.database.read(scheduled.find_made, digest) if digest else None
    if known is not None:
        return known
    try:
        return (await publishing.publish(context, account, draft, _also(digest, app), may_wait=True)).id
    except Repeated as repeated:
        return repeated.made_id


def _also(digest: bytes | None, app: tuple[str, str] | None) -> Also:
    def also(db: Connection, site: Site, post: Post) -> None:
        if app is not None:
            programs.note_post(db, post.id, *app)
        if digest is not None:
            _note_made(db, site, digest, post.id)

    return also


def _note_made(db: Connection, site: Site, digest: bytes, made_id: int) -> None:
    """Raises Repeated where the same request was quicker: then nothing of this one stays."""
    if not scheduled.note_made(db, digest, made_id, site.now_ms()):
        raise Repeated(scheduled.find_made(db, digest) or made_id)


async def schedule(context: Context, account: Account, due_ms: int, draft: Draft, params: Mapping[str, Any], key: str = "") -> Scheduled:
    """A post for later. params: what is shown of it until then. Raises BadInput, NotFound."""
    publishing.check_draft(context, draft)
    digest = key_of(account.id, key) if key else None
    known = await context.database.read(scheduled.find_made, digest) if digest else None
    if known is not None:
        return await context.database.read(get_scheduled, account.id, known)
    return await context.database.write(_schedule, context.site, account, due_ms, draft.media_ids, params, digest)


def _schedule(
    db: Connection, site: Site, account: Account, due_ms: int, media_ids: tuple[int, ...], params: Mapping[str, Any], digest: bytes | None
) -> Scheduled:
    _check_due(site, due_ms)
    if scheduled.count_scheduled(db, account.id) >= MOST:
        raise BadInput("You have exceeded the limit of scheduled posts")
    publishing.check_files(db, account, media_ids)
    new = Scheduled(free_id(db, "scheduled", site.now_ms()), account.id, due_ms, orjson.dumps(params).decode())
    scheduled.add_scheduled(db, new)
    media.attach_media(db, media_ids, new.id)  # so that they are not tidied away until then
    if digest is not None:
        _note_made(db, site, digest, new.id)
    _put_down(db, new)
    return new


def _check_due(site: Site, due_ms: int) -> None:
    if not site.now_ms() + SOONEST_MS <= due_ms <= site.now_ms() + LATEST_MS:
        raise BadInput("Scheduled at must be in the future, five minutes at least")


def _put_down(db: Connection, found: Scheduled) -> None:
    jobs.add_job(db, "publish_scheduled", orjson.dumps({"id": found.id}).decode(), found.due_ms)
    add_event(db, "jobs")


def get_scheduled(db: Connection, account_id: int, scheduled_id: int) -> Scheduled:
    """A post for later, of that account. Raises NotFound."""
    found = scheduled.find_scheduled(db, scheduled_id)
    if found is None or found.account_id != account_id:
        raise NotFound("There is no such post for later.")
    return found


async def reschedule(context: Context, account: Account, scheduled_id: int, due_ms: int) -> Scheduled:
    """The post at another moment. Raises BadInput, NotFound."""
    return await context.database.write(_reschedule, context.site, account.id, scheduled_id, due_ms)


def _reschedule(db: Connection, site: Site, account_id: int, scheduled_id: int, due_ms: int) -> Scheduled:
    found = get_scheduled(db, account_id, scheduled_id)
    _check_due(site, due_ms)
    scheduled.set_due(db, found.id, due_ms)
    changed = get_scheduled(db, account_id, scheduled_id)
    _put_down(db, changed)
    return changed


async def cancel(context: Context, account: Account, scheduled_id: int) -> None:
    """The post will not be published. Raises NotFound."""
    await context.database.write(_cancel, account.id, scheduled_id)


def _cancel(db: Connection, account_id: int, scheduled_id: int) -> None:
    scheduled.remove_scheduled(db, get_scheduled(db, account_id, scheduled_id).id)


async def publish_scheduled(context: Context, scheduled_id: int) -> None:
    """A job: publishes a post whose moment has come. A job for a moment that was changed finds nothing to do.

    Raises Unreachable where its author has said a lot just now: the job comes again.
    """
    found = await context.database.read(_find_due, scheduled_id, context.site.now_ms())
    if found is None:
        return
    kept, account = found

    def also(db: Connection, site: Site, post: Post) -> None:
        if not scheduled.remove_scheduled(db, kept.id):
            raise Repeated(kept.id)
        _also(None, app_of(params))(db, site, post)

    params = orjson.loads(kept.params)
    try:
        await publishing.publish(context, account, replace(draft_from(params), scheduled_id=kept.id), also, may_wait=True)
    except TooMany as error:  # it is said a little later
        raise Unreachable(str(error), error.retry_after_s) from error
    except NodeError:  # what it answers is gone, or a guardian has to agree first: it is not tried again
        await context.database.write(scheduled.remove_scheduled, kept.id)
        raise


def _find_due(db: Connection, scheduled_id: int, now_ms: int) -> tuple[Scheduled, Account] | None:
    found = scheduled.find_scheduled(db, scheduled_id)
    if found is None or found.due_ms > now_ms:
        return None
    account = accounts.find_account(db, found.account_id)
    return (found, account) if account is not None and account.is_active else None


def app_of(params: Mapping[str, Any]) -> tuple[str, str] | None:
    """By which program it was written."""
    app = params.get("app")
    return (app[0], app[1]) if app else None


def draft_from(params: Mapping[str, Any]) -> Draft:
    """The draft that was kept."""
    poll = params.get("poll")
    return Draft(
        text=params["text"],
        visibility=params["visibility_number"],
        summary=params.get("spoiler_text") or "",
        sensitive=bool(params.get("sensitive")),
        language=params.get("language"),
        in_reply_to_id=params.get("in_reply_to_id"),
        media_ids=tuple(int(each) for each in params.get("media_ids") or ()),
        poll=PollDraft(tuple(poll["options"]), poll["expires_in"], poll["multiple"]) if poll else None,
        quoted_id=int(params["quoted_status_id"]) if params.get("quoted_status_id") else None,
        quote_policy=params.get("quote_approval_policy") or None,
    )
