"""A post as bytes that are the same for everybody, split where what differs goes in: rendered once a revision, joined on every page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from markupsafe import Markup, escape

from node.caches import Lru
from node.site import Site
from node.web.pages import languages, meanings, names, rendering, wording
from node.web.pages.emojis import with_emojis
from node.web.pages.languages import Language
from node.web.pages.visiting import Visitor
from storage.ids import ms_from_id
from storage.records import Account, Poll, Post, loaded
from storage.timelines import Entry

HOLE = "\0"  # no text holds one: both doors remove it
PARTS = 9
LONG = 4_000  # characters of HTML from which on a post is folded in lists
BOOST = (b'boost" aria-pressed="false', b'unboost" aria-pressed="true')
LIKE = (b'like" aria-pressed="false', b'unlike" aria-pressed="true')
UNKNOWN = {"alt": "", "width": None, "height": None}  # of a file whose server does not say
KINDS = {"Image": "image", "Video": "video", "Audio": "audio"}

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A rendered post. parts: what stands between the holes, in the order of `fill`; menus: for others, for its author."""

    parts: tuple[bytes, ...]
    menus: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Shown:
    """What rendering a post takes, whoever looks."""

    post: Post
    author: Account
    answered: Account | None
    poll: Poll | None


def key_of(entry: Entry, speech: Language) -> Key:
    """Under which an entry's post is kept rendered."""
    return (entry.post_id, entry.revision_ms, entry.author_revision_ms, speech.tag)


def ribbon_key(entry: Entry, speech: Language) -> Key:
    """Under which the line that names an entry's booster is kept."""
    return ("ribbon", entry.booster_id, entry.booster_revision_ms, speech.tag)


def fill(fragment: Fragment, entry: Entry, viewer_id: int, age: str, ribbon: bytes = b"") -> tuple[bytes, ...]:
    """An entry's bytes for one viewer, to be joined; a stranger (0) gets no buttons."""
    head, to_age, to_deeds, to_replies, to_boost, to_like, to_menu, to_end, end = fragment.parts
    if not viewer_id:
        return head, ribbon, to_age, age.encode(), to_deeds, end
    replies = b" %d" % entry.replies_count if entry.replies_count else b""
    menu = fragment.menus[entry.author_id == viewer_id]
    return (
        head, ribbon, to_age, age.encode(), to_deeds, to_replies, replies, to_boost, BOOST[entry.boosted],
        to_like, LIKE[entry.liked], to_menu, menu, to_end, end,
    )  # fmt: skip


def make(shown: Shown, speech: Language, site: Site, *, unfolded: bool = False) -> Fragment:
    """A post, rendered. unfolded: however long it is."""
    post, author = shown.post, shown.author
    values = _values(shown, speech, site.now()) | {"hole": HOLE}
    values["is_long"] = not unfolded and len(post.content) > LONG
    parts = tuple(part.encode("utf-8", "replace") for part in rendering.render(site, speech, "post.html", values).split(HOLE))
    if len(parts) != PARTS:
        raise ValueError(f"post.html has {len(parts) - 1} holes, not {PARTS - 1}")
    menus = [
        rendering.render(site, speech, "post_menu.html", values | {"is_own": is_own, "original_url": _original_url(post, author)})
        for is_own in (False, True)
    ]
    return Fragment(parts, (menus[0].encode("utf-8", "replace"), menus[1].encode("utf-8", "replace")))


def _original_url(post: Post, author: Account) -> str:
    url = "" if author.is_local else post.url or post.uri
    return url if _is_address(url) else ""


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _values(shown: Shown, speech: Language, now: datetime) -> dict[str, Any]:
    post, author = shown.post, shown.author
    is_warning = bool(post.summary) and (post.sensitive or not post.title)
    return {
        "post": post,
        "author": author,
        "parent": shown.answered,
        "path": names.post_path(author, post.id),
        "content": with_emojis(Markup(post.content.replace(HOLE, "")), post.emojis),  # noqa: S704 - sanitised before it was stored
        "lang": languages.tag_or_none(post.language),
        "dir": languages.direction(post.language),
        "warning": with_emojis(escape(post.summary), post.emojis) if is_warning else "",
        "intro": "" if is_warning else post.summary,
        "visibility": audience(speech.tag, post.visibility),
        "files": [UNKNOWN | file | {"kind": kind_of(file)} for file in post.files if _is_address(file["url"])],
        "poll": poll_values(shown.poll, now) if shown.poll else None,
        "event": _event(post),
        "marks": meanings.marks(post, author, speech) if post.facets else (),
        "quote_uri": post.quote_uri if post.quote_uri and _is_address(post.quote_uri) else "",
    }


@lru_cache
def audience(tag: str, visibility: int) -> str:
    """The mark on a post that is not for everybody."""
    say = languages.language(tag).say
    return ("", say("unlisted"), say("followers"), say("private"), say("waits for a moderator"))[visibility]


def kind_of(file: dict[str, Any]) -> str:
    """How an attachment is shown: image, video, audio or link."""
    by_media_type = {"image": "image", "video": "video", "audio": "audio"}.get(str(file.get("media_type", "")).partition("/")[0])
    return by_media_type or KINDS.get(str(file.get("type")), "link")


def poll_values(poll: Poll, now: datetime) -> dict[str, Any]:
    """A poll as its templates show it, with each answer's share in percent."""
    options = loaded(poll.options)
    votes = [max(0, option.get("votes") or 0) for option in options]
    people = poll.voters if poll.multiple and poll.voters else sum(votes)
    return {
        "options": [
            {"title": option["title"], "percent": min(100, round(100 * count / people)) if people else 0}
            for option, count in zip(options, votes, strict=True)
        ],
        "multiple": poll.multiple,
        "voters": poll.voters or sum(votes),
        "closes_ms": poll.closes_ms,
        "is_closed": poll.closes_ms is not None and poll.closes_ms <= now.timestamp() * 1000,
    }


def _event(post: Post) -> dict[str, Any] | None:
    if not post.event:
        return None
    stated = orjson.loads(post.event)
    moments = {name: datetime.fromisoformat(stated[name]) if stated.get(name) else None for name in ("starts", "ends")}
    return {**moments, "location": stated.get("location")}


def make_ribbon(booster: Account, speech: Language, site: Site) -> bytes:
    """The line above a post that says who boosted it."""
    name = Markup('<a href="{}"><bdi>{}</bdi></a>').format(names.profile_path(booster), with_emojis(booster.title, booster.emojis))
    said = speech.say("in %(name)s") if booster.type == "Group" else speech.say("%(name)s has boosted")
    sentence = Markup(said) % {"name": name}  # noqa: S704 - a sentence of our own
    return rendering.with_shown(site, Markup('<p class="ribbon">{}</p>').format(sentence)).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Joined:
    """Pieces of a page, and the entries that could not be shown because they are not in memory."""

    pieces: list[bytes]
    missing: list[Entry]


def join(kept: Lru[Key, Any], entries: Sequence[Entry], visitor: Visitor, now_ms: int) -> Joined:
    """Entries from memory. On the way of every page of posts: one look-up for each post, and one for whoever boosted it."""
    speech, viewer_id = visitor.language, visitor.id
    pieces: list[bytes] = []
    missing: list[Entry] = []
    for entry in entries:
        fragment = kept.get(key_of(entry, speech))
        ribbon = b"" if entry.booster_id is None else kept.get(ribbon_key(entry, speech))
        if fragment is None or ribbon is None:
            missing.append(entry)
        else:
            filled = fill(fragment, entry, viewer_id, wording.age(speech, now_ms, ms_from_id(entry.post_id)), ribbon)
            pieces += _folded(entry.filtered_by, filled, speech) if entry.filtered_by else filled
    return Joined(pieces, missing)


def _folded(title: str, filled: Sequence[bytes], speech: Language) -> tuple[bytes, ...]:
    """A post behind the title of the filter that it meets."""
    summary = Markup('<details class="long filtered"><summary>{}</summary>').format(speech.say("Filtered: %(title)s") % {"title": title})
    return summary.encode(), *filled, b"</details>"
