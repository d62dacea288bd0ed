"""Posts as Mastodon's API shows them, with their files, polls, quotes and edits."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from node.site import Site
from node.social.filtering import Match
from node.social.proxying import shown_url
from node.social.viewing import NO_MARKS, View
from node.web.mastodon import entities
from node.web.mastodon.entities import Json, moment, moment_or_none
from storage.filters import Whole
from storage.previews import Preview
from storage.records import DIRECT, PRIVATE, UNLISTED, Media, Poll, Post, loaded
from storage.viewing import Named

VISIBILITIES = ("public", "unlisted", "private", "direct")  # by posts.visibility
TITLED = {"Article", "Page", "Event", "Video", "Audio", "Document"}
LONG = 20_000  # characters of HTML that a program is given at once; a longer text leads to its page
MEDIA_TYPES = {"image": "image", "video": "video", "audio": "audio"}
HIDDEN_QUOTES = {"pending": "pending", "rejected": "rejected", "revoked": "revoked"}


def status(view: View, post_id: int) -> Json:
    """Status; of a boost with what it boosts in `reblog`."""
    post = view.posts[post_id]
    original = view.posts.get(post.boost_of_id) if post.boost_of_id else None
    shown = _status(view, original or post)
    if original is None:
        return shown
    return shown | {
        "id": str(post.id),
        "uri": post.uri,
        "url": None,
        "created_at": moment(post.published_ms),
        "account": entities.account(view.people, post.account_id),
        "visibility": VISIBILITIES[min(post.visibility, DIRECT)],
        "reblog": shown,
        "media_attachments": [],
        "mentions": [],
        "tags": [],
        "card": None,
        "poll": None,
        "quote": None,
        "application": None,
        "edited_at": None,
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
    }


def statuses(view: View, ids: Sequence[int]) -> list[Json]:
    """Some posts in their order, without those that are gone."""
    return [status(view, post_id) for post_id in ids if is_whole(view, post_id)]


def is_whole(view: View, post_id: int) -> bool:
    """Whether the post and all that stands in it are there still."""
    post = view.posts.get(post_id)
    if post is None or post.account_id not in view.people.accounts:
        return False
    return post.boost_of_id is None or (post.boost_of_id in view.posts and is_whole(view, post.boost_of_id))


def _status(view: View, post: Post) -> Json:
    marks = view.marks.get(post.id, NO_MARKS)
    poll, app = view.polls.get(post.id), view.apps.get(post.id)
    return {
        "id": str(post.id),
        "created_at": moment(post.published_ms),
        "edited_at": moment_or_none(post.edited_ms),
        "in_reply_to_id": str(post.in_reply_to_id) if post.in_reply_to_id else None,
        "in_reply_to_account_id": _id(view.answered.get(post.in_reply_to_id or 0)),
        "sensitive": bool(post.sensitive),
        "spoiler_text": "" if post.type == "Article" else post.summary,
        "visibility": VISIBILITIES[min(post.visibility, DIRECT)],
        "language": post.language,
        "uri": post.uri,
        "url": post.url or post.uri,
        "replies_count": post.replies_count,
        "reblogs_count": post.boosts_count,
        "favourites_count": post.likes_count,
        "quotes_count": view.quoted.get(post.id, 0),
        "favourited": marks.liked,
        "reblogged": marks.boosted,
        "muted": marks.muted,
        "bookmarked": marks.bookmarked,
        "pinned": marks.pinned,
        "content": content_of(post),
        "text": None,
        "filtered": [filter_result(match) for match in view.filtered.get(post.id, ())],
        "reblog": None,
        "application": {"name": app[0], "website": app[1] or None} if app else None,
        "account": entities.account(view.people, post.account_id),
        "media_attachments": files_of(view.site, post),
        "mentions": [mention(named) for named in view.named.get(post.id, ())],
        "tags": [entities.hashtag(view.site, name) for name in view.tags.get(post.id, ())],
        "emojis": entities.emojis(view.site, loaded(post.emojis)),
        "card": card_of(view.site, view.previews[post.id]) if post.id in view.previews else None,
        "poll": poll_of(view, poll) if poll else None,
        "quote": quote_of(view, post),
        "quote_approval": approval_of(view, post),
        "tagged_collections": [],
    }


def _id(number: int | None) -> str | None:
    return str(number) if number else None


def content_of(post: Post) -> str:
    """What a program shows of a post: a title above it, a text that is too long cut to its abstract, a link below it."""
    if not post.title and post.type not in TITLED:
        return post.content
    href = escape(post.url or post.uri)
    title = f"<p><strong>{escape(post.title)}</strong></p>" if post.title else ""
    links = "".join(f'<p><a href="{escape(file["url"])}">{escape(file["url"])}</a></p>' for file in post.files if file["type"] == "Link")
    if len(post.content) <= LONG:
        return f"{title}{post.content}{links}"
    return f'{title}<p>{escape(post.summary)}</p>{links}<p><a href="{href}">{href}</a></p>'


def card_of(site: Site, preview: Preview) -> Json:
    """PreviewCard."""
    return {
        "url": preview.url,
        "title": preview.title,
        "description": preview.description,
        "language": preview.language or None,
        "type": "link",
        "author_name": preview.author_name,
        "author_url": "",
        "provider_name": preview.provider_name,
        "provider_url": "",
        "html": "",
        "width": preview.width,
        "height": preview.height,
        "image": shown_url(site, preview.image_url) if preview.image_url else None,
        "image_description": preview.image_alt,
        "embed_url": "",
        "blurhash": None,
        "published_at": moment_or_none(preview.published_ms),
        "authors": [{"name": preview.author_name, "url": "", "account": None}] if preview.author_name else [],
        "missing_attribution": None,
    }


def mention(named: Named) -> Json:
    """Mention."""
    acct = f"{named.name}@{named.domain}" if named.domain else named.name
    return {"id": str(named.id), "username": named.name, "acct": acct, "url": named.url}


def files_of(site: Site, post: Post) -> list[Json]:
    """The media attachments of a post; links that are attached stand in its text."""
    files = [file for file in post.files if file["type"] != "Link"]
    return [_file(site, post.id, number, file) for number, file in enumerate(files)]


def _file(site: Site, post_id: int, number: int, file: Mapping[str, Any]) -> Json:
    """An attachment has no row of its own where it is another server's: its id is the post's, counted on."""
    url = shown_url(site, file["url"])
    preview = shown_url(site, file["preview"]) if file.get("preview") else url
    return {
        "id": str(file.get("media_id") or post_id + number),
        "type": kind_of(file.get("media_type", ""), file["type"]),
        "url": url,
        "preview_url": preview,
        "remote_url": None if file.get("media_id") else file["url"],
        "preview_remote_url": None,
        "text_url": None,
        "meta": meta(file.get("width"), file.get("height"), file.get("focus"), file.get("duration")),
        "description": file.get("alt") or None,
        "blurhash": file.get("blurhash"),
    }


def kind_of(media_type: str, stated: str = "") -> str:
    """image, video, audio, gifv or unknown."""
    known = MEDIA_TYPES.get(media_type.partition("/")[0])
    return known or MEDIA_TYPES.get(stated.lower(), "unknown")


def meta(width: int | None, height: int | None, focus: Sequence[float] | None, duration: float | None) -> Json | None:
    """The sizes of a file, as far as they are known."""
    found: Json = {}
    if width and height:
        size: Json = {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}
        found = {"original": dict(size), "small": dict(size)}
    if duration:
        found.setdefault("original", {})["duration"] = duration
    if focus:
        found["focus"] = {"x": focus[0], "y": focus[1]}
    return found or None


def media(site: Site, kept: Media) -> Json:
    """MediaAttachment of a file of ours; url is null while it is being made."""
    url = shown_url(site, f"{site.origin}/media/{kept.file}") if kept.state == "done" else None
    preview = shown_url(site, f"{site.origin}/media/{kept.preview}") if kept.preview else url
    return {
        "id": str(kept.id),
        "type": kind_of(kept.media_type),
        "url": url,
        "preview_url": preview,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": meta(kept.width, kept.height, loaded(kept.focus) or None, kept.duration),
        "description": kept.alt or None,
        "blurhash": kept.blurhash,
    }


def poll_of(view: View, poll: Poll) -> Json:
    """Poll; its id is that of its post."""
    options = loaded(poll.options)
    counts = [option.get("votes", 0) for option in options]
    own = list(view.votes.get(poll.post_id, ()))
    post = view.posts.get(poll.post_id)
    is_own = post is not None and post.account_id == view.viewer_id
    return {
        "id": str(poll.post_id),
        "expires_at": moment_or_none(poll.closes_ms),
        "expired": poll.closes_ms is not None and poll.closes_ms <= view.site.now_ms(),
        "multiple": bool(poll.multiple),
        "votes_count": sum(counts),
        "voters_count": poll.voters if poll.multiple else sum(counts),
        "options": [{"title": option["title"], "votes_count": count} for option, count in zip(options, counts, strict=True)],
        "emojis": [],
        "voted": bool(own) or is_own if view.viewer_id else None,
        "own_votes": own if view.viewer_id else None,
    }


def quote_of(view: View, post: Post) -> Json | None:
    """Quote; what is quoted stands in it where its author agreed and the viewer may see it. A quote in a quote is named alone."""
    quote = view.quotes.get(post.id)
    if quote is None:
        return None
    quoted = view.posts.get(quote.quoted_id or 0)
    if quote.state != "accepted":
        return {"state": HIDDEN_QUOTES[quote.state], "quoted_status": None}
    if quote.quoted_id is None:
        return {"state": "deleted", "quoted_status": None}
    if quoted is None or not is_whole(view, quoted.id):
        return {"state": "unauthorized", "quoted_status": None}
    inner = view.quotes.get(quoted.id)
    shown = _status(_without_quotes(view), quoted)
    if inner is not None:
        shown["quote"] = {"state": inner.state, "quoted_status_id": _id(inner.quoted_id)}
    return {"state": "accepted", "quoted_status": shown}


def _without_quotes(view: View) -> View:
    return View(**{name: getattr(view, name) for name in View.__slots__} | {"quotes": {}})


def approval_of(view: View, post: Post) -> Json:
    """QuoteApproval: who may quote a post, and whether the viewer may."""
    is_own = bool(view.viewer_id) and post.account_id == view.viewer_id
    policy = "nobody" if post.visibility > UNLISTED else post.quote_policy
    automatic = {"public": ["public"], "followers": ["followers"]}.get(policy, [])
    allowed = policy == "public" or (policy == "followers" and post.account_id in view.follows)
    if not policy:  # nothing was said: another server's author is asked (FEP-044f)
        return {"automatic": [], "manual": ["public"], "current_user": "automatic" if is_own else "manual"}
    mine = post.visibility < PRIVATE or is_own
    return {"automatic": automatic, "manual": [], "current_user": "automatic" if (is_own and mine) or allowed else "denied"}


def filter_result(match: Match) -> Json:
    """FilterResult."""
    return {
        "filter": filter_v2(match.whole, with_parts=False),
        "keyword_matches": list(match.words) or None,
        "status_matches": [str(post_id) for post_id in match.posts] or None,
    }


def filter_v2(whole: Whole, *, with_parts: bool = True) -> Json:
    """Filter of version 2."""
    shown = {
        "id": str(whole.filter.id),
        "title": whole.filter.title,
        "context": whole.filter.contexts.split(),
        "expires_at": moment_or_none(whole.filter.expires_ms),
        "filter_action": whole.filter.action,
    }
    if not with_parts:
        return shown | {"keywords": None, "statuses": None}
    return shown | {
        "keywords": [{"id": str(each.id), "keyword": each.keyword, "whole_word": bool(each.whole_word)} for each in whole.keywords],
        "statuses": [{"id": str(each.id), "status_id": str(each.post_id)} for each in whole.posts],
    }
