"""The page that says what went wrong."""

from aiohttp import web

from node.web.pages import rendering
from node.web.pages.languages import noted
from node.web.pages.visiting import visitor_of

TITLES = {
    401: noted("Please sign in"),
    403: noted("That is not allowed"),
    404: noted("Not found"),
    409: noted("That has changed meanwhile"),
    410: noted("That is gone"),
    413: noted("That is too large"),
    422: noted("That did not work"),
    429: noted("That was a bit fast"),
}
SENTENCES = {  # where aiohttp itself has refused, in few words
    404: noted("There is no such page."),
    405: noted("That page does not take forms."),
    413: noted("That is larger than this node takes."),
}
THEIRS = noted("That did not work")
OURS = noted("Something broke here")


async def error_page(request: web.Request, status: int, sentence: str) -> web.Response:
    """A page with a status that says in one sentence what went wrong, in the visitor's language where it is one of our sentences."""
    visitor = await visitor_of(request)
    say = visitor.language.say
    title = say(TITLES.get(status, OURS if status >= 500 else THEIRS))
    if sentence.startswith(f"{status}: "):
        sentence = SENTENCES.get(status, OURS if status >= 500 else THEIRS)
    return await rendering.page(request, visitor, "error.html", title=title, sentence=say(sentence), status=status, code=status)
