"""What a process keeps in memory because asking again would cost too much. Any of it may be dropped at any moment."""

from dataclasses import dataclass, field
from typing import Any

from federation.keys import KnownKey
from node.key_refresh import KeyRefreshes
from node.lru import Lru as Lru


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
    refreshes: KeyRefreshes = field(default_factory=lambda: KeyRefreshes())
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
