"""What an event says to whoever listens: one table by its kind. All of it is read in one unit, as each listener may see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from node.site import Site
from node.social import authorizing, changes, conversing, viewing
from node.web.mastodon import conversations, entities_news, entities_statuses
from node.web.streaming.channels import KINDS, Channel
from storage import notifications, posts, streams
from storage.database import Connection, Event
from storage.listings import Window
from storage.records import Post

RECENT_TALKS = 10  # among which the one is that has just got a message


@dataclass(frozen=True, slots=True)
class Listener:
    """Who listens to what."""

    viewer_id: int
    channel: Channel


@dataclass(frozen=True, slots=True)
class Message:
    """What is told. payload: as programs read it, a text, mostly JSON."""

    event: str
    payload: str = ""
    channel: Channel | None = None

    def on(self, channel: Channel) -> "Message":
        """The same on a channel."""
        return replace(self, channel=channel)


Found = dict[Listener, Message]


def is_gone(event: Event) -> bool:
    """Whether a post is no more."""
    return event.payload.startswith(changes.GONE)


def deletion(event: Event) -> Message:
    """All that is told of a post that is no more."""
    return Message("delete", str(event.subject_id))


def may_concern(event: Event, listener: Listener, scopes: str) -> bool:
    """Whether an event can be for a listener at all, before anything is read."""
    return TOLD[event.kind].concerns(event, listener, scopes)


def messages(db: Connection, site: Site, event: Event, listeners: Sequence[Listener]) -> Found:
    """What an event tells each of some listeners whom it may concern."""
    return TOLD[event.kind].tell(db, site, event, listeners)


def _post_concerns(event: Event, listener: Listener, _scopes: str) -> bool:
    if KINDS[listener.channel.name].belongs is None:
        return False
    readers = event.payload.split()[1:] if is_gone(event) else ["*"]
    return "*" in readers or str(listener.viewer_id) in readers


def _tell_post(db: Connection, site: Site, event: Event, listeners: Sequence[Listener]) -> Found:
    post = posts.find_post(db, event.subject_id)
    if post is None:
        return {}
    wanted = _belonging(db, post, listeners)
    if not wanted:
        return {}
    kind = "update" if event.payload == changes.NEW else "status.update"
    viewers = list({listener.viewer_id for listener in wanted})
    special = streams.list_special(db, post.boost_of_id or post.id, viewers)
    views: dict[int, viewing.View] = {}
    found: Found = {}
    shared = ""
    for listener in wanted:
        if listener.viewer_id not in special:
            shared = shared or _rendered(viewing.load_view(db, site, [post.id], listener.viewer_id), post)
            found[listener] = Message(kind, shared)
            continue
        view = views.get(listener.viewer_id) or viewing.load_view(db, site, [post.id], listener.viewer_id)
        views[listener.viewer_id] = view
        if not viewing.is_hidden(view, post.id, KINDS[listener.channel.name].where):
            found[listener] = Message(kind, _rendered(view, post))
    return found


def _rendered(view: viewing.View, post: Post) -> str:
    return orjson.dumps(entities_statuses.status(view, post.id)).decode()


def _belonging(db: Connection, post: Post, listeners: Sequence[Listener]) -> list[Listener]:
    """Those on whose channel the post stands, by the lists' own rules."""
    homes = [listener.viewer_id for listener in listeners if KINDS[listener.channel.name].in_home]
    holders = streams.list_holders(db, post.id, list(set(homes))) if homes else set()
    found = []
    for listener in listeners:
        kind = KINDS[listener.channel.name]
        is_possible = listener.viewer_id in holders if kind.in_home else post.visibility == 0 and post.boost_of_id is None
        if is_possible and kind.belongs and kind.belongs(db, listener.viewer_id, listener.channel.argument, post.id):
            found.append(listener)
    return found


def _news_concern(event: Event, listener: Listener, scopes: str) -> bool:
    is_theirs = listener.viewer_id == event.subject_id and listener.channel.name in {"user", "user:notification"}
    return is_theirs and bool(event.payload) and authorizing.has_scope(scopes, "read:notifications")


def _tell_news(db: Connection, site: Site, event: Event, listeners: Sequence[Listener]) -> Found:
    told = notifications.find_notification(db, event.subject_id, int(event.payload))
    if told is None or told.filtered:
        return {}
    view = viewing.load_view(db, site, [told.post_id] if told.post_id else [], event.subject_id, also=[told.actor_id])
    if told.post_id and viewing.is_hidden(view, told.post_id, "notifications"):
        return {}
    payload = orjson.dumps(entities_news.notification(view, told)).decode()
    return {listener: Message("notification", payload) for listener in listeners}


def _talk_concerns(event: Event, listener: Listener, _scopes: str) -> bool:
    return listener.viewer_id == event.subject_id and listener.channel.name == "direct"


def _tell_talk(db: Connection, site: Site, event: Event, listeners: Sequence[Listener]) -> Found:
    talks = conversing.load_talks(db, site, event.subject_id, Window(limit=RECENT_TALKS))
    found = [talk for talk in talks.conversations if talk.thread_id == int(event.payload)]
    if not found:
        return {}
    payload = orjson.dumps(conversations.conversation(talks, found[0])).decode()
    return {listener: Message("conversation", payload) for listener in listeners}


def _filters_concern(event: Event, listener: Listener, _scopes: str) -> bool:
    return listener.viewer_id == event.subject_id and listener.channel.name == "user"


def _tell_filters(_db: Connection, _site: Site, _event: Event, listeners: Sequence[Listener]) -> Found:
    return {listener: Message("filters_changed") for listener in listeners}


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of event is told."""

    concerns: Callable[[Event, Listener, str], bool]
    tell: Callable[[Connection, Site, Event, Sequence[Listener]], Found]


TOLD: Mapping[str, Kind] = {
    "post": Kind(_post_concerns, _tell_post),
    "notification": Kind(_news_concern, _tell_news),
    "conversation": Kind(_talk_concerns, _tell_talk),
    "filters": Kind(_filters_concern, _tell_filters),
}
