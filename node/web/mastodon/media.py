"""Files: given, described, looked at while they are made, taken away."""

from node.errors import BadInput
from node.social import films, media, posts
from node.web.mastodon import entities_statuses
from node.web.mastodon.doors import Answer, Ask
from node.web.mastodon.statuses import focus_from
from storage.records import Media

MAKING, FAILED = 206, 422


async def upload(ask: Ask) -> object:
    """POST /api/v2/media: 200 where it is ready at once, 202 where it is being made"""
    kept = await _kept(ask)
    return Answer(entities_statuses.media(ask.context.site, kept), 200 if kept.state == "done" else 202)


async def old_upload(ask: Ask) -> object:
    """POST /api/v1/media: as version 2, but that a file which is being made is answered with 200"""
    return entities_statuses.media(ask.context.site, await _kept(ask))


async def _kept(ask: Ask) -> Media:
    file, alt = ask.given.file("file"), ask.given.text("description").strip()
    if file is None:
        raise BadInput("File can't be blank")
    body = file.file.read()
    kept = await films.take(ask.context, ask.account, body, alt)
    focus = focus_from(ask.given.text("focus"))
    return await posts.describe_file(ask.context, ask.account, kept.id, None, focus) if focus else kept


async def show(ask: Ask) -> object:
    """GET /api/v1/media/{id}: 206 while it is being made, 422 where that failed"""
    kept = await ask.context.database.read(media.get_file, ask.viewer_id, ask.id())
    if kept.state == "failed":
        return Answer({"error": "Error processing thumbnail for uploaded media"}, FAILED)
    return Answer(entities_statuses.media(ask.context.site, kept), 200 if kept.state == "done" else MAKING)


async def describe(ask: Ask) -> object:
    """PUT /api/v1/media/{id}"""
    given = ask.given
    alt = given.text("description").strip() if "description" in given else None
    thumbnail = given.file("thumbnail")
    if thumbnail is not None:
        await media.set_preview(ask.context, ask.account, ask.id(), thumbnail.file.read())
    changed = await posts.describe_file(ask.context, ask.account, ask.id(), alt, focus_from(given.text("focus")))
    return entities_statuses.media(ask.context.site, changed)


async def remove(ask: Ask) -> None:
    """DELETE /api/v1/media/{id}: of a file that belongs to no post"""
    await media.remove(ask.context, ask.account, ask.id())
