"""Paths: laid out, shown as a learner is on them, offered to newcomers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from federation.facets import MAX_STEPS, Path, Step, document_from_facet
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning.competencies import alignments_from_text, text_from_alignments
from node.social import posts
from node.social.facets import facets_of
from node.social.posts import Draft
from node.social.reactions import shown_post
from storage import accounts, communities, users
from storage import posts as kept_posts
from storage.database import Connection
from storage.learning import paths as kept
from storage.learning.paths import Done
from storage.records import PUBLIC, Account, Post

TITLE_CHARACTERS = 200
KEEPERS = {"owner", "moderator"}
MARKS = re.compile(r"([\\`*_\[\]<>#])")  # what Markdown would take for itself


@dataclass(frozen=True, slots=True)
class PathDraft:
    """A path to be. about: competencies, separated by commas."""

    title: str = ""
    intro: str = ""
    steps: tuple[Step, ...] = ()
    about: str = ""
    visibility: int = PUBLIC
    language: str | None = None
    community_id: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A path as one viewer is on it. done: by the number of the step, from 0."""

    post: Post
    author: Account
    path: Path
    started: bool
    done: Mapping[int, Done]

    @property
    def needed(self) -> Sequence[int]:
        """The steps that a learner is expected to do."""
        numbered = enumerate(self.path.steps)
        return [number for number, step in numbered if not step.is_optional and not step.is_stretch] or range(len(self.path.steps))

    @property
    def needed_done(self) -> int:
        """How many of those are done."""
        return sum(number in self.done for number in self.needed)


async def write_path(context: Context, author: Account, draft: PathDraft) -> Post:
    """The path as an Article that anybody can read. Raises BadInput and as posts.publish."""
    return await posts.publish(context, author, _draft(draft, context.site.origin))


async def change_path(context: Context, author: Account, post_id: int, draft: PathDraft) -> Post:
    """The path as changed; what learners did stays done where the step is still there. Raises BadInput and as posts.edit."""
    return await posts.edit(context, author, post_id, _draft(draft, context.site.origin))


def _draft(draft: PathDraft, origin: str) -> Draft:
    title = " ".join(draft.title.split())
    if not 0 < len(title) <= TITLE_CHARACTERS:
        raise BadInput("Give a title of at most 200 characters.")
    if not 0 < len(draft.steps) <= MAX_STEPS:
        raise BadInput("A path has 1 to 100 steps.")
    path = Path(draft.steps, alignments_from_text(draft.about, origin))
    return Draft(
        f"{draft.intro.strip()}{text_from_steps(path)}",
        draft.visibility,
        language=draft.language,
        type="Article",
        title=title,
        facets=(document_from_facet(path),),
        community_id=draft.community_id,
    )


def text_from_steps(path: Path) -> str:
    """The steps as a Markdown list, for everybody who reads no facets."""
    return "\n\n" + "\n".join(f"{number}. {_step_text(step)}" for number, step in enumerate(path.steps, 1))


def _plain(text: str) -> str:
    return MARKS.sub(r"\\\1", text)


def _step_text(step: Step) -> str:
    title = _plain(step.title)
    facts = [
        f"{step.minutes} min" if step.minutes else "",
        "optional" if step.is_optional else "",
        "stretch" if step.is_stretch else "",
        f"to show: {_plain(step.evidence)}" if step.evidence else "",
    ]
    stated = ", ".join(filter(None, facts))
    return (f"[{title}](<{step.resource_uri}>)" if step.resource_uri else title) + (f" ({stated})" if stated else "")


def path_of(post: Post) -> Path | None:
    """The path that a post is, or None."""
    return next((facet for facet in facets_of(post) if isinstance(facet, Path)), None)


def own_draft(db: Connection, author: Account, post_id: int, origin: str) -> PathDraft:
    """What a path of one's own was made from, to be changed. Raises NotFound, NotAllowed."""
    post = posts.own_post(db, author, post_id)
    path = path_of(post)
    if path is None:
        raise NotFound("That post is no path.")
    intro = (post.source or "").removesuffix(text_from_steps(path))
    return PathDraft(post.title, intro, path.steps, text_from_alignments(path.alignment, origin), post.visibility, post.language)


async def get_walk(context: Context, post_id: int, viewer_id: int) -> Walk:
    """A path as the viewer is on it. Raises NotFound."""
    return await context.database.read(load_walk, post_id, viewer_id)


def load_walk(db: Connection, post_id: int, viewer_id: int) -> Walk:
    """See get_walk."""
    post = kept_posts.find_visible_post(db, post_id, viewer_id)
    path = path_of(post) if post else None
    if post is None or path is None:
        raise NotFound("There is no such path, or it is not for you.")
    return walk_from_post(db, post, path, viewer_id)


def walk_from_post(db: Connection, post: Post, path: Path, viewer_id: int) -> Walk:
    """A path's post as the viewer is on it."""
    numbers = {key: number for number, key in enumerate(step_keys(path))}
    done = kept.list_done(db, viewer_id, post.id) if viewer_id else []
    started = bool(viewer_id) and kept.has_started(db, viewer_id, post.id)
    author = accounts.get_account(db, post.account_id)
    return Walk(post, author, path, started, {numbers[each.step]: each for each in done if each.step in numbers})


def step_keys(path: Path) -> list[str]:
    """What each step is known by when the path changes: its resource, else its title; with a number where that stands twice."""
    seen: dict[str, int] = {}
    keys = []
    for step in path.steps:
        name = step.resource_uri or step.title
        seen[name] = seen.get(name, 0) + 1
        keys.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return keys


async def list_walks(context: Context, viewer_id: int, limit: int, before: int) -> tuple[list[Walk], list[Walk]]:
    """Paths that the viewer has started, and all that they may see, newest first."""
    return await context.database.read(_list_walks, viewer_id, limit, before)


def _list_walks(db: Connection, viewer_id: int, limit: int, before: int) -> tuple[list[Walk], list[Walk]]:
    started = kept.list_started(db, viewer_id, limit) if viewer_id else []
    found = kept.list_paths(db, viewer_id, limit, before)
    return _walks(db, started, viewer_id), _walks(db, found, viewer_id)


def _walks(db: Connection, found: Sequence[Post], viewer_id: int) -> list[Walk]:
    pairs = [(post, path_of(post)) for post in found]
    return [walk_from_post(db, post, path, viewer_id) for post, path in pairs if path]


async def offer(context: Context, moderator: Account, community_id: int, post_id: int | None) -> None:
    """Newcomers to a community are offered a path, or none. Raises NotFound, NotAllowed."""
    await context.database.write(_offer, moderator, community_id, post_id)


async def newcomer_walk(context: Context, community: Account, viewer_id: int) -> Walk | None:
    """The path that newcomers to a community are offered, as the viewer is on it; None where there is none for them."""
    return await context.database.read(_newcomer_walk, community.id, viewer_id)


def _newcomer_walk(db: Connection, community_id: int, viewer_id: int) -> Walk | None:
    post_id = kept.find_newcomer_path(db, community_id)
    post = kept_posts.find_visible_post(db, post_id, viewer_id) if post_id else None
    path = path_of(post) if post else None
    return walk_from_post(db, post, path, viewer_id) if post and path else None


def may_offer(db: Connection, account: Account, community: Account) -> bool:
    """Whether somebody chooses what newcomers to a community of ours are offered."""
    if not community.is_local:
        return False
    user = users.find_user(db, account.id)
    return communities.is_moderator(db, community.id, account.id) or (user is not None and user.role in KEEPERS)


def _offer(db: Connection, moderator: Account, community_id: int, post_id: int | None) -> None:
    community = posts.find_community(db, community_id)
    if not may_offer(db, moderator, community):
        raise NotAllowed("Only those who look after the community choose what newcomers are offered.")
    if post_id is not None and path_of(shown_post(db, post_id, moderator)) is None:
        raise NotFound("That post is no path.")
    kept.set_newcomer_path(db, community_id, post_id)
