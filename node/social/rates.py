"""How often one account or address may do something, whichever process it asks.

One number a key (the generic cell rate algorithm): a limit of 30 in 5 minutes allows 30 at once, and then one every 10 seconds.

What costs much, or is tried to find something out (`is_strict`), is counted in the database, where all processes meet. All else is
counted in memory; where there are several processes, each tells the others within EXCHANGE_S what it has let through, and hears
what they have. So nobody gets more over time by asking many processes; within that second they may, and then wait for it the longer.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address

from node.context import Context
from node.errors import TooMany
from storage import rates
from storage.database import Connection
from storage.errors import StorageError

log = logging.getLogger(__name__)

MINUTE_MS = 60 * 1000
SITE_BITS = 64  # whoever has one IPv6 address has as many as these leave
EXCHANGE_S = 1.0
TOLD_AT_ONCE = 500  # keys; what more there is waits for the next turn


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a window. is_strict: counted in the database, at once."""

    name: str
    most: int
    window_ms: int
    sentence: str = "That was a bit fast. Wait a few minutes."
    is_strict: bool = True

    @property
    def step_ms(self) -> int:
        """How much of the window one takes."""
        return self.window_ms // self.most


SIGN_INS = Limit("sign in", 10, 5 * MINUTE_MS, "That was tried too often. Wait a few minutes.")  # for one account from one address
SIGN_INS_OF_ADDRESS = Limit("sign in from", 100, 5 * MINUTE_MS, "That was tried too often. Wait a few minutes.")  # a class has one address
DEEDS = Limit("deed", 300, 5 * MINUTE_MS, is_strict=False)  # whatever an account changes
POSTS = Limit("post", 30, 5 * MINUTE_MS, "That is a lot to say at once. Wait a few minutes.", is_strict=False)
SEARCHES = Limit("search", 60, 5 * MINUTE_MS, is_strict=False)  # for one account, or one address that is not signed in
IMPORTS = Limit("import", 10, 60 * MINUTE_MS)  # lists that an account brings along
WEBMENTIONS = Limit("webmention", 30, 5 * MINUTE_MS)  # for one address, and for one host that is to be looked at
API = Limit("api", 1500, 5 * MINUTE_MS, "Too many requests", is_strict=False)  # of one account's programs
API_STRANGERS = Limit("api stranger", 300, 5 * MINUTE_MS, "Too many requests", is_strict=False)  # of one network, without a token
API_FILES = Limit("api file", 30, 30 * MINUTE_MS, "Too many requests")
API_DELETES = Limit("api delete", 30, 30 * MINUTE_MS, "Too many requests")
API_APPS = Limit("api app", 5, 10 * MINUTE_MS, "Too many requests")  # programs that one network registers
API_SIGN_UPS = Limit("api sign-up", 5, 30 * MINUTE_MS, "Too many requests")
KEY_FETCHES = Limit("key fetch", 600, 5 * MINUTE_MS, "Too many unknown keys", is_strict=False)  # for the address that sent the messages
KEY_REFRESHES = Limit("key refresh", 300, 5 * MINUTE_MS, "Too many signatures that do not fit", is_strict=False)  # the same
HOST_FETCHES = Limit("fetch at", 600, 5 * MINUTE_MS, is_strict=False)  # of one host, for strangers
FOLLOWED_FETCHES = Limit("fetch for", 300, 5 * MINUTE_MS, is_strict=False)  # activities of one host that make us fetch
STRANGER_FETCHES = Limit("fetch for stranger", 30, 5 * MINUTE_MS, is_strict=False)  # the same, of actors whom nobody here follows
STRANGERS = Limit("stranger", 30, 5 * MINUTE_MS)  # forms of somebody who is not signed in, for one address


async def count(context: Context, limit: Limit, *whose: int | str) -> None:
    """Notes one more of what is limited, for each of whom it is counted. Raises TooMany where that was one too many; [limits] rates
    turns it off."""
    if not context.config.limits.rates:
        return
    now_ms, counts = context.site.now_ms(), context.caches.rates
    step_ms = limit.step_ms
    found = {f"{limit.name} {who}": 0 for who in whose}
    for key in found:  # whoever is over the limit, as far as this process knows, costs the database nothing
        full_ms = found[key] = max(counts.full.get(key) or 0, now_ms) + step_ms
        if full_ms > now_ms + limit.window_ms:
            raise _too_many(limit, full_ms - now_ms)
    refused = ""
    if limit.is_strict:
        found, refused = await context.database.write(_spend, limit, list(found), now_ms)
    elif counts.is_shared:
        for key in found:
            counts.untold[key] = counts.untold.get(key, 0) + step_ms
    for key, full_ms in found.items():
        counts.full.put(key, full_ms)
    if refused:
        raise _too_many(limit, found[refused] + step_ms - now_ms)


def _key(limit: Limit, who: int | str) -> str:
    return f"{limit.name} {who}"


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=16).digest()


def _too_many(limit: Limit, wanted_ms: int) -> TooMany:
    """wanted_ms: how much of the window would be used with one step more."""
    return TooMany(limit.sentence, retry_after_s=max(wanted_ms - limit.window_ms, 0) // 1000 + 1)


def _spend(db: Connection, limit: Limit, keys: Sequence[str], now_ms: int) -> tuple[dict[str, int], str]:
    """Until when the window of each key is full, and the first one that has no room ('': all have); none after it is counted."""
    found: dict[str, int] = {}
    for key in keys:
        full_ms = rates.spend(db, _digest(key), limit.step_ms, limit.window_ms, now_ms)
        if full_ms is None:
            return {**found, key: rates.find_full(db, _digest(key))}, key
        found[key] = full_ms
    return found, ""


async def exchange(context: Context) -> None:
    """Tells other processes what this one has let through, and hears how much was used in all. Raises StorageError, and loses nothing."""
    counts = context.caches.rates
    told = dict(list(counts.untold.items())[:TOLD_AT_ONCE])
    if not told:
        return
    for key in told:
        del counts.untold[key]
    try:
        found = await context.database.write(_tell, told, context.site.now_ms())
    except StorageError:
        for key, used_ms in told.items():
            counts.untold[key] = counts.untold.get(key, 0) + used_ms
        raise
    for key, full_ms in found.items():
        counts.full.put(key, full_ms + counts.untold.get(key, 0))


def _tell(db: Connection, used: Mapping[str, int], now_ms: int) -> dict[str, int]:
    """Until when each window is full. In the order of keys: two processes that tell the same ones do not wait for each other."""
    digests = sorted((_digest(key), key) for key in used)
    return {key: rates.add(db, digest, used[key], now_ms) for digest, key in digests}


async def keep_exchanging(context: Context) -> None:
    """Shares what is counted with other processes from now on, until it is cancelled."""
    context.caches.rates.is_shared = True
    try:
        while True:
            await asyncio.sleep(EXCHANGE_S)
            await _exchange(context)
    finally:
        await _exchange(context)


async def _exchange(context: Context) -> None:
    try:
        await exchange(context)
    except StorageError as error:
        log.warning("other processes were not told how much was asked here", extra={"reason": str(error)})


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a limit, and when it is whole again."""

    most: int
    left: int
    whole_ms: int


def left(context: Context, limit: Limit, who: int | str) -> Left:
    """How much may be done yet, as far as this process knows."""
    now_ms = context.site.now_ms()
    full_ms = max(context.caches.rates.full.get(_key(limit, who)) or 0, now_ms)
    return Left(limit.most, max((limit.window_ms - (full_ms - now_ms)) // limit.step_ms, 0), full_ms)


async def forget(context: Context, limit: Limit, who: int | str) -> None:
    """Begins anew (somebody who signs in at last)."""
    key, counts = _key(limit, who), context.caches.rates
    counts.full.drop(key)
    counts.untold.pop(key, None)
    if context.config.limits.rates and limit.is_strict:
        await context.database.write(rates.forget, _digest(key))


def network(address: str) -> str:
    """What is counted of an address: an IPv6 network whole, for its owner has all of it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(int(found) >> SITE_BITS) if isinstance(found, IPv6Address) else str(found)
