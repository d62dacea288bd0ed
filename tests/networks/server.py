"""A web server with TLS for the tests of networks: answers the JSON files of a folder, redirects what a file says, notes who asks.

argv: folder, certificate, key, then addresses to listen at on 443. Each request is a line in FOLDER/asked: address path.
"""

import asyncio
import json
import ssl
import sys
from pathlib import Path

from aiohttp import web


async def main() -> None:
    folder, certificate, key, *addresses = sys.argv[1:]
    home = Path(folder)

    async def answer(request: web.Request) -> web.Response:
        with (home / "asked").open("a") as asked:
            asked.write(f"{request.transport.get_extra_info('sockname')[0]} {request.path}\n")  # type: ignore[union-attr]  # it is open
        file = home / (request.path.strip("/").replace("/", "_") + ".json")
        if not file.is_file():
            return web.Response(status=404)
        document = json.loads(file.read_text())
        if "redirect" in document:
            raise web.HTTPFound(document["redirect"])
        return web.Response(text=json.dumps(document), content_type="application/activity+json")

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for address in addresses:
        await web.TCPSite(runner, address, 443, ssl_context=context).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
