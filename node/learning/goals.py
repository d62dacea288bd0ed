"""Goals: set by the learner, for themselves unless they say otherwise, and how near they are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from federation.facets import STATUSES, Alignment, Goal, Reflection, Status, document_from_facet
from node.context import Context
from node.errors import BadInput, NotFound
from node.learning.competencies import read_alignments, text_from_alignments
from node.learning.days import day_from_text, text_from_day
from node.learning.paths import Walk, path_of, walk_from_post
from node.site import Site
from node.social import posts, restating
from node.social.facets import facets_of
from node.social.posts import Draft
from node.social.reactions import shown_post
from storage import accounts
from storage import posts as kept_posts
from storage.database import Connection
from storage.learning import goals as kept
from storage.learning.facets import label_of
from storage.records import DIRECT, Account, Post

TEXT_CHARACTERS = 5_000
LISTED = 200


@dataclass(frozen=True, slots=True)
class Aim:
    """What somebody wants to set themselves. about: competencies, separated by commas; due: YYYY-MM-DD or ''."""

    text: str
    about: str = ""
    due: str = ""
    status: str = STATUSES[0]
    visibility: int = DIRECT
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """How near a goal is: needed steps of the paths that lead to it, competencies that the record speaks for, and one reflection."""

    steps: int
    steps_done: int
    competencies: int
    shown: int
    reflections: int

    @property
    def percent(self) -> int:
        """Each step and each competency counts for one, and so do all reflections together; of what has neither nothing is known."""
        if not self.steps + self.competencies:
            return 0
        parts = self.steps + self.competencies + 1
        done = self.steps_done + self.shown + min(self.reflections, 1)
        return done * 100 // parts


@dataclass(frozen=True, slots=True)
class View:
    """A goal with what is linked to it, as one viewer sees it. shown: labels of competencies that the record speaks for."""

    post: Post
    author: Account
    goal: Goal
    measure: Measure
    walks: Sequence[Walk]
    reflections: Sequence[Post]
    others: Sequence[Post]
    shown: frozenset[str]


def goal_of(post: Post) -> Goal | None:
    """The goal that a post is, or None."""
    return next((facet for facet in facets_of(post) if isinstance(facet, Goal)), None)


async def set_goal(context: Context, author: Account, aim: Aim) -> Post:
    """The goal, posted for whom the learner says. Raises BadInput and as posts.publish."""
    return await posts.publish(context, author, _draft(aim, await read_alignments(context, aim.about), Goal()))


async def change_goal(context: Context, author: Account, post_id: int, aim: Aim) -> Post:
    """The goal as changed; its audience stays. Raises BadInput, NotFound, NotAllowed."""
    known = await context.database.read(own_goal, author, post_id)
    post = await posts.edit(context, author, post_id, _draft(aim, await read_alignments(context, aim.about), known))
    await context.database.write(refresh, context.site, author)
    return post


def _draft(aim: Aim, alignments: tuple[Alignment, ...], known: Goal) -> Draft:
    text = aim.text.strip()
    if not 0 < len(text) <= TEXT_CHARACTERS:
        raise BadInput("Write what you want to learn, in at most 5,000 characters.")
    goal = Goal(status_from_text(aim.status), alignments, day_from_text(aim.due), known.progress)
    facets = (document_from_facet(goal),)
    return Draft(text, aim.visibility, language=aim.language, facets=facets, to_self=aim.visibility == DIRECT)


def status_from_text(text: str) -> Status:
    """One of the four states of a goal. Raises BadInput."""
    found = next((status for status in STATUSES if status == text), None)
    if found is None:
        raise BadInput("A goal is active, paused, reached or dropped.")
    return found


def own_goal(db: Connection, author: Account, post_id: int) -> Goal:
    """A goal of one's own. Raises NotFound, NotAllowed."""
    goal = goal_of(posts.own_post(db, author, post_id))
    if goal is None:
        raise NotFound("That post is no goal.")
    return goal


def own_aim(db: Connection, author: Account, post_id: int, origin: str) -> Aim:
    """What a goal of one's own was made from, to be changed. Raises NotFound, NotAllowed."""
    goal, post = own_goal(db, author, post_id), posts.own_post(db, author, post_id)
    about = text_from_alignments(goal.alignment, origin)
    return Aim(post.source or "", about, text_from_day(goal.due), goal.status, post.visibility, post.language)


async def set_status(context: Context, author: Account, post_id: int, status: str) -> None:
    """The goal is active, paused, reached or dropped from now on. Raises BadInput, NotFound, NotAllowed."""
    await context.database.write(_set_status, context.site, author, post_id, status_from_text(status))


def _set_status(db: Connection, site: Site, author: Account, post_id: int, status: Status) -> None:
    goal = own_goal(db, author, post_id)
    if goal.status != status:
        restating.restate(db, site, author, posts.own_post(db, author, post_id), replace(goal, status=status))


async def link(context: Context, account: Account, goal_id: int, post_id: int) -> None:
    """A path that leads to a goal, or anything of one's own that speaks for it. Raises BadInput, NotFound, NotAllowed."""
    await context.database.write(_link, context.site, account, goal_id, post_id)


def _link(db: Connection, site: Site, account: Account, goal_id: int, post_id: int) -> None:
    own_goal(db, account, goal_id)
    post = shown_post(db, post_id, account)
    if path_of(post) is None and post.account_id != account.id:
        raise BadInput("Only a path, or something of your own, can be linked to a goal.")
    if post.id == goal_id:
        raise BadInput("A goal does not lead to itself.")
    kept.add_link(db, goal_id, post.id, site.now_ms())
    refresh(db, site, account)


async def unlink(context: Context, account: Account, goal_id: int, post_id: int) -> None:
    """A post is not linked to a goal any more. Raises NotFound, NotAllowed."""
    await context.database.write(_unlink, context.site, account, goal_id, post_id)


def _unlink(db: Connection, site: Site, account: Account, goal_id: int, post_id: int) -> None:
    own_goal(db, account, goal_id)
    kept.remove_link(db, goal_id, post_id)
    refresh(db, site, account)


def refresh(db: Connection, site: Site, account: Account) -> None:
    """Makes the progress of somebody's open goals true, after something that leads to one has changed."""
    for post in kept.list_open(db, account.id):
        goal = goal_of(post)
        percent = _view(db, account, post, goal, account.id).measure.percent if goal else 0
        if goal is not None and goal.progress != percent:
            restating.restate(db, site, account, post, replace(goal, progress=percent))


def refresh_for(db: Connection, site: Site, account_id: int) -> None:
    """The same by id; nothing for people of other servers."""
    account = accounts.find_account(db, account_id)
    if account is not None and account.is_local:
        refresh(db, site, account)


def get_view(db: Connection, post_id: int, viewer_id: int) -> View:
    """A goal as the viewer sees it. Raises NotFound."""
    post = kept_posts.find_visible_post(db, post_id, viewer_id)
    goal = goal_of(post) if post else None
    if post is None or goal is None:
        raise NotFound("There is no such goal, or it is not for you.")
    return _view(db, accounts.get_account(db, post.account_id), post, goal, viewer_id)


def _view(db: Connection, author: Account, post: Post, goal: Goal, viewer_id: int) -> View:
    """What is linked is measured as its author sees it, and shown as far as the viewer may see it."""
    linked = [each.post for each in kept.list_linked(db, post.id, author.id)]
    seen = {each.post.id for each in kept.list_linked(db, post.id, viewer_id)}
    walks = [walk_from_post(db, each, path, author.id) for each in linked if (path := path_of(each))]
    reflections = [each for each in linked if is_reflection(each)]
    others = [each for each in linked if path_of(each) is None and not is_reflection(each)]
    labels = {label_of(each.name) for each in goal.alignment}
    shown = kept.list_shown(db, author.id, list(labels))
    measure = Measure(
        steps=sum(len(walk.needed) for walk in walks),
        steps_done=sum(walk.needed_done for walk in walks),
        competencies=len(labels),
        shown=len(shown),
        reflections=len(reflections),
    )
    return View(
        post,
        author,
        goal,
        measure,
        [walk for walk in walks if walk.post.id in seen],
        [each for each in reflections if each.id in seen],
        [each for each in others if each.id in seen],
        frozenset(shown),
    )


def is_reflection(post: Post) -> bool:
    """Whether a post says what somebody learned."""
    return any(isinstance(facet, Reflection) for facet in facets_of(post))


def list_views(db: Connection, account: Account, viewer_id: int) -> list[View]:
    """Somebody's goals as the viewer sees them: open ones first."""
    found = kept.list_goals(db, account.id, viewer_id, LISTED)
    return [_view(db, account, post, goal, viewer_id) for post in found if (goal := goal_of(post))]


def statement_of(post: Post) -> str:
    """A goal in one line: the first of its text."""
    return (post.source or "").strip().partition("\n")[0].lstrip("# ").strip() or post.title
