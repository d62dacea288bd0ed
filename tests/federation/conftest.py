"""Real servers on loopback, for whatever goes out."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from aiohttp import web

from federation.keys import Signer, generate_rsa
from federation.outbound import Outbound

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]
LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a server that answers every request by one handler: await serve(handler) gives `http://127.0.0.2:PORT`."""
    async with AsyncExitStack() as stack:

        async def start(handler: Handler, host: str = "127.0.0.2", ssl_context: ssl.SSLContext | None = None) -> str:
            app = web.Application()

            async def answer(request: web.Request) -> web.StreamResponse:
                return await handler(request)

            app.router.add_route("*", "/{path:.*}", answer)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, host, 0, ssl_context=ssl_context)
            await site.start()
            _, port = runner.addresses[0][:2]
            return f"http{'s' if ssl_context else ''}://{host}:{port}"

        yield start


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """A client that may reach loopback and plain http, as in tests between nodes."""
    async with Outbound(user_agent="hedgerow-test", allow_networks=LOOPBACK, allow_http=True) as client:
        yield client


@pytest.fixture(scope="session")
def signer() -> Signer:
    """Ada's key."""
    return Signer("http://127.0.0.1/users/ada#main-key", generate_rsa())
