"""Who a post is for: the four audiences of the fediverse as `to` and `cc`, and back.

ActivityPub knows only addressees; the four words are Mastodon's convention, which all servers follow.
"""

from collections.abc import Sequence
from typing import Literal

from federation.records import PUBLIC

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
