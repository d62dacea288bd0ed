"""What the database must hold after all the kills, beside what it holds."""

import sqlite3
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.data import Prepared
from tests.soak.load import Load
from tests.soak.sink import Sink
from tests.soak.strangers import Stranger

FOLLOWER = "/users/follower0"
SHOWN = 3  # examples of a fault

REMOTE_POSTS = "SELECT p.uri FROM posts p JOIN accounts a ON a.id = p.account_id WHERE a.domain <> ''"
LOCAL_POSTS = "SELECT p.source, p.uri FROM posts p JOIN accounts a ON a.id = p.account_id WHERE a.domain = ''"
HOME = "SELECT p.uri FROM home h JOIN posts p ON p.id = h.post_id JOIN users u ON u.account_id = h.account_id"
TOLD = """
    SELECT n.kind, a.uri, coalesce(p.uri, '') FROM notifications n
    JOIN accounts a ON a.id = n.actor_id LEFT JOIN posts p ON p.id = n.post_id"""
LIKES = "SELECT a.uri, p.uri FROM likes l JOIN accounts a ON a.id = l.account_id JOIN posts p ON p.id = l.post_id"
COUNTED = "SELECT uri, likes_count FROM posts WHERE likes_count <> 0"
FOLLOWERS = "SELECT a.uri FROM follows f JOIN accounts a ON a.id = f.follower_id JOIN users u ON u.account_id = f.followee_id"
OWED = "SELECT state, inbox FROM deliveries WHERE state <> 'delivered'"
JOBS = "SELECT kind, payload FROM jobs WHERE key <> 'again'"  # those come back by themselves


class Ledger:
    """The accounts of one run: what was acknowledged, what arrived elsewhere, what is kept."""

    def __init__(self, prepared: Prepared, load: Load, strangers: Sequence[Stranger], sink: Sink) -> None:
        self._prepared = prepared
        self._load = load
        self._strangers = strangers
        self._sink = sink

    def is_delivered(self) -> bool:
        """Whether every local post has reached the follower, and an Accept whoever asked to follow."""
        with self._open() as db:
            local = {uri for _, uri in db.execute(LOCAL_POSTS)}
            owed = db.execute(OWED).fetchone()
        return owed is None and local <= self._arrived() and self._asked() <= self._sink.accepted

    def has_jobs(self) -> bool:
        """Whether a job is still to be done: one whose worker was killed waits until its lease has run out."""
        with self._open() as db:
            return db.execute(JOBS).fetchone() is not None

    def faults(self, file: Path | None = None) -> list[str]:
        """What was lost, doubled or invented, one sentence each; nothing where all is well. file: the database, if not the node's own."""
        with self._open(file) as db:
            local = db.execute(LOCAL_POSTS).fetchall()
            kept = [uri for _, uri in local]
            return [
                *self._faults_of_local([text for text, _ in local], kept),
                *differences("posts of others", self._posts(), _column(db, REMOTE_POSTS)),
                *differences("lines of the home timeline", [*self._posts(), *kept], _column(db, HOME)),
                *differences("notifications", self._told(), db.execute(TOLD)),
                *differences("likes", self._likes(), db.execute(LIKES)),
                *differences("counts of likes", Counter(uri for _, uri in self._likes()).items(), db.execute(COUNTED)),
                *differences("followers", self._followers(), _column(db, FOLLOWERS)),
                *differences("deliveries still owed", [], db.execute(OWED)),
                *differences("jobs still to do", [], db.execute(JOBS)),
                *[f"refused: {answer}" for answer in self._load.refused[:SHOWN]],
                *[f"never taken: {errand.uri}" for errand in self._load.untaken()[:SHOWN]],
            ]

    def stood(self) -> int:
        """How many posts were kept although the kill came before their answer."""
        with self._open() as db:
            return len(self._unanswered() & {text for text, _ in db.execute(LOCAL_POSTS)})

    def _unanswered(self) -> set[str]:
        return {text for text, is_acknowledged in self._load.texts.items() if not is_acknowledged}

    def _faults_of_local(self, texts: list[str], kept: list[str]) -> list[str]:
        unanswered = self._unanswered()  # each of these may be there once, or not at all
        wanted = [text for text in self._load.texts if text not in unanswered] + sorted(unanswered & set(texts))
        return [
            *differences("local posts", wanted, texts),
            *differences("posts at the follower's server", kept, self._arrived()),
            *differences("Creates, one for each post", set(self._sink.creates.values()), self._sink.creates.values()),
            *differences("Accepts, one for each Follow", self._asked(), self._sink.accepted),
        ]

    def _open(self, file: Path | None = None) -> closing[Any]:
        config = self._prepared.config
        kept = file or config.sqlite_file
        return closing(sqlite3.connect(kept) if kept else psycopg.connect(config.database.url))

    def _arrived(self) -> set[str]:
        return {self._sink.creates[uri] for uri in self._sink.arrived_at(f"{FOLLOWER}/inbox") if uri in self._sink.creates}

    def _asked(self) -> set[str]:
        return {uri for stranger in self._strangers for uri in stranger.follows}

    def _posts(self) -> list[str]:
        return [uri for stranger in self._strangers for uri in stranger.posts]

    def _likes(self) -> list[tuple[str, str]]:
        return [(stranger.uri, post) for stranger in self._strangers for post in stranger.liked]

    def _followers(self) -> list[str]:
        return [stranger.uri for stranger in self._strangers if stranger.following] + [self._permanent]

    @property
    def _permanent(self) -> str:
        return f"http://127.0.1.1:{self._sink.port}{FOLLOWER}"

    def _told(self) -> list[tuple[str, str, str]]:
        return [
            *[("mention", stranger.uri, post) for stranger in self._strangers for post in stranger.mentions],
            *[("like", *like) for like in self._likes()],
            *[("follow", stranger.uri, "") for stranger in self._strangers if stranger.following],
        ]


def differences(what: str, expected: Iterable[Hashable], found: Iterable[Hashable]) -> list[str]:
    """What is missing, and what is there too often, as sentences."""
    should, does = Counter(expected), Counter(found)
    return [
        f"{what}: {len(some)} {word}, such as {list(some)[:SHOWN]}"
        for word, some in (("lost", should - does), ("doubled or unasked", does - should))
        if some
    ]


def _column(db: Any, sql: str) -> list[str]:
    return [row[0] for row in db.execute(sql)]
