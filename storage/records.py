"""Rows as frozen records. A field is a column: times are milliseconds, lists are JSON text; the properties give them their meaning."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson

from storage.ids import datetime_from_ms, ms_from_id

PUBLIC, UNLISTED, PRIVATE, DIRECT, HELD = range(5)  # posts.visibility; the smaller number is the wider audience, HELD waits for a moderator


def columns(record: type, alias: str = "") -> str:
    """A record's columns for a SELECT, in the order of its fields."""
    return ", ".join(f"{alias}{column.name}" for column in fields(record))


def values(record: Any) -> dict[str, object]:
    """A record's fields by name, as parameters of a statement."""
    return {name: getattr(record, name) for name in record.__slots__}


def placeholders(record: type) -> str:
    """`:a, :b, ...` for a record's columns."""
    return ", ".join(f":{column.name}" for column in fields(record))


def loaded(text: str | None) -> Any:
    """What a JSON column holds; an empty list where it is NULL."""
    return orjson.loads(text) if text else []


def dumped(value: object) -> str | None:
    """JSON text for a column; NULL for nothing."""
    return orjson.dumps(value).decode() if value else None


@dataclass(frozen=True, slots=True)
class Account:
    """A person, community or service, ours (domain '') or another server's."""

    id: int
    uri: str
    type: str
    name: str
    domain: str
    inbox: str
    created_ms: int
    revision_ms: int
    display_name: str = ""
    summary: str = ""  # sanitised HTML
    summary_source: str = ""
    url: str | None = None
    shared_inbox: str | None = None
    outbox: str | None = None
    followers_uri: str | None = None
    following_uri: str | None = None
    featured_uri: str | None = None
    icon_url: str | None = None
    icon_alt: str = ""
    image_url: str | None = None
    image_alt: str = ""
    fields: str = "[]"  # JSON: [[name, HTML], ...]
    emojis: str = "[]"  # JSON: [[shortcode, URL], ...]
    locked: bool = False
    discoverable: bool = False
    indexable: bool = False
    also_known_as: str = "[]"  # JSON: [URI, ...]
    moved_to_uri: str | None = None
    mode: str = "open"
    fetched_ms: int = 0
    suspended_ms: int | None = None
    deleted_ms: int | None = None
    searchable_by: int | None = None  # who may find the posts by their words, as posts.searchable_by

    @property
    def is_local(self) -> bool:
        """Whether it lives on this node."""
        return not self.domain

    @property
    def is_active(self) -> bool:
        """Whether it may act and be seen: neither suspended nor deleted."""
        return self.suspended_ms is None and self.deleted_ms is None

    @property
    def handle(self) -> str:
        """`name` for ours, `name@domain` for others."""
        return f"{self.name}@{self.domain}" if self.domain else self.name

    @property
    def title(self) -> str:
        """What a page calls it."""
        return self.display_name or self.name

    @property
    def created(self) -> datetime:
        """When it was made, as far as we know."""
        return datetime_from_ms(self.created_ms)


@dataclass(frozen=True, slots=True)
class Post:
    """A post of any kind; a boost is a post whose boost_of_id names another."""

    id: int
    uri: str
    account_id: int
    type: str
    visibility: int
    published_ms: int
    sensitive: bool = False
    content: str = ""  # sanitised HTML
    source: str | None = None  # Markdown
    title: str = ""
    summary: str = ""
    language: str | None = None
    url: str | None = None
    in_reply_to_uri: str | None = None
    in_reply_to_id: int | None = None
    thread_id: int | None = None
    context_uri: str | None = None
    replies_uri: str | None = None
    replies_fetched_ms: int | None = None
    boost_of_id: int | None = None
    quote_uri: str | None = None
    audience_uri: str | None = None
    edited_ms: int | None = None
    revision_ms: int | None = None
    attachments: str | None = None  # JSON: [{"type", "url", "media_type", "alt", "width", "height", "blurhash", "focus"}, ...]
    emojis: str | None = None
    event: str | None = None
    facets: str | None = None
    replies_count: int = 0
    likes_count: int = 0
    boosts_count: int = 0
    searchable_by: int | None = None  # PUBLIC everybody, PRIVATE followers, DIRECT nobody else; None: not stated (FEP-268d)
    quote_policy: str = ""  # who may quote it: public, followers, nobody; '' where nothing was said (FEP-044f)

    @property
    def published(self) -> datetime:
        """When its author published it."""
        return datetime_from_ms(self.published_ms)

    @property
    def edited(self) -> datetime | None:
        """When its author last changed it."""
        return None if self.edited_ms is None else datetime_from_ms(self.edited_ms)

    @property
    def root_id(self) -> int:
        """The first post of its thread, as far as we know."""
        return self.thread_id or self.id

    @property
    def files(self) -> list[dict[str, Any]]:
        """Its attachments."""
        found: list[dict[str, Any]] = loaded(self.attachments)
        return found


@dataclass(frozen=True, slots=True)
class Follow:
    """Someone follows someone, or asks to."""

    follower_id: int
    followee_id: int
    state: str  # requested, accepted
    uri: str
    created_ms: int
    shows_boosts: bool = True
    notifies: bool = False  # the follower wants to be told of each post
    languages: str = ""  # those that the follower wants to read, separated by spaces; '' for all


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that an account is told of. post_id is 0 where no post belongs to it."""

    id: int
    account_id: int
    kind: str  # mention, reply, like, boost, follow, follow_request, poll, update, report, asked, accepted, awarded, endorsed, ...
    actor_id: int
    post_id: int
    filtered: bool = False  # kept aside: its receiver has not said yes to whom it comes from

    @property
    def created(self) -> datetime:
        """When it happened."""
        return datetime_from_ms(ms_from_id(self.id))


@dataclass(frozen=True, slots=True)
class Key:
    """A public key and whose it is; of ours with the private half (PEM)."""

    uri: str
    account_id: int
    algorithm: str  # rsa, ed25519
    public_key: str  # PEM for rsa, multibase for ed25519
    private_pem: str | None
    fetched_ms: int


@dataclass(frozen=True, slots=True)
class User:
    """That one of our accounts signs in, and how."""

    account_id: int
    email: str | None
    password_hash: str | None
    role: str  # owner, moderator, member
    language: str
    created_ms: int
    disabled_ms: int | None = None
    notifications_read_id: int = 0


@dataclass(frozen=True, slots=True)
class Media:
    """A file of ours, named by the hash of its bytes under the media folder."""

    id: int
    account_id: int
    post_id: int | None
    file: str
    media_type: str
    width: int
    height: int
    size_bytes: int
    alt: str = ""
    purpose: str = "attachment"  # attachment, icon, image; withdrawn: its post was deleted
    blurhash: str | None = None
    focus: str | None = None  # JSON: [x, y], -1.0 to 1.0
    preview: str | None = None  # a smaller picture of it: a file
    duration: float | None = None  # seconds
    state: str = "done"  # done, waiting, failed


@dataclass(frozen=True, slots=True)
class Activity:
    """Something one of ours said to other servers: the exact bytes."""

    id: int
    uri: str
    account_id: int
    type: str
    post_id: int | None
    body: bytes
    is_public: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One activity owed to one inbox."""

    id: int
    activity_id: int
    inbox: str
    host: str
    order_key: int  # the same for all that is owed to one inbox about one object
    state: str  # waiting, delivered, gave up
    attempts: int
    next_ms: int  # when it may be taken; while a worker has it, the end of the lease
    status: int | None
    answer: str
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Job:
    """Work that a worker does outside of any request."""

    id: int
    kind: str
    key: str  # at most one waiting job has a key, where it is not ''
    payload: str  # JSON
    attempts: int
    next_ms: int  # when it may be taken; while a worker has it, the end of the lease
    error: str


@dataclass(frozen=True, slots=True)
class Poll:
    """The answers of a Question. options is JSON: [{"title", "votes"}, ...]."""

    post_id: int
    options: str
    multiple: bool
    closes_ms: int | None
    voters: int | None


@dataclass(frozen=True, slots=True)
class DomainBlock:
    """A server (and all below its name) that we do not talk to."""

    domain: str
    severity: str  # suspend, silence
    comment: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Report:
    """Someone asks a moderator to look. account_id is None where only the reporter's server is known."""

    id: int
    account_id: int | None
    target_id: int
    uri: str
    post_uris: str  # JSON: [URI, ...]
    comment: str
    created_ms: int
    resolved_ms: int | None = None
    category: str = "other"  # spam, legal, violation, other
    forwarded: bool = False
    rules: str = "[]"  # JSON: ids of the node's rules
