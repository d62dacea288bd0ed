"""`hedgerow doctor`: what a keeper would otherwise find out from others, each fault with its mend."""

import asyncio
import secrets
import shutil
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path

import click

from federation import fetching
from federation.errors import FederationError, Refused
from federation.json import document_from_bytes
from federation.outbound import Response
from node import backups, databases
from node.cli.archives import BACKUPS
from node.cli.commands import Answer, Command
from node.cli.opening import with_context
from node.context import Context
from node.errors import BadInput, NotFound
from node.social import naming
from node.social.remote import SERVER_ID
from storage import accounts
from storage.errors import StorageError

LEAST_DISK_MB = 500
MOST_SKEW_S = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. mend: what to do, where it is not as it should be."""

    name: str
    is_good: bool
    said: str
    mend: str = ""


async def _database(context: Context) -> Finding:
    try:
        said = databases.check(context.config)
    except StorageError as error:
        return Finding("database", False, str(error), "Restore the newest backup: hedgerow restore FILE")
    return Finding("database", True, said)


async def _keys(context: Context) -> Finding:
    found = await context.database.read(accounts.list_keys, SERVER_ID)
    private = [key for key in found if key.private_pem]
    if len(private) < 2:  # RSA and Ed25519
        return Finding("keys", False, "the node's own keys are not there", "Restore the newest backup: hedgerow restore FILE")
    return Finding("keys", True, "the node can sign")


async def _disk(context: Context) -> Finding:
    free_mb = shutil.disk_usage(context.config.data_dir).free // 1_000_000
    mend = "" if free_mb >= LEAST_DISK_MB else "Make room, or move the data folder to a larger disk."
    return Finding("disk", not mend, f"{free_mb:,} MB free", mend)


async def look_at_files(context: Context) -> Finding:
    """A file is put, read and taken away again where films wait, which nobody is served from."""
    store, name, body = context.stores.making, f"{secrets.token_hex(20)}.txt", b"doctor"
    where = context.config.media_folder if context.config.media.store == "folder" else f"the bucket {context.config.media.bucket}"
    try:
        await store.put(name, body)
        is_same = await store.get(name) == body
        await store.delete([name])
    except (OSError, FederationError, NotFound) as error:
        mend = "Check [media], who may write there, and (S3) bucket, endpoint, region and keys."
        return Finding("files", False, f"{where}: {error.__cause__ or error}", mend)  # the bucket's own words are for the keeper alone
    return Finding("files", is_same, f"{where} takes files and gives them back", "" if is_same else "The store gives other bytes back.")


async def _backup(context: Context) -> Finding:
    """The newest of the backups that `hedgerow upgrade` takes is read through; others are for `hedgerow restore --verify`."""
    found = sorted((context.config.data_dir / BACKUPS).glob("*"), key=lambda path: path.stat().st_mtime)
    if not found:
        return Finding("backup", True, "no backup lies in the data folder")
    try:
        contents = await asyncio.to_thread(backups.check_backup, found[-1])
    except (BadInput, StorageError) as error:
        return Finding("backup", False, str(error), f"Take another one: hedgerow backup FILE; then remove {found[-1].name}.")
    return Finding("backup", True, f"{found[-1].name} is whole: {contents.files} files")


async def _dns(context: Context) -> Finding:
    host = context.config.host.rpartition(":")[0] or context.config.host
    try:
        found = sorted({str(each[4][0]) for each in socket.getaddrinfo(host.strip("[]"), None)})
    except OSError as error:
        return Finding("DNS", False, f"{host} has no address: {error}", f"Give {host} an A or AAAA record that points at this machine.")
    return Finding("DNS", True, f"{host} is {', '.join(found)}")


async def _web(context: Context) -> Finding:
    """TLS, the proxy, and the address filter, all on the way to ourselves."""
    try:
        response = await _ask(context, "/health")
    except Refused as error:
        mend = 'The name must point at a public address; on a LAN, allow it: [federation] allow_networks = ["192.168.0.0/16"].'
        return Finding("web", False, f"{context.site.origin} is refused: {error}", mend)
    except FederationError as error:
        mend = "Is the node running, and does the web server pass requests on?"
        return Finding("web", False, f"{context.site.origin} does not answer: {error}", mend)
    if response.status != 200:
        return Finding("web", False, f"/health answers {response.status}", "The web server in front must pass every path on to the node.")
    return Finding("web", True, f"{context.site.origin} answers")


async def _ask(context: Context, path: str, *, is_signed: bool = False) -> Response:
    signer = await context.database.read(context.site.keyring.signer, SERVER_ID) if is_signed else None
    return await context.outbound.get(context.site.origin + path, accept="application/json", signer=signer, pool="ours")


async def _clock(context: Context) -> Finding:
    try:
        stated = (await _ask(context, "/health")).headers.get("Date", "")
        skew_s = abs((parsedate_to_datetime(stated) - context.site.now()).total_seconds())
    except (FederationError, ValueError):
        return Finding("clock", False, "the node gave no date", "See `web`.")
    mend = "" if skew_s < MOST_SKEW_S else "Set the clock, and keep it right with systemd-timesyncd or chrony."
    return Finding("clock", not mend, f"{skew_s:.0f} s from the web server's", mend)


async def _webfinger(context: Context) -> Finding:
    domain = context.site.handle_domain
    try:
        jrd = await fetching.fetch_jrd(
            context.outbound, domain, f"acct:{naming.SERVER_NAME}@{domain}", scheme=context.config.scheme, pool="ours"
        )
    except FederationError as error:
        mend = f"{domain} must send /.well-known/webfinger on to {context.site.origin}, path and query unchanged."
        return Finding("WebFinger", False, f"{domain} does not answer for our handles: {error}", mend)
    is_ours = jrd.self_uri == naming.server_actor_uri(context.site.origin)
    return Finding("WebFinger", is_ours, f"{domain} leads to {jrd.self_uri}", "" if is_ours else "Another server answers there.")


async def _signature(context: Context) -> Finding:
    mend = "The proxy must pass Host, Date, Signature and the path on unchanged (proxy_set_header Host $host)."
    try:
        response = await _ask(context, "/health?signed=1", is_signed=True)
    except FederationError as error:
        return Finding("signature", False, f"a signed request did not arrive: {error}", mend)
    if b'"signed":true' in response.body:
        return Finding("signature", True, "a signed request arrives as it was sent")
    return Finding("signature", False, "a signed request arrives changed", mend)


async def _proxy(context: Context) -> Finding:
    """From which address visitors arrive, seen by a request of the node's own through its public URL."""
    try:
        seen = document_from_bytes((await _ask(context, "/health?signed=1", is_signed=True)).body)
    except FederationError:
        return Finding("proxy", False, "no request arrived", "See `web`.")
    return proxy_finding(seen, is_public=await asyncio.to_thread(_is_public, context.config.host))


def proxy_finding(seen: Mapping[str, object], *, is_public: bool) -> Finding:
    """What `/health?signed=1` says of the way in: {peer, forwarded, believed, address}.

    is_public: whether the node's name leads to an address that others reach.
    """
    peer, address = seen.get("peer"), seen.get("address")
    if peer is None:
        return Finding("proxy", False, "the node did not know its own signature", "See `signature`.")
    if seen.get("forwarded") and not seen.get("believed"):
        mend = f'Trust the web server in front: [server] trusted_proxies = ["{peer}"]. Until then all visitors share one limit.'
        return Finding("proxy", False, f"visitors arrive as {peer}, and its X-Forwarded-For is not believed", mend)
    if is_public and not seen.get("forwarded") and is_private(str(peer)):
        mend = "The web server in front must send X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For $remote_addr)."
        return Finding("proxy", False, f"every visitor arrives as {peer}: one of them can use up the limits of all", mend)
    return Finding("proxy", True, f"this machine's request arrived as {address}" + (f", through {peer}" if peer != address else ""))


def is_private(address: str) -> bool:
    """Whether an address is one that no visitor from outside can have."""
    try:
        return not ip_address(address).is_global
    except ValueError:
        return True


def _is_public(host: str) -> bool:
    name = host.rpartition(":")[0] or host
    try:
        return any(not is_private(str(each[4][0])) for each in socket.getaddrinfo(name.strip("[]"), None))
    except OSError:
        return False


def line(found: Finding) -> str:
    """A finding as a keeper reads it."""
    said = f"{'ok  ' if found.is_good else 'FAIL'} {found.name:10} {found.said}"
    return said + (f"\n     -> {found.mend}" if found.mend else "")


Check = Callable[[Context], Awaitable[Finding]]
CHECKS: tuple[Check, ...] = (_database, _keys, _disk, look_at_files, _backup, _dns, _web, _clock, _webfinger, _signature, _proxy)


@click.command(cls=Command)
@click.pass_obj
def doctor(data_dir: Path) -> Answer:
    """Look for faults, and say how each is mended."""

    async def use_case(context: Context) -> list[Finding]:
        return [await check(context) for check in CHECKS]

    findings = with_context(data_dir, use_case)
    lines = [line(each) for each in findings]
    value = [{"check": each.name, "ok": each.is_good, "said": each.said, "mend": each.mend} for each in findings]
    return Answer(value, "\n".join(lines), code=0 if all(each.is_good for each in findings) else 1)
