"""A community of ours and a Fedify server: its user is a member like everybody else."""

from itertools import count

import pytest

from node.social import communities, stewarding
from node.social.communities import Settings
from tests.nodes import settle
from tests.people import Person

_numbers = count(1)


@pytest.fixture
async def club(node, ada):
    """A community that ada looks after."""
    return Person(node, await communities.create(node.context, f"mosses{next(_numbers)}", Settings("Mosses"), [ada.account]))


@pytest.fixture
async def fay(start_fedify, node, club):
    """A member on a Fedify server."""
    peer = start_fedify(USER_ID="fay")
    peer.do("follow", actor=club.uri)
    await settle(node)
    yield peer
    log = peer.do("log")
    assert all(each["status"] < 300 for each in log["wire"] if each["method"] == "POST")
    assert not [each for each in log["received"] if each["type"] == "ERROR"]


async def test_the_peer_reads_the_community_and_is_a_member(node, ada, club, fay):
    assert fay.do("state")["following"] == {club.uri: "accepted"}
    document = fay.do("lookup", object=club.uri, signed=True)["json"]
    assert (document["type"], document["attributedTo"]) == ("Group", f"{club.uri}/moderators")


async def test_a_post_by_mention_reaches_the_members_and_comes_back_as_both_announces(node, ada, club, fay):
    note = fay.do("post", content="Sphagnum holds water", mention=club.uri)["note"]
    await settle(node)
    assert await ada.home() == [note]
    assert "Sphagnum" in await ada.reads(note)
    whole, bare = (each["object"] for each in fay.posted("Announce"))
    assert (whole["type"], whole["actor"], whole["object"]["id"]) == ("Create", fay.uri, note)
    assert bare == note
    assert len(fay.received("Announce")) == 2


async def test_what_we_post_comes_as_both_announces_with_the_members_proof(node, ada, club, fay):
    post = await ada.write("And peat", community_id=club.account.id)
    await settle(node)
    whole, bare = (each["object"] for each in fay.posted("Announce"))
    assert (whole["actor"], whole["object"]["id"], bare) == (ada.uri, post, post)
    assert whole["proof"]["verificationMethod"].startswith(ada.uri)
    assert whole["object"]["audience"] == club.uri


async def test_a_banned_member_of_the_peer_is_heard_no_more(node, ada, club, fay):
    await stewarding.on_member(node.context, ada.account, club.account.id, (await ada.knows(fay)).id, "ban", "spam")
    await settle(node)
    fay.do("post", content="Once more", mention=club.uri)
    await settle(node)
    assert await ada.home() == []
    assert [each["object"]["type"] for each in fay.posted("Announce")] in ([], ["Block"])
