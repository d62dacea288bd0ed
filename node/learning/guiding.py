"""What a guided learner sees first: the paths that they are on, or could begin with, and those who help."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.learning.paths import Walk, path_of, walk_from_post
from storage.database import Connection
from storage.learning import mentors, paths
from storage.records import Account, Post

PATHS, MENTORS = 3, 6


@dataclass(frozen=True, slots=True)
class Guidance:
    """Paths: those begun and not finished, else new ones to begin with."""

    walks: Sequence[Walk]
    are_begun: bool
    mentors: Sequence[Account]


def guide(db: Connection, account: Account) -> Guidance:
    """See Guidance."""
    begun = [walk for walk in _walks(db, paths.list_started(db, account.id, PATHS * 4), account) if walk.needed_done < len(walk.needed)]
    walks = begun or [walk for walk in _walks(db, paths.list_paths(db, account.id, PATHS * 4), account) if not walk.started]
    return Guidance(walks[:PATHS], bool(begun), mentors.list_mentors(db, account.id, MENTORS))


def _walks(db: Connection, posts: Sequence[Post], account: Account) -> list[Walk]:
    return [walk_from_post(db, post, path, account.id) for post in posts if (path := path_of(post))]
