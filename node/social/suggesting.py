"""Whom somebody may like to follow, each with the reason."""

from collections.abc import Mapping

from storage import suggesting
from storage.database import Connection

FRIENDS, MOST_FOLLOWED = "friends_of_friends", "most_followed"


def suggest(db: Connection, viewer_id: int, limit: int) -> Mapping[int, list[str]]:
    """{account id: reasons}: those whom their friends follow first, then those whom many here follow."""
    found: dict[int, list[str]] = {}
    for candidate in suggesting.list_friends_of_friends(db, viewer_id, limit):
        found.setdefault(candidate.account_id, []).append(FRIENDS)
    for candidate in suggesting.list_most_followed(db, viewer_id, limit):
        found.setdefault(candidate.account_id, []).append(MOST_FOLLOWED)
    return dict(list(found.items())[:limit])
