"""What strangers make us fetch has its limits, and those whom we know are heard meanwhile."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import orjson
import pytest

from federation import cavage
from federation.actors import document_from_actor
from federation.objects import document_from_post
from tests.nodes import eventually, free_port, prepare, settle
from tests.outage.far import crowd, far_servers, follow_back, hanging_servers, make_known

HOSTS = [f"127.0.3.{number}" for number in range(1, 101)]
REQUESTS = 400
IN_ALL, PER_HOST = 20, 2
ANCESTORS, FETCHES = 50, 100
FAR = "127.0.2.3"


@pytest.fixture
async def node(tmp_path):
    """A node of the test's own."""
    node = prepare(tmp_path / "node")
    node.start()
    async with node.opened():
        yield node
    node.kill()


async def post(session, node, activity, signer):
    """The status that the node answers to a signed activity."""
    body, url = orjson.dumps(activity), f"{node.origin}/inbox"
    headers = cavage.sign(signer, "POST", url, body, datetime.now(UTC)) | {"Content-Type": "application/activity+json"}
    async with session.post(url, data=body, headers=headers) as answer:
        return answer.status


async def test_a_flood_of_unknown_keys_opens_few_connections_and_the_known_are_heard_meanwhile(node):
    ada = await node.person("ada")
    async with (
        far_servers(FAR) as far,
        hanging_servers(free_port("127.0.3.1"), *HOSTS) as hanging,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        honest = crowd(far.origin(FAR), 1)[0]
        known = await node.context.database.write(make_known, node.context.site, [honest])
        await node.context.database.write(follow_back, node.context.site, ada.account, known)
        flood = []
        for number in range(REQUESTS):
            uri = f"http://{HOSTS[number % len(HOSTS)]}:{hanging.port}/users/mallory{number}"
            activity = {**honest.activity("Like", ada.uri), "id": f"{uri}/like", "actor": uri}
            flood.append(asyncio.create_task(post(session, node, activity, replace(honest.signer, key_uri=f"{uri}#main-key"))))

        async def is_full():
            return hanging.most_in_all >= IN_ALL

        await eventually(is_full)
        for number in range(20):
            began = time.monotonic()
            note = honest.note(str(number), published=datetime.now(UTC))
            assert await post(session, node, honest.create(note), honest.signer) == 202
            assert time.monotonic() - began < 2
            assert (await ada.home())[0] == note.uri
        assert hanging.most_in_all == IN_ALL
        assert max(hanging.most.values()) <= PER_HOST
        answered = {each.result() for each in flood if each.done()}
        assert answered <= {401, 503}
        for each in flood:
            each.cancel()
        await asyncio.gather(*flood, return_exceptions=True)


async def test_an_endless_chain_of_replies_costs_at_most_its_limit(node):
    ada = await node.person("ada")
    async with far_servers(FAR) as far, aiohttp.ClientSession() as session:
        honest, liar = crowd(far.origin(FAR), 2)
        known = await node.context.database.write(make_known, node.context.site, [honest])
        await node.context.database.write(follow_back, node.context.site, ada.account, known)

        def find(uri):
            if uri == liar.uri:
                return document_from_actor(liar.actor)
            number = int(uri.rpartition("/")[2])
            return document_from_post(liar.note(str(number), in_reply_to_uri=f"{liar.uri}/notes/{number + 1}"))

        far.find = find
        reply = honest.note("reply", in_reply_to_uri=f"{liar.uri}/notes/1", published=datetime.now(UTC))
        assert await post(session, node, honest.create(reply), honest.signer) == 202
        await settle(node)
        ancestors, _ = await ada.thread(reply.uri)
        assert len(ancestors) == ANCESTORS
        await settle(node)
        assert len(far.asked) == ANCESTORS + 1  # and the liar's actor, once


async def test_an_endless_collection_of_replies_by_ever_new_people_costs_at_most_its_limit(node):
    ada = await node.person("ada")
    async with far_servers(FAR) as far:
        people = crowd(far.origin(FAR), FETCHES)
        by_uri = {person.uri: person for person in people}
        root = people[0].note("root", context_uri=f"{far.origin(FAR)}/contexts/0")
        replies = {f"{person.uri}/notes/reply": person.note("reply", in_reply_to_uri=root.uri) for person in people}

        def find(uri):
            if uri in by_uri:
                return document_from_actor(by_uri[uri].actor)
            if "/contexts/" in uri:
                number = int(uri.rpartition("/")[2])
                items, following = [list(replies)[number % FETCHES]], f"{far.origin(FAR)}/contexts/{number + 1}"
                return {"id": uri, "type": "OrderedCollectionPage", "orderedItems": items, "next": following}
            return document_from_post(root if uri == root.uri else replies[uri])

        far.find = find
        await ada.thread(root.uri)
        before = len(far.asked)
        await settle(node, within_s=60)
        _, found = await ada.thread(root.uri)
        assert len(found) >= FETCHES // 4
        assert FETCHES // 2 < len(far.asked) - before <= FETCHES
