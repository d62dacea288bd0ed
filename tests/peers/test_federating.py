"""Our node and a Fedify server: everything that people do reaches the other, over both kinds of signature."""

import pytest

from storage import hosts
from tests.nodes import eventually, settle

CAVAGE = "draft-cavage-http-signatures-12"
SCHEMES = {"rfc9421": "rfc9421", "cavage": CAVAGE}


@pytest.fixture(params=list(SCHEMES))
async def fay(request, start_fedify, node):
    """Someone on a Fedify server; both sides sign in the way of the test first."""
    peer = start_fedify(USER_ID="fay", FIRST_KNOCK=SCHEMES[request.param])
    await node.context.database.write(hosts.set_scheme, peer.origin.removeprefix("http://"), request.param)
    yield peer
    log = peer.do("log")
    posted = [each for each in log["wire"] if each["method"] == "POST"]
    assert all(each["status"] < 300 for each in posted), [each for each in posted if each["status"] >= 300]
    assert all(("signature-input" in each["headers"]) == (request.param == "rfc9421") for each in posted)
    assert not [each for each in log["received"] if each["type"] == "ERROR"]


async def befriend(node, ada, fay):
    """Ada and Fay follow each other."""
    await ada.follow(fay)
    await settle(node)
    fay.do("follow", actor=ada.uri)
    await settle(node)


async def test_follow_both_ways_and_both_ends(node, ada, fay):
    await befriend(node, ada, fay)
    assert await ada.follows(fay)
    assert fay.do("state")["followers"] == [ada.uri]
    assert fay.do("state")["following"] == {ada.uri: "accepted"}
    assert await ada.told() == [("follow", "fay")]
    await ada.unfollow(fay)
    fay.do("unfollow", actor=ada.uri)
    await settle(node)
    assert fay.do("state")["followers"] == []
    assert await ada.told() == []


async def test_what_they_write_change_and_delete_reaches_us(node, ada, fay):
    await befriend(node, ada, fay)
    note = fay.do("post", content="Prime numbers")["note"]
    assert (await ada.home(), await ada.reads(note)) == ([note], "Prime numbers")
    fay.do("edit", note=note, content="Prime numbers, explained")
    assert await ada.reads(note) == "Prime numbers, explained"
    fay.do("delete", note=note)
    assert await ada.home() == []


async def test_what_we_write_change_and_delete_reaches_them(node, ada, fay):
    await befriend(node, ada, fay)
    post = await ada.write("Prime *numbers*")
    await settle(node)
    assert "<em>numbers</em>" in fay.received("Create")[0]["json"]["object"]["content"]
    await ada.edit(post, "Prime numbers, explained")
    await settle(node)
    assert "explained" in fay.received("Update")[0]["json"]["object"]["content"]
    assert fay.do("lookup", object=post, signed=True)["json"]["content"] == "<p>Prime numbers, explained</p>"
    await ada.delete(post)
    await settle(node)
    assert fay.received("Delete")[0]["object"] == post


async def test_replies_and_mentions_both_ways(node, ada, fay):
    await befriend(node, ada, fay)
    question = await ada.write("How do primes thin out?")
    await settle(node)
    answer = fay.do("post", content="Like a logarithm", inReplyTo=question, mention=ada.uri)["note"]
    assert await ada.thread(question) == ([], [answer])
    assert ("mention", "fay") in await ada.told()
    thanks = await ada.write("Thank you", answering=answer)
    await settle(node)
    said = [each["json"]["object"] for each in fay.received("Create")][-1]
    assert (said["id"], said["inReplyTo"]) == (thanks, answer)
    assert [tag["href"] for tag in said["tag"]] == [fay.uri]


async def test_a_direct_word_is_for_the_one_it_names(node, ada, fay):
    await ada.knows(fay)
    note = fay.do("post", content="Between us", to="direct", mention=ada.uri)["note"]
    assert (await ada.sees(note)).visibility == 3
    other = await node.person(f"other{ada.account.name}")
    assert await other.sees(note) is None


async def test_likes_and_boosts_both_ways_and_taken_back(node, ada, fay):
    await befriend(node, ada, fay)
    ours, theirs = await ada.write("Ours"), fay.do("post", content="Theirs")["note"]
    await settle(node)
    fay.do("like", object=ours, author=ada.uri)
    fay.do("announce", object=ours, author=ada.uri)
    await eventually(lambda: ada.sees(ours), lambda post: (post.likes_count, post.boosts_count) == (1, 1))
    fay.do("unlike", object=ours, author=ada.uri)
    assert (await ada.sees(ours)).likes_count == 0
    await ada.like(theirs)
    await ada.boost(theirs)
    await settle(node)
    assert [each["object"] for kind in ("Like", "Announce") for each in fay.received(kind)] == [theirs, theirs]
    await ada.unlike(theirs)
    await ada.unboost(theirs)
    await settle(node)
    assert sorted(each["json"]["object"]["type"] for each in fay.received("Undo")) == ["Announce", "Like"]


async def test_profiles_change_both_ways(node, ada, fay):
    await befriend(node, ada, fay)
    fay.do("update", name="Fay Fern")
    assert (await ada.knows(fay)).display_name == "Fay Fern"
    await ada.describe(display_name="Ada Byron")
    await settle(node)
    assert fay.received("Update")[0]["json"]["object"]["name"] == "Ada Byron"
    assert fay.do("lookup", object=ada.uri, signed=True)["json"]["name"] == "Ada Byron"
