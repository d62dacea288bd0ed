"""Keys fetched anew because a signature did not fit: coalesced and paced by key, so that bad messages cannot use anything up.

Whoever sends bad signatures in somebody's name makes us ask for that person's key, at most once in PAUSE_S after a few at once. A message
that comes meanwhile is not refused: it waits for the next fetch, which begins after it came and so decides about it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from federation.keys import KnownKey
from node.lru import Lru

PAUSE_S = 1.0  # between two fetches of one key, once MAX_AT_ONCE are used up
MAX_AT_ONCE = 5


@dataclass(slots=True)
class _Turn:
    """How far the fetches of one key are. free_s: the moment (of the loop's clock) from which all MAX_AT_ONCE may be made at once."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next: asyncio.Task[KnownKey] | None = None  # one that has not begun
    free_s: float = 0.0


@dataclass(slots=True)
class KeyRefreshes:
    """One for a process. pause_s: seconds between two fetches of one key."""

    pause_s: float = PAUSE_S
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _turns: Lru[str, _Turn] = field(default_factory=lambda: Lru(10_000))

    async def fetch(self, key_uri: str, fetch: Callable[[], Awaitable[KnownKey]]) -> KnownKey:
        """The key as a fetch finds it that begins from now on, shared with all who ask meanwhile. Raises what the fetch raises."""
        turn = self._turns.get(key_uri)
        if turn is None:
            turn = _Turn()
            self._turns.put(key_uri, turn)
        if turn.next is None:
            turn.next = asyncio.create_task(self._run(turn, fetch))
        return await asyncio.shield(turn.next)

    async def _run(self, turn: _Turn, fetch: Callable[[], Awaitable[KnownKey]]) -> KnownKey:
        async with turn.lock:
            now_s = asyncio.get_running_loop().time()
            turn.free_s = max(turn.free_s, now_s) + self.pause_s
            wait_s = turn.free_s - now_s - MAX_AT_ONCE * self.pause_s
            if wait_s > 0:
                await self.sleep(wait_s)
            turn.next = None  # who comes from now on needs another fetch: this one may be older than their message
            return await fetch()
