"""Saying that a post is new, has changed, or goes: streams and pages of every process hear it after the commit."""

from storage import streams
from storage.database import Connection
from storage.events import add_event
from storage.records import PRIVATE, Post

NEW, CHANGED, GONE = "new", "changed", "gone"


def tell_new(db: Connection, post: Post) -> None:
    """A post, or a boost, stands where people here may see it."""
    add_event(db, "post", post.id, NEW)


def tell_changed(db: Connection, post: Post) -> None:
    """It says something else, or shows other figures."""
    add_event(db, "post", post.id, CHANGED)


def tell_gone(db: Connection, post: Post) -> None:
    """It is about to go: said before its rows do. Of what was not for everybody only those hear who could see it."""
    readers = streams.list_readers(db, post.id) if post.visibility >= PRIVATE else []
    add_event(db, "post", post.id, " ".join([GONE, *map(str, readers)]) if post.visibility >= PRIVATE else f"{GONE} *")
