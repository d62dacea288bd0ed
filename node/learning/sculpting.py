"""A network sculpted to goals: who brings what towards which, what nobody brings, whom to follow or ask, which follow gives nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from federation.facets import Alignment
from node.learning import goals
from node.learning.goals import View
from node.learning.ranking import Knowing, rank
from node.site import Site
from storage import accounts, follows
from storage.database import Connection
from storage.ids import id_range_start
from storage.learning import questions
from storage.learning import sculpting as kept
from storage.learning.facets import label_of
from storage.learning.questions import Fact, Reason
from storage.records import Account

DAY_MS = 24 * 3600 * 1000
RECENT_DAYS = 90
PEOPLE, REASONS, MOST_FOLLOWED = 8, 3, 1_000

Named = tuple[Account, Sequence[Reason]]


@dataclass(frozen=True, slots=True)
class Need:
    """A competency of a goal: who in the network brings something towards it, whom to follow for it, whom to ask."""

    alignment: Alignment
    fed_by: Sequence[Named]
    follow: Sequence[Named]
    ask: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Sculpture:
    """The whole: open goals with their needs, those who feed several or one of them, and follows that give nothing."""

    goals: Sequence[tuple[View, Sequence[Need]]]
    idle: Sequence[Account]
    followed: int


def sculpt(db: Connection, site: Site, account: Account) -> Sculpture:
    """What a learner's network is worth for the goals that they have set themselves and not reached yet."""
    now_ms = site.now_ms()
    since_id = id_range_start(now_ms - RECENT_DAYS * DAY_MS)
    views = [view for view in goals.list_views(db, account, account.id) if view.goal.status == "active"]
    labels = sorted({label_of(each.name) for view in views for each in view.goal.alignment})
    brought = kept.list_brought(db, account.id, labels, since_id)
    elsewhere = kept.list_elsewhere(db, account.id, labels, since_id)
    willing = questions.list_facts(db, account.id, labels)
    people = accounts.list_accounts(db, list({fact.account_id for fact in (*brought, *elsewhere, *willing)}))
    needs = [(view, [_need(each, brought, elsewhere, willing, people) for each in view.goal.alignment]) for view in views]
    followed = follows.list_following(db, account.id, MOST_FOLLOWED)
    useful = {fact.account_id for fact in brought} | kept.list_heard(db, account.id, since_id, now_ms - RECENT_DAYS * DAY_MS)
    idle = [each for each in followed if each.id not in useful] if labels else []
    return Sculpture(needs, idle, len(followed))


def _need(
    alignment: Alignment, brought: Iterable[Fact], elsewhere: Iterable[Fact], willing: Iterable[Fact], people: Mapping[int, Account]
) -> Need:
    label = label_of(alignment.name)
    fed = _named(rank(fact for fact in brought if fact.label == label), alignment.name, people)
    near = {account.id for account, _ in fed}
    ask = _named(rank(fact for fact in willing if fact.label == label), alignment.name, people)
    beyond = rank(fact for fact in elsewhere if fact.label == label and fact.account_id not in near)
    follow = _named(beyond, alignment.name, people)
    return Need(alignment, fed, follow, ask)


def _named(ranked: Iterable[Knowing], name: str, people: Mapping[int, Account]) -> list[Named]:
    found = [each for each in ranked if each.account_id in people][:PEOPLE]
    return [(people[each.account_id], [(fact.kind, name, fact.count) for fact in each.facts[:REASONS]]) for each in found]
