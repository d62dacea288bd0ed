"""Whom somebody follows, taken along as a file and brought back."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson

from federation.errors import FederationError
from node.context import Context
from node.errors import BadInput, NodeError, NotFound
from node.site import Site
from node.social import blocking, feeds, looking_up, opml, rates, wishing
from node.social.opml import Source
from storage import accounts, follows, imports, jobs
from storage import feeds as kept_feeds
from storage.database import Connection
from storage.events import add_event
from storage.records import Account

KINDS = ("follow", "block", "mute")
PAGE = 500


async def export_opml(context: Context, account: Account) -> bytes:
    """Everybody and everything that an account follows or has asked to, as OPML."""
    await wishing.require_export(context, account)
    sources = await list_sources(context, account.id)
    return opml.write_opml(sources, f"{account.title} (@{account.name}@{context.site.handle_domain})", context.site.now())


async def export_csv(context: Context, account: Account) -> bytes:
    """The people and communities that an account follows, as Mastodon's following_accounts.csv."""
    await wishing.require_export(context, account)
    return opml.write_csv([source.handle for source in await list_sources(context, account.id) if source.handle])


async def list_sources(context: Context, account_id: int) -> list[Source]:
    """Everybody and everything that an account follows or has asked to."""
    return await context.database.read(_list_sources, context.site, account_id)


def _list_sources(db: Connection, site: Site, account_id: int) -> list[Source]:
    known = {feed.account_id: feed.address for feed in kept_feeds.list_followed_feeds(db, account_id)}
    found = [each for state in ("accepted", "requested") for each in _followed(db, account_id, state)]
    return [_source(site, each, known.get(each.id)) for each in found if each.is_active]


def _followed(db: Connection, account_id: int, state: str) -> list[Account]:
    found: list[Account] = []
    while page := follows.list_following(db, account_id, PAGE, found[-1].id if found else 0, state):
        found += page
    return found


def _source(site: Site, account: Account, feed_address: str | None) -> Source:
    if feed_address is not None:
        return Source("feed", account.title, feed_address)
    handle = account.handle if account.domain else f"{account.name}@{site.handle_domain}"
    return Source("community" if account.type == "Group" else "person", account.title, account.uri, handle, account.url or "")


async def start_import(context: Context, account: Account, kind: str, body: bytes) -> int:
    """How many lines of a file are put down, one job each. kind: what is done with whom it names; OPML can only be followed.

    Raises BadInput, TooMany.
    """
    if kind not in KINDS:
        raise BadInput("That is nothing that can be done with a list.")
    is_opml = body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<", b"\xff\xfe", b"\xfe\xff"))
    if is_opml and kind != "follow":
        raise BadInput("An OPML file names whom to follow. To block or mute, give a CSV list.")
    lines = [_line(source) for source in opml.read_opml(body)] if is_opml else [{"address": f"@{each}"} for each in opml.read_csv(body)]
    if not lines:
        raise BadInput("There is nobody in that file.")
    await rates.count(context, rates.IMPORTS, account.id)
    await context.database.write(_start_import, context.site, account.id, kind, lines)
    return len(lines)


async def bring_network(context: Context, account: Account, body: bytes) -> int:
    """Whom an archive's network.opml names and the account does not follow yet: how many jobs were put down to follow them."""
    try:
        brought = opml.read_opml(body)
    except BadInput:
        return 0
    known = {source.address for source in await list_sources(context, account.id)}
    lines = [_line(source) for source in brought if source.address not in known | {account.uri, ""}]
    if lines:
        await context.database.write(_start_import, context.site, account.id, "follow", lines)
    return len(lines)


def _line(source: Source) -> dict[str, str]:
    return {"address": source.address or f"@{source.handle}", "feed": "yes" if source.kind == "feed" else ""}


def _start_import(db: Connection, site: Site, account_id: int, kind: str, lines: Sequence[Mapping[str, str]]) -> None:
    import_id = imports.add_import(db, account_id, kind, len(lines), site.now_ms())
    for line in lines:
        payload = {"import_id": import_id, "account_id": account_id, "kind": kind, **line}
        jobs.add_job(db, "import_line", orjson.dumps(payload).decode(), site.now_ms())
    add_event(db, "jobs")


async def import_line(context: Context, payload: Mapping[str, Any]) -> None:
    """A job: one line of a file that somebody brought; whether it went well is noted beside the list."""
    account = await context.database.read(accounts.get_account, payload["account_id"])
    address, failed = payload["address"], None
    try:
        if not account.is_active:
            raise NotFound("The account is not active.")
        await _DEEDS["feed" if payload.get("feed") else payload["kind"]](context, account, address)
    except (NodeError, FederationError) as error:
        failed = (address, str(error))
    await context.database.write(imports.note_done, payload["import_id"], failed)


async def _block(context: Context, account: Account, address: str) -> None:
    await blocking.block(context, account, await _account_id(context, address))


async def _mute(context: Context, account: Account, address: str) -> None:
    await blocking.mute(context, account, await _account_id(context, address))


async def _account_id(context: Context, address: str) -> int:
    found = (await looking_up.look_up(context, address)).account
    if found is None:
        raise NotFound("That is nobody.")
    return found.id


_DEEDS: Mapping[str, Callable[[Context, Account, str], Awaitable[object]]] = {
    "follow": feeds.follow_anything,
    "feed": feeds.follow_feed,
    "block": _block,
    "mute": _mute,
}
