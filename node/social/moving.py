"""Moving: an account of ours goes elsewhere, or one from elsewhere comes here (FEP-7628)."""

from dataclasses import replace

import orjson

from node.context import Context
from node.errors import NotAllowed, NotFound
from node.site import Site
from node.social import looking_up, publishing, remote, wishing
from storage import accounts
from storage.database import Connection
from storage.events import add_event
from storage.records import Account, loaded


async def move(context: Context, account: Account, target: str) -> Account:
    """The account at the other end, which must name ours in its alsoKnownAs. Raises NotFound, NotAllowed."""
    found = await _find(context, target)
    fresh = await remote.get_account(context, found.uri, fresh=True, pool="ours")
    if account.uri not in loaded(fresh.also_known_as):
        raise NotAllowed(f"{fresh.handle} does not name {account.uri} as its own yet: add it there as an alias, then move.")
    await wishing.require_export(context, account)
    await context.database.write(_move, context.site, account.id, fresh)
    return fresh


async def _find(context: Context, text: str) -> Account:
    found = await looking_up.look_up(context, text)
    if found.account is None:
        raise NotFound("That is a post, not an account.")
    return found.account


def _move(db: Connection, site: Site, account_id: int, target: Account) -> None:
    account = accounts.get_account(db, account_id)
    accounts.set_moved(db, account_id, target.uri, max(site.now_ms(), account.revision_ms + 1))
    publishing.publish_move(db, site, accounts.get_account(db, account_id), target)
    add_event(db, "account", account_id)


async def add_alias(context: Context, account: Account, alias: str) -> Account:
    """The account that may move to ours from now on. Raises NotFound."""
    other = await _find(context, alias)
    await context.database.write(_add_alias, context.site, account.id, other.uri)
    return other


def _add_alias(db: Connection, site: Site, account_id: int, uri: str) -> None:
    account = accounts.get_account(db, account_id)
    aliases = list(dict.fromkeys([*loaded(account.also_known_as), uri]))
    changed = replace(account, also_known_as=orjson.dumps(aliases).decode(), revision_ms=max(site.now_ms(), account.revision_ms + 1))
    accounts.update_account(db, changed)
    publishing.publish_profile(db, site, changed)
    add_event(db, "account", account_id)
