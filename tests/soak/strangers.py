"""People of other servers, who post, mention, like, follow, and take back; each remembers what the node acknowledged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count, cycle
from typing import Any

import orjson

from federation import cavage, outgoing
from federation.objects import document_from_post
from federation.proofs import add_proof
from federation.records import Mention
from storage.records import Account
from tests.bench import data

Json = dict[str, Any]
INBOX = "/inbox"
TURNS = ("note", "note", "mention", "note", "like", "note", "follow", "note", "like", "take back")


@dataclass(slots=True, eq=False)
class Errand:
    """One activity on its way: its exact bytes, and what is to be remembered once the node has acknowledged it."""

    sender: data.Author
    activity: Json
    on_taken: Callable[[], None]
    is_taken: bool = False

    @property
    def uri(self) -> str:
        return str(self.activity["id"])

    def request(self, origin: str) -> tuple[bytes, Mapping[str, str]]:
        """Body and headers, signed now, as Mastodon signs."""
        body = orjson.dumps(self.activity)
        headers = cavage.sign(self.sender.signer, "POST", f"{origin}{INBOX}", body, datetime.now(UTC))
        return body, headers | {"Content-Type": "application/activity+json"}

    def take(self) -> None:
        """The node has answered 202."""
        if not self.is_taken:
            self.is_taken = True
            self.on_taken()


@dataclass(slots=True)
class Stranger:
    """One of them. What they did is settled here only when it was acknowledged."""

    author: data.Author
    posts: set[str] = field(default_factory=set)
    mentions: set[str] = field(default_factory=set)  # those of the posts that name the reader
    liked: dict[str, Json] = field(default_factory=dict)  # post -> the Like that stands
    asked: set[str] = field(default_factory=set)  # posts that a Like is on its way to, or was
    follows: set[str] = field(default_factory=set)  # ids of all Follows
    following: Json | None = None
    is_settling: bool = False  # a Follow or its Undo is on its way

    @property
    def uri(self) -> str:
        return self.author.actor.uri


class Crowd:
    """All of them, taking turns."""

    def __init__(self, strangers: Sequence[Stranger], reader: Account, likeable: Callable[[], Sequence[str]]) -> None:
        """likeable: the reader's posts that have been seen elsewhere."""
        self.strangers = strangers
        self._reader = reader
        self._likeable = likeable
        self._number = count(1)
        self._people = cycle(strangers)
        self._turns = cycle(TURNS)
        self._doing: Mapping[str, Callable[[Stranger], Errand | None]] = {
            "note": self._note,
            "mention": self._mention,
            "like": self._like,
            "follow": self._follow_or_leave,
            "take back": self._unlike,
        }

    def next_errand(self) -> Errand:
        """What is done next; a note where there is nothing to like or to take back yet."""
        stranger = next(self._people)
        return self._doing[next(self._turns)](stranger) or self._note(stranger)

    def _note(self, stranger: Stranger) -> Errand:
        return self._create(stranger, data.note(stranger.author, next(self._number), datetime.now(UTC)), stranger.posts.add)

    def _mention(self, stranger: Stranger) -> Errand:
        plain = data.note(stranger.author, next(self._number), datetime.now(UTC))
        named = replace(plain, cc=(*plain.cc, self._reader.uri), mentions=(Mention(self._reader.uri, "@reader"),))

        def on_taken(uri: str) -> None:
            stranger.posts.add(uri)
            stranger.mentions.add(uri)

        return self._create(stranger, named, on_taken)

    def _create(self, stranger: Stranger, note: Any, on_taken: Callable[[str], None]) -> Errand:
        signer, now = stranger.author.proof_signer, datetime.now(UTC)
        document = add_proof(document_from_post(note), signer, now)
        activity = add_proof(outgoing.create(f"{note.uri}/activity", document), signer, now)
        return Errand(stranger.author, activity, lambda: on_taken(note.uri))

    def _like(self, stranger: Stranger) -> Errand | None:
        post_uri = next((uri for uri in reversed(self._likeable()) if uri not in stranger.asked), None)
        if post_uri is None:
            return None
        stranger.asked.add(post_uri)
        activity = outgoing.like(self._uri(stranger, "likes"), stranger.uri, post_uri, self._reader.uri)
        return Errand(stranger.author, activity, lambda: stranger.liked.__setitem__(post_uri, activity))

    def _unlike(self, stranger: Stranger) -> Errand | None:
        if not stranger.liked:
            return None
        _, like = stranger.liked.popitem()
        activity = outgoing.undo(self._uri(stranger, "undos"), stranger.uri, inner(like), [self._reader.uri])
        return Errand(stranger.author, activity, lambda: None)  # the Like stands no longer from now on

    def _follow_or_leave(self, stranger: Stranger) -> Errand | None:
        if stranger.is_settling:
            return None
        stranger.is_settling = True
        follow = outgoing.follow(self._uri(stranger, "follows"), stranger.uri, self._reader.uri)
        if stranger.following is None:
            stranger.follows.add(str(follow["id"]))
            return Errand(stranger.author, follow, lambda: self._settle(stranger, follow))
        activity = outgoing.undo(self._uri(stranger, "undos"), stranger.uri, inner(stranger.following), [self._reader.uri])
        return Errand(stranger.author, activity, lambda: self._settle(stranger, None))

    def _settle(self, stranger: Stranger, following: Json | None) -> None:
        stranger.following, stranger.is_settling = following, False

    def _uri(self, stranger: Stranger, kind: str) -> str:
        return f"{stranger.uri}/{kind}/{next(self._number)}"


def inner(activity: Json) -> Json:
    """An activity as an Undo embeds it."""
    return {name: activity[name] for name in ("id", "type", "actor", "object")}
