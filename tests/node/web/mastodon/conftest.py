"""Programs for tests, in this process: the application behind a test server; every answer is held against Mastodon's schema."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from node.assembly import build_app
from node.social import authorizing
from storage.records import Account
from tests.clients.schema import Schema

ALL = "read write follow push profile"


@dataclass
class Answered:
    """What a program was answered."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass
class Program:
    """Something that asks the API, for somebody or for nobody."""

    client: TestClient[Any, Any]
    schema: Schema
    token: str = ""

    async def ask(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **sent: Any) -> Answered:
        """What is answered to exactly that."""
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.client.request(method, path, headers={**bearer, **(headers or {})}, allow_redirects=False, **sent) as response:
            assert response.content_type == "application/json", f"{method} {path} answered {response.content_type}"
            answered = Answered(response.status, await response.json(), dict(response.headers))
        self.schema.check(method, path.partition("?")[0], answered.status, answered.body)
        return answered

    async def get(self, path: str, **query: Any) -> Any:
        """The body of a GET that is answered with 200."""
        return self._good(await self.ask("GET", path, params=_flat(query)), path)

    async def post(self, path: str, **fields: Any) -> Any:
        """The body of a POST (JSON) that is answered with 200."""
        return self._good(await self.ask("POST", path, json=fields), path)

    async def put(self, path: str, **fields: Any) -> Any:
        return self._good(await self.ask("PUT", path, json=fields), path)

    async def patch(self, path: str, **fields: Any) -> Any:
        return self._good(await self.ask("PATCH", path, json=fields), path)

    async def delete(self, path: str, **fields: Any) -> Any:
        return self._good(await self.ask("DELETE", path, json=fields), path)

    async def refused(self, method: str, path: str, **fields: Any) -> tuple[int, str]:
        """(status, error) of what is refused."""
        answered = await self.ask(method, path, **({"params": _flat(fields)} if method == "GET" else {"json": fields}))
        assert answered.status >= 400, answered.body
        return answered.status, answered.body["error"]

    @staticmethod
    def _good(answered: Answered, path: str) -> Any:
        assert answered.status == 200, f"{path}: {answered.status} {answered.body}"
        return answered.body


def _flat(query: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, list | tuple):
            pairs += [(f"{name}[]", str(each)) for each in value]
        else:
            pairs.append((name, str(value).lower() if isinstance(value, bool) else str(value)))
    return pairs


Run = Callable[..., Awaitable[Program]]


@pytest.fixture(scope="session")
def schema(vectors) -> Schema:
    return Schema(vectors / "mastodon-openapi.json")


@pytest.fixture
async def run(world, schema) -> AsyncIterator[Run]:
    """Makes programs: `await run()` for nobody, `await run(account)` for somebody, with all scopes unless said otherwise."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(build_app(world.context)))

        async def make(account: Account | None = None, scopes: str = ALL) -> Program:
            client = await stack.enter_async_context(TestClient(server))
            token = await authorizing.new_token(world.context, account.id, "test", scopes) if account else ""
            return Program(client, schema, token)

        yield make


@pytest.fixture
async def ada(world) -> Account:
    return await world.account("ada", display_name="Ada")


@pytest.fixture
async def bea(world) -> Account:
    return await world.account("bea", display_name="Bea")


def picture(size: tuple[int, int] = (800, 600), kind: str = "JPEG", **saved: Any) -> bytes:
    """The bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(out, kind, **saved)
    return out.getvalue()
