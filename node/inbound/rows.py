"""What a row of the dispatch table is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from federation.origins import same_origin
from federation.records import ActivityDocument
from node.site import Site
from storage import posts
from storage.database import Connection
from storage.records import Account

PROCESSED: Final = ""  # a handler answers this or a reason; None is neither, so that no way out of it is silent


@dataclass(frozen=True, slots=True)
class Need:
    """Something of another server's that must be known before an activity is taken in. fresh: as it is now."""

    kind: Literal["account", "post"]
    uri: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """An activity that was verified: it is its actor's, and what it embeds is of the actor's own server."""

    activity: ActivityDocument
    actor: Account
    parsed: Any  # what the row's `read` made of it


def nothing_read(_: ActivityDocument) -> None:
    """Nothing of the object needs reading."""
    return


def nothing_needed(_db: Connection, _site: Site, _taken: Taken) -> Sequence[Need]:
    """Nothing must be known first."""
    return ()


def remember_undone(db: Connection, site: Site, taken: Taken) -> str:
    """It was undone before it came: its id is remembered, where it is one that the actor's own server gives out. Answers the reason."""
    uri = taken.activity.object_uri
    if uri is not None and same_origin(uri, taken.actor.uri):
        posts.add_tombstone(db, uri, site.now_ms())
    return "what it takes back is not known here"


@dataclass(frozen=True, slots=True)
class Row:
    """How one kind of activity is taken in."""

    apply: Callable[[Connection, Site, Taken], str]  # plain, inside the one write: PROCESSED, or the reason why it was discarded
    read: Callable[[ActivityDocument], Any] = nothing_read  # before any transaction; raises Malformed, Forbidden
    needs: Callable[[Connection, Site, Taken], Sequence[Need]] = nothing_needed  # inside the write: what must be fetched first
