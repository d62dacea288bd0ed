"""How programs open a stream: WebSocket (many channels on one socket) or server-sent events (one channel)."""

import asyncio
import contextlib
from collections.abc import Callable

import orjson
from aiohttp import WSMsgType, web

from node.errors import BadInput, NodeError, NotAllowed, NotFound, NotSignedIn
from node.social import authorizing
from node.social.authorizing import Bearer
from node.web.forms import number_from
from node.web.keys import CONTEXT
from node.web.mastodon.doors import CORS, INVALID_TOKEN, OUTSIDE_SCOPES, Answer, refusal
from node.web.streaming.channels import KINDS, Channel
from node.web.streaming.hub import Hub, Stream
from node.web.streaming.telling import Message
from storage import lists

HUB: web.AppKey[Hub] = web.AppKey("hub", Hub)
BEAT_S = 15.0  # how often a silent stream shows that it lives, and whether its token still holds is looked at
SEND_S = 10.0  # that a reader may take for one message
MOST_CHANNELS = 50  # on one socket
MAX_FRAME = 4096  # bytes that a program sends
MAX_TAG = 200
PATHS = {name.replace(":", "/"): name for name in KINDS}


async def health(_request: web.Request) -> web.Response:
    """GET /api/v1/streaming/health"""
    return web.Response(text="OK", headers=CORS)


async def socket(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/streaming: a WebSocket; ?stream= and its parameter, the token by query, header or sub-protocol"""
    offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")[0].strip()
    try:
        secret, bearer = await _bearer(request, offered)
        stream = _stream(bearer, secret)
        if "stream" in request.query:
            stream.channels.add(await _channel(request, stream, request.query["stream"], request.query.get))
    except NodeError as error:
        return _refused(refusal(error, request.path))
    ws = web.WebSocketResponse(protocols=[offered] if offered else (), heartbeat=2 * BEAT_S, max_msg_size=MAX_FRAME, compress=False)
    if not ws.can_prepare(request).ok:
        return _refused(Answer({"error": "Open a WebSocket here, or a stream of events below this address."}, 400))
    await ws.prepare(request)
    hub = request.app[HUB]
    hub.add(stream)
    reading = asyncio.create_task(_read(request, ws, stream))
    try:
        await _send(request, stream, secret, lambda message: ws.ping() if message is None else ws.send_str(_frame(message)))
    finally:
        hub.remove(stream)
        reading.cancel()
        await ws.close()
    return ws


async def events(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/streaming/{user, public/local, hashtag, ...}: server-sent events"""
    try:
        secret, bearer = await _bearer(request, "")
        stream = _stream(bearer, secret)
        name = PATHS.get(request.match_info["path"].strip("/"))
        if name is None:
            raise NotFound("There is no such stream.")
        stream.channels.add(await _channel(request, stream, name, request.query.get))
    except NodeError as error:
        return _refused(refusal(error, request.path))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "private, no-store", **CORS})
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back
    await response.prepare(request)
    await response.write(b":)\n")
    hub = request.app[HUB]
    hub.add(stream)
    try:
        await _send(request, stream, secret, lambda message: response.write(b":thump\n" if message is None else _lines(message)))
    finally:
        hub.remove(stream)
    return response


def _refused(answer: Answer) -> web.Response:
    return web.Response(
        body=orjson.dumps(answer.body), status=answer.status, headers={"Content-Type": "application/json; charset=utf-8", **CORS}
    )


async def _bearer(request: web.Request, offered: str) -> tuple[str, Bearer]:
    """The token and whom it speaks for. Raises NotSignedIn."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    given = secret.strip() if kind.lower() == "bearer" else request.query.get("access_token", "") or offered
    bearer = await authorizing.find_bearer(request.app[CONTEXT], given) if given else None
    if bearer is None or bearer.account is None or bearer.waits:
        raise NotSignedIn(INVALID_TOKEN)
    return given, bearer


def _stream(bearer: Bearer, secret: str) -> Stream:
    assert bearer.account is not None  # noqa: S101 - _bearer has seen to it
    return Stream(bearer.account.id, bearer.scopes, secret)


async def _channel(request: web.Request, stream: Stream, name: str, given: Callable[[str], object]) -> Channel:
    """A channel that the token may listen to. Raises BadInput, NotAllowed, NotFound."""
    kind = KINDS.get(name)
    if kind is None:
        raise BadInput("Unknown stream type")
    if not authorizing.has_scope(stream.scopes, kind.scopes):
        raise NotAllowed(OUTSIDE_SCOPES)
    value = given(kind.parameter) if kind.parameter else ""
    argument = value.strip().lower().removeprefix("#") if isinstance(value, str) else ""
    if kind.parameter and not 0 < len(argument) <= MAX_TAG:
        raise BadInput(f"Missing {kind.parameter} name parameter")
    if kind.parameter == "list":
        list_id = number_from(argument, 0)
        found = await request.app[CONTEXT].database.read(lists.find_list, list_id, stream.viewer_id) if list_id else None
        if found is None:
            raise NotFound("There is no such list.")
    return Channel(name, argument)


async def _read(request: web.Request, ws: web.WebSocketResponse, stream: Stream) -> None:
    """What a program asks for on its socket: {"type": "subscribe", "stream": "hashtag", "tag": "moss"}."""
    async for message in ws:
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            asked = orjson.loads(message.data)
            if not isinstance(asked, dict):
                raise BadInput("That is no request.")
            channel = await _channel(request, stream, str(asked.get("stream")), asked.get)
            if asked.get("type") == "unsubscribe":
                stream.channels.discard(channel)
            elif asked.get("type") == "subscribe" and len(stream.channels) < MOST_CHANNELS:
                stream.channels.add(channel)
        except (NodeError, orjson.JSONDecodeError) as error:
            answer = refusal(error, request.path) if isinstance(error, NodeError) else Answer({"error": "That is no JSON."}, 400)
            body = answer.body if isinstance(answer.body, dict) else {}
            with contextlib.suppress(ConnectionError):
                await ws.send_str(orjson.dumps({**body, "status": answer.status}).decode())
    stream.end()


async def _send(request: web.Request, stream: Stream, secret: str, send: Callable[[Message | None], object]) -> None:
    """Sends until the stream ends, the reader goes or dawdles, or the token holds no longer; a beat where there is nothing to say."""
    context, loop = request.app[CONTEXT], asyncio.get_running_loop()
    looked_s = loop.time()
    while True:
        message: Message | None = None
        beat = False
        try:
            async with asyncio.timeout(BEAT_S):
                message = await stream.queue.get()
        except TimeoutError:
            beat = True
        if message is None and not beat:
            return
        if loop.time() - looked_s >= BEAT_S:
            looked_s = loop.time()
            if await authorizing.find_bearer(context, secret) is None:
                return
        try:
            async with asyncio.timeout(SEND_S):
                await send(message)  # type: ignore[misc]  # a coroutine of aiohttp's
        except (TimeoutError, ConnectionError):
            return


def _frame(message: Message) -> str:
    frame: dict[str, object] = {"stream": message.channel.address if message.channel else [], "event": message.event}
    return orjson.dumps(frame | ({"payload": message.payload} if message.payload else {})).decode()


def _lines(message: Message) -> bytes:
    return f"event: {message.event}\ndata: {message.payload}\n\n".encode()


ROUTES = (
    web.get("/api/v1/streaming/health", health),
    web.get("/api/v1/streaming", socket),
    web.get("/api/v1/streaming/", socket),
    web.get("/api/v1/streaming/{path:.+}", events),
)


def add_routes(app: web.Application) -> None:
    """Hangs the streams into the application; they begin and end with it."""
    app[HUB] = Hub(app[CONTEXT])
    app.add_routes(ROUTES)
    app.on_startup.append(_start)
    app.on_shutdown.append(_stop)


async def _start(app: web.Application) -> None:
    app[HUB].start()


async def _stop(app: web.Application) -> None:
    await app[HUB].stop()
