"""A bounded map that drops what was not asked for longest."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

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
