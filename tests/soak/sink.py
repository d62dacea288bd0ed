"""The other servers: whatever is posted to any of their inboxes is noted, then taken with 202."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from aiohttp import web


class Sink:
    """What has arrived so far.

    A thing that came twice stands once in the sets, and twice in `times`: a kill came between its answer and the note of it.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.times: Counter[tuple[str, str]] = Counter()  # (inbox path, activity id)
        self.creates: dict[str, str] = {}  # of each Create the activity's id, and its post's
        self.accepted: set[str] = set()  # ids of the Follows that were accepted

    async def take(self, request: web.Request) -> web.Response:
        """POST to any address"""
        activity = orjson.loads(await request.read())
        self.times[request.path, activity["id"]] += 1
        if activity["type"] == "Create":
            self.creates[activity["id"]] = activity["object"]["id"]
        elif activity["type"] == "Accept":
            self.accepted.add(activity["object"]["id"])
        return web.Response(status=202)

    def arrived_at(self, path: str) -> set[str]:
        """The ids of the activities that reached an inbox."""
        return {uri for inbox, uri in self.times if inbox == path}


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[Sink]:
    """A sink on a port of every address of this machine, until the block ends."""
    sink, app = Sink(port), web.Application()
    app.router.add_post("/{path:.*}", sink.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", port).start()
    try:
        yield sink
    finally:
        await runner.cleanup()
