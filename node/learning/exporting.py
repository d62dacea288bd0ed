"""Everything of a learner's as one zip that is theirs: objects with their proofs, credentials, a transcript, the key under a passphrase,
the network, and a page that verifies itself with no network.
"""

import asyncio
import hashlib
import html
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from federation.baking import bake_png
from federation.credentials import TRANSCRIPT, Credential, document_from_credential
from federation.errors import Malformed, Unverified
from federation.multibase import multibase_from_bytes
from federation.sealed_keys import LEAST_CHARACTERS, seal_key
from node.context import Context
from node.errors import BadInput, Conflict, NotFound
from node.learning import badge_pictures, gathering, persons, sealing
from node.learning.gathering import Belongings
from node.social import networks, wishing
from node.stores import refusal
from storage.records import Account

FORMAT = "hedgerow-archive/1"
RECORDS = ("awards", "endorsements", "documents", "snapshots", "given", "vouched")
PAGE = 200  # posts that are described in one hop
TRANSCRIPT_BYTES = 200_000  # of members in one transcript; a credential has at most 256 KiB
OBJECTS_SHOWN = 200  # posts in the page that verifies itself

Progress = Callable[[str, int, int], None]  # (what, done, total)


@dataclass(frozen=True, slots=True)
class Written:
    """What an archive holds."""

    posts: int
    credentials: int
    size_bytes: int


class _Zip:
    """An archive on its way to the disk, and the hash of everything in it."""

    def __init__(self, file: Path) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.hashes: dict[str, str] = {}

    def put(self, name: str, body: bytes) -> None:
        """One file."""
        self._zip.writestr(name, body)
        self.hashes[name] = hashlib.sha256(body).hexdigest()

    def close(self, manifest: Mapping[str, object]) -> None:
        """The manifest, and the end."""
        self._zip.writestr("manifest.json", _json({**manifest, "files": self.hashes}))
        self._zip.close()


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)


async def export(context: Context, account: Account, target: Path, passphrase: str, progress: Progress) -> Written:
    """The archive, whole or not at all. Raises BadInput for a passphrase that is too short, Conflict, NotAllowed for a ward."""
    sealed_key = await seal(context, account, passphrase)
    return await write(context, account, target, sealed_key, progress)


async def seal(context: Context, account: Account, passphrase: str) -> dict[str, object]:
    """The account's key under a passphrase. Raises BadInput, NotAllowed."""
    await wishing.require_export(context, account)
    if len(passphrase) < LEAST_CHARACTERS:
        raise BadInput("A passphrase has at least 8 characters. Without it nobody can open the key in the archive.")
    signer = await context.database.read(context.site.keyring.proof_signer, account.id)
    return await asyncio.to_thread(seal_key, signer.key, passphrase)


async def write(context: Context, account: Account, target: Path, sealed_key: Mapping[str, object], progress: Progress) -> Written:
    """See export; the key is sealed already. Raises Full where the disk has no room; then nothing of the archive stays."""
    part = await asyncio.to_thread(_begin, target)
    try:
        return await _write(context, account, part, target, sealed_key, progress)
    except OSError as error:
        raise refusal(error, target.parent) from error
    finally:
        part.unlink(missing_ok=True)  # there still where something failed


async def _write(
    context: Context, account: Account, part: Path, target: Path, sealed_key: Mapping[str, object], progress: Progress
) -> Written:
    found = await context.database.read(gathering.gather, context.site, account)
    out = await asyncio.to_thread(_Zip, part)
    out.put("actor.json", _json(found.actor))
    out.put("key.json", _json(sealed_key))
    shown = await _put_posts(context, account, found, out, progress)
    await _put_media(context, found, out)
    credentials = [orjson.loads(each["credential"]) for each in found.awards if each["proof"] != "claim" and each["uri"] in found.shown]
    await _put_credentials(context, account, found, credentials, out)
    out.put("network.opml", await networks.export_opml(context, account))
    out.put("following_accounts.csv", await networks.export_csv(context, account))
    out.put("portfolio.html", await _page(found, credentials, shown))
    manifest = {"format": FORMAT, "actor": account.uri, "handle": f"{account.name}@{context.site.handle_domain}", "dids": found.dids,
                "written": context.site.now().isoformat()}  # fmt: skip
    size_bytes = await asyncio.to_thread(_end, out, manifest, part, target)
    return Written(len(found.post_ids), len(credentials), size_bytes)


def _begin(target: Path) -> Path:
    """The file under another name, readable for its owner only; nobody sees half an archive."""
    if target.exists():
        raise Conflict(f"{target} is there already; name another file.")
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    return part


def _end(out: _Zip, manifest: Mapping[str, object], part: Path, target: Path) -> int:
    out.close(manifest)
    part.replace(target)
    return target.stat().st_size


async def _put_posts(context: Context, account: Account, found: Belongings, out: _Zip, progress: Progress) -> list[dict[str, Any]]:
    """Every post as it is served, one file each; answers those with a proof, newest first."""
    shown: list[dict[str, Any]] = []
    for start in range(0, len(found.post_ids), PAGE):
        ids = found.post_ids[start : start + PAGE]
        for post_id, document in await context.database.read(gathering.describe_posts, context.site, account, ids):
            out.put(f"objects/{post_id}.json", orjson.dumps(document))
            if "proof" in document and len(shown) < OBJECTS_SHOWN:
                shown.append(document)
        progress("posts", min(start + PAGE, len(found.post_ids)), len(found.post_ids))
    return shown


async def _put_media(context: Context, found: Belongings, out: _Zip) -> None:
    for name in found.files:
        with suppress(NotFound):
            out.put(f"media/{name}", await context.stores.media.get(name))


async def _put_credentials(context: Context, account: Account, found: Belongings, credentials: Sequence[Any], out: _Zip) -> None:
    """Credentials as JSON and in their pictures, endorsements, transcripts, and what was seen of lists, issuers and evidence."""
    for number, award in enumerate(found.awards, 1):
        out.put(f"credentials/{number}.json", award["credential"].encode())
        picture = await asyncio.to_thread(badge_pictures.png_of, award["name"])
        out.put(f"credentials/{number}.png", await asyncio.to_thread(bake_png, picture, award["credential"]))
    for number, endorsement in enumerate(found.endorsements, 1):
        out.put(f"endorsements/{number}.json", endorsement["credential"].encode())
    for number, members in enumerate(_chunks(credentials), 1):
        out.put(f"transcripts/{number}.json", _json(await _transcript(context, account, number, members)))
    for snapshot in found.snapshots:
        if snapshot["body"] is not None:
            out.put(f"snapshots/{snapshot['digest']}.json", snapshot["body"].encode())
    records = {name: getattr(found, name) for name in RECORDS}
    out.put("records.json", _json(records))
    out.put("papers.json", _json(found.papers))


def _chunks(credentials: Sequence[Any]) -> list[list[Any]]:
    """As many at a time as fit into one credential."""
    found: list[list[Any]] = []
    room = 0
    for each in credentials:
        size = len(orjson.dumps(each))
        if not found or size > room:
            found, room = [*found, []], TRANSCRIPT_BYTES
        found[-1].append(each)
        room -= size
    return found


async def _transcript(context: Context, account: Account, number: int, members: Sequence[Any]) -> dict[str, Any]:
    """A CLR 2.0 transcript of credentials, signed by the learner."""
    signer = await context.database.read(context.site.keyring.proof_signer, account.id)
    issuer = await context.database.read(persons.issuer_of, context.site, account)
    uri = f"{account.uri}/transcripts/{context.site.now_ms()}-{number}"
    credential = Credential(uri, TRANSCRIPT, issuer, issuer.did, f"{account.title}", context.site.now(), members=tuple(members))
    return await sealing.seal(document_from_credential(credential), signer, context.site.now())


async def _page(found: Belongings, credentials: Sequence[Any], objects: Sequence[dict[str, Any]]) -> bytes:
    """portfolio.html: every claim in a box of its own, so that a byte that is wrong spoils one alone."""
    boxes = [_box("actor", {"text": orjson.dumps(found.actor).decode()})]
    lists = [orjson.loads(each["body"]) for each in found.documents if each["kind"] == "list"]
    endorsed = [orjson.loads(each["credential"]) for each in found.endorsements if each["uri"] in found.shown]
    for kind, documents in (("list", lists), ("credential", [*credentials, *endorsed])):
        for document in documents:
            with suppress(Malformed, Unverified):  # what does not hold is no claim to make
                sealed = await sealing.open_seal(document)
                signature = multibase_from_bytes(sealed.signature)
                boxes.append(_box(kind, {"options": sealed.options, "document": sealed.document, "signature": signature}))
    boxes += [_box("object", {"text": orjson.dumps(each).decode()}) for each in objects]
    return page_template().replace("<!--CLAIMS-->", "\n".join(boxes)).encode()


def _box(kind: str, claim: Mapping[str, str]) -> str:
    text = orjson.dumps(claim).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/json" class="claim" data-kind="{html.escape(kind)}">{text}</script>'


@lru_cache
def page_template() -> str:
    """The page without its claims."""
    return Path(__file__).with_name("portfolio.html").read_text(encoding="utf-8")
