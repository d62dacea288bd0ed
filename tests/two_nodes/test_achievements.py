"""The story of an achievement over three nodes: defined, given, accepted, endorsed from a third, revoked."""

from node.learning import answering, awarding, badges, endorsing, judging, revoking
from node.learning.awarding import Gift
from node.learning.badges import BadgeDraft
from node.learning.endorsing import Word
from storage.learning import awards, endorsements
from tests.two_nodes.test_posts import follow


async def give(giver, recipient, name="Knows ten mosses", **said):
    """The award as its giver's node keeps it."""
    badge = await badges.define(giver.context, giver.account, BadgeDraft(name, "Ten mosses, in the wild.", "Name ten mosses.", "Moss"))
    there = await giver.knows(recipient)
    return await awarding.award(giver.context, giver.account, Gift(badge.id, there.id, **said))


async def kept(person, award):
    """The same award as another node keeps it."""
    return await person.node.read(awards.find_award_by_uri, award.uri)


async def verdict(person, award):
    found = await judging.verdict_on_award(person.context, await kept(person, award))
    return {part.name: part.outcome for part in found.parts}


GOOD = dict.fromkeys(("proof", "schema", "dates", "status", "issuer", "recipient"), "pass")


async def test_an_achievement_goes_from_node_to_node_and_its_end_is_heard_everywhere(lane, ada, bo, cleo):
    await follow(lane, cleo, ada)
    given = await give(ada, bo, "Well looked at.")
    await lane.settle()
    offered = await kept(bo, given)
    assert (offered.state, await verdict(bo, given)) == ("offered", GOOD)
    assert ("awarded", ada.account.name) in await bo.told()
    assert await kept(cleo, given) is None
    await answering.answer(bo.context, bo.account, offered.id, "public")
    await lane.settle()
    assert (await kept(ada, given)).state == "public"
    assert ("award_accepted", bo.account.name) in await ada.told()
    there = await kept(cleo, given)
    assert (there.state, await verdict(cleo, given)) == ("public", GOOD)
    word = await endorsing.endorse(cleo.context, cleo.account, Word("I have seen it", award_id=there.id))
    await lane.settle()
    for person in (ada, bo):
        (found,) = await person.node.read(endorsements.list_for_award, (await kept(person, given)).id)
        assert (found.uri, found.comment, found.proof) == (word.uri, "I have seen it", "pass")
    assert ("endorsed", cleo.account.name) in await bo.told()
    await revoking.revoke(ada.context, ada.account, given.id, "It was a fern")
    await lane.settle()
    for person in (ada, bo, cleo):
        assert (await kept(person, given)).revoked_ms is not None
        assert await verdict(person, given) == GOOD | {"status": "fail"}
    assert ("revoked", ada.account.name) in await bo.told()
