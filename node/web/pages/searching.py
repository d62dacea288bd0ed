"""The search page: people and posts by handle or address, and the archive by its words."""

import math
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from aiohttp import web
from markupsafe import Markup, escape

from node.errors import NodeError
from node.social import archive, guardianship, looking_up, queries, rates
from node.social.archive import Results
from node.social.looking_up import Found
from node.social.queries import Query
from node.social.timelines import Card
from node.web.forms import number_from
from node.web.pages import finding, names, rendering
from node.web.pages.answers import best_of
from node.web.pages.profiles import excerpt
from node.web.pages.visiting import Visitor, go, visitor_of
from node.web.requests import client_address
from storage.search import FIRST, REACH, Hit
from storage.snippets import MARK, MARK_END

FILTERS = ("from", "in", "kind", "after", "before", "has")  # form fields that say the same as `from:` and so on in the text
SHOWN_CHARACTERS = 300


async def search(request: web.Request) -> web.Response:
    """GET /search?q=, with the filters as fields of their own"""
    visitor = await visitor_of(request)
    text = " ".join(request.query.get("q", "").split())
    if text.startswith("#") and len(text) > 1 and " " not in text:
        return go(f"/tags/{quote(text[1:], safe='')}")
    filters = {name: "".join(request.query.get(name, "").split()) for name in FILTERS}
    asked = as_query(text, filters)
    if not asked.is_empty:
        await rates.count(visitor.context, rates.SEARCHES, visitor.id or rates.network(client_address(request)))
    is_address = _is_address(text)
    results = Results() if is_address else await archive.find(visitor.context, asked, visitor.id, _after(request))
    found, problem = await _found(visitor, text) if is_address or _is_name(text, asked) else (Found(), "")
    return await rendering.page(
        request,
        visitor,
        "search.html",
        title=visitor.language.say("Search"),
        query=text,
        filters=filters,
        kinds=kinds(visitor),
        problem=_problem(visitor, asked, results) or ("" if results.cards else problem),
        found=await finding.profile_of(visitor, found),
        entries=await finding.post_markup(visitor, found),
        answers=await best_of(visitor, asked) if not asked.is_empty and not is_address else (),
        results=[_result(card, results.snippets or {}) for card in results.cards],
        counted=_counted(visitor, results),
        nothing=not (asked.is_empty or is_address or results.cards or found.account),
        feed=_address("/search.atom", text, filters) if results.cards else "",
        later=_later(text, filters, results),
    )


def as_query(text: str, filters: Mapping[str, str]) -> Query:
    """What the box and the fields ask together."""
    return queries.parse(" ".join([text, *(f"{name}:{value}" for name, value in filters.items() if value)]))


def _is_address(text: str) -> bool:
    """Whether somebody or something is meant by its address: nothing to look for by words."""
    return " " not in text and ("://" in text or "@" in text) and not text.startswith(("from:", "in:", '"', "-"))


def _is_name(text: str, asked: Query) -> bool:
    return asked == Query(phrases=(text,)) and " " not in text


async def _found(visitor: Visitor, text: str) -> tuple[Found, str]:
    """What is meant, or nothing and why. Only members make us ask other servers."""
    is_elsewhere = "://" in text or "@" in text.lstrip("@")
    if is_elsewhere and visitor.session is None:
        return Found(), visitor.language.say("Sign in to look for people and posts on other servers.")
    try:
        found = await looking_up.look_up(visitor.context, text)
    except NodeError as error:
        return Found(), visitor.language.say(str(error))
    if found.account is not None and await visitor.context.database.read(guardianship.hides, found.account, visitor.id):
        return Found(), visitor.language.say("There is no such account on this server.")
    return found, ""


def kinds(visitor: Visitor) -> list[tuple[str, str]]:
    """What the archive holds, as people call it."""
    say = visitor.language.say
    return [
        ("", say("Anything")),
        ("post", say("Posts")),
        ("reflection", say("Reflections")),
        ("resource", say("Resources")),
        ("path", say("Paths")),
        ("question", say("Questions to mentors")),
        ("achievement", say("Achievements")),
        ("goal", say("Goals")),
        ("workshop", say("Workshops")),
        ("event", say("Events")),
        ("poll", say("Polls")),
    ]


def _problem(visitor: Visitor, asked: Query, results: Results) -> str:
    if results.nobody:
        return visitor.language.say("Nobody here is known as %(name)s.") % {"name": results.nobody}
    if asked.strange:
        return visitor.language.say("This was left out, as it makes no sense here: %(words)s") % {"words": " ".join(asked.strange)}
    return ""


def _result(card: Card, snippets: Mapping[int, str]) -> dict[str, object]:
    post = card.post
    return {
        "author": card.author,
        "path": names.post_path(card.author, post.id),
        "title": post.title or post.summary,
        "post": post,
        "text": highlighted(snippets[post.id]) if post.id in snippets and not post.sensitive else _beginning(card),
    }


def _beginning(card: Card) -> Markup:
    """The first words; what stands behind a content warning stays there."""
    return Markup("") if card.post.sensitive else escape(excerpt(card.post.content, SHOWN_CHARACTERS))


def highlighted(snippet: str) -> Markup:
    """A snippet with what was found in <mark>."""
    return Markup(str(escape(snippet)).replace(MARK, "<mark>").replace(MARK_END, "</mark>"))  # noqa: S704 - escaped the line before


def _counted(visitor: Visitor, results: Results) -> str:
    if not results.total:
        return ""
    count = visitor.language.count("%(num)s post found", "%(num)s posts found", results.total)
    said = count % {"num": results.total}
    return visitor.language.say("More than %(number)s posts found") % {"number": REACH - 1} if results.total >= REACH else said


def _address(path: str, text: str, filters: Mapping[str, str], **more: str) -> str:
    given = {"q": text, **{name: value for name, value in filters.items() if value}, **more}
    return f"{path}?{urlencode(given)}"


def _later(text: str, filters: Mapping[str, str], results: Results) -> str:
    if results.after is None:
        return ""
    return _address("/search", text, filters, last=str(results.after.id), rank=repr(results.after.rank))


def _after(request: web.Request) -> Hit:
    """The key of the page; the first where the address says nothing usable."""
    last = number_from(request.query.get("last", ""), 0)
    try:
        rank = float(request.query.get("rank", ""))
    except ValueError:
        return FIRST
    return Hit(last, rank, 0) if last and math.isfinite(rank) else FIRST
