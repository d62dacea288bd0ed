"""What has to stand in every timeline when all is done, held against what does.

The truth is each author's own database: what stands there was said. A follow counts from the moment at which the author's node took it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.simulation.nodes import SimNode
from tests.simulation.story import Deeds

SHOWN = 5  # examples of a fault

SAID = """
    SELECT p.uri, a.uri, p.published_ms, p.visibility, o.uri, coalesce(oa.uri, ''), p.in_reply_to_uri, p.content
    FROM posts p JOIN accounts a ON a.id = p.account_id LEFT JOIN posts o ON o.id = p.boost_of_id
    LEFT JOIN accounts oa ON oa.id = o.account_id WHERE a.domain = ''"""
FOLLOWERS = """
    SELECT w.uri, t.uri, f.created_ms FROM follows f JOIN accounts w ON w.id = f.follower_id JOIN accounts t ON t.id = f.followee_id
    WHERE t.domain = '' AND f.state = 'accepted'"""
FOLLOWING = """
    SELECT w.uri, t.uri, f.created_ms FROM follows f JOIN accounts w ON w.id = f.follower_id JOIN accounts t ON t.id = f.followee_id
    WHERE w.domain = '' AND f.state = 'accepted'"""
HOME = """
    SELECT w.uri, p.uri, a.uri FROM home h JOIN accounts w ON w.id = h.account_id JOIN posts p ON p.id = h.post_id
    JOIN accounts a ON a.id = p.account_id"""
TEXTS = "SELECT p.uri, p.content, a.uri FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.boost_of_id IS NULL"
TWICE = "SELECT uri FROM posts GROUP BY uri HAVING count(*) > 1"


@dataclass(frozen=True, slots=True)
class Said:
    """A post or boost as its author's own database has it."""

    uri: str
    author: str
    published_ms: int
    visibility: int
    boosted: str | None
    boosted_author: str
    answered: str | None
    content: str


class Ledger:
    """All databases, read once at the end."""

    def __init__(self, nodes: Sequence[SimNode], deeds: Deeds) -> None:
        self._deeds = deeds
        self.said = {said.uri: said for said in _rows(nodes, SAID, Said)}
        self.followers = {(row[0], row[1]): row[2] for node in nodes for row in node.db.execute(FOLLOWERS)}
        self.following = {(row[0], row[1]): row[2] for node in nodes for row in node.db.execute(FOLLOWING)}
        self._home = Counter((row[0], row[1]) for node in nodes for row in node.db.execute(HOME))
        self._authors = {row[1]: row[2] for node in nodes for row in node.db.execute(HOME)}
        self._texts = [(node.origin, *row) for node in nodes for row in node.db.execute(TEXTS)]
        self._twice = [(node.origin, row[0]) for node in nodes for row in node.db.execute(TWICE)]
        self._readers: dict[str, list[tuple[str, int]]] = {}
        for (reader, author), since_ms in self.followers.items():
            self._readers.setdefault(author, []).append((reader, since_ms))

    @property
    def lines(self) -> int:
        """Of all home timelines."""
        return sum(self._home.values())

    @property
    def owed(self) -> int:
        """Lines that have to be there: each post at each of its followers' homes."""
        return sum(1 for _ in self._must())

    def faults(self) -> list[str]:
        """What is wrong, one sentence a kind; nothing where all is well."""
        acknowledged = self._deeds.posts - self._deeds.deleted
        return [
            *_told("follows are known to one side alone", set(self.followers) ^ set(self.following)),
            *_told("posts were acknowledged, and their author's node has none", acknowledged - set(self.said)),
            *_told("posts are missing at a follower's home", (line for line in self._must() if line not in self._home)),
            *_told("lines stand twice", (line for line, times in self._home.items() if times > 1)),
            *_told("posts are kept twice", self._twice),
            *_told("posts stand at somebody's home who does not follow", self._unasked()),
            *_told("posts that are gone still stand at a home", (line for line in self._home if line[1] not in self.said)),
            *_told("posts say what they said before", self._stale()),
        ]

    def _must(self) -> Iterable[tuple[str, str]]:
        """(reader, post) of every line that nobody may miss."""
        for said in self.said.values():
            if said.visibility > 1 or (said.boosted and said.boosted not in self.said):
                continue
            for reader, since_ms in self._readers.get(said.author, ()):
                if said.published_ms > since_ms and self._is_for(reader, said, since_ms):
                    yield reader, said.uri

    def _is_for(self, reader: str, said: Said, since_ms: int) -> bool:
        """An answer is for those who follow both sides; what came within a day of the follow may be what only posts are fetched for."""
        if said.answered is None and said.boosted is None:
            return True
        if said.published_ms < since_ms + 86_400_000 and since_ms > self._settled_ms:
            return False
        if said.answered is None:
            return True
        above = self.said.get(said.answered)
        if above is None:
            return False
        known_ms = self.following.get((reader, above.author))
        return above.author in (reader, said.author) or (known_ms is not None and known_ms < self._settled_ms)

    @property
    def _settled_ms(self) -> int:
        """When people began to write: all follows from before were known to both sides."""
        return min((said.published_ms for said in self.said.values()), default=0)

    def _unasked(self) -> Iterable[tuple[str, str]]:
        for reader, uri in self._home:
            author = self._authors[uri]
            if reader != author and (reader, author) not in self.following:
                yield reader, uri

    def _stale(self) -> Iterable[tuple[str, str]]:
        """Copies on nodes where somebody follows the author that differ from the author's own."""
        told = {(_origin(reader), author) for reader, author in self.followers}
        for origin, uri, content, author in self._texts:
            own = self.said.get(uri)
            if own is not None and (origin, author) in told and content != own.content:
                yield origin, uri


def _rows(nodes: Sequence[SimNode], sql: str, record: type[Said]) -> list[Said]:
    return [record(*row) for node in nodes for row in node.db.execute(sql)]


def _origin(uri: str) -> str:
    return uri.partition("/users/")[0]


def _told(sentence: str, found: Iterable[object]) -> list[str]:
    some = sorted(map(str, found))
    return [f"{len(some)} {sentence}, such as {', '.join(some[:SHOWN])}"] if some else []
