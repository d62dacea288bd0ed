"""Programs that listen: opens a WebSocket for each token that stdin gives, says `ready`, and then when each heard the next post.

argv: the address, its path and query up to the token. The last line on stdout is a JSON list: for each socket the moment (seconds of
the machine's monotonic clock) at which an event came.
"""

import asyncio
import json
import sys
import time

import aiohttp
import uvloop

AT_ONCE = 50
WITHIN_S = 60


async def main() -> None:
    address, tokens = sys.argv[1], sys.stdin.readline().split()
    gate = asyncio.Semaphore(AT_ONCE)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as session:

        async def connect(token: str) -> aiohttp.ClientWebSocketResponse:
            async with gate:
                return await session.ws_connect(address + token)

        sockets = await asyncio.gather(*map(connect, tokens))
        print("ready", flush=True)
        heard = await asyncio.gather(*map(_hear, sockets))
        print(json.dumps(heard), flush=True)


async def _hear(ws: aiohttp.ClientWebSocketResponse) -> float:
    async with asyncio.timeout(WITHIN_S):
        while True:
            message = await ws.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise RuntimeError(f"a stream ended: {message}")
            if b'"update"' in message.data.encode():
                return time.monotonic()


if __name__ == "__main__":
    uvloop.run(main())
