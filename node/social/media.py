"""Pictures of ours: re-encoded on the way in, so that nothing but a picture is kept, and nothing of where it was taken."""

import asyncio
import hashlib
import struct
import zlib
from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from node.social import dropping, guardianship, naming, publishing, wishing
from node.social.blurhash import blurhash
from storage import accounts, media
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.records import Account, Media

TYPES = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/webp", "webp"), "GIF": ("image/gif", "gif")}
LONGEST = {"attachment": 2560, "icon": 400, "image": 1500, "badge": 600}  # pixels of the longer side
PREVIEW = 640  # pixels of the longer side of the smaller picture that lists show
ALT_CHARACTERS = 1500
BROKEN = (  # what Pillow raises for files that are damaged, by accident or on purpose
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    EOFError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    zlib.error,
)
NOT_A_PICTURE = "That is no picture that we can read: use a JPEG, PNG, WebP or GIF file."


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file as it is kept; a document has no width and no height."""

    body: bytes
    media_type: str
    file: str  # the hash of its bytes, and the extension
    width: int
    height: int
    blurhash: str | None = None
    preview: tuple[str, bytes] | None = None  # a smaller picture of it: file and bytes

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """All that is kept of it: names and bytes."""
        return [(self.file, self.body), *([self.preview] if self.preview else [])]


def supported_types() -> tuple[str, ...]:
    """What can be uploaded."""
    return tuple(media_type for media_type, _ in TYPES.values())


async def upload(context: Context, account: Account, body: bytes, alt: str = "", purpose: str = "attachment") -> Media:
    """The picture, kept. purpose: attachment, icon or image. Raises BadInput."""
    limits = context.config.media
    if len(body) > limits.max_upload_bytes:
        raise BadInput(f"A file has at most {limits.max_upload_bytes // 1_048_576} MB.")
    if len(alt) > ALT_CHARACTERS:
        raise BadInput(f"A description has at most {ALT_CHARACTERS} characters.")
    encoded = await asyncio.to_thread(encode, body, limits.max_pixels, LONGEST[purpose], with_preview=purpose == "attachment")
    return await keep(context, account, encoded, alt.strip(), purpose)


async def keep(context: Context, account: Account, encoded: Encoded, alt: str, purpose: str) -> Media:
    """A file that may be kept, in the store."""
    await put(context, encoded)
    noted = await context.database.write(_note, context.site, account, encoded, alt, purpose)
    await put_again(context, encoded)
    return noted


async def keep_made(context: Context, account: Account, body: bytes, side: int, alt: str) -> Media:
    """A square PNG that this node made itself, kept as it is."""
    name = f"{hashlib.sha256(body).hexdigest()[:40]}.png"
    encoded = Encoded(body, "image/png", name, side, side)
    return await keep(context, account, encoded, alt[:ALT_CHARACTERS], "badge")


def encode(body: bytes, max_pixels: int, longest: int, *, with_preview: bool = False) -> Encoded:
    """The picture, upright, no larger than asked, without anything but its pixels. Raises BadInput before a bomb is decoded."""
    try:
        with Image.open(BytesIO(body), formats=list(TYPES)) as picture:
            if picture.width * picture.height > max_pixels:
                raise BadInput(f"A picture has at most {max_pixels // 1_000_000} million pixels.")
            kind = picture.format or ""
            picture.thumbnail((longest, longest))  # first: a JPEG is then never decoded in its full size
            upright = ImageOps.exif_transpose(picture)
            encoded = _encoded(upright, "PNG" if kind == "GIF" else kind)
            return replace(encoded, blurhash=blurhash(upright), preview=_preview(upright)) if with_preview else encoded
    except BROKEN as error:
        raise BadInput(NOT_A_PICTURE) from error


def _encoded(picture: Image.Image, kind: str) -> Encoded:
    plain = picture.convert("RGB") if kind == "JPEG" else picture.convert("RGBA")
    plain.info.clear()  # texts and profiles that some formats would carry over
    out = BytesIO()
    plain.save(out, kind, quality=85) if kind != "PNG" else plain.save(out, kind, optimize=True)
    media_type, extension = TYPES[kind]
    body = out.getvalue()
    name = f"{hashlib.sha256(body).hexdigest()[:40]}.{extension}"
    return Encoded(body, media_type, name, plain.width, plain.height)


def _preview(picture: Image.Image) -> tuple[str, bytes] | None:
    """A picture for lists; None where the picture itself is small enough."""
    if max(picture.size) <= PREVIEW:
        return None
    small = picture.copy()
    small.thumbnail((PREVIEW, PREVIEW))
    encoded = _encoded(small, "WEBP")
    return encoded.file, encoded.body


async def put(context: Context, encoded: Encoded) -> None:
    """The file, and the smaller picture of it, in the store; what is noted of them afterwards can be relied on. Raises Unreachable."""
    for name, body in encoded.files:
        await context.stores.media.put(name, body)


async def put_again(context: Context, encoded: Encoded) -> None:
    """Once it is noted: the same file may have been dropped, as somebody's last copy, just before (see dropping.drop_files)."""
    for name, body in encoded.files:
        if await context.stores.media.find(name) is None:
            await context.stores.media.put(name, body)


def _note(db: Connection, site: Site, account: Account, encoded: Encoded, alt: str, purpose: str) -> Media:
    kept = Media(
        id=free_id(db, "media", site.now_ms()),
        account_id=account.id,
        post_id=None,
        file=encoded.file,
        media_type=encoded.media_type,
        width=encoded.width,
        height=encoded.height,
        size_bytes=len(encoded.body),
        alt=alt,
        purpose=purpose,
        blurhash=encoded.blurhash,
        preview=encoded.preview[0] if encoded.preview else None,
    )
    media.add_media(db, kept)
    return kept


def get_file(db: Connection, account_id: int, media_id: int) -> Media:
    """A file of an account's. Raises NotFound."""
    found = media.find_media(db, account_id, media_id)
    if found is None:
        raise NotFound("There is no such file.")
    return found


async def set_preview(context: Context, account: Account, media_id: int, body: bytes) -> None:
    """Another smaller picture of a file. Raises BadInput, NotFound."""
    encoded = await asyncio.to_thread(encode, body, context.config.media.max_pixels, PREVIEW)
    await put(context, encoded)
    await context.database.write(_set_preview, account.id, media_id, encoded.file)
    await put_again(context, encoded)


def _set_preview(db: Connection, account_id: int, media_id: int, file: str) -> None:
    media.update_media(db, replace(get_file(db, account_id, media_id), preview=file))


async def remove(context: Context, account: Account, media_id: int) -> None:
    """A file of no post is gone, its bytes too. Raises NotFound, BadInput."""
    await context.database.write(_remove, context.site, account.id, media_id)


def _remove(db: Connection, site: Site, account_id: int, media_id: int) -> None:
    found = get_file(db, account_id, media_id)
    if found.post_id is not None:
        raise BadInput("Media attachment is currently used by a status")
    media.remove_media(db, media_id)
    dropping.drop(db, site, dropping.MEDIA, [file for file in (found.file, found.preview) if file])


async def set_picture(context: Context, account: Account, body: bytes, alt: str, purpose: str = "icon") -> Account:
    """The account with another picture (icon) or banner (image); followers' servers are told. Raises BadInput."""
    kept = await upload(context, account, body, alt, purpose)
    if guardianship.is_ward(account):
        await wishing.hold(context, account, "picture", purpose, {"media_id": kept.id})
    return await context.database.write(show_picture, context.site, account.id, kept)


def show_picture(db: Connection, site: Site, account_id: int, kept: Media) -> Account:
    """See set_picture."""
    known, url = accounts.get_account(db, account_id), naming.media_url(site.origin, kept.file)
    now_ms = max(site.now_ms(), known.revision_ms + 1)
    shown = {"icon_url": url, "icon_alt": kept.alt} if kept.purpose == "icon" else {"image_url": url, "image_alt": kept.alt}
    account = replace(known, revision_ms=now_ms, **shown)  # type: ignore[arg-type]  # the names are Account's own
    accounts.update_account(db, account)
    publishing.publish_profile(db, site, account)
    add_event(db, "account", account.id)
    return account
