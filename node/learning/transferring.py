"""Archives that are written and read in the background, for those who are at a page: begun, watched, fetched, forgotten."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from federation.errors import FederationError
from node.context import Context
from node.errors import NodeError, NotFound
from node.languages import noted
from node.learning import exporting, importing
from node.learning.archives import Archive
from node.site import Site
from node.social import rates
from storage import accounts, jobs
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.learning import archives
from storage.learning.archives import DONE, FAILED, RUNNING, Transfer
from storage.records import Account

FOLDER = "archives"  # under the data folder
KEPT_MS = 7 * 24 * 3600 * 1000


@dataclass(slots=True)
class _Counter:
    """How far a transfer is, noted from time to time: whoever watches asks every few seconds."""

    context: Context
    transfer_id: int
    waiting: asyncio.Task[None] | None = None

    def __call__(self, _what: str, done: int, total: int) -> None:
        if self.waiting is None or self.waiting.done():
            self.waiting = asyncio.create_task(self.context.database.write(archives.set_progress, self.transfer_id, done, total))


async def start_export(context: Context, account: Account, passphrase: str) -> Transfer:
    """An archive that is being written. Raises BadInput, NotAllowed, TooMany."""
    await rates.count(context, rates.IMPORTS, account.id)
    key = await exporting.seal(context, account, passphrase)
    return await context.database.write(_start, context.site, account, "export", f"{secrets.token_hex(16)}.zip", {"key": key})


async def start_import(context: Context, account: Account, body: bytes, passphrase: str) -> Transfer:
    """An archive that is being read; the key in it is the account's already. Raises BadInput, Conflict, TooMany."""
    await rates.count(context, rates.IMPORTS, account.id)
    name = f"{secrets.token_hex(16)}.zip"
    file = _file(context, name)
    await asyncio.to_thread(_put_down, file, body)
    try:
        archive = await asyncio.to_thread(Archive, file)
        await importing.adopt(context, account, archive, passphrase)
    except NodeError:
        await asyncio.to_thread(file.unlink, missing_ok=True)
        raise
    return await context.database.write(_start, context.site, account, "import", name, {})


def _file(context: Context, name: str) -> Path:
    return context.config.data_dir / FOLDER / name


def _put_down(file: Path, body: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(body)


def _start(db: Connection, site: Site, account: Account, kind: str, file: str, payload: Mapping[str, Any]) -> Transfer:
    now_ms = site.now_ms()
    transfer = Transfer(free_id(db, "transfer", now_ms), account.id, kind, RUNNING, 0, 0, file, "", now_ms)
    archives.add_transfer(db, transfer)
    jobs.add_job(db, f"{kind}_archive", orjson.dumps({"transfer": transfer.id, **payload}).decode(), now_ms)
    add_event(db, "jobs")
    return transfer


async def run_export(context: Context, payload: Mapping[str, Any]) -> None:
    """A job: writes the archive."""
    found = await _begun(context, payload)
    if found is None:
        return
    transfer, account = found
    file = _file(context, transfer.file)
    await asyncio.to_thread(file.unlink, missing_ok=True)  # of a try that was cut short
    try:
        await exporting.write(context, account, file, payload["key"], _Counter(context, transfer.id))
    except NodeError as error:
        await context.database.write(archives.end_transfer, transfer.id, FAILED, str(error))
        return
    await context.database.write(archives.end_transfer, transfer.id, DONE, noted("It is ready, for a week."))


async def run_import(context: Context, payload: Mapping[str, Any]) -> None:
    """A job: reads the archive. A second try finds what the first has done."""
    found = await _begun(context, payload)
    if found is None:
        return
    transfer, account = found
    file = _file(context, transfer.file)
    try:
        archive = await asyncio.to_thread(Archive, file)
        await importing.bring(context, account, archive, _Counter(context, transfer.id))
    except (NodeError, FederationError) as error:
        await context.database.write(archives.end_transfer, transfer.id, FAILED, str(error))
    else:
        await context.database.write(archives.end_transfer, transfer.id, DONE, noted("Everything that it held is here."))
    await asyncio.to_thread(file.unlink, missing_ok=True)


async def _begun(context: Context, payload: Mapping[str, Any]) -> tuple[Transfer, Account] | None:
    transfer = await context.database.read(archives.find_transfer, payload["transfer"])
    account = await context.database.read(accounts.find_account, transfer.account_id) if transfer else None
    return (transfer, account) if transfer is not None and account is not None and transfer.state == RUNNING else None


async def ready_file(context: Context, account: Account, transfer_id: int) -> Path:
    """Where an archive of the account's own lies. Raises NotFound."""
    transfer = await context.database.read(archives.find_transfer, transfer_id)
    if transfer is None or transfer.account_id != account.id or (transfer.kind, transfer.state) != ("export", DONE):
        raise NotFound("There is no such archive any more.")
    return _file(context, transfer.file)


async def tidy(context: Context) -> None:
    """Drops archives after a week."""
    old = await context.database.read(archives.list_old_transfers, context.site.now_ms() - KEPT_MS)
    for transfer in old:
        await asyncio.to_thread(_file(context, transfer.file).unlink, missing_ok=True)
        await context.database.write(archives.remove_transfer, transfer.id)
