"""Other servers' files as people here see them: fetched once, re-encoded where they are pictures, kept within a quota and for a while."""

import asyncio
import hashlib
from collections.abc import Iterable
from pathlib import Path

from federation.errors import Denied, FederationError
from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from node.social import media, passwords, proxying, sniffing
from storage import proxied, settings
from storage.database import Connection
from storage.proxied import Proxied

ACCEPT = "image/*, video/*, audio/*, */*;q=0.1"
LONGEST = 1600  # pixels of the longer side of others' pictures
AGAIN_MS = 10 * 60 * 1000  # after so long a file that could not be had is asked for again
NOTED_MS = 24 * 3600 * 1000  # a use is noted once a day
DAY_MS = 24 * 3600 * 1000
AT_ONCE = 500  # that one tidying takes away
TIMEOUT_S = 30.0
SECRET = "proxy_secret"  # noqa: S105 - the name of a setting


def ensure_secret(db: Connection) -> bytes:
    """What signs the addresses that we give out, made once."""
    known = settings.find_setting(db, SECRET)
    if known is None:
        known = passwords.new_secret()
        settings.save_setting(db, SECRET, known)
    return known.encode()


def folder_of(context: Context) -> Path:
    """Where the files lie: apart from our own, and in no backup."""
    return context.config.data_dir / "proxied"


async def get_file(context: Context, signed: str, named: str) -> Proxied:
    """The file behind one of our addresses, fetched where it is not here. Raises NotFound, also where it cannot be had just now."""
    url = proxying.url_from(context.site, signed, named)
    if url is None or context.domains.is_suspended(url):
        raise NotFound("There is no such file.")
    known = await context.database.read(proxied.find_proxied, url)
    now_ms = context.site.now_ms()
    if known is not None and (folder_of(context) / known.file).is_file():
        if known.used_ms < now_ms - NOTED_MS:
            await context.database.write(proxied.note_use, url, now_ms)
        return known
    if (context.caches.failures.get(url) or 0) > now_ms:
        raise NotFound("That file could not be had.")
    try:
        return await _fetch(context, url)
    except (FederationError, BadInput) as error:
        context.caches.failures.put(url, now_ms + AGAIN_MS)
        raise NotFound("That file could not be had.") from error


async def _fetch(context: Context, url: str) -> Proxied:
    limits = context.config.media
    response = await context.outbound.get(url, accept=ACCEPT, max_bytes=limits.max_upload_bytes, timeout_s=TIMEOUT_S)
    if response.status != 200:
        raise Denied(f"their server answered {response.status}")
    body, media_type, name = await asyncio.to_thread(_safe, response.body, limits.max_pixels)
    await asyncio.to_thread(media.write_file, folder_of(context), name, body)
    kept = Proxied(url, name, media_type, len(body), context.site.now_ms())
    await context.database.write(proxied.save_proxied, kept)
    return kept


def _safe(body: bytes, max_pixels: int) -> tuple[bytes, str, str]:
    """Bytes, type and file name of what may be shown: a picture made anew, a film or sound by what it is. Raises BadInput."""
    kind = sniffing.sniff(body)
    if kind is not None:
        return body, kind.media_type, f"{hashlib.sha256(body).hexdigest()[:40]}.{kind.extension}"
    encoded = media.encode(body, max_pixels, LONGEST)
    return encoded.body, encoded.media_type, encoded.file


async def tidy(context: Context) -> None:
    """Takes away what nobody looked at for long, and what is beyond the quota, that first which was looked at longest ago."""
    limits = context.config.media
    files = await context.database.write(_tidy, context.site, limits.proxy_days, limits.proxy_bytes)
    await asyncio.to_thread(_remove, folder_of(context), files)


def _tidy(db: Connection, site: Site, days: int, most_bytes: int) -> set[str]:
    now_ms = site.now_ms()
    gone = proxied.list_oldest(db, now_ms - days * DAY_MS, AT_ONCE)
    files = proxied.remove_proxied(db, gone)
    excess = proxied.total_bytes(db) - most_bytes
    if excess > 0:
        more = []
        for each in proxied.list_oldest(db, now_ms + DAY_MS, AT_ONCE):
            if excess <= 0:
                break
            more.append(each)
            excess -= each.size_bytes
        files |= proxied.remove_proxied(db, more)
    return files


def _remove(folder: Path, files: Iterable[str]) -> None:
    for file in files:
        (folder / file).unlink(missing_ok=True)
