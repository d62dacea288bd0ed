"""A verdict on any credential that somebody brings: as JSON, or in a PNG or SVG."""

from aiohttp import web

from federation.baking import credential_in
from federation.credentials import credential_from_document
from federation.errors import FederationError
from federation.json import document_from_bytes
from federation.rdf_proofs import signer_of
from node.errors import BadInput
from node.languages import noted
from node.learning import inquiries
from node.learning.headlines import headline_of_verdict
from node.learning.results import result_of
from node.social import rates
from node.web import requests
from node.web.forms import read_form
from node.web.negotiating import json_response
from node.web.pages import achieving, rendering
from node.web.pages.visiting import visitor_of

UNREADABLE = noted("That is no Open Badges 3.0 credential: give its JSON, or the PNG or SVG that it is in.")


async def verify_page(request: web.Request) -> web.Response:
    """GET /verify"""
    visitor = await visitor_of(request)
    return await rendering.page(request, visitor, "verify.html", title=visitor.language.say("Verify an achievement"), parts=(), problem="")


async def verify(request: web.Request) -> web.Response:
    """POST /verify: a page, or JSON where that is asked for"""
    visitor = await visitor_of(request)
    form = await read_form(request, None)
    await rates.count(visitor.context, rates.STRANGERS, rates.network(requests.client_address(request)))
    title = visitor.language.say("Verify an achievement")
    body = next(iter(form.files("file")), b"") or form.text("credential").encode()
    try:
        document = document_from_bytes(credential_in(body))
        credential = credential_from_document(document)
    except FederationError as error:
        if "application/json" in request.headers.get("Accept", ""):
            raise BadInput(UNREADABLE) from error
        problem = visitor.language.say(UNREADABLE)
        return await rendering.page(request, visitor, "verify.html", title=title, parts=(), problem=problem, status=422)
    found = await inquiries.verdict_online(visitor.context, document, credential)
    headline = headline_of_verdict(
        found.verdict,
        is_own=credential.issuer.did == credential.subject_id == signer_of(document),
        owner=found.issuer or visitor.language.say("the holder of its key"),
        issuer=found.issuer,
    )
    if "application/json" in request.headers.get("Accept", ""):
        return json_response(inquiries.as_json(found, headline))
    return await rendering.page(
        request,
        visitor,
        "verify.html",
        title=title,
        parts=achieving.said_parts(visitor, found.verdict),
        headline=headline,
        asked=found.asked,
        key=signer_of(document),
        issuer=found.issuer,
        credential=credential,
        result=result_of(credential),
        problem="",
    )
