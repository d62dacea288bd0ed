"""The node's doors over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from federation import cavage
from node.assembly import build_app
from tests.node.conftest import ORIGIN, Stranger, World

ACTIVITY = {"Accept": "application/activity+json"}


class Door:
    """Asks the node as other servers do."""

    def __init__(self, client: TestClient[Any, Any], world: World) -> None:
        self._client = client
        self._world = world

    async def get(self, path: str, signed_by: Stranger | None = None, **headers: str) -> tuple[int, Any]:
        """(status, document) of an ActivityStreams GET; path may be a URI of ours."""
        target = path.removeprefix(ORIGIN)
        signature = {}
        if signed_by is not None:
            signature = cavage.sign(signed_by.signer, "GET", f"{ORIGIN}{target}", None, self._world.context.site.now())
        async with self._client.get(target, headers={**ACTIVITY, **signature, **headers}, allow_redirects=False) as response:
            body = await response.read()
            is_json = "json" in response.headers.get("Content-Type", "")
            return response.status, (await response.json(content_type=None) if is_json and body else body.decode())

    async def page(self, path: str) -> tuple[int, str]:
        """(status, HTML) of what a stranger's browser sees."""
        async with self._client.get(path.removeprefix(ORIGIN), headers={"Accept": "text/html"}) as response:
            return response.status, await response.text()

    async def items(self, uri: str, signed_by: Stranger | None = None) -> list[Any]:
        """Every item of a collection, page by page."""
        status, collection = await self.get(uri, signed_by)
        assert status == 200, collection
        found, following = [], collection["first"]
        while following:
            _, page = await self.get(following, signed_by)
            found += page["orderedItems"]
            following = page.get("next")
        return found


@pytest.fixture
async def door(world: World) -> AsyncIterator[Door]:
    async with TestClient(TestServer(build_app(world.context))) as client:
        yield Door(client, world)
