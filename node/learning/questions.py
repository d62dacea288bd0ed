"""Questions: asked, brought to those who are likely to know, and answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from federation.facets import Alignment, Ask, document_from_facet
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning.competencies import alignments_from_text
from node.learning.ranking import Knowing, rank
from node.site import Site
from node.social import joining, notifying, posts, restating
from node.social.facets import facets_of
from node.social.posts import Draft
from node.social.reactions import shown_post
from storage import accounts, communities, notifications, reactions
from storage import posts as kept_posts
from storage.communities import SHOWN
from storage.database import Connection
from storage.ids import id_range_start
from storage.learning import facets
from storage.learning import questions as kept
from storage.learning.facets import label_of
from storage.learning.questions import Reason
from storage.records import UNLISTED, Account, Post

MOST_ASKED = 5  # people whom one question is brought to
MOST_REASONS = 3
MOST_A_DAY = 10  # questions of one person that are brought to others
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody wants to know. about: competencies, separated by commas."""

    draft: Draft
    about: str


async def ask(context: Context, author: Account, question: Question) -> Post:
    """The question, posted, and brought to those who agreed to be asked and are likely to know. Raises as posts.publish."""
    alignments = alignments_from_text(question.about, context.site.origin)
    if not question.draft.text.strip():
        raise BadInput("Write what you would like to know.")
    draft = replace(question.draft, facets=(document_from_facet(Ask(alignments)),))
    return await posts.publish(context, author, draft, also=bring)


def bring(db: Connection, site: Site, post: Post) -> None:
    """Brings a question to those who are likely to know: each is told once, with the reasons. At most ten questions of a person a day."""
    alignments = _alignments(post)
    names = {label_of(name): name for name in [*_tags(db, post), *(each.name for each in alignments)]}
    since_id = id_range_start(site.now_ms() - DAY_MS)
    if not names or post.id < since_id or kept.count_brought(db, post.account_id, since_id) >= MOST_A_DAY:
        return
    able = (knowing for knowing in rank(kept.list_facts(db, post.account_id, list(names))) if _can_see(db, post, knowing))
    for knowing, _ in zip(able, range(MOST_ASKED), strict=False):
        if kept.add_asked(db, post.id, knowing.account_id, _reasons(knowing, names)):
            notifying.tell(db, site, knowing.account_id, "asked", post.account_id, post.id)


def _can_see(db: Connection, post: Post, knowing: Knowing) -> bool:
    return kept_posts.is_visible(db, post.id, knowing.account_id)


def _tags(db: Connection, post: Post) -> Sequence[str]:
    return reactions.list_tags(db, [post.id]).get(post.id, [])


def _reasons(knowing: Knowing, names: Mapping[str, str]) -> list[Reason]:
    return [(fact.kind, names[fact.label], fact.count) for fact in knowing.facts[:MOST_REASONS]]


def _alignments(post: Post) -> tuple[Alignment, ...]:
    return next((facet.alignment for facet in facets_of(post) if isinstance(facet, Ask)), ())


def take_from_elsewhere(db: Connection, site: Site, post: Post) -> None:
    """A question of somebody elsewhere is brought to people here where it stands in a community of ours that the asker belongs to;
    one of ours whose answer was accepted is told."""
    community = accounts.find_account_by_uri(db, post.audience_uri) if post.audience_uri else None
    place = communities.find_place(db, community.id, post.id) if community is not None else None
    if community is not None and place is not None and place.state == SHOWN and joining.is_member(db, community.id, post.account_id):
        bring(db, site, post)
    ask = facets.find_ask(db, post.id)
    if ask is not None and ask.accepted_id and ask.answerer_id:
        notifying.tell(db, site, ask.answerer_id, "accepted", post.account_id, ask.accepted_id)


async def accept_answer(context: Context, account: Account, answer_id: int) -> None:
    """The author of a question says that a reply answers it. Raises NotFound, NotAllowed, BadInput."""
    await context.database.write(_accept, context.site, account, answer_id)


def _accept(db: Connection, site: Site, account: Account, answer_id: int) -> None:
    answer = shown_post(db, answer_id, account)
    question = _own_question(db, account, answer)
    if answer.account_id == account.id:
        raise BadInput("You cannot accept an answer of your own.")
    if answer.visibility > max(question.visibility, UNLISTED):
        raise BadInput("That answer is not for everybody who can read the question.")
    if _set_answer(db, site, account, question, answer):
        notifying.tell(db, site, answer.account_id, "accepted", account.id, answer.id)


async def withdraw_answer(context: Context, account: Account, answer_id: int) -> None:
    """The author of a question accepts a reply no longer. Raises NotFound, NotAllowed."""
    await context.database.write(_withdraw, context.site, account, answer_id)


def _withdraw(db: Connection, site: Site, account: Account, answer_id: int) -> None:
    answer = shown_post(db, answer_id, account)
    question = _own_question(db, account, answer)
    if accepted_uri(question) == answer.uri and _set_answer(db, site, account, question, None):
        notifications.remove_notification(db, answer.account_id, "accepted", account.id, answer.id)


def accepted_uri(post: Post) -> str | None:
    """Which answer to a question was accepted."""
    return next((facet.accepted_answer_uri for facet in facets_of(post) if isinstance(facet, Ask)), None)


def is_question(post: Post) -> bool:
    """Whether a post asks those who know."""
    return any(isinstance(facet, Ask) for facet in facets_of(post))


def _own_question(db: Connection, account: Account, answer: Post) -> Post:
    """The question of the account's own that a reply belongs to. Raises NotFound, NotAllowed."""
    above = (kept_posts.find_post(db, each) for each in (answer.in_reply_to_id, answer.thread_id) if each)
    question = next((post for post in above if post is not None and is_question(post)), None)
    if question is None:
        raise NotFound("That answers no question.")
    if question.account_id != account.id:
        raise NotAllowed("Only who asked can accept an answer.")
    return question


def _set_answer(db: Connection, site: Site, account: Account, question: Post, answer: Post | None) -> bool:
    """True where that changes the question, which is told to all that it went to, and to whoever answered."""
    uri = answer.uri if answer else None
    before = accepted_uri(question)
    if before == uri:
        return False
    concerned = [found for each in (before, uri) if each and (found := kept_posts.find_post_by_uri(db, each))]
    people = [accounts.get_account(db, each.account_id) for each in concerned]
    restating.restate(db, site, account, question, Ask(_alignments(question), uri), people)
    return True
