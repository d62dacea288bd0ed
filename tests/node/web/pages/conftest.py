"""Browsers for tests, in this process: the application behind a test server, one cookie jar each."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from aiosmtpd.smtp import SMTP

from node.assembly import build_app
from node.social import authorizing
from storage.records import Account
from tests.node.social.test_digests import Mailbox
from tests.node.web.mastodon.test_pushing import Service
from tests.serving import served

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Seen:
    """A page that was answered."""

    status: int
    text: str
    headers: Any
    body: bytes = b""


@dataclass
class Surfer:
    """A browser that follows no redirect by itself."""

    client: TestClient[Any, Any]

    async def get(self, path: str, **headers: str) -> Seen:
        """A page."""
        return await _seen(await self.client.get(path, headers={"Accept": "text/html", **headers}, allow_redirects=False))

    async def send(self, path: str, fields: Any = (), **headers: str) -> Seen:
        """Posts a form with the token that this browser's pages carry."""
        token = CSRF.search((await self.get("/")).text)
        pairs = [*(fields.items() if isinstance(fields, dict) else fields), *([("csrf", token[1])] if token else [])]
        return await self.send_raw(path, pairs, **headers)

    async def send_raw(self, path: str, data: Any, **headers: str) -> Seen:
        """Posts exactly that."""
        return await _seen(await self.client.post(path, data=data, headers={"Accept": "text/html", **headers}, allow_redirects=False))


async def _seen(response: ClientResponse) -> Seen:
    return Seen(response.status, await response.text(errors="replace"), response.headers, await response.read())


Surf = Callable[..., Awaitable[Surfer]]


@pytest.fixture
async def surf(world) -> AsyncIterator[Surf]:
    """Makes browsers: `await surf()` for a stranger, `await surf(account)` for somebody who is signed in."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(build_app(world.context)))

        async def make(account: Account | None = None) -> Surfer:
            client = await stack.enter_async_context(TestClient(server, cookie_jar=CookieJar(unsafe=True)))
            if account is not None:
                secret, _ = await authorizing.open_session(world.context, account.id)
                client.session.cookie_jar.update_cookies({"hedgerow": secret}, server.make_url("/"))
            return Surfer(client)

        yield make


@pytest.fixture
async def mailbox() -> Mailbox:
    """A mail server for nodes that have [mail] with its `mail_port`."""
    return Mailbox()


@pytest.fixture
async def mail_port(mailbox) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A push service."""
    found = Service()
    async with served(found.take) as found.origin:
        yield found
