"""Posts: writing, changing, deleting them, and what is around one: its thread, its history, its source."""

from dataclasses import dataclass

from federation.html import text_from_html
from node.errors import BadInput, NotFound
from node.social import media, posts, scheduling, threads, viewing
from node.social.posts import Draft, PollDraft
from node.social.viewing import View
from node.web.mastodon import entities, entities_statuses, pages_of, scheduled
from node.web.mastodon.doors import Answer, Ask
from node.web.mastodon.entities import Json, moment
from node.web.mastodon.entities_statuses import VISIBILITIES
from node.web.mastodon.parameters import Parameters
from storage import listings as kept
from storage import posts as stored
from storage import preferences, relations
from storage.database import Connection
from storage.ids import ms_from_datetime
from storage.posts import Version
from storage.preferences import Preferences
from storage.records import Post, loaded

MOST = 80
DAY_S = 24 * 3600


async def publish(ask: Ask) -> object:
    """POST /api/v1/statuses; with `scheduled_at` a post for later. Idempotency-Key: the same twice is one post"""
    chosen = await ask.context.database.read(preferences.find_preferences, ask.viewer_id)
    draft, key = _draft(ask.given, chosen), ask.request.headers.get("Idempotency-Key", "")[:200]
    due = ask.given.moment("scheduled_at")
    if due is not None:
        found = await scheduling.schedule(ask.context, ask.account, ms_from_datetime(due), draft, scheduled.params_of(ask, draft), key)
        return await scheduled.shown(ask, found)
    return await pages_of.post(ask, await scheduling.publish(ask.context, ask.account, draft, key=key, app=scheduled.app_of(ask)))


def _draft(given: Parameters, chosen: Preferences) -> Draft:
    visibility = given.text("visibility") or VISIBILITIES[chosen.visibility]
    if visibility not in VISIBILITIES:
        raise BadInput(f"Visibility is one of {', '.join(VISIBILITIES)}")
    return Draft(
        text=given.text("status").strip(),
        visibility=VISIBILITIES.index(visibility),
        summary=given.text("spoiler_text").strip(),
        sensitive=given.flag("sensitive") if "sensitive" in given else bool(chosen.sensitive),
        language=given.text("language")[:20] or chosen.language or None,
        in_reply_to_id=given.number("in_reply_to_id") or None,
        media_ids=tuple(given.ids("media_ids")),
        poll=_poll(given.inner("poll")),
        quoted_id=given.number("quoted_status_id") or None,
        quote_policy=given.text("quote_approval_policy") or chosen.quote_policy,
    )


def _poll(given: Parameters) -> PollDraft | None:
    options = tuple(text.strip() for text in given.texts("options") if text.strip())
    return PollDraft(options, given.number("expires_in", DAY_S), given.flag("multiple")) if options else None


async def edit(ask: Ask) -> object:
    """PUT /api/v1/statuses/{id}; what is not said stays as it is"""
    given = ask.given
    post = await ask.context.database.read(posts.own_post, ask.account, ask.id())
    files = tuple(given.ids("media_ids")) if "media_ids" in given else tuple(file["media_id"] for file in post.files if "media_id" in file)
    for described in given.records("media_attributes"):
        await posts.describe_file(ask.context, ask.account, described.number("id"), *_description(described))
    draft = Draft(
        text=given.text("status").strip() if "status" in given else source_of(post),
        visibility=post.visibility,
        summary=given.text("spoiler_text").strip() if "spoiler_text" in given else post.summary,
        sensitive=given.flag("sensitive") if "sensitive" in given else bool(post.sensitive),
        language=given.text("language")[:20] or post.language,
        media_ids=files,
        type=post.type,
        quote_policy=given.text("quote_approval_policy") or None,
    )
    await posts.edit(ask.context, ask.account, post.id, draft)
    return await pages_of.post(ask, post.id)


def _description(given: Parameters) -> tuple[str | None, tuple[float, float] | None]:
    return given.text("description").strip() if "description" in given else None, focus_from(given.text("focus"))


def focus_from(text: str) -> tuple[float, float] | None:
    """`x,y`, both from -1.0 to 1.0; None for anything else."""
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (x, y) if -1 <= x <= 1 and -1 <= y <= 1 else None


def source_of(post: Post) -> str:
    """What its author typed, as far as we have it."""
    return post.source if post.source is not None else text_from_html(post.content)


async def delete(ask: Ask) -> object:
    """DELETE /api/v1/statuses/{id}: the post as it was, with its source, so that it can be written anew"""
    view = await ask.context.database.read(_own_view, ask)
    shown = entities_statuses.status(view, ask.id()) | {"text": source_of(view.posts[ask.id()])}
    await posts.delete(ask.context, ask.account, ask.id())
    if ask.given.flag("delete_media"):
        for file in view.posts[ask.id()].files:
            await media.remove(ask.context, ask.account, file.get("media_id", 0))
    return shown


def _own_view(db: Connection, ask: Ask) -> View:
    posts.own_post(db, ask.account, ask.id())
    return viewing.get_view(db, ask.context.site, ask.id(), ask.viewer_id)


async def show(ask: Ask) -> object:
    """GET /api/v1/statuses/{id}"""
    return await pages_of.post(ask, ask.id())


async def several(ask: Ask) -> object:
    """GET /api/v1/statuses?id[]="""
    wanted = ask.given.ids("id")[:MOST]

    def listed(db: Connection) -> list[int]:
        seen = kept.list_visible(db, wanted, ask.viewer_id)
        return [post_id for post_id in wanted if post_id in seen]

    return (await pages_of.posts(ask, listed)).body


async def context(ask: Ask) -> object:
    """GET /api/v1/statuses/{id}/context"""
    thread = await threads.get_thread(ask.context, ask.id(), ask.viewer_id)
    above = [post.id for post in thread.ancestors]
    below = [post.id for _, post in thread.replies]
    view = await ask.context.database.read(viewing.load_view, ask.context.site, [*above, *below], ask.viewer_id)
    return {"ancestors": entities_statuses.statuses(view, above), "descendants": entities_statuses.statuses(view, below)}


@dataclass(frozen=True, slots=True)
class _Past:
    """A post with what it said before."""

    view: View
    versions: list[Version]


async def history(ask: Ask) -> object:
    """GET /api/v1/statuses/{id}/history: every version, the oldest first"""
    past = await ask.context.database.read(_history, ask)
    post = past.view.posts[ask.id()]
    now = Version(post.edited_ms or post.published_ms, post.title, post.summary, post.content, post.attachments)
    poll = past.view.polls.get(post.id)
    options = [{"title": option["title"]} for option in loaded(poll.options)] if poll else []
    return [_version(past.view, post, each, options) for each in [*past.versions, now]]


def _history(db: Connection, ask: Ask) -> _Past:
    view = viewing.get_view(db, ask.context.site, ask.id(), ask.viewer_id)
    return _Past(view, stored.list_versions(db, ask.id()))


def _version(view: View, post: Post, version: Version, options: list[Json]) -> Json:
    as_it_was = stored.as_it_was(post, version)
    return {
        "content": entities_statuses.content_of(as_it_was),
        "spoiler_text": version.summary,
        "sensitive": bool(post.sensitive),
        "created_at": moment(version.edited_ms),
        "account": entities.account(view.people, post.account_id),
        "media_attachments": entities_statuses.files_of(view.site, as_it_was),
        "emojis": entities.emojis(view.site, loaded(post.emojis)),
        "poll": {"options": options} if options else None,
        "quote": None,
    }


async def source(ask: Ask) -> object:
    """GET /api/v1/statuses/{id}/source"""
    post = await ask.context.database.read(posts.own_post, ask.account, ask.id())
    return {"id": str(post.id), "text": source_of(post), "spoiler_text": post.summary}


async def favourited_by(ask: Ask) -> object:
    """GET /api/v1/statuses/{id}/favourited_by"""
    return await pages_of.people(ask, lambda db: relations.list_likers(db, _seen(db, ask), ask.window(40, MOST)))


async def reblogged_by(ask: Ask) -> object:
    """GET /api/v1/statuses/{id}/reblogged_by"""
    return await pages_of.people(ask, lambda db: relations.list_boosters(db, _seen(db, ask), ask.window(40, MOST)))


def _seen(db: Connection, ask: Ask) -> int:
    """The post's id, if the viewer may see it; of a boost, what it boosts. Raises NotFound."""
    post = stored.find_visible_post(db, ask.id(), ask.viewer_id)
    if post is None:
        raise NotFound("There is no such post.")
    return post.boost_of_id or post.id


async def translate(ask: Ask) -> object:
    """POST /api/v1/statuses/{id}/translate: refused honestly, for no service is configured here"""
    await ask.context.database.read(_seen, ask)
    return Answer({"error": "This server translates nothing"}, 503)
