"""Who a post is for: the four audiences of the fediverse as `to` and `cc`, and back.

ActivityPub knows only addressees; the four words are Mastodon's convention, which all servers follow.
"""

from collections.abc import Sequence
from typing import Any, Literal

from federation.reading import addressees_from, as_list, uri_from
from federation.records import PUBLIC, Document

Visibility = Literal["public", "unlisted", "private", "direct"]


def visibility_of(to: Sequence[str], cc: Sequence[str], followers_uri: str | None) -> Visibility:
    """The audience that the addressees make up.

    followers_uri: the author's followers collection, None where they have none. Whatever is not understood is direct: the narrowest.
    """
    if PUBLIC in to:
        return "public"
    if PUBLIC in cc:
        return "unlisted"
    if followers_uri is not None and (followers_uri in to or followers_uri in cc):
        return "private"
    return "direct"


def addressing(visibility: Visibility, followers_uri: str, mentioned: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`to` and `cc` of a post for an audience; whoever is mentioned is addressed as well. visibility_of reads it back."""
    if visibility == "public":
        return (PUBLIC,), (followers_uri, *mentioned)
    if visibility == "unlisted":
        return (followers_uri,), (PUBLIC, *mentioned)
    if visibility == "private":
        return (followers_uri,), tuple(mentioned)
    return tuple(mentioned), ()


def addressees_of(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`to` and `cc` as a document states them; `bto` and `bcc` count like them, `audience` alone like `to` (ActivityPub, section 6).

    Raises Malformed over 1000 of either.
    """
    to = addressees_from([*as_list(document.get("to")), *as_list(document.get("bto"))])
    cc = addressees_from([*as_list(document.get("cc")), *as_list(document.get("bcc"))])
    return (to, cc) if to or cc else (addressees_from(document.get("audience")), ())


def completed_object(activity: Document, stated: Document) -> dict[str, Any]:
    """The object of a Create or Update with what only the activity says: addressees where the object has none, its author.

    The activity is its actor's, so what it says of its object is as good as if the object said it. Mastodon reads it in this way.
    """
    names = ("to", "cc", "bto", "bcc")
    is_addressed = any(as_list(stated.get(name)) for name in names)
    missing = [name for name in (*names, "audience") if stated.get(name) is None or not (is_addressed or name == "audience")]
    completed = dict(stated) | {name: activity[name] for name in missing if name in activity}
    if uri_from(stated.get("attributedTo")) is None and uri_from(stated.get("actor")) is None:
        completed["attributedTo"] = activity.get("actor")
    return completed
