"""Cohorts: who may start one, who goes along, and what is left when it ends."""

from datetime import date

import pytest

from node.errors import BadInput, NotAllowed, NotFound
from node.social import accounts, cohorts, follows, keeping
from storage import communities
from storage.communities import Community, Membership

FIRST, LAST = date(2026, 11, 24), date(2026, 12, 1)


def found(db, group_id, people, *, is_private=False):
    communities.save_community(db, Community(group_id, "open", is_private, False, 0))
    for account_id, role in people.items():
        communities.save_membership(db, Membership(group_id, account_id, role, True, 0))


@pytest.fixture
async def club(world, ada, eve):
    group = await accounts.create_account(world.context, accounts.NewAccount("club", "Club", kind="Group"))
    for person in (ada, eve):
        await follows.follow(world.context, person, group.id)
    await world.context.database.write(found, group.id, {ada.id: "moderator", eve.id: "member"})
    return group


async def role(world, group, account):
    return (await world.context.database.read(communities.find_membership, group.id, account.id)).role


async def shown(world, group, viewer_id):
    return await world.context.database.read(cohorts.list_shown, world.context.site, group.id, viewer_id)


async def test_learners_of_a_cohort_are_alumni_when_it_ends_and_its_list_stays(world, clock, club, ada, eve):
    cohort = await cohorts.start(world.context, ada, club.id, "Autumn", FIRST, LAST)
    for person in (ada, eve):
        await cohorts.join(world.context, person, cohort.id)
    clock.go(days=8)
    await keeping.tidy(world.context)
    assert await role(world, club, eve) == "member"  # its last day is not over yet
    clock.go(days=1)
    await keeping.tidy(world.context)
    assert await role(world, club, eve) == "alumnus"
    assert await role(world, club, ada) == "moderator"
    (left,) = await shown(world, club, 0)
    assert sorted(person.name for person in left.people) == ["ada", "eve"]
    with pytest.raises(BadInput, match="ended"):
        await cohorts.leave(world.context, eve, cohort.id)


async def test_only_moderators_start_a_cohort_and_only_members_go_along(world, club, ada, eve):
    with pytest.raises(NotAllowed):
        await cohorts.start(world.context, eve, club.id, "Autumn", FIRST, LAST)
    with pytest.raises(BadInput):
        await cohorts.start(world.context, ada, club.id, "Autumn", LAST, FIRST)
    cohort = await cohorts.start(world.context, ada, club.id, "Autumn", FIRST, LAST)
    stranger = await world.account("zoe")
    with pytest.raises(NotAllowed, match="Join the community"):
        await cohorts.join(world.context, stranger, cohort.id)
    await cohorts.join(world.context, eve, cohort.id)
    assert [person.name for person in (await shown(world, club, eve.id))[0].people] == ["eve"]


async def test_of_a_private_community_only_members_see_who_goes_along(world, club, ada, eve):
    await world.context.database.write(found, club.id, {}, is_private=True)
    await cohorts.start(world.context, ada, club.id, "Autumn", FIRST, LAST)
    with pytest.raises(NotFound):
        await shown(world, club, 0)
    assert len(await shown(world, club, eve.id)) == 1
