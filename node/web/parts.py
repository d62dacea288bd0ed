"""A file out of a store, whole or the part that is asked for (RFC 9110, 13 and 14).

A file on this machine is aiohttp's to send. What lies in a bucket goes through here piece by piece, with the answers that aiohttp would
give: a test holds the two together. Nobody is ever sent to the bucket itself.
"""

import logging
from collections.abc import Mapping

from aiohttp import ETag, web

from federation.errors import Unreachable
from node.stores import Store, Stored

log = logging.getLogger(__name__)


async def send_file(request: web.Request, store: Store, found: Stored, headers: Mapping[str, str]) -> web.StreamResponse:
    """The answer to a GET or HEAD of a file that is there. Raises Unreachable as long as nothing was sent."""
    if found.path is not None:
        return web.FileResponse(found.path, headers=headers)
    status = _status(request, found)
    first, count = 0, found.size_bytes
    if status == 200:
        status, first, count = _part(request, found)
    response = web.StreamResponse(status=status, headers=headers)
    if status in (200, 206, 304):
        response.etag, response.last_modified = found.name.partition(".")[0], found.modified
    if status in (200, 206):
        response.headers["Accept-Ranges"] = "bytes"
    if status in (206, 416):
        response.headers["Content-Range"] = f"bytes {f'{first}-{first + count - 1}' if count else '*'}/{found.size_bytes}"
    if status in (200, 206, 412):
        response.content_length = count if status != 412 else 0
    if status >= 300 or request.method == "HEAD" or not count:
        await response.prepare(request)
        return response
    return await _stream(request, response, store, found.name, first, count)


def _status(request: web.Request, found: Stored) -> int:
    """200 where the conditions of a request hold, 304 or 412 where not."""
    tag, changed = found.name.partition(".")[0], found.modified
    if request.if_match is not None:
        if not _names(request.if_match, tag, weak=False):
            return 412
    elif request.if_unmodified_since is not None and changed > request.if_unmodified_since:
        return 412
    if request.if_none_match is not None:
        return 304 if _names(request.if_none_match, tag, weak=True) else 200
    return 304 if request.if_modified_since is not None and changed <= request.if_modified_since else 200


def _names(stated: tuple[ETag, ...], tag: str, *, weak: bool) -> bool:
    return any(each.value in ("*", tag) and (weak or not each.is_weak) for each in stated)


def _part(request: web.Request, found: Stored) -> tuple[int, int, int]:
    """(status, first byte, how many): 206 for a part, 416 for one that is none, 200 for all of it."""
    size = found.size_bytes
    if request.if_range is not None and found.modified > request.if_range:
        return 200, 0, size
    try:
        wanted = request.http_range
    except ValueError:
        return 416, 0, 0
    if wanted.start is None:
        return 200, 0, size
    first = max(size + wanted.start, 0) if wanted.start < 0 and wanted.stop is None else wanted.start
    if first >= size:
        return 416, 0, 0
    return 206, first, min(wanted.stop or size, size) - first


async def _stream(
    request: web.Request, response: web.StreamResponse, store: Store, name: str, first: int, count: int
) -> web.StreamResponse:
    """Nothing is said before the store has begun to answer; where it falls silent afterwards the connection ends, so that nobody takes
    half a file for a whole one.
    """
    async with store.open(name, first, count) as pieces:
        await response.prepare(request)
        try:
            async for piece in pieces:
                await response.write(piece)
        except Unreachable:
            log.warning("a file broke off", extra={"file": name})
            if request.transport is not None:
                request.transport.abort()
            return response
    await response.write_eof()
    return response
