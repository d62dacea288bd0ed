"""Posts of an archive as rows of ours: new ids and addresses, the dates and the words that they had, and nobody is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import orjson

from federation.errors import Malformed
from federation.html import html_from_heading
from federation.objects import post_from_document
from federation.records import PostDocument
from node.site import Site
from node.social import facets, naming, remote_posts
from node.social.media import TYPES
from node.social.posts import allowed_visibility
from storage import accounts, media, polls, posts, reactions
from storage.database import Connection
from storage.ids import free_id, ms_from_datetime
from storage.learning import archives
from storage.learning.archives import Origin
from storage.records import Account, Media, Post, dumped, loaded

MEDIA_TYPES = {f".{extension}": media_type for media_type, extension in TYPES.values()}


@dataclass(frozen=True, slots=True)
class Former:
    """Who somebody was before. files: the bytes that each media file of the archive has; titles: of Notes, by the posts' former ids."""

    uri: str
    followers_uri: str
    files: Mapping[str, int]
    titles: Mapping[str, str]


def restore(db: Connection, site: Site, account: Account, former: Former, batch: Sequence[bytes]) -> int:
    """How many of some posts are new here. Posts of others, and what cannot be read, are left out."""
    read = [(body, document) for body in batch if (document := _read(body)) is not None and document.author_uri == former.uri]
    known = archives.list_origins(db, account.id, [document.uri for _, document in read])
    fresh = [(body, document) for body, document in read if document.uri not in known and not _is_here(db, account, document.uri)]
    for body, document in fresh:
        _restore(db, site, account, former, document, body.decode("utf-8", "replace"))
    return len(fresh)


def _is_here(db: Connection, account: Account, uri: str) -> bool:
    """Whether it is the account's own post already: somebody brings their archive to where they made it."""
    post = posts.find_post_by_uri(db, uri)
    return post is not None and post.account_id == account.id


def _read(body: bytes) -> PostDocument | None:
    try:
        document = orjson.loads(body)
        return post_from_document(document) if isinstance(document, dict) else None
    except (Malformed, orjson.JSONDecodeError):
        return None


def _restore(db: Connection, site: Site, account: Account, former: Former, document: PostDocument, body: str) -> None:
    published_ms = remote_posts.published_ms(document.published, site.now_ms())
    post_id = free_id(db, "post", published_ms)
    author = replace(account, uri=former.uri, followers_uri=former.followers_uri)  # so that what was for followers is for followers
    row = remote_posts.row_from_document(author, document, post_id, published_ms)
    parent = _own(db, account, document.in_reply_to_uri)
    files = [_file(site, former, file) for file in row.files]
    post = replace(
        row,
        account_id=account.id,
        visibility=allowed_visibility(account, None, row.visibility),
        uri=naming.post_uri(site.origin, account.name, post_id),
        url=naming.post_url(site.origin, account.name, post_id),
        in_reply_to_uri=parent.uri if parent else document.in_reply_to_uri,
        context_uri=_context_uri(site, document, parent, post_id),
        replies_uri=None,
        edited_ms=ms_from_datetime(document.updated) if document.updated else None,
        attachments=dumped(files),
        facets=dumped(_renamed(db, account, loaded(row.facets))),
    )
    title = former.titles.get(document.uri, "")
    if title and post.content.startswith(heading := html_from_heading(title)):
        post = replace(post, title=title, content=post.content.removeprefix(heading))
    post = posts.add_post(db, post, document.hashtags)
    _restore_parts(db, site, account, former, post, document, files)
    archives.add_origin(db, Origin(post.id, account.id, document.uri, body))


def _own(db: Connection, account: Account, uri: str | None) -> Post | None:
    """The post here that a former id stands for."""
    found = archives.list_origins(db, account.id, [uri]) if uri else {}
    return posts.find_post(db, found[uri]) if uri and uri in found else None


def _context_uri(site: Site, document: PostDocument, parent: Post | None, post_id: int) -> str | None:
    """A conversation that began with the learner goes on here; others' keep their name."""
    if parent is not None:
        return parent.context_uri
    return document.context_uri if document.in_reply_to_uri else naming.context_uri(site.origin, post_id)


def _file(site: Site, former: Former, file: dict[str, Any]) -> dict[str, Any]:
    """An attachment, at its new address where the archive brought its bytes."""
    name = str(file["url"]).rpartition("/")[2]
    return {**file, "url": naming.media_url(site.origin, name)} if name in former.files else file


def _renamed(db: Connection, account: Account, value: Any) -> Any:
    """Facets with the learner's own posts by their new ids; credentials stay as they were signed."""
    if isinstance(value, list):
        return [_renamed(db, account, each) for each in value]
    if isinstance(value, dict):
        return {name: each if name == "credential" else _renamed(db, account, each) for name, each in value.items()}
    own = _own(db, account, value) if isinstance(value, str) and "://" in value else None
    return own.uri if own is not None else value


def _restore_parts(
    db: Connection, site: Site, account: Account, former: Former, post: Post, document: PostDocument, files: Sequence[dict[str, Any]]
) -> None:
    """What hangs on a post: who is named, its poll, files and meaning."""
    named = [found for mention in document.mentions if (found := accounts.find_account_by_uri(db, mention.uri)) is not None]
    if named:
        reactions.set_mentions(db, post.id, [each.id for each in named])
    if document.poll is not None:
        polls.save_poll(db, remote_posts.poll_from_document(post.id, document.poll))
    for file in files:
        name = str(file["url"]).rpartition("/")[2]
        media_type = MEDIA_TYPES.get(PurePosixPath(name).suffix)
        if name in former.files and media_type:
            size, side = former.files[name], (file.get("width") or 0, file.get("height") or 0)
            row = Media(free_id(db, "media", site.now_ms()), account.id, post.id, name, media_type, *side, size, file.get("alt", ""))
            media.add_media(db, row)
    facets.keep(db, post)
