"""Which activities of one actor must arrive in their order, and which one ends all that was said about an object before."""

from collections.abc import Mapping, Sequence

from federation.records import Document

ANSWERS = frozenset({"Accept", "Reject", "Ignore", "TentativeAccept", "TentativeReject"})


def order_subject(activity: Document) -> str:
    """What an activity is about: activities of one actor about the same thing arrive in the order in which they were made.

    Undo and Announce are about what the activity inside is about, so that "Follow, Undo, Follow" keeps its order whatever the ids
    are. An answer is about who asked and for what. What names no object, or several (Flag), is about itself.
    """
    inner = activity.get("object")
    if activity.get("type") in ANSWERS and isinstance(inner, Mapping) and "actor" in inner:
        return f"{_id_of(inner['actor'])} {order_subject(inner)}"
    if isinstance(inner, Mapping) and "object" in inner and "actor" in inner:
        return order_subject(inner)
    return _id_of(inner) or _id_of(activity)


def ends_object(activity: Document) -> bool:
    """Whether nothing about its object is worth sending any more: a Delete, also one that a community announces (FEP-1b12)."""
    inner = activity.get("object")
    if activity.get("type") == "Announce" and isinstance(inner, Mapping):
        return ends_object(inner)
    return activity.get("type") == "Delete"


def _id_of(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("id")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ""
    return value if isinstance(value, str) else ""
