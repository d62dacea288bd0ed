"""What a post's facets say, kept beside it so that it can be found: for our own posts and everybody else's, as they come and change."""

from collections.abc import Callable, Mapping
from typing import Any

from federation.facets import Achievement, Ask, Facet, Goal, Path, Reflection, Resource, Turn, alignments_of, facets_from
from storage import posts
from storage.database import Connection
from storage.ids import ms_from_datetime
from storage.learning import facets as kept
from storage.learning import goals
from storage.records import Post, loaded

WIDENING = (Achievement,)


def facets_of(post: Post) -> tuple[Facet, ...]:
    """The facets of a post that we know."""
    return facets_from(loaded(post.facets)) if post.facets else ()


def may_widen(post: Post) -> bool:
    """Whether its author may show a post to more people later: an achievement, once its recipient agrees."""
    return any(isinstance(facet, WIDENING) for facet in facets_of(post))


def keep(db: Connection, post: Post, *, is_known: bool = False) -> None:
    """Makes what is kept of a post's meaning true. is_known: it was here before, and may have meant something else."""
    if is_known:
        kept.clear(db, post.id)
    for facet in facets_of(post):
        kept.add_competencies(db, post.id, [kept.Competency(each.url, each.name) for each in alignments_of(facet)])
        keep_kind = FACETS.get(type(facet))
        if keep_kind is not None:
            keep_kind(db, post, facet)
    if post.in_reply_to_id is not None and not is_known:
        for waiting in kept.list_waiting_asks(db, post.uri):
            _join(db, waiting, post)


def _keep_turn(db: Connection, post: Post, facet: Turn) -> None:
    kept.add_turn(db, post.id, facet.role)


def _keep_ask(db: Connection, post: Post, facet: Ask) -> None:
    ask = kept.Ask(post.id, facet.accepted_answer_uri)
    kept.add_ask(db, ask)
    answer = posts.find_post_by_uri(db, facet.accepted_answer_uri) if facet.accepted_answer_uri else None
    if answer is not None:
        _join(db, ask, answer)


def _join(db: Connection, ask: kept.Ask, answer: Post) -> None:
    """An accepted answer counts where it stands in the question's own thread and somebody else gave it."""
    question = posts.find_post(db, ask.post_id)
    if question is not None and answer.account_id != question.account_id and answer.root_id == question.root_id:
        kept.set_answer(db, question.id, answer.id, answer.account_id)


def _keep_resource(db: Connection, post: Post, facet: Resource) -> None:
    review_by_ms = ms_from_datetime(facet.review_by) if facet.review_by else None
    kept.add_resource(db, kept.Resource(post.id, link_of(post), facet.license, facet.minutes, review_by_ms, facet.superseded_by_uri))


def link_of(post: Post) -> str:
    """What a post's link leads to, or its document; '' where it has neither."""
    by_type = {file["type"]: str(file["url"]) for file in reversed(post.files)}
    return by_type.get("Link") or by_type.get("Document", "")


def _keep_path(db: Connection, post: Post, _facet: Path) -> None:
    kept.add_path(db, post.id)


def _keep_goal(db: Connection, post: Post, facet: Goal) -> None:
    kept.add_goal(db, post.id, facet.status, ms_from_datetime(facet.due) if facet.due else None, facet.progress)


def _keep_reflection(db: Connection, post: Post, facet: Reflection) -> None:
    """A goal that a reflection names counts where it is its author's own."""
    kept.add_reflection(db, post.id, facet.resource_uri or "")
    goal = posts.find_post_by_uri(db, facet.goal_uri) if facet.goal_uri else None
    if goal is not None and goal.account_id == post.account_id:
        goals.add_link(db, goal.id, post.id, post.published_ms)


FACETS: Mapping[type, Callable[[Connection, Post, Any], None]] = {
    Turn: _keep_turn,
    Ask: _keep_ask,
    Resource: _keep_resource,
    Path: _keep_path,
    Goal: _keep_goal,
    Reflection: _keep_reflection,
}
