"""What was said to some leaves by no door for others."""

import orjson
import pytest

from node.errors import NotAllowed
from storage.records import DIRECT, PRIVATE, UNLISTED
from tests.people import every_item, uris

DOORS = ("outbox", "featured", "followers", "following")


@pytest.fixture
async def said(lane, ada, bo, cleo):
    """Ada's posts by audience; Bo follows her and is named in the direct one, Cleo does neither. Each has a reply by Ada herself."""
    await bo.follow(ada)
    await cleo.knows(ada)
    await lane.settle()
    posts = {
        "public": await ada.write("To all"),
        "unlisted": await ada.write("To all, quietly", visibility=UNLISTED),
        "private": await ada.write("To followers", visibility=PRIVATE),
        "direct": await ada.write(f"To {bo.handle}", visibility=DIRECT),
    }
    await lane.settle()
    return posts


async def test_each_audience_gets_what_is_for_it(lane, said, bo, cleo):
    assert sorted(await bo.home()) == sorted([said["public"], said["unlisted"], said["private"]])
    assert all([await bo.sees(uri) for uri in said.values()])
    assert await cleo.home() == []


@pytest.mark.parametrize("audience", ["private", "direct"])
async def test_a_private_post_is_given_to_signed_readers_who_may_see_it_and_to_nobody_else(said, ada, bo, cleo, audience):
    uri = said[audience]
    assert (await ada.node.get(uri)).status == 404
    assert (await cleo.get(uri)).status == 404
    given = await bo.get(uri)
    assert (given.status, orjson.loads(given.body)["id"]) == (200, uri)
    assert "proof" not in orjson.loads(given.body)  # a proof is evidence
    for which in ("replies", "likes", "shares"):
        assert [(await get(f"{uri}/{which}")).status for get in (ada.node.get, cleo.get, bo.get)] == [404, 404, 200]


@pytest.mark.parametrize("audience", ["public", "unlisted"])
async def test_an_open_post_is_given_to_everybody(said, ada, cleo, audience):
    assert (await ada.node.get(said[audience])).status == 200
    assert (await cleo.get(said[audience])).status == 200


async def test_collections_hold_what_is_open_and_nothing_else(said, ada, bo):
    root = orjson.loads((await ada.node.get(said["private"])).body).get("context")
    assert root is None  # not even the address of the conversation is told
    for get in (ada.node.get, bo.get):
        outbox = await every_item(get, f"{ada.uri}/outbox")
        assert uris([item["object"] for item in outbox]) == [said["unlisted"], said["public"]]
    everything = b"".join([(await ada.node.get(f"{ada.uri}/{door}?page=true")).body for door in DOORS])
    assert said["public"].encode() in everything
    assert not any(said[audience].encode() in everything for audience in ("private", "direct"))


@pytest.mark.parametrize("audience", ["private", "direct"])
async def test_the_conversation_of_a_private_post_is_not_there(said, ada, bo, audience):
    conversation = (await ada.sees(said[audience])).context_uri
    assert conversation
    assert (await ada.node.get(conversation)).status == 404
    assert (await bo.get(conversation)).status == 404
    assert (await ada.node.get((await ada.sees(said["public"])).context_uri)).status == 200


async def test_a_private_reply_in_an_open_thread_is_in_no_collection_of_it(lane, said, ada, bo, cleo):
    secret = await bo.write("Just you and me", answering=said["public"], visibility=DIRECT)
    aloud = await bo.write("To all", answering=said["public"])
    await lane.settle()
    assert sorted((await ada.thread(said["public"]))[1]) == sorted([secret, aloud])
    context = (await ada.sees(said["public"])).context_uri
    assert uris(await every_item(ada.node.get, context)) == [said["public"], aloud]
    assert uris(await every_item(ada.node.get, f"{said['public']}/replies")) == [aloud]
    assert await cleo.sees(secret) is None


@pytest.mark.parametrize("audience", ["private", "direct"])
async def test_pages_and_feeds_hold_no_private_post(said, ada, audience):
    name = ada.account.name
    last = said[audience].rpartition("/")[2]
    for path in (f"/@{name}", f"/@{name}.rss", f"/@{name}.atom", f"/@{name}.json", "/"):
        page = await ada.node.get(path, accept="text/html")
        assert (page.status, last.encode() in page.body) == (200, False)
    assert said["public"].rpartition("/")[2].encode() in (await ada.node.get(f"/@{name}", accept="text/html")).body
    assert (await ada.node.get(f"/@{name}/{last}", accept="text/html")).status == 404


@pytest.mark.parametrize("audience", ["private", "direct"])
async def test_nobody_boosts_a_private_post(lane, said, ada, bo, audience):
    with pytest.raises(NotAllowed):
        await bo.boost(said[audience])
    boost = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{bo.uri}/activities/1",
        "type": "Announce",
        "actor": bo.uri,
        "object": said[audience],
        "to": "as:Public",
    }
    assert (await bo.send(boost, ada.node)).status == 403
    assert (await ada.sees(said[audience])).boosts_count == 0


async def test_an_answer_to_a_private_post_is_not_wider_than_it(lane, said, ada, bo):
    answer = await bo.write("Loudly", answering=said["private"])
    await lane.settle()
    assert (await ada.sees(answer)).visibility == PRIVATE
    assert (await bo.node.get(answer)).status == 404
