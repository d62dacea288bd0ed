"""The floor of the streams: what is posted goes to every open WebSocket, as it is, through a bare aiohttp server on uvloop."""

import asyncio
import sys

import uvloop
from aiohttp import WSCloseCode, web


async def main() -> None:
    sockets: set[web.WebSocketResponse] = set()

    async def listen(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        sockets.add(ws)
        async for _ in ws:
            pass
        sockets.discard(ws)
        return ws

    async def say(request: web.Request) -> web.Response:
        text = (await request.read()).decode()
        for ws in list(sockets):
            await ws.send_str(text)
        return web.Response()

    async def health(_request: web.Request) -> web.Response:
        return web.Response(text="OK")

    async def leave(_app: web.Application) -> None:
        for ws in list(sockets):
            await ws.close(code=WSCloseCode.GOING_AWAY)

    app = web.Application()
    app.add_routes([web.get("/ws", listen), web.post("/say", say), web.get("/health", health)])
    app.on_shutdown.append(leave)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
