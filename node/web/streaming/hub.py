"""The streams that are open in this process, and what is put into them when a commit, here or elsewhere, is heard of."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from node.context import Context
from node.web.streaming import telling
from node.web.streaming.channels import Channel
from node.web.streaming.telling import Listener, Message
from storage.database import Event
from storage.errors import StorageError

log = logging.getLogger(__name__)

WAITING = 100  # messages that one stream may be behind; a slower reader is dropped
BEHIND = 10_000  # events that the hub may be behind
AT_ONCE = 100  # listeners that are looked at in one read: nobody else waits long for the reader


@dataclass(eq=False, slots=True)
class Stream:
    """One open connection. It ends with None in its queue."""

    viewer_id: int
    scopes: str
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
            self._events.extend(event for event in news if event.kind in telling.TOLD)
            self._wake.set()

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._events:
                event = self._events.popleft()
                try:
                    await self._tell(event)
                except StorageError as error:
                    log.warning("streams missed something", extra={"event": event.id, "reason": str(error)})

    async def _tell(self, event: Event) -> None:
        listeners = [(stream, Listener(stream.viewer_id, channel)) for stream in self._streams for channel in stream.channels]
        concerned = [pair for pair in listeners if telling.may_concern(event, pair[1], pair[0].scopes)]
        if event.kind == "post" and telling.is_gone(event):
            self._offer(concerned, telling.deletion(event))
            return
        for start in range(0, len(concerned), AT_ONCE):
            part = concerned[start : start + AT_ONCE]
            wanted = list(dict.fromkeys(listener for _, listener in part))
            found = await self._context.database.read(telling.messages, self._context.site, event, wanted)
            for stream, listener in part:
                if listener in found:
                    self._offer([(stream, listener)], found[listener])

    def _offer(self, pairs: Iterable[tuple[Stream, Listener]], message: Message) -> None:
        for stream, listener in pairs:
            if not stream.offer(message.on(listener.channel)):
                log.info("a slow reader of a stream was dropped", extra={"account": stream.viewer_id})
                self._streams.discard(stream)
                stream.end()
