"""What a plain function inside a transaction may know of the node: its addresses, its clock and its keys."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from node.keyring import Keyring
from storage.ids import ms_from_datetime

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Site:
    """The node as its own transactions see it. origin: scheme://host[:port]; handle_domain: what stands behind the @.

    media_origin: where files are served instead, '' for the same place. proxy_secret: signs the addresses of others' files that we
    fetch and keep for our people; b'' where that is off.
    """

    origin: str
    handle_domain: str
    clock: Clock
    keyring: Keyring
    media_origin: str = ""
    proxy_secret: bytes = field(default=b"", repr=False)
    vapid_key: str = ""  # our public key for Web Push, '' where there is none

    def now(self) -> datetime:
        """The present, aware, UTC."""
        return self.clock()

    def now_ms(self) -> int:
        """The present in milliseconds since 1970."""
        return ms_from_datetime(self.clock())
