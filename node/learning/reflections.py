"""Reflections: drafted, written for oneself, shared with more people later; linked to a goal, a resource, a step of a path."""

from dataclasses import asdict, dataclass, fields
from functools import partial

import orjson

from federation.facets import MAX_TEXT, Reflection, document_from_facet
from federation.reading import uri_from
from node.context import Context
from node.errors import BadInput, NotFound
from node.learning import goals, walks
from node.site import Site
from node.social import posts, sharing
from node.social.facets import facets_of
from node.social.posts import Draft
from storage import posts as kept_posts
from storage.database import Connection
from storage.ids import free_id
from storage.learning import goals as kept_goals
from storage.learning import reflections as kept
from storage.learning.reflections import Unfinished
from storage.records import DIRECT, PRIVATE, PUBLIC, Account, Post

LONG = 500  # characters from which on a public reflection is an Article (LEARNING)
TITLE_CHARACTERS, SUMMARY_CHARACTERS = 200, 500
MOST_DRAFTS = 100


@dataclass(frozen=True, slots=True)
class Thought:
    """A reflection to be. text is Markdown; goal_id: a goal of one's own; path_id with step (from 0): what was done there."""

    text: str = ""
    title: str = ""
    summary: str = ""
    prompt: str = ""
    resource: str = ""
    goal_id: int = 0
    path_id: int = 0
    step: int = -1
    visibility: int = DIRECT
    language: str | None = None


def kind_of(visibility: int, title: str, text: str) -> str:
    """Article where everybody may read it and it is titled or long; else Note, for of an Article others show no text."""
    return "Article" if visibility < PRIVATE and (title or len(text) > LONG) else "Note"


def reflection_of(post: Post) -> Reflection | None:
    """What a post says of what somebody learned, or None."""
    return next((facet for facet in facets_of(post) if isinstance(facet, Reflection)), None)


async def write(context: Context, author: Account, thought: Thought, draft_id: int = 0) -> Post:
    """The reflection, posted for whom the learner says. draft_id: the draft that it was. Raises BadInput and as posts.publish."""
    draft = await context.database.read(_draft, author, thought)
    return await posts.publish(context, author, draft, also=partial(_link, author, thought, draft_id))


def _draft(db: Connection, author: Account, thought: Thought) -> Draft:
    title, text = " ".join(thought.title.split()), thought.text.strip()
    if not text:
        raise BadInput("Write what you learned.")
    if len(title) > TITLE_CHARACTERS or len(thought.summary) > SUMMARY_CHARACTERS:
        raise BadInput("A title has at most 200 characters, a summary 500.")
    if thought.resource and uri_from(thought.resource) is None:
        raise BadInput("Give the address of what you learned from, beginning with https://.")
    return Draft(
        text,
        thought.visibility,
        summary=thought.summary.strip(),
        language=thought.language,
        type=kind_of(thought.visibility, title, text),
        title=title,
        facets=(document_from_facet(_facet(db, author, thought)),),
        to_self=thought.visibility == DIRECT,
    )


def _facet(db: Connection, author: Account, thought: Thought) -> Reflection:
    """A goal is named where whoever reads the reflection may see the goal as well."""
    resource = uri_from(thought.resource)
    path = kept_posts.find_visible_post(db, thought.path_id, author.id) if thought.path_id else None
    goal = posts.own_post(db, author, thought.goal_id) if thought.goal_id else None
    if goal is not None and goals.goal_of(goal) is None:
        raise NotFound("That post is no goal.")
    named = goal.uri if goal is not None and goal.visibility <= thought.visibility < DIRECT else None
    return Reflection(resource or (path.uri if path else None), named, " ".join(thought.prompt.split())[:MAX_TEXT])


def _link(author: Account, thought: Thought, draft_id: int, db: Connection, site: Site, post: Post) -> None:
    if thought.goal_id:
        kept_goals.add_link(db, thought.goal_id, post.id, site.now_ms())
    if thought.path_id and thought.step >= 0:
        walks.note_done(author, thought.path_id, thought.step, "", db, site, post)
    if draft_id:
        kept.remove_unfinished(db, author.id, draft_id)
    goals.refresh(db, site, author)


async def change(context: Context, author: Account, post_id: int, thought: Thought) -> Post:
    """The reflection as changed; its audience stays, and what it said before is kept. Raises BadInput, NotFound, NotAllowed."""
    known = await context.database.read(own_thought, author, post_id)
    draft = await context.database.read(_draft, author, thought)
    if thought.visibility != known.visibility:
        raise BadInput("Share it with more people by the button for that.")
    post = await posts.edit(context, author, post_id, draft, kind=draft.type)
    await context.database.write(_relink, context.site, author, post, known.goal_id, thought.goal_id)
    return post


def _relink(db: Connection, site: Site, author: Account, post: Post, before: int, now: int) -> None:
    if before != now:
        kept_goals.remove_link(db, before, post.id)
    if now:
        kept_goals.add_link(db, now, post.id, site.now_ms())
    goals.refresh(db, site, author)


def own_thought(db: Connection, author: Account, post_id: int) -> Thought:
    """What a reflection of one's own was made from, to be changed. Raises NotFound, NotAllowed."""
    post = posts.own_post(db, author, post_id)
    facet = reflection_of(post)
    if facet is None:
        raise NotFound("That post is no reflection.")
    goal = next((each.id for each in kept_goals.list_goals_of(db, post.id, author.id) if goals.goal_of(each)), 0)
    return Thought(
        post.source or "",
        post.title,
        post.summary,
        facet.prompt,
        facet.resource_uri or "",
        goal,
        visibility=post.visibility,
        language=post.language,
    )


async def share(context: Context, author: Account, post_id: int, visibility: int) -> Post:
    """The reflection, for more people from now on, with its own date. Raises BadInput, NotFound, NotAllowed."""
    known = await context.database.read(own_thought, author, post_id)
    if not PUBLIC <= visibility < DIRECT:
        raise BadInput("That is no audience.")
    return await sharing.share(context, author, post_id, visibility, kind_of(visibility, known.title, known.text))


async def keep_draft(context: Context, author: Account, thought: Thought, draft_id: int = 0) -> int:
    """The id of a draft, kept as far as it is written; draft_id: of the one that it changes. Raises BadInput, NotFound."""
    return await context.database.write(_keep_draft, context, author, thought, draft_id)


def _keep_draft(db: Connection, context: Context, author: Account, thought: Thought, draft_id: int) -> int:
    if len(thought.text) > context.config.limits.post_characters:
        raise BadInput(f"That is longer than {context.config.limits.post_characters} characters.")
    if draft_id and kept.find_unfinished(db, author.id, draft_id) is None:
        raise NotFound("There is no such draft.")
    if not draft_id and kept.count_unfinished(db, author.id) >= MOST_DRAFTS:
        raise BadInput("You have 100 drafts. Finish or throw away one first.")
    now_ms = context.site.now_ms()
    made_id = draft_id or free_id(db, "draft", now_ms)
    kept.save_unfinished(db, Unfinished(made_id, author.id, orjson.dumps(asdict(thought)).decode(), now_ms))
    return made_id


def thought_from_draft(unfinished: Unfinished) -> Thought:
    """A draft as it was left."""
    stated, names = orjson.loads(unfinished.thought), {field.name for field in fields(Thought)}
    return Thought(**{name: value for name, value in stated.items() if name in names})


def find_draft(db: Connection, author: Account, draft_id: int) -> Thought:
    """A draft of one's own as it was left. Raises NotFound."""
    found = kept.find_unfinished(db, author.id, draft_id)
    if found is None:
        raise NotFound("There is no such draft.")
    return thought_from_draft(found)
