"""The page that says what went wrong."""

from aiohttp import web

from node.web.pages import rendering
from node.web.pages.visiting import visitor_of

TITLES = {
    401: "Please sign in",
    403: "That is not allowed",
    404: "Not found",
    409: "That has changed meanwhile",
    410: "That is gone",
    413: "That is too large",
    422: "That did not work",
    429: "That was a bit fast",
}


async def error_page(request: web.Request, status: int, sentence: str) -> web.Response:
    """A page with a status that says in one sentence what went wrong, in the visitor's language where it is one of our sentences."""
    visitor = await visitor_of(request)
    say = visitor.language.say
    title = say(TITLES.get(status, "That did not work" if status < 500 else "Something broke here"))
    return await rendering.page(request, visitor, "error.html", title=title, sentence=say(sentence), status=status, code=status)
