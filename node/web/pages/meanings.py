"""What a post means for learning, as small labels on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from federation.credentials import credential_from_document
from federation.errors import Malformed
from federation.facets import Achievement, Ask, Endorsement, Facet, Goal, Path, Reflection, Resource, Turn
from federation.reading import as_mapping
from node.learning.results import result_of
from node.social.facets import facets_of
from node.web.pages import languages, names
from node.web.pages.languages import Language
from storage.learning.questions import Reason
from storage.records import Account, Post

SYMBOLS = {"claim": "■", "support": "▲", "counter": "▼", "evidence": "⬢", "question": "◆", "": "●"}  # a shape for each, not only a colour
LICENSES = {
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0",
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "CC BY-SA 4.0",
    "https://creativecommons.org/licenses/by-nc/4.0/": "CC BY-NC 4.0",
    "https://creativecommons.org/licenses/by-nc-sa/4.0/": "CC BY-NC-SA 4.0",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A label. kind: its class; path: where it leads, '' for nowhere."""

    kind: str
    text: str
    symbol: str = ""
    path: str = ""


@lru_cache
def role_names(tag: str) -> dict[str, str]:
    """What a reply can do in a debate, as people call it."""
    say = languages.language(tag).say
    return {
        "claim": say("claim"),
        "support": say("support"),
        "counter": say("counter-argument"),
        "evidence": say("evidence"),
        "question": say("question"),
    }


def marks(post: Post, author: Account, speech: Language) -> list[Mark]:
    """All labels of a post."""
    return [mark for facet in facets_of(post) for mark in _marks(post, author, facet, speech)]


def _marks(post: Post, author: Account, facet: Facet, speech: Language) -> list[Mark]:
    if isinstance(facet, Turn):
        return [Mark(f"role {facet.role}", role_names(speech.tag)[facet.role], SYMBOLS[facet.role])]
    if isinstance(facet, Ask):
        said = speech.say("Question, answered") if facet.accepted_answer_uri else speech.say("Question")
        return [Mark("ask", said, "?"), *(Mark("competency", each.name) for each in facet.alignment)]
    if isinstance(facet, Path):
        steps = speech.count("Path, %(num)s step", "Path, %(num)s steps", len(facet.steps)) % {"num": len(facet.steps)}
        return [Mark("path", steps, "➜", f"{names.post_path(author, post.id)}/path")]
    if isinstance(facet, Goal):
        return _goal_marks(post, facet, speech)
    if isinstance(facet, Reflection):
        return [Mark("reflection", speech.say("Reflection"), "✎"), *([Mark("competency", facet.prompt)] if facet.prompt else [])]
    if isinstance(facet, Achievement):
        return _achievement_marks(post, facet, speech)
    if isinstance(facet, Endorsement):
        return [Mark("endorsement", speech.say("Vouches for it"), "❝")]
    return _resource_marks(facet, speech) if isinstance(facet, Resource) else []


@lru_cache
def status_names(tag: str) -> dict[str, str]:
    """How it stands with a goal, as people call it."""
    say = languages.language(tag).say
    return {"active": say("active"), "paused": say("paused"), "reached": say("reached"), "dropped": say("dropped")}


def _achievement_marks(post: Post, facet: Achievement, speech: Language) -> list[Mark]:
    """Told apart by who recorded it, with its result beside it. It is its author's word: what it is worth stands on its page."""
    subject, issuer = as_mapping(facet.credential.get("credentialSubject")), as_mapping(facet.credential.get("issuer"))
    is_own = bool(subject.get("id")) and subject.get("id") == issuer.get("id")
    said = speech.say("Recorded by themselves") if is_own else speech.say("Achievement")
    found = Mark("achievement own" if is_own else "achievement", said, "✎" if is_own else "✪", f"/posts/{post.id}/achievement")
    try:
        result = result_of(credential_from_document(facet.credential))
    except Malformed:
        result = None
    if result is None:
        return [found]
    return [found, Mark("result" if result.share else "result missed", result.words(speech.say))]


def _goal_marks(post: Post, facet: Goal, speech: Language) -> list[Mark]:
    said = speech.say("Goal, %(state)s") % {"state": status_names(speech.tag)[facet.status]}
    found = [Mark(f"goal {facet.status}", said, "◎", f"/goals/{post.id}")]
    if facet.progress:
        found.append(Mark("minutes", speech.say("%(number)s %%") % {"number": facet.progress}))
    return [*found, *(Mark("competency", each.name) for each in facet.alignment)]


def _resource_marks(facet: Resource, speech: Language) -> list[Mark]:
    found = [Mark("resource", speech.say("Resource"), "❖")]
    if facet.minutes:
        found.append(Mark("minutes", speech.say("%(number)s min") % {"number": facet.minutes}))
    if facet.license:
        found.append(Mark("license", license_name(facet.license)))
    if facet.superseded_by_uri:
        found.append(Mark("stale", speech.say("There is something newer"), "→", f"/search?q={quote(facet.superseded_by_uri, safe='')}"))
    return [*found, *(Mark("competency", each.name, "", f"/resources?teaches={quote(each.name)}") for each in facet.teaches)]


def license_name(stated: str) -> str:
    """A licence as people call it."""
    return LICENSES.get(stated, stated)


def reason(stated: Reason, speech: Language) -> str:
    """Why somebody is likely to know, in a few words."""
    kind, competency, number = stated
    sentences = {
        "answers": speech.count("%(num)s accepted answer about %(name)s", "%(num)s accepted answers about %(name)s", number),
        "resources": speech.count("%(num)s post that teaches %(name)s", "%(num)s posts that teach %(name)s", number),
        "achievements": speech.count("%(num)s achievement in %(name)s", "%(num)s achievements in %(name)s", number),
        "endorsements": speech.count("endorsed you for %(name)s", "endorsed you %(num)s times for %(name)s", number),
        "posts": speech.count("%(num)s post under #%(name)s", "%(num)s posts under #%(name)s", number),
    }
    return sentences[kind] % {"num": number, "name": competency} if kind in sentences else ""


def reasons(stated: Iterable[Reason], speech: Language) -> str:
    """Several reasons as one line."""
    return "; ".join(filter(None, (reason(each, speech) for each in stated)))
