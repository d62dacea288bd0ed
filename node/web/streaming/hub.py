"""The streams that are open in this process, and what is put into them when a commit, here or elsewhere, is heard of."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from node.context import Context
from node.social import authorizing
from node.web.streaming import telling
from node.web.streaming.channels import Channel
from node.web.streaming.telling import Listener, Message
from storage.database import Event
from storage.errors import StorageError

log = logging.getLogger(__name__)

WAITING = 100  # messages that one stream may be behind; a slower reader is dropped
BEHIND = 10_000  # events that the hub may be behind
AT_ONCE = 100  # listeners that are looked at in one read: nobody else waits long for the reader
ROUND = 25  # events that are told together at most: well below WAITING
ACCOUNT = "account"  # the kind of event that says that an account, its tokens or its sessions changed
BREATH_S = 0.05  # between two rounds: what happens meanwhile is told together; after a quiet moment the first is told at once


@dataclass(eq=False, slots=True)
class Stream:
    """One open connection. It ends with None in its queue."""

    viewer_id: int
    scopes: str
    token: str = ""  # the bearer token that opened it; the stream ends when the token holds no longer
    channels: set[Channel] = field(default_factory=set)
    queue: asyncio.Queue[Message | None] = field(default_factory=lambda: asyncio.Queue(WAITING + 1))

    def offer(self, message: Message) -> bool:
        """False where the reader is too slow."""
        if self.queue.qsize() >= WAITING:
            return False
        self.queue.put_nowait(message)
        return True

    def end(self) -> None:
        """Nothing more comes."""
        while self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


Concerned = list[tuple[Stream, Listener]]


class Hub:
    """All streams of a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._streams: set[Stream] = set()
        self._events: deque[Event] = deque(maxlen=BEHIND)
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._streams)

    def start(self) -> None:
        """Hears of commits from now on."""
        self._context.database.listen(self._hear)
        self._worker = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends every stream."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        for stream in list(self._streams):
            stream.end()

    def add(self, stream: Stream) -> None:
        """A program listens."""
        self._streams.add(stream)

    def remove(self, stream: Stream) -> None:
        """It has gone."""
        self._streams.discard(stream)

    def _hear(self, news: Sequence[Event]) -> None:
        if self._streams:
            self._events.extend(event for event in news if event.kind in telling.TOLD or event.kind == ACCOUNT)
            self._wake.set()

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._events:
                events = [self._events.popleft() for _ in range(min(len(self._events), ROUND))]
                try:
                    await self._tell(events)
                except StorageError as error:
                    log.warning("streams missed something", extra={"events": len(events), "reason": str(error)})
            await asyncio.sleep(BREATH_S)

    async def _tell(self, events: Sequence[Event]) -> None:
        """In the order of events, as many in one read as concern AT_ONCE listeners."""
        await self._end_revoked({event.subject_id for event in events if event.kind == ACCOUNT})
        events = [event for event in events if event.kind != ACCOUNT]
        everybody: Concerned = [(stream, Listener(stream.viewer_id, channel)) for stream in self._streams for channel in stream.channels]
        theirs: dict[int, Concerned] = {}
        for pair in everybody:
            theirs.setdefault(pair[0].viewer_id, []).append(pair)
        waiting: list[tuple[Event, Concerned]] = []
        room = AT_ONCE
        for event in events:
            listeners = theirs.get(event.subject_id, []) if event.kind in telling.PERSONAL else everybody
            concerned = [pair for pair in listeners if telling.may_concern(event, pair[1], pair[0].scopes)]
            while concerned:
                waiting.append((event, concerned[:room]))
                concerned, room = concerned[room:], room - len(waiting[-1][1])
                if not room:
                    await self._read_and_offer(waiting)
                    waiting, room = [], AT_ONCE
        await self._read_and_offer(waiting)

    async def _end_revoked(self, account_ids: set[int]) -> None:
        """Ends the streams of some accounts whose tokens hold no longer: nothing that follows goes to them."""
        streams = [stream for stream in self._streams if stream.token and stream.viewer_id in account_ids]
        if not streams:
            return
        holding = await self._context.database.read(authorizing.list_holding, {stream.token for stream in streams})
        for stream in streams:
            if stream.token not in holding:
                self._streams.discard(stream)
                stream.end()

    async def _read_and_offer(self, waiting: Sequence[tuple[Event, Concerned]]) -> None:
        if not waiting:
            return
        wanted = [(event, list(dict.fromkeys(listener for _, listener in concerned))) for event, concerned in waiting]
        found = await self._context.database.read(telling.messages, self._context.site, wanted)
        for (_, concerned), messages in zip(waiting, found, strict=True):
            for stream, listener in concerned:
                if listener in messages:
                    self._offer([(stream, listener)], messages[listener])

    def _offer(self, pairs: Iterable[tuple[Stream, Listener]], message: Message) -> None:
        for stream, listener in pairs:
            if not stream.offer(message.on(listener.channel)):
                log.info("a slow reader of a stream was dropped", extra={"account": stream.viewer_id})
                self._streams.discard(stream)
                stream.end()
