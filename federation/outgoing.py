"""Activities that we send: one pure builder each, giving a dict with its @context, unsigned.

`uri` is the activity's own id and `actor_uri` who does it. Addressees are given only where they do not follow from the rest.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from federation.contexts import ACTIVITY, ACTIVITYSTREAMS, LOCK
from federation.reading import wire_date
from federation.records import PUBLIC

Json = dict[str, object]
Embedded = Mapping[str, object]


def create(uri: str, post: Embedded) -> Json:
    """A post made known: actor, addressees and date are the post's own (`post`: what document_from_post gave, signed or not)."""
    same = {name: post[name] for name in ("to", "cc", "audience", "published") if name in post}
    return _wrapping(uri, "Create", str(post["attributedTo"]), post) | same


def update(uri: str, actor_uri: str, changed: Embedded, to: Sequence[str], cc: Sequence[str] = ()) -> Json:
    """A post or an actor as it is now."""
    return _wrapping(uri, "Update", actor_uri, changed) | _addressed(to, cc)


def delete(uri: str, actor_uri: str, post_uri: str, to: Sequence[str], cc: Sequence[str] = ()) -> Json:
    """A post is gone; what stays is a Tombstone (ActivityPub, section 6.4)."""
    return _activity(uri, "Delete", actor_uri, {"id": post_uri, "type": "Tombstone"}) | _addressed(to, cc)


def delete_actor(uri: str, actor_uri: str) -> Json:
    """The actor is gone; the bare id is what Mastodon and Lemmy know as the end of an account."""
    return _activity(uri, "Delete", actor_uri, actor_uri) | _addressed([PUBLIC])


def follow(uri: str, actor_uri: str, followed_uri: str) -> Json:
    """A wish to follow."""
    return _activity(uri, "Follow", actor_uri, followed_uri) | _addressed([followed_uri])


def accept(uri: str, actor_uri: str, activity: Embedded) -> Json:
    """A wish granted. activity: id, type, actor and object of it, so that a server that forgot its id still knows it."""
    return _answer(uri, "Accept", actor_uri, activity)


def reject(uri: str, actor_uri: str, activity: Embedded) -> Json:
    """A wish denied, or a follower removed."""
    return _answer(uri, "Reject", actor_uri, activity)


def answer_offer(uri: str, actor_uri: str, post_uri: str, author_uri: str, *, is_accepted: bool, is_public: bool) -> Json:
    """Whether somebody takes an achievement that a post offers them; is_public: everybody may see it."""
    activity = _activity(uri, "Accept" if is_accepted else "Reject", actor_uri, {"id": post_uri, "type": "Note"})
    return activity | _addressed([author_uri], [PUBLIC] if is_accepted and is_public else [])


def undo(uri: str, actor_uri: str, activity: Embedded, to: Sequence[str], cc: Sequence[str] = ()) -> Json:
    """An earlier activity of the same actor taken back."""
    return _wrapping(uri, "Undo", actor_uri, activity) | _addressed(to, cc)


def like(uri: str, actor_uri: str, post_uri: str, author_uri: str) -> Json:
    """A post liked; only its author is told."""
    return _activity(uri, "Like", actor_uri, post_uri) | _addressed([author_uri])


def announce(
    uri: str, actor_uri: str, announced_uri: str, to: Sequence[str], cc: Sequence[str] = (), published: datetime | None = None
) -> Json:
    """A post boosted, by its id."""
    return _activity(uri, "Announce", actor_uri, announced_uri) | _addressed(to, cc) | _dated(published)


def pass_on(
    uri: str, actor_uri: str, announced: Embedded, to: Sequence[str], cc: Sequence[str] = (), published: datetime | None = None
) -> Json:
    """By a group an activity of a member, whole and unchanged (FEP-1b12).

    The plainest @context: a member's software may define the terms of proofs in another version, and what is protected outside cannot
    be defined again inside. So this has no proof of its own either.
    """
    return _activity(uri, "Announce", actor_uri, dict(announced), ACTIVITYSTREAMS) | _addressed(to, cc) | _dated(published)


def _dated(published: datetime | None) -> Json:
    return {"published": wire_date(published)} if published else {}


def join(uri: str, actor_uri: str, event_uri: str, organiser_uri: str) -> Json:
    """A wish to come to an event (FEP-8a8e)."""
    return _activity(uri, "Join", actor_uri, event_uri) | _addressed([organiser_uri])


def leave(uri: str, actor_uri: str, event_uri: str, organiser_uri: str) -> Json:
    """No longer coming to an event."""
    return _activity(uri, "Leave", actor_uri, event_uri) | _addressed([organiser_uri])


def ignore(uri: str, actor_uri: str, activity: Embedded) -> Json:
    """A wish that is not understood here, so that whoever asked need not wait (FEP-8a8e)."""
    return _answer(uri, "Ignore", actor_uri, activity)


def block(uri: str, actor_uri: str, blocked_uri: str) -> Json:
    """Someone shut out."""
    return _activity(uri, "Block", actor_uri, blocked_uri) | _addressed([blocked_uri])


def flag(uri: str, actor_uri: str, reported_uris: Sequence[str], content: str, to: Sequence[str]) -> Json:
    """A report to the moderators of another server: the account first, then its posts. content: plain text."""
    return _activity(uri, "Flag", actor_uri, list(reported_uris)) | {"content": content, "to": list(to)}


def move(uri: str, actor_uri: str, target_uri: str, followers_uri: str) -> Json:
    """The actor lives elsewhere from now on (FEP-7628); the target must name it in alsoKnownAs."""
    return _activity(uri, "Move", actor_uri, actor_uri) | {"target": target_uri} | _addressed([followers_uri])


def add(uri: str, actor_uri: str, object_uri: str, collection_uri: str, to: Sequence[str], cc: Sequence[str] = ()) -> Json:
    """Something put into a collection of the actor's: a featured post, a moderator."""
    return _activity(uri, "Add", actor_uri, object_uri) | {"target": collection_uri} | _addressed(to, cc)


def remove(uri: str, actor_uri: str, object_uri: str, collection_uri: str, to: Sequence[str], cc: Sequence[str] = ()) -> Json:
    """Something taken out of a collection of the actor's."""
    return _activity(uri, "Remove", actor_uri, object_uri) | {"target": collection_uri} | _addressed(to, cc)


def order(uri: str, kind: str, actor_uri: str, object_uri: str, group_uri: str, reason: str, target_uri: str | None = None) -> Json:
    """What a moderator of a group does, in the shapes of Lemmy: Delete, Lock or Block with a reason, Add or Remove with a collection."""
    context = [*ACTIVITY, LOCK] if kind == "Lock" else ACTIVITY
    more = {name: value for name, value in (("summary", reason), ("target", target_uri)) if value}
    return _activity(uri, kind, actor_uri, object_uri, context) | {"audience": group_uri} | more | _addressed([PUBLIC], [group_uri])


def _activity(uri: str, kind: str, actor_uri: str, object_: object, context: object = ACTIVITY) -> Json:
    return {"@context": context, "id": uri, "type": kind, "actor": actor_uri, "object": object_}


def _wrapping(uri: str, kind: str, actor_uri: str, inner: Embedded) -> Json:
    """An activity around an object, under the object's @context; the object keeps its own where it is signed (FEP-8b32)."""
    bare = dict(inner) if "proof" in inner else {name: value for name, value in inner.items() if name != "@context"}
    return _activity(uri, kind, actor_uri, bare, inner.get("@context", ACTIVITY))


def _answer(uri: str, kind: str, actor_uri: str, activity: Embedded) -> Json:
    asker = activity["actor"]
    core = {name: activity[name] for name in ("id", "type", "actor", "object") if name in activity}
    return _activity(uri, kind, actor_uri, core) | _addressed([str(asker)])


def _addressed(to: Sequence[str], cc: Sequence[str] = ()) -> Json:
    addressed: Json = {"to": list(to)}
    return addressed | {"cc": list(cc)} if cc else addressed
