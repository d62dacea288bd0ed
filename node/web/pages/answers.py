"""What stands above the results of a search: the best resource, people who know, a path to follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.learning import best
from node.social.queries import Query
from node.web.pages import meanings, names
from node.web.pages.visiting import Visitor


@dataclass(frozen=True, slots=True)
class Answer:
    """One line above the results: what it is, where it leads, and why it stands there."""

    label: str
    title: str
    url: str
    reason: str = ""


async def best_of(visitor: Visitor, query: Query) -> Sequence[Answer]:
    """The answers that are better than a list; none where the query names no competency that anybody here teaches."""
    words = [*(word for phrase in query.phrases for word in phrase.split()), *([query.tag] if query.tag else [])]
    if not words:
        return ()
    found = await visitor.context.database.read(best.best_of, visitor.context.site, visitor.id, words)
    say = visitor.language.say
    answers = []
    if found.resource is not None:
        path = names.post_path(found.resource.author, found.resource.resource.post_id)
        answers.append(Answer(say("Resource"), found.resource.title or found.resource.resource.url, path))
    for person, reasons in found.people:
        answers.append(Answer(say("Knows about it"), person.title, names.profile_path(person), meanings.reasons(reasons, visitor.language)))
    if found.path is not None:
        walk = found.path
        answers.append(Answer(say("Path"), walk.post.title or say("Path"), f"{names.post_path(walk.author, walk.post.id)}/path"))
    return answers
