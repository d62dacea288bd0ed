"""A thread as an argument: nested, and drawn."""

from aiohttp import web

from node.errors import NotFound
from node.learning import debates
from node.learning.debates import BOX_HEIGHT, BOX_WIDTH, Point
from node.web.pages import meanings, names, rendering
from node.web.pages.profiles import account_named, excerpt
from node.web.pages.visiting import Visitor, path_id, visitor_of

BOX_LETTERS, LABEL_LETTERS, LIST_LETTERS = 26, 20, 240
DRAWN = 150  # more boxes than that are no picture; the list stays


async def argument_page(request: web.Request) -> web.Response:
    """GET /@{name}/{id}/argument"""
    visitor = await visitor_of(request)
    author = await account_named(request, visitor.context)
    argument = await debates.get_argument(visitor.context, path_id(request), visitor.id)
    post = argument.root.post
    if post.account_id != author.id or post.boost_of_id is not None:
        raise NotFound("There is no such post, or it is not for you.")
    points = argument.root.walk()
    roles = meanings.role_names(visitor.language.tag)
    return await rendering.page(
        request,
        visitor,
        "argument.html",
        title=visitor.language.say("The argument about %(title)s") % {"title": post.title or excerpt(post.content, 60)},
        author=author,
        post=post,
        argument=argument,
        tree=[argument.root],
        points=points if len(points) <= DRAWN else [],
        lines=[(point, child) for point in points for child in point.children],
        counts=[(role, roles[role], meanings.SYMBOLS[role], argument.counts[role]) for role in roles if argument.counts.get(role)],
        box=(BOX_WIDTH, BOX_HEIGHT),
        symbols=meanings.SYMBOLS,
        role_name=lambda role: roles.get(role, visitor.language.say("reply")),
        label=lambda point: _label(visitor, point),
        short=lambda point: _short(visitor, point, BOX_LETTERS),
        said=lambda point: _short(visitor, point, LIST_LETTERS),
        path_of=lambda point: names.post_path(point.author, point.post.id),
    )


def _label(visitor: Visitor, point: Point) -> str:
    """What a box is headed by: the role and as much of the name as there is room for."""
    say = visitor.language.say
    role = meanings.role_names(visitor.language.tag).get(point.role) or (say("reply") if point.depth else say("beginning"))
    room = max(LABEL_LETTERS - len(role), 4)
    name = point.author.title
    return f"{role} · {name if len(name) <= room else f'{name[: room - 1]}…'}"


def _short(visitor: Visitor, point: Point, most: int) -> str:
    """What a post says, in a few words; its warning, where it has one."""
    post = point.post
    warning = post.summary if post.sensitive else ""
    return excerpt(warning or post.title or post.content, most) or visitor.language.say("(no text)")
