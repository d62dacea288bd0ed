"""What a post's `tag` list names: people, hashtags, custom emojis, quoted posts."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from federation.errors import Malformed
from federation.links import image_from
from federation.reading import as_list, mappings, text_from, types_from, uri_from
from federation.records import Document, Emoji, Mention

MAX_MENTIONS = 100
MAX_TAGS = 100  # hashtags, emojis and everything else together
MAX_NAME = 200
SHORTCODE = re.compile(r"[\w.+-]{1,100}")
QUOTE_REL = "https://misskey-hub.net/ns#_misskey_quote"


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a post or actor, each once, in their order."""

    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[str, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    quote_uri: str | None = None  # FEP-e232 link that says it is a quote


NO_TAGS = Tags()


def tags_from(value: object) -> Tags:
    """The tags that are understood. Raises Malformed over 100 mentions or 100 others."""
    tags = mappings(value)
    if not tags:
        return NO_TAGS
    by_type: dict[str, list[Document]] = {}
    for tag in tags:
        by_type.setdefault(next(iter(types_from(tag)), ""), []).append(tag)
    mentions = by_type.get("Mention", [])
    if len(mentions) > MAX_MENTIONS or len(tags) - len(mentions) > MAX_TAGS:
        raise Malformed(f"more than {MAX_MENTIONS} mentions or {MAX_TAGS} tags")
    return Tags(
        mentions=_mentions(mentions),
        hashtags=_hashtags(by_type.get("Hashtag", [])),
        emojis=emojis_from(by_type.get("Emoji", [])),
        quote_uri=next((uri_from(tag) for tag in by_type.get("Link", []) if QUOTE_REL in as_list(tag.get("rel"))), None),
    )


def emojis_from(tags: list[Document]) -> tuple[Emoji, ...]:
    """The custom emojis among the tags, those with a usable name and picture."""
    found: dict[str, Emoji] = {}
    for tag in tags:
        shortcode = text_from(tag.get("name"), MAX_NAME).strip(":")
        image_url, _ = image_from(tag.get("icon"))
        if "Emoji" in types_from(tag) and image_url and SHORTCODE.fullmatch(shortcode):
            found.setdefault(shortcode, Emoji(shortcode, image_url))
    return tuple(found.values())


def document_from_mention(mention: Mention) -> dict[str, object]:
    """The mention as servers write it."""
    document: dict[str, object] = {"type": "Mention", "href": mention.uri}
    return document | {"name": mention.name} if mention.name else document


def document_from_hashtag(name: str, post_uri: str) -> dict[str, object]:
    """The hashtag as servers write it, its page on the server that the post lives on."""
    parts = urlsplit(post_uri)
    return {"type": "Hashtag", "href": f"{parts.scheme}://{parts.netloc}/tags/{quote(name.lower(), safe='')}", "name": f"#{name}"}


def document_from_emoji(emoji: Emoji) -> dict[str, object]:
    """The emoji as servers write it; its id is its picture, as in Pleroma, for it is no page of its own."""
    name = f":{emoji.shortcode}:"
    return {"type": "Emoji", "id": emoji.image_url, "name": name, "icon": {"type": "Image", "url": emoji.image_url}}


def _mentions(tags: list[Document]) -> tuple[Mention, ...]:
    found: dict[str, Mention] = {}
    for tag in tags:
        uri = uri_from(tag.get("href"))
        if uri:
            found.setdefault(uri, Mention(uri, text_from(tag.get("name"), MAX_NAME)))
    return tuple(found.values())


def _hashtags(tags: list[Document]) -> tuple[str, ...]:
    """Without '#'; those with white space inside cannot be linked by anyone and are left out."""
    found: dict[str, str] = {}
    for tag in tags:
        name = text_from(tag.get("name"), MAX_NAME + 1).removeprefix("#")[:MAX_NAME]
        if name and not any(character.isspace() for character in name):
            found.setdefault(name.casefold(), name)
    return tuple(found.values())
