"""Who may find a post by its words, as its author said."""

from collections.abc import Sequence

from federation.records import PUBLIC as EVERYBODY
from storage.records import DIRECT, PRIVATE, PUBLIC


def searchable_number(searchers: Sequence[str] | None, followers_uri: str | None) -> int | None:
    """posts.searchable_by for what `searchableBy` names (FEP-268d); others mean nobody; None where nothing was said."""
    if searchers is None:
        return None
    if EVERYBODY in searchers:
        return PUBLIC
    return PRIVATE if followers_uri is not None and followers_uri in searchers else DIRECT
