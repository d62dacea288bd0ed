"""Files and links that belong to a post."""

from typing import get_args

from federation.errors import Malformed
from federation.links import MAX_ALT, file_url, media_links, media_type_of
from federation.reading import as_list, as_mapping, count_from, mappings, text_from, type_from, types_from, uri_from
from federation.records import Attachment, AttachmentType, Document, PostType

MAX_ATTACHMENTS = 32
MAX_PIXELS = 100_000
KINDS: tuple[AttachmentType, ...] = get_args(AttachmentType)
MEDIA_POSTS: tuple[PostType, ...] = ("Video", "Audio", "Image", "Document")


def attachments_from(document: Document, kind: PostType) -> tuple[Attachment, ...]:
    """What is attached to a post, shown as its picture (`image`) or is the post itself (a Video's files); each address once.

    Raises Malformed over 32.
    """
    stated = as_list(document.get("attachment"))
    if len(stated) > MAX_ATTACHMENTS:
        raise Malformed(f"more than {MAX_ATTACHMENTS} attachments")
    found = [_attachment(item) for item in stated]
    found += [_attachment(image, "Image") for image in mappings(document.get("image"))[:1]]
    if kind in MEDIA_POSTS:
        found += [_media(link) for link in list(media_links(document.get("url")))[:1]]
    by_url: dict[str, Attachment] = {}
    for attachment in found:
        if attachment:
            by_url.setdefault(attachment.url, attachment)
    return tuple(by_url.values())


def document_from_attachment(attachment: Attachment) -> dict[str, object]:
    """The attachment as servers write it; attachments_from reads it back."""
    where = "href" if attachment.type == "Link" else "url"
    document: dict[str, object] = {"type": attachment.type, where: attachment.url}
    optional = {
        "mediaType": attachment.media_type or None,
        "name": attachment.alt or None,
        "width": attachment.width,
        "height": attachment.height,
        "blurhash": attachment.blurhash,
        "focalPoint": list(attachment.focus) if attachment.focus else None,
    }
    return document | {name: value for name, value in optional.items() if value is not None}


def _attachment(item: object, usual: AttachmentType = "Document") -> Attachment | None:
    """None for what is no file and no link: a PropertyValue, an attached Note, a recipe."""
    if not isinstance(item, dict):
        url = uri_from(item)
        return Attachment(type="Link", url=url) if url else None
    kind = type_from(item, KINDS) if types_from(item) else usual
    url = file_url(item)
    return _described(item, kind, url) if kind and url else None


def _media(link: Document) -> Attachment | None:
    """A file that a Link of a post's `url` names; its media type says what it is."""
    kind = type_from({"type": media_type_of(link).partition("/")[0].capitalize()}, KINDS)
    url = file_url(link)
    return _described(link, kind, url) if kind and url else None


def _described(item: Document, kind: AttachmentType, url: str) -> Attachment:
    return Attachment(
        type=kind,
        url=url,
        media_type=media_type_of(item) or media_type_of(as_mapping(item.get("url"))),
        alt=text_from(item.get("name"), MAX_ALT) or text_from(item.get("summary"), MAX_ALT),
        width=count_from(item.get("width"), MAX_PIXELS) or None,
        height=count_from(item.get("height"), MAX_PIXELS) or None,
        blurhash=text_from(item.get("blurhash"), 200) or None,
        focus=_focus(item.get("focalPoint")),
    )


def _focus(value: object) -> tuple[float, float] | None:
    """Where the eye should rest, both coordinates from -1.0 to 1.0 (toot:focalPoint)."""
    pair = [number for number in as_list(value) if isinstance(number, int | float) and -1 <= number <= 1]
    return (float(pair[0]), float(pair[1])) if len(pair) == 2 else None
