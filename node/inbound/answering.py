"""Accept and Reject of an achievement that one of ours offered: by the post that offers it, and by nobody but whom it is for."""

from typing import Literal

from federation.records import PUBLIC
from node.inbound.rows import PROCESSED, Row, Taken
from node.learning.answering import take_answer
from node.site import Site
from storage.database import Connection


def on_accept(db: Connection, site: Site, taken: Taken) -> str:
    """They take it; addressed to the public as well, it is for everybody to see."""
    is_public = PUBLIC in (*taken.activity.to, *taken.activity.cc)
    return _take(db, site, taken, "public" if is_public else "accepted")


def on_reject(db: Connection, site: Site, taken: Taken) -> str:
    """They do not take it, or not any longer."""
    return _take(db, site, taken, "declined")


def _take(db: Connection, site: Site, taken: Taken, state: Literal["accepted", "public", "declined"]) -> str:
    is_known = take_answer(db, site, taken.actor, taken.activity.object_uri or "", state)
    return PROCESSED if is_known else "nothing that it answers was asked of or offered to them"


ACCEPT = Row(on_accept)
REJECT = Row(on_reject)
