"""What a document on the wire states, as frozen records: read from JSON at one door, written to JSON at another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

ActorType = Literal["Person", "Group", "Service", "Application", "Organization"]
PostType = Literal["Note", "Article", "Page", "Event", "Question", "Image", "Video", "Audio", "Document"]
ACTOR_TYPES: tuple[ActorType, ...] = ("Person", "Group", "Service", "Application", "Organization")
POST_TYPES: tuple[PostType, ...] = ("Note", "Article", "Page", "Event", "Question", "Image", "Video", "Audio", "Document")

AttachmentType = Literal["Image", "Video", "Audio", "Document", "Link"]

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ActivityEnvelope:
    """As much of an activity as is read before its signature is verified: what it is, and the ids that decide whom to ask for a key."""

    uri: str
    type: str
    actor_uri: str
    object_uri: str | None
    object_type: str | None  # None where they sent only an id


@dataclass(frozen=True, slots=True)
class ActivityDocument:
    """What was done, by whom, to what (ActivityStreams Core, "Activity").

    object_uri is None only where an embedded object has no id of its own (a Flag's list, an anonymous Follow).
    """

    uri: str
    type: str
    actor_uri: str
    object_uri: str | None
    object_type: str | None  # None where they sent only an id
    object: Document | None  # the embedded object as it came; never trusted before its origin is checked
    object_uris: tuple[str, ...] = ()  # all of them: Flag names several
    target_uri: str | None = None  # Add, Remove, Move
    origin_uri: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience_uri: str | None = None  # FEP-1b12: the group
    published: datetime | None = None
    content: str = ""  # Flag: what the reporter wrote, plain text
    document: Document = field(default_factory=dict)  # the whole of it, for its proof and for forwarding it unchanged
    objects: tuple[Document, ...] = ()  # every embedded object: GoToSocial puts several votes into one Create


@dataclass(frozen=True, slots=True)
class KeyDocument:
    """A public key as an actor document states it (security v1 publicKey, or FEP-521a Multikey)."""

    uri: str
    owner_uri: str
    algorithm: Literal["rsa", "ed25519"]
    encoded: str  # PEM for rsa, multibase (z6Mk...) for ed25519
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One line of a profile's table (schema:PropertyValue). value is sanitised HTML."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Emoji:
    """A custom emoji (toot:Emoji): `:shortcode:` stands for the image. shortcode is without the colons."""

    shortcode: str
    image_url: str


@dataclass(frozen=True, slots=True)
class ActorDocument:
    """An actor (ActivityPub, section 4). Plain-text fields are text; summary and field values are sanitised HTML."""

    uri: str
    type: ActorType
    name: str  # preferredUsername, the handle's first half
    inbox: str
    display_name: str = ""
    summary: str = ""
    url: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    shared_inbox: str | None = None
    icon_url: str | None = None
    image_url: str | None = None
    icon_alt: str = ""
    image_alt: str = ""
    fields: tuple[ProfileField, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    locked: bool = False  # manuallyApprovesFollowers
    discoverable: bool = False
    indexable: bool = False  # FEP-5feb
    suspended: bool = False
    memorial: bool = False
    also_known_as: tuple[str, ...] = ()
    moved_to: str | None = None
    moderators: str | None = None  # FEP-1b12: a Group's attributedTo
    endpoints: tuple[tuple[str, str], ...] = ()  # (name, address) of those for programs; written, never read
    competencies: str | None = None  # LEARNING: collections of a Group; written, never read
    paths: str | None = None
    posting_restricted: bool = False  # FEP-1b12: postingRestrictedToMods
    webfinger: str | None = None  # FEP-2c59: name@host
    keys: tuple[KeyDocument, ...] = ()
    searchable_by: tuple[str, ...] | None = None  # FEP-268d: who may find their posts by words; None where they do not say
    statements: tuple[Document, ...] = ()  # FEP-c390, as they stand; federation.identities tells which of them hold
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or link that belongs to a post. url is absolute."""

    type: AttachmentType
    url: str
    media_type: str = ""
    alt: str = ""
    width: int | None = None
    height: int | None = None
    blurhash: str | None = None
    focus: tuple[float, float] | None = None  # toot:focalPoint, -1.0 to 1.0


@dataclass(frozen=True, slots=True)
class Mention:
    """Someone a post names. name is the handle as written (`@ada@example.org`), maybe empty."""

    uri: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class PollOption:
    """One answer of a poll and how often it was given."""

    title: str
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Poll:
    """A Question's answers (FEP-9967). closed: when it did close; closes: when it will."""

    options: tuple[PollOption, ...]
    multiple: bool
    closes: datetime | None = None
    closed: datetime | None = None
    voters: int | None = None


@dataclass(frozen=True, slots=True)
class EventDetails:
    """When and where an Event is (FEP-8a8e)."""

    starts: datetime | None
    ends: datetime | None = None
    location: str = ""
    join_mode: str = ""


@dataclass(frozen=True, slots=True)
class PostDocument:
    """A post of any kind. content is sanitised HTML (never empty for a kind whose text is elsewhere: a title or link stands in)."""

    uri: str
    type: PostType
    author_uri: str
    content: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience_uri: str | None = None
    title: str = ""  # plain text: Article, Page, Event, Video ...
    summary: str = ""  # plain text: a Note's content warning, an Article's abstract
    sensitive: bool = False
    url: str | None = None
    in_reply_to_uri: str | None = None
    context_uri: str | None = None
    replies_uri: str | None = None
    likes_uri: str | None = None
    shares_uri: str | None = None
    quote_uri: str | None = None
    quote_stamp_uri: str | None = None  # quoteAuthorization: where the quoted author's consent is looked up (FEP-044f)
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None  # BCP 47
    source: str | None = None  # Markdown, where the author gave it (mediaType text/markdown)
    attachments: tuple[Attachment, ...] = ()
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[str, ...] = ()  # without '#', as written
    emojis: tuple[Emoji, ...] = ()
    poll: Poll | None = None
    event: EventDetails | None = None
    vote: str | None = None  # a Note that is an answer to a poll: the option's title
    comments_enabled: bool = True
    interaction_policy: Document | None = None  # who may like, reply, boost, quote (GoToSocial, FEP-044f), as it came
    searchable_by: tuple[str, ...] | None = None  # FEP-268d
    learning: tuple[Document, ...] = ()  # facets, LEARNING.md
    migrated_from: str | None = None  # its id where it was before its author moved
    preview: str = ""  # HTML of the Note that stands for an Article (FEP-b2b8); written, never read
    proof: Document | None = None
