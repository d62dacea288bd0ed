"""Other servers' files as people here see them: fetched once, re-encoded where they are pictures, kept within a quota and for a while,
apart from our own and in no backup."""

import asyncio
import hashlib

from federation.errors import Denied, FederationError
from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from node.social import dropping, media, passwords, proxying, sniffing
from node.stores import Stored
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


async def get_file(context: Context, signed: str, named: str) -> tuple[Proxied, Stored]:
    """The file behind one of our addresses, fetched where it is not here. Raises NotFound, also where it cannot be had just now, and
    Unreachable where what we have is out of reach.
    """
    url = proxying.url_from(context.site, signed, named)
    if url is None or context.domains.is_suspended(url):
        raise NotFound("There is no such file.")
    known = await context.database.read(proxied.find_proxied, url)
    now_ms = context.site.now_ms()
    stored = await context.stores.proxied.find(known.file) if known is not None else None
    if known is not None and stored is not None:
        if known.used_ms < now_ms - NOTED_MS:
            await context.database.write(proxied.note_use, url, now_ms)
        return known, stored
    if (context.caches.failures.get(url) or 0) > now_ms:
        raise NotFound("That file could not be had.")
    try:
        body, media_type, name = await _fetch(context, url)
    except (FederationError, BadInput) as error:
        context.caches.failures.put(url, now_ms + AGAIN_MS)
        raise NotFound("That file could not be had.") from error
    return await _keep(context, Proxied(url, name, media_type, len(body), now_ms), body)


async def _keep(context: Context, kept: Proxied, body: bytes) -> tuple[Proxied, Stored]:
    await context.stores.proxied.put(kept.file, body)
    await context.database.write(proxied.save_proxied, kept)
    stored = await context.stores.proxied.find(kept.file)
    if stored is None:
        raise NotFound("That file could not be had.")
    return kept, stored


async def _fetch(context: Context, url: str) -> tuple[bytes, str, str]:
    """See _safe. Raises FederationError, BadInput."""
    limits = context.config.media
    response = await context.outbound.get(url, accept=ACCEPT, max_bytes=limits.max_upload_bytes, timeout_s=TIMEOUT_S)
    if response.status != 200:
        raise Denied(f"their server answered {response.status}")
    return await asyncio.to_thread(_safe, response.body, limits.max_pixels)


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
    await context.database.write(_tidy, context.site, limits.proxy_days, limits.proxy_bytes)


def _tidy(db: Connection, site: Site, days: int, most_bytes: int) -> None:
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
    dropping.drop(db, site, dropping.PROXIED, files)
