"""A node's application asked without a socket: the request goes in at its router, and the answer comes out as bytes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aiohttp import HttpVersion11, StreamReader, web
from aiohttp.http import RawRequestMessage
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL


def _nothing(**_: object) -> None:
    """A pipe of which nobody waits for more."""


_PEER: Any = SimpleNamespace(
    ssl_context=None, peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2), _reading_paused=False, resume_reading=_nothing
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door answered. headers: found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def ask(app: web.Application, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
    """What an application, whose router is frozen, answers. target: path and query as they go on the wire."""
    loop = asyncio.get_running_loop()
    given = CIMultiDict(headers)
    given.setdefault("Content-Length", str(len(body)))
    raw = tuple((name.encode(), value.encode()) for name, value in given.items())
    url = URL(target, encoded=True)
    message = RawRequestMessage(method, target, HttpVersion11, CIMultiDictProxy(given), raw, False, None, False, False, url)
    payload = StreamReader(_PEER, 2**16, loop=loop)
    if body:
        payload.feed_data(body)
    payload.feed_eof()
    request = web.Request(message, payload, _PEER, None, asyncio.current_task(), loop, client_max_size=2**24)
    try:
        response = await app._handle(request)
    except web.HTTPException as answered:  # as aiohttp's own server does
        response = answered
    assert isinstance(response, web.Response)
    answer = response.body if isinstance(response.body, bytes) else b""
    content_type = {"Content-Type": response.headers.get("Content-Type", "")}
    return Answer(response.status, CIMultiDictProxy(CIMultiDict({**response.headers, **content_type})), answer)
