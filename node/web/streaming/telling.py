"""What an event says to whoever listens: one table by its kind. All of it is read in one unit, as each listener may see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from node.site import Site
from node.social import authorizing, changes, conversing, guardianship, viewing
from node.web.mastodon import conversations, entities_news, entities_statuses
from node.web.streaming.channels import KINDS, Channel
from storage import accounts, notifications, posts, streams
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


def may_concern(event: Event, listener: Listener, scopes: str) -> bool:
    """Whether an event can be for a listener at all, before anything is read."""
    return TOLD[event.kind].concerns(event, listener, scopes)


def messages(db: Connection, site: Site, wanted: Sequence[tuple[Event, Sequence[Listener]]]) -> list[Found]:
    """What each event tells each of some listeners whom it may concern. Whoever is told of many things is looked at once."""
    told: dict[int, list[int]] = {}
    for event, _ in wanted:
        if event.kind == "notification":
            told.setdefault(event.subject_id, []).append(int(event.payload))
    news = {account_id: _News(db, site, account_id, ids) for account_id, ids in told.items()}
    return [
        news[event.subject_id].tell(event, listeners) if event.kind == "notification" else TOLD[event.kind].tell(db, site, event, listeners)
        for event, listeners in wanted
    ]


def _post_concerns(event: Event, listener: Listener, _scopes: str) -> bool:
    if KINDS[listener.channel.name].belongs is None:
        return False
    readers = event.payload.split()[1:] if is_gone(event) else ["*"]
    return "*" in readers or str(listener.viewer_id) in readers


def _tell_post(db: Connection, site: Site, event: Event, listeners: Sequence[Listener]) -> Found:
    if is_gone(event):
        return dict.fromkeys(listeners, Message("delete", str(event.subject_id)))
    post = posts.find_post(db, event.subject_id)
    if post is None:
        return {}
    wanted = _belonging(db, post, listeners)
    if not wanted:
        return {}
    kind = "update" if event.payload == changes.NEW else "status.update"
    viewers = list({listener.viewer_id for listener in wanted})
    special = streams.list_special(db, post.boost_of_id or post.id, viewers)
    if guardianship.is_ward(accounts.get_account(db, post.account_id)):  # who sees its name
        special = set(viewers)
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


class _News:
    """Some of what one account was told, with all that showing it takes."""

    def __init__(self, db: Connection, site: Site, account_id: int, ids: Sequence[int]) -> None:
        found = notifications.find_notifications(db, account_id, ids)
        self._told = {each.id: each for each in found if not each.filtered}
        post_ids = {each.post_id for each in self._told.values() if each.post_id}
        self._view = viewing.load_view(db, site, list(post_ids), account_id, also=[each.actor_id for each in self._told.values()])

    def tell(self, event: Event, listeners: Sequence[Listener]) -> Found:
        """What one of them is to those who listen."""
        told = self._told.get(int(event.payload))
        if told is None or (told.post_id and viewing.is_hidden(self._view, told.post_id, "notifications")):
            return {}
        payload = orjson.dumps(entities_news.notification(self._view, told)).decode()
        return {listener: Message("notification", payload) for listener in listeners}


def _tell_news(db: Connection, site: Site, event: Event, listeners: Sequence[Listener]) -> Found:
    return _News(db, site, event.subject_id, [int(event.payload)]).tell(event, listeners)


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
PERSONAL = frozenset(TOLD) - {"post"}  # events that concern the account that they name, and nobody else
