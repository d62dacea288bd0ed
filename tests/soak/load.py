"""The load of a round: what is due by the clock is sent, whatever became of the rest, until the node is killed."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import aiohttp

from tests.bench.data import Prepared
from tests.soak.strangers import INBOX, Crowd, Errand

LOCAL_RATE, INBOUND_RATE = 20, 50  # a second
BURST = (4, 10)  # local and inbound requests that are under way when the kill comes
ANSWER_S = aiohttp.ClientTimeout(total=20)


class Load:
    """What was sent so far, and what of it was acknowledged."""

    def __init__(self, prepared: Prepared, crowd: Crowd, session: aiohttp.ClientSession) -> None:
        self._prepared = prepared
        self._crowd = crowd
        self._session = session
        self._origin = prepared.config.origin
        self._under_way: set[asyncio.Task[None]] = set()
        self.texts: dict[str, bool] = {}  # of each local post, whether its publishing was acknowledged
        self.errands: list[Errand] = []
        self.refused: list[str] = []  # answers that are neither a 202 nor an end by the kill
        self.seconds = 0.0
        self.cut_off = 0  # requests that a kill ended

    async def press(self, seconds: float) -> None:
        """Both rates for so long."""
        began = asyncio.get_running_loop().time()
        await asyncio.gather(
            self._pace(LOCAL_RATE, seconds, self._publish_next),
            self._pace(INBOUND_RATE, seconds, self._send_next),
        )
        self.seconds += asyncio.get_running_loop().time() - began

    async def _pace(self, rate: int, seconds: float, send: Callable[[], Coroutine[Any, Any, None]]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(began + number / rate - loop.time())  # the beat of the load; it waits for no result
            self._start(send())

    def burst(self) -> None:
        """A handful at once, so that the kill finds something half done."""
        local, inbound = BURST
        for _ in range(local):
            self._start(self._publish_next())
        for _ in range(inbound):
            self._start(self._send_next())

    def _start(self, sending: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(sending)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Every request has been answered, or ended by the kill."""
        await asyncio.gather(*self._under_way)

    async def _publish_next(self) -> None:
        """A public post by the reader, through the page that people write on."""
        text = f"Post {len(self.texts)}"
        self.texts[text] = False
        form = {"csrf": self._prepared.csrf, "text": text, "visibility": "0"}
        headers = {"Cookie": f"hedgerow={self._prepared.cookie}"}
        try:
            async with self._session.post(f"{self._origin}/compose", data=form, headers=headers, allow_redirects=False) as answer:
                if answer.status == 303:
                    self.texts[text] = True
                else:
                    self.refused.append(f"{text}: {answer.status}")
        except aiohttp.ClientConnectionError:
            self.cut_off += 1  # whether the post stands is for the database to say

    async def _send_next(self) -> None:
        errand = self._crowd.next_errand()
        self.errands.append(errand)
        await self._send(errand)

    async def _send(self, errand: Errand) -> None:
        body, headers = errand.request(self._origin)
        try:
            async with self._session.post(f"{self._origin}{INBOX}", data=body, headers=headers) as answer:
                if answer.status == 202:
                    errand.take()
                else:
                    self.refused.append(f"{errand.uri}: {answer.status} {await answer.text()}")
        except aiohttp.ClientConnectionError:
            self.cut_off += 1  # it is sent again under the same id

    def untaken(self) -> Sequence[Errand]:
        """What was sent and not acknowledged."""
        return [errand for errand in self.errands if not errand.is_taken]

    async def send_again(self, errands: Iterable[Errand]) -> None:
        """Sends activities once more under their ids, as a server does that heard no answer."""
        for errand in errands:
            self._start(self._send(errand))
        await self.settle()
