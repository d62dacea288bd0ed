"""Films and sounds, made anew by ffmpeg where it is installed: nothing of where they were taken stays, and every browser plays them."""

import asyncio
import hashlib
import secrets
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import orjson

from node.context import Context
from node.errors import BadInput, NodeError
from node.site import Site
from node.social import media, sniffing
from node.social.sniffing import Kind
from storage import jobs
from storage import media as stored
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.records import Account, Media

WIDEST, LONGEST_S, MAKING_S = 1280, 600, 100.0
VIDEO = (
    *("-map", "0:v:0", "-map", "0:a:0?", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p"),
    *("-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", "-vf", f"scale='trunc(min({WIDEST},iw)/2)*2':-2", "-f", "mp4"),
)
AUDIO = ("-map", "0:a:0", "-vn", "-c:a", "libmp3lame", "-q:a", "4", "-f", "mp3")
QUIET = ("-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file", "-threads", "1")
BARE = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-t", str(LONGEST_S))
MADE = {True: ("video/mp4", "mp4"), False: ("audio/mpeg", "mp3")}  # is_film: what comes out


@lru_cache
def is_here() -> bool:
    """Whether this machine can make films."""
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None


def supported_types() -> tuple[str, ...]:
    """Which films and sounds can be uploaded."""
    return tuple(kind.media_type for kind in sniffing.KINDS) if is_here() else ()


async def take(context: Context, account: Account, body: bytes, alt: str) -> Media:
    """A file that a program gives for a post: a picture, ready at once, or a film or sound that a worker makes. Raises BadInput."""
    return await _take_moving(context, account, body, alt) or await media.upload(context, account, body, alt)


async def _take_moving(context: Context, account: Account, body: bytes, alt: str) -> Media | None:
    """None for what is no film and no sound."""
    kind, most = sniffing.sniff(body), context.config.media.max_upload_bytes
    if kind is None:
        return None
    if not is_here():
        raise BadInput("This server takes pictures only.")
    if len(body) > most or len(alt) > media.ALT_CHARACTERS:
        raise BadInput(f"A file has at most {most // 1_048_576} MB, its description {media.ALT_CHARACTERS} characters.")
    raw = f"{secrets.token_hex(20)}.raw"  # of this upload alone: who gives the same film waits for their own
    await context.stores.making.put(raw, body)
    return await context.database.write(_put_down, context.site, account.id, kind, raw, alt)


def _put_down(db: Connection, site: Site, account_id: int, kind: Kind, raw: str, alt: str) -> Media:
    media_type = MADE[kind.is_film][0]
    kept = Media(free_id(db, "media", site.now_ms()), account_id, None, raw, media_type, 0, 0, 0, alt, state="waiting")
    stored.add_media(db, kept)
    payload = orjson.dumps({"account_id": account_id, "media_id": kept.id, "demuxer": kind.demuxer}).decode()
    jobs.add_job(db, "make_film", payload, site.now_ms())
    add_event(db, "jobs")
    return kept


@dataclass(frozen=True, slots=True)
class _Seen:
    """What ffprobe says of a file."""

    width: int
    height: int
    duration: float


async def make(context: Context, account_id: int, media_id: int, demuxer: str) -> None:
    """A job: makes what was put down; what cannot be made is noted as failed."""
    found = await context.database.read(stored.find_media, account_id, media_id)
    if found is None or found.state != "waiting":
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            raw = Path(folder) / found.file
            await asyncio.to_thread(raw.write_bytes, await context.stores.making.get(found.file))
            made = await _made(context, found, raw, demuxer)
        except (NodeError, OSError, ValueError, LookupError, TimeoutError):  # what a crafted file can bring ffmpeg, or its answers, to
            made = replace(found, state="failed")
    await context.database.write(stored.update_media, made)
    await context.stores.making.delete([found.file])


async def _made(context: Context, found: Media, raw: Path, demuxer: str) -> Media:
    is_film, limits = found.media_type.startswith("video/"), context.config.media
    before = await _look(raw, demuxer)
    if before.width * before.height > limits.max_pixels or (is_film and not before.width):
        raise BadInput(media.NOT_A_PICTURE)
    out = raw.with_suffix(f".{MADE[is_film][1]}")
    await _run(
        "ffmpeg",
        *QUIET,
        "-f",
        demuxer,
        "-i",
        str(raw),
        *BARE,
        *(VIDEO if is_film else AUDIO),
        "-fs",
        str(limits.max_upload_bytes),
        str(out),
    )
    body = await asyncio.to_thread(out.read_bytes)
    after = await _look(out, None)
    name = f"{hashlib.sha256(body).hexdigest()[:40]}.{MADE[is_film][1]}"
    await context.stores.media.put(name, body)
    shown = await _still(context, out) if is_film else None
    return replace(
        found,
        file=name,
        width=after.width,
        height=after.height,
        size_bytes=len(body),
        duration=round(after.duration, 3),
        state="done",
        blurhash=shown.blurhash if shown else None,
        preview=shown.file if shown else None,
    )


async def _still(context: Context, film: Path) -> media.Encoded:
    """The first picture of a film, kept."""
    png = film.with_suffix(".png")
    await _run("ffmpeg", *QUIET, "-i", str(film), "-frames:v", "1", "-f", "image2", "-c:v", "png", str(png))
    body = await asyncio.to_thread(png.read_bytes)
    encoded = await asyncio.to_thread(media.encode, body, context.config.media.max_pixels, media.PREVIEW, with_preview=True)
    await context.stores.media.put(encoded.file, encoded.body)
    return encoded


async def _look(file: Path, demuxer: str | None) -> _Seen:
    """Raises ValueError for what ffprobe cannot read."""
    forced = ("-f", demuxer) if demuxer else ()
    wanted = "stream=width,height:format=duration"
    said = await _run("ffprobe", "-v", "error", "-protocol_whitelist", "file", *forced, "-show_entries", wanted, "-of", "json", str(file))
    found = orjson.loads(said)
    sizes = [(int(each["width"]), int(each["height"])) for each in found.get("streams", ()) if "width" in each]
    width, height = sizes[0] if sizes else (0, 0)
    return _Seen(width, height, float(found.get("format", {}).get("duration") or 0))


async def _run(*command: str) -> bytes:
    """What a program says. Raises ValueError where it fails, TimeoutError where it takes too long."""
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    try:
        said, _ = await asyncio.wait_for(process.communicate(), MAKING_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise ValueError(f"{command[0]} ended with {process.returncode}")
    return said
