"""What a node's keeper decides: servers that are not spoken with, and answers to signed requests only."""

from contextlib import AsyncExitStack

import orjson
import pytest

from federation import cavage
from federation.proofs import add_proof
from node.errors import NotAllowed, NotFound
from node.social import follows, looking_up, remote
from tests.node.conftest import make_stranger
from tests.nodes import prepare, settle


@pytest.fixture
async def pair(tmp_path):
    """Two nodes of the test's own; the second answers to signed requests only."""
    nodes = [prepare(tmp_path / "1", "127.0.0.4"), prepare(tmp_path / "2", "127.0.0.5", "authorized_fetch = true")]
    async with AsyncExitStack() as stack:
        for node in nodes:
            node.start()
            stack.callback(node.stop)
        yield [await stack.enter_async_context(node.opened()) for node in nodes]


async def test_a_blocked_server_is_neither_heard_nor_spoken_to_and_all_follows_with_it_end(pair):
    here, there = pair
    ada, bo = await here.person("ada"), await there.person("bo")
    await ada.follow(bo)
    await bo.follow(ada)
    await settle(*pair)
    early = await bo.write("Before the block")
    await settle(*pair)
    assert (await ada.follows(bo), await bo.follows(ada), await ada.home()) == (True, True, [early])
    await here.block("127.0.0.5")
    assert (await ada.follows(bo), await ada.home()) == (False, [])
    late = await ada.write("After the block")
    await settle(*pair)
    assert await bo.sees(late) is None
    refused = await bo.send({"id": f"{bo.uri}/likes/1", "type": "Like", "actor": bo.uri, "object": early}, here)
    assert (refused.status, orjson.loads(refused.body)) == (403, {"error": f"{bo.node.config.host} is blocked here"})
    with pytest.raises(NotFound):
        await looking_up.look_up(here.context, bo.uri)
    assert (await bo.get(ada.uri)).status == 200  # who somebody is may be known; see authorised fetch
    with pytest.raises(NotAllowed):
        await follows.follow(here.context, ada.account, (await here.account(bo.uri)).id)
    await here.allow("127.0.0.5")
    await ada.follow(bo)
    await settle(*pair)
    assert await ada.follows(bo)


@pytest.mark.parametrize(
    ("blocked", "host", "status"),
    [
        ("evil.example", "evil.example", 403),
        ("evil.example", "deep.below.evil.example", 403),
        ("EVIL.example.", "evil.example", 403),
        ("evil.example", "Evil.EXAMPLE.", 403),
        ("evil.example", "evil.example:8443", 403),
        ("böse.example", "xn--bse-sna.example", 403),
        ("xn--bse-sna.example", "sub.BÖSE.example", 403),
        ("evil.example", "notevil.example", 202),
        ("evil.example", "evil.example.org", 202),
    ],
)
async def test_a_domain_block_holds_for_every_spelling_and_all_below_it_and_for_nobody_else(lane, ada, blocked, host, status):
    node = ada.node
    stranger = make_stranger(f"https://{host}", "mallory")
    await node.context.database.write(remote.save_actor, node.context.site, stranger.actor)
    await node.block(blocked)
    try:
        activity = stranger.activity("Follow", ada.uri, name=f"{len(blocked)}{len(host)}")
        body = orjson.dumps(activity)
        signed = cavage.sign(stranger.signer, "POST", f"{node.origin}/inbox", body, node.context.site.now())
        assert (await node.post("/inbox", activity, signed)).status == status
        assert (len(await ada.told()) == 1) == (status == 202)
        honest = await lane.person(2, "honest")  # a blocked server's words do not come in by another's hand either
        brought = add_proof(stranger.activity("Like", ada.uri, name="2"), stranger.proof_signer, node.context.site.now())
        assert (await honest.send(brought, node)).status == status
    finally:
        await node.allow(blocked)


async def test_authorised_fetch_answers_to_signed_requests_only(pair):
    here, there = pair
    ada, bo = await here.person("ada"), await there.person("bo")
    await ada.follow(bo)
    await settle(*pair)
    post = await bo.write("To all whom we know")
    await settle(*pair)
    assert await ada.home() == [post]
    context = (await bo.sees(post)).context_uri
    for uri in (bo.uri, post, f"{bo.uri}/outbox?page=true", f"{post}/replies", context):
        assert [(await get(uri)).status for get in (there.get, ada.get)] == [401, 200], uri
    assert (await there.get("/actor")).status == 200  # or nobody could ever check our signature
    await there.block("127.0.0.4")
    assert (await ada.get(post)).status == 404
