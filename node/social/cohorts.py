"""Dated cohorts of a community: when one ends the community goes on, and its people stay as alumni."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.site import Site
from node.social import guardianship, network_privacy, wishing
from storage import accounts, cohorts, communities, follows
from storage.cohorts import Cohort
from storage.communities import ALUMNUS, MEMBER, NEWCOMER
from storage.database import Connection
from storage.ids import free_id, ms_from_datetime
from storage.records import Account

MAX_NAME = 100
LEARNERS = {NEWCOMER, MEMBER}  # whoever mentors or moderates goes on doing so


@dataclass(frozen=True, slots=True)
class Shown:
    """A cohort as its community's page shows it."""

    cohort: Cohort
    people: Sequence[Account]
    is_in: bool
    is_open: bool


async def start(context: Context, moderator: Account, community_id: int, name: str, first: date, last: date) -> Cohort:
    """The cohort, from its first day to the end of its last (UTC). Raises BadInput, NotFound, NotAllowed."""
    if not name.strip() or len(name) > MAX_NAME:
        raise BadInput("Give the cohort a name.")
    if last < first:
        raise BadInput("A cohort ends after it has begun.")
    return await context.database.write(_start, context.site, moderator, community_id, name.strip(), first, last)


def _start(db: Connection, site: Site, moderator: Account, community_id: int, name: str, first: date, last: date) -> Cohort:
    if communities.find_community(db, community_id) is None:
        raise NotFound("There is no such community.")
    if not communities.is_moderator(db, community_id, moderator.id):
        raise NotAllowed("Only moderators of the community do that.")
    starts, ends = (ms_from_datetime(datetime.combine(day, time(), UTC)) for day in (first, last + timedelta(days=1)))
    cohort = Cohort(free_id(db, "cohort", site.now_ms()), community_id, name, starts, ends)
    cohorts.add_cohort(db, cohort)
    return cohort


async def join(context: Context, account: Account, cohort_id: int) -> None:
    """A member of the community goes along; a supervised one once a guardian agrees. Raises NotFound, NotAllowed, BadInput where it has
    ended."""
    if guardianship.is_ward(account):
        await context.database.read(get_cohort, cohort_id)
        await wishing.hold(context, account, "cohort", str(cohort_id), {})
    await context.database.write(enrol, context.site, account, cohort_id)


def enrol(db: Connection, site: Site, account: Account, cohort_id: int, guardian_id: int | None = None) -> None:
    """See join. guardian_id: of a supervised account, who enrols it."""
    cohort = get_cohort(db, cohort_id)
    if not follows.is_following(db, account.id, cohort.community_id):
        raise NotAllowed("Join the community first.")
    if cohort.ends_ms <= site.now_ms():
        raise BadInput("This cohort has ended.")
    cohorts.add_cohort_member(db, cohort.id, account.id, guardian_id)


async def leave(context: Context, account: Account, cohort_id: int) -> None:
    """Goes along no longer; whoever was in a cohort that has ended stays in its list. Raises NotFound, BadInput."""
    await context.database.write(_leave, context.site, account, cohort_id)


def _leave(db: Connection, site: Site, account: Account, cohort_id: int) -> None:
    cohort = get_cohort(db, cohort_id)
    if cohort.ends_ms <= site.now_ms():
        raise BadInput("This cohort has ended.")
    cohorts.remove_cohort_member(db, cohort.id, account.id)


def get_cohort(db: Connection, cohort_id: int) -> Cohort:
    """A cohort. Raises NotFound."""
    found = cohorts.find_cohort(db, cohort_id)
    if found is None:
        raise NotFound("There is no such cohort.")
    return found


def list_shown(db: Connection, site: Site, community_id: int, viewer_id: int) -> list[Shown]:
    """A community's cohorts with their people. Of a private community only members see them. Raises NotFound."""
    community = communities.find_community(db, community_id)
    if community is None:
        raise NotFound("There is no such community.")
    if not network_privacy.shows_members(db, accounts.get_account(db, community_id), viewer_id):
        raise NotFound("This list is for members.")
    now_ms = site.now_ms()
    found = []
    for cohort in cohorts.list_cohorts(db, community_id):
        people = cohorts.list_cohort_members(db, cohort.id)
        is_in = any(person.id == viewer_id for person in people)
        found.append(Shown(cohort, guardianship.shown(db, people, viewer_id), is_in, now_ms < cohort.ends_ms))
    return found


def end_due(db: Connection, site: Site) -> None:
    """Housekeeping: the learners of cohorts whose last day is over become alumni."""
    for cohort in cohorts.list_due(db, site.now_ms()):
        for person in cohorts.list_cohort_members(db, cohort.id):
            membership = communities.find_membership(db, cohort.community_id, person.id)
            if membership is not None and membership.role in LEARNERS:
                communities.save_membership(db, replace(membership, role=ALUMNUS))
        cohorts.set_ended(db, cohort.id)


def find_host(db: Connection, cohort_id: int) -> Account:
    """The community whose cohort it is. Raises NotFound."""
    return accounts.get_account(db, get_cohort(db, cohort_id).community_id)
