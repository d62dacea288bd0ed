"""From a template to an answer: one Jinja environment per language, and the headers that every page carries."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from node import __version__
from node.site import Site
from node.social.proxying import shown_url
from node.web.keys import CONTEXT
from node.web.pages import languages, names, wording
from node.web.pages.emojis import with_emojis
from node.web.pages.languages import Language
from node.web.pages.visiting import Visitor
from storage import users
from storage.ids import datetime_from_ms

PICTURE = re.compile(r'(<img [^<>]*?src=")(https?://[^"]+)')
HERE = Path(__file__).parent
STATIC = HERE / "static"
STATIC_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that pages refer to. version changes with its bytes, so that browsers may keep it for good."""

    body: bytes
    content_type: str
    version: str


@lru_cache
def static_files() -> Mapping[str, StaticFile]:
    """All of them by name."""
    return {
        file.name: StaticFile(body, STATIC_TYPES[file.suffix], hashlib.sha256(body).hexdigest()[:10])
        for file in sorted(STATIC.iterdir())
        if (body := file.read_bytes())
    }


def static_url(name: str) -> str:
    """Where a static file is, with its version."""
    return f"/static/{name}?v={static_files()[name].version}"


@lru_cache
def environment(tag: str) -> Environment:
    """The templates in one language. What a template does not escape was sanitised before it was stored."""
    speech = languages.language(tag)
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(speech.say, speech.count, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    made.globals |= {
        "speech": speech,
        "static": static_url,
        "version": __version__,
        "direction": languages.direction,
        "lang_tag": languages.tag_or_none,
        "language_names": languages.names(tag),
        "profile_path": names.profile_path,
        "post_path": names.post_path,
        "award_path": names.award_path,
        "letter": names.letter,
    }
    made.filters |= {
        "emojis": with_emojis,
        "number": lambda count: wording.number(speech, count),
        "moment": lambda then: wording.moment(speech, then),
        "moment_ms": lambda ms: wording.moment(speech, datetime_from_ms(ms)),
        "day": lambda then: wording.day(speech, then),
        "day_ms": lambda ms: wording.day(speech, datetime_from_ms(ms)),
        "machine": wording.machine_moment,
        "machine_ms": lambda ms: wording.machine_moment(datetime_from_ms(ms)),
    }
    return made


def render(site: Site, speech: Language, template: str, values: Mapping[str, Any]) -> str:
    """A template's text."""
    return with_shown(site, environment(speech.tag).get_template(template).render(values))


def with_shown(site: Site, text: str) -> str:
    """HTML of ours whose pictures come from us: nobody's address goes to a stranger's server because a page was opened."""
    return PICTURE.sub(lambda match: match[1] + escape(shown_url(site, unescape(match[2]))), text)


def elsewhere(scheme: str) -> str:
    """What a policy calls every other server."""
    return "https: http:" if scheme == "http" else "https:"


def policy(scheme: str, pictures: str, *, leaves: bool, target: str = "") -> str:
    """The Content-Security-Policy of a page: our own stylesheet, films from anywhere where somebody starts them, no script at all.

    pictures: where they come from besides us, '' for nowhere. leaves: the page's form leads to another server, which browsers
    count as a target of the form; target: to a known one.
    """
    anywhere = elsewhere(scheme)
    return (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:{' ' + pictures if pictures else ''}; "
        f"media-src 'self' {anywhere}; "
        f"form-action 'self'{' ' + anywhere if leaves else ''}{target and ' ' + target}; frame-ancestors 'none'; base-uri 'none'"
    )


@lru_cache(maxsize=200)
def headers(scheme: str, pictures: str, tag: str, *, leaves: bool = False, target: str = "") -> Mapping[str, str]:
    """What every page is sent with."""
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy(scheme, pictures, leaves=leaves, target=target),
        "Content-Language": tag,
        "Cache-Control": "private, no-cache",
        "Referrer-Policy": "same-origin",
        "Vary": "Accept, Accept-Language, Cookie",
        "X-Content-Type-Options": "nosniff",
    }


def target_of(address: str) -> str:
    """What a policy calls the place of an address: its origin, or its scheme where that is a program's own."""
    parts = urlsplit(address)
    named = f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"
    return named if address and not set(named) & set(";, '") else ""


def answer(visitor: Visitor, body: bytes, *, status: int = 200, leaves: bool = False, target: str = "") -> web.Response:
    """A page that is ready."""
    site, scheme = visitor.context.site, visitor.context.config.scheme
    pictures = site.media_origin if site.proxy_secret else elsewhere(scheme)
    sent_with = headers(scheme, pictures, visitor.language.tag, leaves=leaves, target=target)
    return web.Response(body=body, status=status, headers=sent_with)


async def page(
    request: web.Request, visitor: Visitor, template: str, *, status: int = 200, leaves: bool = False, sends_to: str = "", **values: Any
) -> web.Response:
    """A page from a template. Every page has a `title`; '' stands for the node's own. sends_to: where its form may lead to."""
    unread = await visitor.context.database.read(users.count_unread, visitor.id) if visitor.id else 0
    framed = frame(visitor, request.path_qs) | {"badge": badge(visitor.language, unread)} | values
    text = render(visitor.context.site, visitor.language, template, framed)
    return answer(visitor, text.encode("utf-8", "replace"), status=status, leaves=leaves, target=target_of(sends_to))


def frame(visitor: Visitor, path: str) -> dict[str, Any]:
    """What the frame around every page needs. path: where its buttons come back to."""
    return {
        "visitor": visitor,
        "session": visitor.session,
        "node": visitor.context.config.node,
        "origin": visitor.context.config.origin,
        "handle_domain": visitor.context.config.handle_domain,
        "path": path,
        "now_ms": visitor.context.site.now_ms(),
    }


def badge(speech: Language, unread: int) -> Markup:
    """How many notifications are unread, beside the word that leads to them."""
    if not unread:
        return Markup("")
    return Markup(' <span class="badge"><span class="aside">{}</span> {}</span>').format(speech.say("unread:"), unread)


async def static_file(request: web.Request) -> web.Response:
    """GET /static/{name}"""
    found = static_files().get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    kept = "public, max-age=31536000, immutable" if request.query.get("v") == found.version else "public, max-age=300"
    return web.Response(
        body=found.body,
        headers={"Content-Type": found.content_type, "Cache-Control": kept, "X-Content-Type-Options": "nosniff"},
    )


def node_of(request: web.Request) -> str:
    """What people call this node."""
    return request.app[CONTEXT].config.node.name
