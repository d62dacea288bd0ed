"""A reverse proxy before a node: it hands everything on unchanged, and holds each answer of the API against the schema."""

import asyncio
import threading
from types import TracebackType
from typing import Any

import orjson
from aiohttp import ClientSession, WSMsgType, web

from tests.clients.schema import Schema

HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade", "content-length", "te", "trailer"}
STREAM = "text/event-stream"


class Judge:
    """Listens at `port` for what is meant for a node at `behind`. `complaints` is what the schema does not allow."""

    def __init__(self, port: int, behind: int, schema: Schema) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self._port, self._behind, self._schema = port, behind, schema
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._session: ClientSession | None = None
        self._runner: web.AppRunner | None = None

    def __enter__(self) -> "Judge":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _start(self) -> None:
        self._session = ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=1 << 26)
        app.router.add_route("*", "/{rest:.*}", self._hand_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _hand_on(self, request: web.Request) -> web.StreamResponse:
        assert self._session is not None
        target = f"127.0.0.1:{self._behind}{request.raw_path}"
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._hand_on_socket(request, f"ws://{target}", headers)
        body = await request.read()
        async with self._session.request(request.method, f"http://{target}", data=body, headers=headers, allow_redirects=False) as answer:
            kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOP]
            if answer.content_type == STREAM:
                return await self._hand_on_stream(request, answer, kept)
            content = await answer.read()
            self._judge(request, answer.status, answer.content_type, content)
            response = web.Response(status=answer.status, body=content)
            response.headers.clear()
            for name, value in kept:
                response.headers.add(name, value)
            return response

    async def _hand_on_stream(self, request: web.Request, answer: Any, kept: list[tuple[str, str]]) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers=dict(kept))
        await response.prepare(request)
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        return response

    async def _hand_on_socket(self, request: web.Request, target: str, headers: dict[str, str]) -> web.StreamResponse:
        assert self._session is not None
        protocols = [each.strip() for each in headers.get("Sec-WebSocket-Protocol", "").split(",") if each.strip()]
        kept = {name: value for name, value in headers.items() if not name.lower().startswith("sec-websocket")}
        async with self._session.ws_connect(target, protocols=protocols, headers=kept) as far:
            near = web.WebSocketResponse(protocols=protocols)
            await near.prepare(request)

            async def pump(from_: Any, to: Any) -> None:
                async for message in from_:
                    if message.type == WSMsgType.TEXT:
                        await to.send_str(message.data)
                await to.close()

            await asyncio.gather(pump(near, far), pump(far, near))
            return near

    def _judge(self, request: web.Request, status: int, content_type: str, content: bytes) -> None:
        if not request.path.startswith(("/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/.well-known/oauth")):
            return
        self.asked.append(f"{request.method} {request.path} {status}")
        if request.method == "OPTIONS" or request.path == "/api/v1/streaming/health":  # OK, in plain text
            return
        if content_type != "application/json":
            self.complaints.append(f"{request.method} {request.path} answered {content_type}")
            return
        try:
            self._schema.check(request.method, request.path, status, orjson.loads(content))
        except AssertionError as error:
            self.complaints.append(str(error))
