"""The people of the growth bench: some of ours, many of other servers, and who follows whom, with a heavy tail."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from federation import keys
from node.context import Context
from node.site import Site
from node.social import naming, passwords
from storage import accounts, users
from storage.database import Connection
from storage.records import Account, Follow, Key, User
from storage.users import Token

HOSTS = 200
KEYS = 4  # made in all, and shared: only their loading and checking is measured
Pair = tuple[keys.PrivateKey, keys.PrivateKey]  # RSA, Ed25519
YEAR_MS = 365 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Scale:
    """How many accounts are ours, are known in all, and how many follows there are."""

    people: int = 500
    known: int = 5_000
    follows: int = 50_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """Everybody, the most popular first; every so many-th is one of ours."""

    scale: Scale
    origin: str
    everybody: Sequence[Account]
    follows: Sequence[Follow]

    @property
    def ours(self) -> list[Account]:
        return [account for account in self.everybody if account.is_local]

    @property
    def others(self) -> list[Account]:
        return [account for account in self.everybody if not account.is_local]


def weights(count: int) -> list[float]:
    """Cumulated: the first is chosen some hundred times as often as the last of five thousand."""
    return list(accumulate(1 / (rank + 10) for rank in range(count)))


def draw_crowd(scale: Scale, origin: str, now_ms: int, chance: random.Random) -> Crowd:
    """The same people for the same seed."""
    every = scale.known // scale.people
    everybody = [_account(number, origin, now_ms, is_ours=number % every == 0) for number in range(every * scale.people)]
    return Crowd(scale, origin, everybody, _draw_follows(scale, everybody, now_ms, chance))


def _account(number: int, origin: str, now_ms: int, *, is_ours: bool) -> Account:
    domain = "" if is_ours else f"h{number % HOSTS}.example"
    name = f"person{number}"
    uri = naming.actor_uri(origin, name) if is_ours else f"https://{domain}/users/{name}"
    base = origin if is_ours else f"https://{domain}"
    return Account(
        id=1000 + number,
        uri=uri,
        type="Person",
        name=name,
        domain=domain,
        inbox=f"{uri}/inbox",
        created_ms=now_ms - 3 * YEAR_MS,
        revision_ms=now_ms - 3 * YEAR_MS,
        display_name=f"Person {number}",
        summary=f"<p>Number {number} of those who are known here</p>",
        url=f"{base}/@{name}",
        shared_inbox=f"{base}/inbox",
        outbox=f"{uri}/outbox",
        followers_uri=f"{uri}/followers",
        following_uri=f"{uri}/following",
        featured_uri=f"{uri}/featured",
        discoverable=number % 3 > 0,
        indexable=number % 5 > 0,
    )


def _draw_follows(scale: Scale, everybody: Sequence[Account], now_ms: int, chance: random.Random) -> list[Follow]:
    """Seven of ten are ours who follow anybody, three are others who follow ours."""
    ours, others = [each for each in everybody if each.is_local], [each for each in everybody if not each.is_local]
    found: dict[tuple[int, int], Follow] = {}
    for followers, followees, wanted in ((ours, everybody, scale.follows * 7 // 10), (others, ours, scale.follows)):
        much_read, curious = weights(len(followees)), weights(len(followers))
        while len(found) < wanted:
            follower = chance.choices(followers, cum_weights=curious)[0]
            for followee in chance.choices(followees, cum_weights=much_read, k=10):
                pair = (follower.id, followee.id)
                if followee is not follower and len(found) < wanted:
                    found.setdefault(pair, Follow(*pair, "accepted", f"{follower.uri}#follows/{followee.id}", now_ms - YEAR_MS))
    return list(found.values())


@cache
def shared_keys() -> list[Pair]:
    """Pairs of an RSA and an Ed25519 key."""
    return [(keys.generate_rsa(), keys.generate_ed25519()) for _ in range(KEYS)]


def save_people(db: Connection, site: Site, crowd: Crowd) -> None:
    """Everybody's account and keys; of ours also the user, a session and a token, whose secrets are their names."""
    now_ms = site.now_ms()
    told = [
        [(keys.pem_from_public(rsa.public_key()), keys.pem_from_private(rsa)), (_multibase(ed25519), keys.pem_from_private(ed25519))]
        for rsa, ed25519 in shared_keys()
    ]
    for account in crowd.everybody:
        accounts.add_account(db, account)
        for algorithm, part, (public, private) in zip(
            ("rsa", "ed25519"), ("main-key", "ed25519-key"), told[account.id % KEYS], strict=True
        ):
            mine = private if account.is_local else None
            accounts.save_key(db, Key(f"{account.uri}#{part}", account.id, algorithm, public, mine, now_ms))
        if account.is_local:
            users.add_user(db, User(account.id, None, None, "member", "en", account.created_ms))
            users.add_session(db, passwords.digest(account.name), account.id, "csrf", now_ms, now_ms + YEAR_MS)
            token = Token(account.id, account.id, "bench", "read write follow", now_ms)
            users.add_token(db, passwords.digest(account.name), token)


def _multibase(key: keys.PrivateKey) -> str:
    return keys.multibase_from_public(key.public_key())  # type: ignore[arg-type]  # Ed25519, as shared_keys made it


async def add_people(context: Context, crowd: Crowd) -> None:
    """Keeps everybody, in one transaction."""
    await context.database.write(save_people, context.site, crowd)
