"""Whether the inboxes may take one more activity: when memory or time runs short, other servers wait, and people do not.

An activity is let in (or refused with 503) before its body is read, and taken in when its turn comes: few at once, in the order in
which they came, so that a page is never behind more than those few.
"""

import asyncio
import gc
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from os import sysconf
from pathlib import Path
from time import monotonic

from node.errors import Overloaded
from node.loading import load

log = logging.getLogger(__name__)

AT_ONCE = 32  # activities that are taken in side by side; what more there are wait in line
LATEST_S = 3.0  # that the first in line may have waited for us to let another one in: senders give up after about ten
PER_BYTE = 8  # of memory that a byte of an activity may take until it is stored: read, parsed, written out again
READ_S = 0.1  # so often memory is looked at: that takes 8 µs, but whoever opens a file then waits for its turn among the threads
STRANGERS_PART = 2, 4  # of the line a half, of the memory a quarter, for those whose keys have to be fetched first: servers that hang
# and have much to say leave room for those whom we know
RELIEF_S = 5.0  # between two attempts to give memory back
COME_AGAIN_S = (10, 60)  # drawn for each, so that they do not come back together
MEMORY, LINE, DELAY = "memory", "waiting", "delay"  # why one was refused
STATM, PAGE_BYTES = Path("/proc/self/statm"), sysconf("SC_PAGE_SIZE")
SENTENCE = "There is more coming in here than this server can take just now. Send it again after the seconds in Retry-After."


def resident_bytes() -> int:
    """How much memory this process has, as the system counts it; 0 where the system does not tell (only Linux does)."""
    try:
        with STATM.open("rb", buffering=0) as file:
            return int(file.read(64).split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def give_back() -> None:
    """Returns to the system what Python and the C library keep for later."""
    gc.collect()
    trim = getattr(load("ctypes").CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim is not None:
        trim(0)


@dataclass(frozen=True, slots=True)
class Pressure:
    """How things stand. waiting: activities that were let in and not taken in yet. delay_s: of the first in line, or of the first write."""

    waiting: int
    delay_s: float
    promised_bytes: int
    budget_bytes: int
    refused: Counter[str]


@dataclass(slots=True)
class Gate:
    """One for a process. budget_bytes: 0 for no limit.

    write_delay_s: how long the first unit of work has waited for the database. relieve: forgets what may be forgotten.
    """

    budget_bytes: int
    most_waiting: int
    write_delay_s: Callable[[], float]
    relieve: Callable[[], None]
    resident: Callable[[], int] = resident_bytes
    clock: Callable[[], float] = monotonic
    _promised_bytes: int = 0
    _entered: int = 0
    _line: dict[object, float] = field(default_factory=dict)  # {whoever waits for a turn: since when}, the first in line first
    _holders: dict[object, int] = field(default_factory=dict)  # {whoever has a turn: what it may take, bytes}
    _aside: dict[object, int] = field(default_factory=dict)  # {whoever waits for a stranger: the same}
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _resident_bytes: int = 0
    _read_s: float | None = None
    _relieved_s: float | None = None
    _refused: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def entered(self, size_bytes: int) -> Iterator[None]:
        """One more activity of at most so many bytes is on its way in. Raises Overloaded where that is one too many."""
        promise = size_bytes * PER_BYTE
        reason = self._objection(promise)
        if reason is not None:
            raise self._refusal(reason)
        self._promised_bytes += promise
        self._entered += 1
        try:
            yield
        finally:
            self._promised_bytes -= promise
            self._entered -= 1

    def _refusal(self, reason: str) -> Overloaded:
        self._refused[reason] += 1
        return Overloaded(SENTENCE, random.randint(*COME_AGAIN_S))  # noqa: S311 - jitter, no secret

    def _objection(self, promise: int) -> str | None:
        if self._entered >= self.most_waiting:
            return LINE
        if self._delay_s() > LATEST_S:
            return DELAY
        return MEMORY if self.budget_bytes and self._is_short_of(promise) else None

    def _is_short_of(self, promise: int) -> bool:
        room, now_s = self.budget_bytes - self._promised_bytes - promise, self.clock()
        if self._read_s is None or now_s - self._read_s >= READ_S:
            self._read_s, self._resident_bytes = now_s, self.resident()
        if self._resident_bytes <= room:
            return False
        if self._relieved_s is not None and now_s - self._relieved_s < RELIEF_S:
            return True
        self._relieved_s = now_s
        self.relieve()
        give_back()
        self._resident_bytes = self.resident()
        if self._resident_bytes <= room:
            return False
        log.warning("memory runs short: the inboxes take nothing more for now", extra={"resident_bytes": self._resident_bytes})
        return True

    def _delay_s(self) -> float:
        first_s = next(iter(self._line.values()), None)
        return max(self.write_delay_s(), 0.0 if first_s is None else self.clock() - first_s)

    @asynccontextmanager
    async def turn(self, size_bytes: int) -> AsyncIterator[None]:
        """Waits in line; whoever is inside, with an activity of so many bytes, is one of the few that are taken in just now."""
        await self._take_turn(size_bytes * PER_BYTE)
        try:
            yield
        finally:
            self._give_turn()

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        """Lets the next one go first while a stranger is waited for; changes nothing for whoever has no turn.

        Raises Overloaded where too many wait for strangers already.
        """
        promise, who = self._give_turn(), asyncio.current_task()
        if promise is None:
            yield
            return
        if len(self._aside) >= self.most_waiting // STRANGERS_PART[0]:
            raise self._refusal(LINE)
        if self.budget_bytes and sum(self._aside.values()) + promise > self.budget_bytes // STRANGERS_PART[1]:
            raise self._refusal(MEMORY)
        self._aside[who] = promise
        try:
            yield
        finally:
            del self._aside[who]
        await self._take_turn(promise)  # not after an error: then there is nothing left to do

    async def _take_turn(self, promise: int) -> None:
        who = asyncio.current_task()
        self._line[who] = self.clock()
        try:
            await self._turns.acquire()
        finally:
            del self._line[who]
        self._holders[who] = promise

    def _give_turn(self) -> int | None:
        promise = self._holders.pop(asyncio.current_task(), None)
        if promise is not None:
            self._turns.release()
        return promise

    def pressure(self) -> Pressure:
        """How things stand."""
        return Pressure(self._entered, self._delay_s(), self._promised_bytes, self.budget_bytes, self._refused.copy())
