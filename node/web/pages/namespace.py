"""The vocabulary, for people and for JSON-LD readers."""

import orjson
from aiohttp import web

from federation.contexts import VOCABULARY
from federation.vocabulary import TERMS, document
from node.web.negotiating import CORS
from node.web.pages import rendering
from node.web.pages.visiting import visitor_of

HEADERS = {"Content-Type": "application/ld+json", "Cache-Control": "public, max-age=3600", "Vary": "Accept", **CORS}


async def data(_: web.Request) -> web.Response:
    """GET /ns/learning, as JSON-LD"""
    return web.Response(body=orjson.dumps(document()), headers=HEADERS)


async def page(request: web.Request) -> web.Response:
    """GET /ns/learning"""
    visitor = await visitor_of(request)
    title = visitor.language.say("The vocabulary of learning")
    return await rendering.page(request, visitor, "namespace.html", title=title, terms=TERMS, namespace=VOCABULARY)
