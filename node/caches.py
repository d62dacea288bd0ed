"""What a process keeps in memory because asking again would cost too much. Any of it may be dropped at any moment."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from federation.keys import KnownKey

Key = TypeVar("Key")
Value = TypeVar("Value")


class Lru(Generic[Key, Value]):
    """A bounded map that forgets what was not asked for longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: OrderedDict[Key, Value] = OrderedDict()
        self._clears = 0

    def get(self, key: Key) -> Value | None:
        """What is kept under a key, or None."""
        value = self._items.get(key)
        if value is not None:
            self._items.move_to_end(key)
        return value

    @property
    def clears(self) -> int:
        """How often everything was forgotten: whoever reads something to keep it gives `put` what this was before."""
        return self._clears

    def put(self, key: Key, value: Value, clears: int | None = None) -> None:
        """Keeps a value, unless everything was forgotten since it was read, for then it is old; the oldest goes when there are too many."""
        if clears is not None and clears != self._clears:
            return
        self._items[key] = value
        self._items.move_to_end(key)
        if len(self._items) > self._most:
            self._items.popitem(last=False)

    def drop(self, key: Key) -> None:
        """Forgets a key."""
        self._items.pop(key, None)

    def clear(self) -> None:
        """Forgets everything."""
        self._items.clear()
        self._clears += 1

    async def remember(self, key: Key, make: Callable[[], Awaitable[Value]]) -> Value:
        """What is kept under a key, else what is made now; kept unless everything was forgotten while it was made, for then it is old."""
        value = self.get(key)
        if value is None:
            clears = self._clears
            value = await make()
            self.put(key, value, clears)
        return value

    def __len__(self) -> int:
        return len(self._items)


@dataclass(slots=True)
class Counts:
    """How much of each limit was used, by what and who. full: until when the window is full (ms); untold: how much of it (ms) other
    processes have not heard of yet, where there are any (is_shared)."""

    full: Lru[str, int] = field(default_factory=lambda: Lru(20_000))
    untold: dict[str, int] = field(default_factory=dict)
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class Caches:
    """One of each kind."""

    keys: Lru[str, KnownKey] = field(default_factory=lambda: Lru(10_000))
    failures: Lru[str, int] = field(default_factory=lambda: Lru(10_000))  # {address: not asked again before (ms)}
    refetches: Lru[str, tuple[int, int]] = field(default_factory=lambda: Lru(10_000))  # {host: (since ms, how many)}
    rates: Counts = field(default_factory=lambda: Counts())
    documents: Lru[tuple[str, str], bytes] = field(default_factory=lambda: Lru(1_000))  # {(kind, name or address): JSON}
    files: Lru[str, bool] = field(default_factory=lambda: Lru(10_000))  # names of files that were not withdrawn when last looked
    sessions: Lru[bytes, Any] = field(default_factory=lambda: Lru(1_000))
    tokens: Lru[bytes, Any] = field(default_factory=lambda: Lru(2_000))  # {hash of a bearer token: (whom it speaks for, until ms)}
    fragments: Lru[tuple[object, ...], Any] = field(default_factory=lambda: Lru(5_000))  # rendered posts

    def clear(self) -> None:
        """Forgets what can be had again, when memory runs short; who tried what how often is not forgotten."""
        for kept in (self.keys, self.documents, self.files, self.sessions, self.tokens, self.fragments):
            kept.clear()
