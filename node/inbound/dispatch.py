"""All that we understand, in one table. FEDERATION.md lists the same rows; a test holds the two together."""

from collections.abc import Mapping

from federation.records import ActivityDocument
from node.inbound import (
    announcing,
    answering,
    creating,
    featuring,
    following,
    groups,
    joining,
    moderating,
    moving,
    quoting,
    reacting,
    undoing,
)
from node.inbound.rows import Row

PASSED_ON = ("Create", "Update", "Delete", "Like", "Dislike", "Undo", "Lock", "Add", "Remove", "Block")  # by a community (FEP-1b12)
HANDLERS: Mapping[tuple[str, str | None], Row] = {
    ("Create", None): creating.CREATE,
    ("Update", None): creating.UPDATE,
    ("Update", "Person"): creating.UPDATE_PROFILE,
    ("Update", "Group"): creating.UPDATE_PROFILE,
    ("Update", "Service"): creating.UPDATE_PROFILE,
    ("Update", "Application"): creating.UPDATE_PROFILE,
    ("Update", "Organization"): creating.UPDATE_PROFILE,
    ("Delete", None): creating.DELETE,
    ("Follow", None): following.FOLLOW,
    ("Accept", None): following.ACCEPT,
    ("Reject", None): following.REJECT,
    ("Join", None): joining.JOIN,
    ("Leave", None): joining.LEAVE,
    ("Accept", "Join"): joining.ACCEPT,
    ("Reject", "Join"): joining.REJECT,
    ("Accept", "Note"): answering.ACCEPT,
    ("Reject", "Note"): answering.REJECT,
    ("QuoteRequest", None): quoting.REQUEST,
    ("Accept", "QuoteRequest"): quoting.ACCEPT,
    ("Reject", "QuoteRequest"): quoting.REJECT,
    ("Like", None): reacting.LIKE,
    ("Dislike", None): groups.DISLIKE,
    ("Announce", None): reacting.ANNOUNCE,
    **{("Announce", kind): announcing.ANNOUNCED for kind in PASSED_ON},
    ("Block", None): moderating.BLOCK,
    ("Lock", None): groups.LOCK,
    ("Flag", None): moderating.FLAG,
    ("Move", None): moving.MOVE,
    ("Add", None): featuring.ADD,
    ("Remove", None): featuring.REMOVE,
    ("Undo", None): undoing.UNDO,
    ("Undo", "Follow"): following.UNFOLLOW,
    ("Undo", "Join"): joining.UNDO,
    ("Undo", "Like"): reacting.UNLIKE,
    ("Undo", "Dislike"): groups.UNDISLIKE,
    ("Undo", "Delete"): groups.UNDELETE,
    ("Undo", "Lock"): groups.UNLOCK,
    ("Undo", "Announce"): reacting.UNANNOUNCE,
    ("Undo", "Block"): moderating.UNBLOCK,
}


def row_for(activity: ActivityDocument, handlers: Mapping[tuple[str, str | None], Row] = HANDLERS) -> Row | None:
    """The closest row wins: ("Undo", "Follow") before ("Undo", None)."""
    return handlers.get((activity.type, activity.object_type)) or handlers.get((activity.type, None))
