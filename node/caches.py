"""What a process keeps in memory because asking again would cost too much. Any of it may be dropped at any moment."""

import asyncio
from collections import OrderedDict
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

    def get(self, key: Key) -> Value | None:
        """What is kept under a key, or None."""
        value = self._items.get(key)
        if value is not None:
            self._items.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> None:
        """Keeps a value; the oldest goes when there are too many."""
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

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True, slots=True)
class Caches:
    """One of each kind."""

    keys: Lru[str, KnownKey] = field(default_factory=lambda: Lru(10_000))
    failures: Lru[str, int] = field(default_factory=lambda: Lru(10_000))  # {address: not asked again before (ms)}
    refetches: Lru[str, tuple[int, int]] = field(default_factory=lambda: Lru(10_000))  # {host: (since ms, how many)}
    fetching: dict[str, asyncio.Future[Any]] = field(default_factory=dict)  # what is being fetched just now, so that it is fetched once
    tries: Lru[str, tuple[int, int]] = field(default_factory=lambda: Lru(10_000))  # of signing in: {who: (since ms, how many)}
    documents: Lru[tuple[str, int], bytes] = field(default_factory=lambda: Lru(1_000))  # {(URI, revision): JSON}
    sessions: Lru[bytes, Any] = field(default_factory=lambda: Lru(1_000))
    fragments: Lru[tuple[object, ...], Any] = field(default_factory=lambda: Lru(5_000))  # rendered posts
