"""An event on one node, and people who come from another."""

from datetime import UTC, datetime, timedelta

from federation.records import EventDetails
from node.social import workshops
from storage import workshops as kept


def tomorrow(join_mode):
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    return EventDetails(starts, starts + timedelta(hours=2), "Library", join_mode)


async def going(person, uri):
    post_id = await person.post_id(uri)
    return [each.uri for each in await person.node.read(kept.list_attending, post_id)]


async def test_somebody_comes_from_another_node_and_then_does_not(lane, ada, bo):
    await bo.follow(ada)
    await lane.settle()
    uri = await ada.write("Bring paper", type="Event", title="Folding", event=tomorrow("free"))
    await lane.settle()
    post_id = await bo.post_id(uri)
    assert await workshops.attend(bo.context, bo.account, post_id) == "requested"
    await lane.settle()
    assert await going(ada, uri) == [bo.uri]
    assert await going(bo, uri) == [bo.uri]
    assert ("join", bo.account.name) in await ada.told()
    await workshops.stay_away(bo.context, bo.account, post_id)
    await lane.settle()
    assert await going(ada, uri) == []


async def test_the_organiser_lets_one_come_and_refuses_the_other(lane, ada, bo):
    cy = await lane.person(3, "cy")
    uri = await ada.write("Ten seats", type="Event", title="Lathe", event=tomorrow("restricted"))
    for person in (bo, cy):
        await workshops.attend(person.context, person.account, await person.post_id(uri))
    await lane.settle()
    assert await going(ada, uri) == []
    for person, is_accepted in ((bo, True), (cy, False)):
        known = await ada.knows(person)
        await workshops.answer(ada.context, ada.account, await ada.post_id(uri), known.id, is_accepted=is_accepted)
    await lane.settle()
    assert await going(ada, uri) == await going(bo, uri) == [bo.uri]
    assert await going(cy, uri) == []
    assert ("join_accepted", ada.account.name) in await bo.told()
