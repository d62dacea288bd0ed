"""A stream that one process holds open tells what another process has written."""

import json
import time

import aiohttp

from node.social import authorizing
from tests.nodes import prepare
from tests.people import Person

POSTS = 20


async def test_a_post_made_by_another_process_comes_to_the_stream_once(tmp_path):
    node = prepare(tmp_path / "node")
    node.start()
    async with node.opened(), aiohttp.ClientSession() as session:
        ada: Person = await node.person("ada")
        token = await authorizing.new_token(node.context, ada.account.id, "ear", "read")
        address = f"{node.origin.replace('http', 'ws', 1)}/api/v1/streaming?stream=user&access_token={token}"
        async with session.ws_connect(address) as ws:
            times, heard, written = [], [], []
            for number in range(POSTS):
                began = time.perf_counter()
                written.append(await ada.write(f"Nr. {number}"))
                frame = json.loads((await ws.receive(timeout=20)).data)
                times.append((time.perf_counter() - began) * 1000)
                heard.append(json.loads(frame["payload"])["uri"])
        assert heard == written
        print(f"from a post in one process to its event in another: median {sorted(times)[POSTS // 2]:.0f}, most {max(times):.0f} ms")
    assert node.stop() == 0
