"""The doors for pages elsewhere that speak of a post: Webmention and Pingback."""

from aiohttp import web

from federation.errors import FederationError, Forbidden
from federation.webmentions import MAX_XML, pingback_answer, pingback_from_bytes
from node.errors import NodeError
from node.social import webmentions
from node.web.content_codings import MAX_BODIES, read_fields
from node.web.keys import CONTEXT
from node.web.requests import client_address, read_capped

PING_FAULT, PING_DENIED, PING_TARGET = 0, 49, 33  # Pingback 1.0, section 3


async def webmention(request: web.Request) -> web.Response:
    """POST /webmention with source and target, as a form (W3C Webmention, section 3.2)"""
    form = await read_fields(request, MAX_BODIES["/webmention"])
    source, target = str(form.get("source", "")), str(form.get("target", ""))
    await webmentions.receive(request.app[CONTEXT], source, target, client_address(request))
    return web.Response(status=202, text="Thank you. It is looked at in a moment.")


async def pingback(request: web.Request) -> web.Response:
    """POST /pingback: pingback.ping(source, target)"""
    body = await read_capped(request, MAX_XML)
    try:
        source, target = pingback_from_bytes(body)
        await webmentions.receive(request.app[CONTEXT], source, target, client_address(request))
        answer = pingback_answer("Thank you. It is looked at in a moment.")
    except (Forbidden, NodeError) as error:
        answer = pingback_answer(str(error), PING_DENIED)
    except FederationError as error:
        answer = pingback_answer(str(error), PING_TARGET if "target" in str(error) else PING_FAULT)
    return web.Response(body=answer, content_type="text/xml")


ROUTES = (web.post("/webmention", webmention), web.post("/pingback", pingback))
