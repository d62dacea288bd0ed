"""The floor of every HTTP figure: the same bytes through a bare aiohttp handler on uvloop."""

import sys
from pathlib import Path

import uvloop
from aiohttp import web


async def main() -> None:
    body = Path(sys.argv[2]).read_bytes()

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="text/plain")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await __import__("asyncio").Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
