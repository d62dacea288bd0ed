"""How often one account or address may do something: kept in memory, for one process, and forgotten with it.

One number a key (the generic cell rate algorithm): a limit of 30 in 5 minutes allows 30 at once, and then one every 10 seconds.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from node.context import Context
from node.errors import TooMany

MINUTE_MS = 60 * 1000
SITE_BITS = 64  # whoever has one IPv6 address has as many as these leave


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within a window."""

    name: str
    most: int
    window_ms: int
    sentence: str = "That was a bit fast. Wait a few minutes."


SIGN_INS = Limit("sign in", 10, 5 * MINUTE_MS, "That was tried too often. Wait a few minutes.")  # for one name or one address
DEEDS = Limit("deed", 300, 5 * MINUTE_MS)  # whatever an account changes
POSTS = Limit("post", 30, 5 * MINUTE_MS, "That is a lot to say at once. Wait a few minutes.")
SEARCHES = Limit("search", 60, 5 * MINUTE_MS)  # for one account, or one address that is not signed in
IMPORTS = Limit("import", 10, 60 * MINUTE_MS)  # lists that an account brings along
WEBMENTIONS = Limit("webmention", 30, 5 * MINUTE_MS)  # for one address, and for one host that is to be looked at
API = Limit("api", 1500, 5 * MINUTE_MS, "Too many requests")  # of one account's programs
API_STRANGERS = Limit("api stranger", 300, 5 * MINUTE_MS, "Too many requests")  # of one network, without a token
API_FILES = Limit("api file", 30, 30 * MINUTE_MS, "Too many requests")
API_DELETES = Limit("api delete", 30, 30 * MINUTE_MS, "Too many requests")
API_APPS = Limit("api app", 5, 10 * MINUTE_MS, "Too many requests")  # programs that one network registers
API_SIGN_UPS = Limit("api sign-up", 5, 30 * MINUTE_MS, "Too many requests")
STRANGERS = Limit("stranger", 30, 5 * MINUTE_MS)  # forms of somebody who is not signed in, for one address


def count(context: Context, limit: Limit, who: int | str) -> None:
    """Notes one more of what is limited. Raises TooMany where that was one too many; [limits] rates turns it off."""
    if not context.config.limits.rates:
        return
    now_ms, key, step_ms = context.site.now_ms(), f"{limit.name} {who}", limit.window_ms // limit.most
    full_ms = max(context.caches.rates.get(key) or 0, now_ms)  # until when what was done so far fills the window
    wait_ms = full_ms + step_ms - now_ms - limit.window_ms
    if wait_ms > 0:
        raise TooMany(limit.sentence, retry_after_s=wait_ms // 1000 + 1)
    context.caches.rates.put(key, full_ms + step_ms)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a limit, and when it is whole again."""

    most: int
    left: int
    whole_ms: int


def left(context: Context, limit: Limit, who: int | str) -> Left:
    """How much may be done yet."""
    now_ms, step_ms = context.site.now_ms(), limit.window_ms // limit.most
    full_ms = max(context.caches.rates.get(f"{limit.name} {who}") or 0, now_ms)
    return Left(limit.most, max((limit.window_ms - (full_ms - now_ms)) // step_ms, 0), full_ms)


def forget(context: Context, limit: Limit, who: int | str) -> None:
    """Begins anew (somebody who signs in at last)."""
    context.caches.rates.drop(f"{limit.name} {who}")


def network(address: str) -> str:
    """What is counted of an address: an IPv6 network whole, for its owner has all of it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(int(found) >> SITE_BITS) if isinstance(found, IPv6Address) else str(found)
