"""What a post said before."""

from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from node.errors import NotFound
from node.web.pages import names, rendering
from node.web.pages.profiles import account_named
from node.web.pages.visiting import path_id, visitor_of
from storage import posts
from storage.database import Connection
from storage.records import Post


@dataclass(frozen=True, slots=True)
class Version:
    """What a post said from a moment on. content was sanitised before it was stored."""

    since_ms: int
    title: str
    summary: str
    content: Markup


async def history_page(request: web.Request) -> web.Response:
    """GET /@{name}/{id}/history"""
    visitor = await visitor_of(request)
    author = await account_named(request, visitor.context)
    post, versions = await visitor.context.database.read(_versions, path_id(request), visitor.id)
    if post.account_id != author.id:
        raise NotFound("There is no such post, or it is not for you.")
    return await rendering.page(
        request,
        visitor,
        "history.html",
        title=visitor.language.say("What it said before"),
        author=author,
        address=names.post_path(author, post.id),
        versions=versions,
    )


def _versions(db: Connection, post_id: int, viewer_id: int) -> tuple[Post, list[Version]]:
    """A post and its versions, the newest first; one that says what the one before it said is left out."""
    post = posts.find_visible_post(db, post_id, viewer_id)
    if post is None or post.boost_of_id is not None:
        raise NotFound("There is no such post, or it is not for you.")
    rows = [*posts.list_edits(db, post_id, viewer_id), (post.edited_ms or post.published_ms, post.title, post.summary, post.content)]
    changed = [row for before, row in zip([None, *rows], rows, strict=False) if before is None or before[1:] != row[1:]]
    made = [Version(since_ms, title, summary, Markup(content)) for since_ms, title, summary, content in changed]  # noqa: S704 - see Version
    return post, made[::-1]
