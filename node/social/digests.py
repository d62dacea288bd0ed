"""A digest: the best of a day or a week, a chosen share of it from outside of the reader's own clusters, each with its reason.

The reader's own clusters are those, among the people whom the reader follows and those who write elsewhere, to which somebody belongs
whom the reader follows.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import orjson

from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from node.social import guardianship, mailing, timelines
from node.social.clustering import clusters_of
from node.social.digest_mails import mail_of
from node.social.timelines import Card
from storage import accounts, digests, follows, jobs, users
from storage.database import Connection
from storage.digests import Candidate, DigestWish
from storage.events import add_event
from storage.ids import id_range_start
from storage.learning import network
from storage.records import Account, User

SIZE = 12
PER_AUTHOR = 2
AT_ONCE = 50
CLUSTERED = 200  # people whom the reader follows, of whose clusters it is asked what lies outside
DAY_MS = 24 * 3600 * 1000
PERIODS_MS = {"daily": DAY_MS, "weekly": 7 * DAY_MS}


@dataclass(frozen=True, slots=True)
class Item:
    """A post in a digest and why it is there.

    reason: follow; boost, by `through`; near, by somebody of the reader's own clusters; second, by somebody whom people follow whom the
    reader follows; outside.
    """

    card: Card
    reason: str
    through: Account | None = None


async def get_digest(context: Context, account_id: int) -> tuple[DigestWish, list[Item]]:
    """How somebody wants their digest, and what it would be now."""
    wish = await context.database.read(digests.find_wish, account_id) or DigestWish(account_id)
    return wish, await load_items(context, wish, id_range_start(context.site.now_ms() - PERIODS_MS[wish.every]))


async def load_items(context: Context, wish: DigestWish, since_id: int) -> list[Item]:
    """What came after an id, as the wish says."""
    pool = await context.database.read(_load_pool, wish.account_id, since_id)
    within, outside = await asyncio.to_thread(sort_by_cluster, pool)
    return await context.database.read(_load_items, wish.account_id, choose([*pool.near, *within], outside, wish.serendipity))


@dataclass(frozen=True, slots=True)
class Pool:
    """What could be in a digest.

    near:  from the reader's own timeline.
    far:   by others; nothing for a supervised account, to which no stranger's text is brought.
    bonds: between people followed and the authors of what is far.
    """

    near: Sequence[Candidate]
    far: Sequence[Candidate]
    followed: frozenset[int]
    bonds: Sequence[network.Bond]


def _load_pool(db: Connection, account_id: int, since_id: int) -> Pool:
    far = [] if guardianship.is_ward(accounts.get_account(db, account_id)) else digests.list_far(db, account_id, since_id)
    followed = frozenset(account.id for account in follows.list_following(db, account_id, CLUSTERED))
    ids = sorted(followed | {each.author_id for each in far})
    return Pool(digests.list_near(db, account_id, since_id), far, followed, network.list_bonds(db, ids, since_id) if far else ())


def sort_by_cluster(pool: Pool) -> tuple[list[Candidate], list[Candidate]]:
    """The far candidates whose authors belong to the reader's own clusters, and those from outside of them."""
    ids = sorted(pool.followed | {each.author_id for each in pool.far})
    places = {account_id: place for place, account_id in enumerate(ids)}
    clusters = clusters_of(len(ids), network.join_bonds(ids, pool.bonds)) if pool.bonds else list(range(len(ids)))
    own = {clusters[places[account_id]] for account_id in pool.followed}
    within = [replace(each, is_within=True) for each in pool.far if clusters[places[each.author_id]] in own]
    return within, [each for each in pool.far if clusters[places[each.author_id]] not in own]


def _load_items(db: Connection, account_id: int, chosen: Sequence[tuple[Candidate, str]]) -> list[Item]:
    entries = timelines.list_entries(db, [each.post_id for each, _ in chosen], account_id)
    cards = timelines.load_cards(db, list(entries.values()), account_id)
    by_id = {card.post.id: card for card in cards}
    boosters = accounts.list_accounts(db, [each.booster_id for each, _ in chosen if each.booster_id])
    return [Item(by_id[each.post_id], reason, boosters.get(each.booster_id or 0)) for each, reason in chosen if each.post_id in by_id]


def choose(near: Iterable[Candidate], far: Iterable[Candidate], serendipity: float, size: int = SIZE) -> list[tuple[Candidate, str]]:
    """At most so many with their reasons, that share of them from outside; few of any one author, no post twice."""
    outside = round(size * min(max(serendipity, 0.0), 1.0))
    seen: set[int] = set()
    own = _varied(near, size - outside, seen)
    found = [(each, "boost" if each.booster_id else "near" if each.is_within else "follow") for each in own]
    strange = [(each, "second" if each.is_second else "outside") for each in _varied(far, outside, seen)]
    return _mixed(found, strange)


def _varied(candidates: Iterable[Candidate], most: int, seen: set[int]) -> list[Candidate]:
    authors: Counter[int] = Counter()
    found: list[Candidate] = []
    for each in candidates:
        if len(found) < most and each.post_id not in seen and authors[each.author_id] < PER_AUTHOR:
            authors[each.author_id] += 1
            seen.add(each.post_id)
            found.append(each)
    return found


def _mixed(one: Sequence[tuple[Candidate, str]], other: Sequence[tuple[Candidate, str]]) -> list[tuple[Candidate, str]]:
    """Both, spread evenly, so that what is strange does not stand at the end."""
    placed = [((place + 0.5) / len(one), each) for place, each in enumerate(one)]
    placed += [((place + 0.5) / len(other), each) for place, each in enumerate(other)]
    return [each for _, each in sorted(placed, key=lambda pair: pair[0])]


async def set_wish(context: Context, account: Account, every: str, serendipity: float, *, by_mail: bool) -> None:
    """How the account wants its digest from now on. Raises BadInput."""
    if every not in PERIODS_MS or not 0 <= serendipity <= 1:
        raise BadInput("Choose how often, and a share between 0 and 100 percent.")
    if by_mail and not context.config.mail.host:
        raise BadInput("This server sends no mail. The digest stays on its page.")
    user = await context.database.read(users.find_user, account.id)
    if by_mail and (user is None or not user.email):
        raise BadInput("This server does not know your e-mail address. Ask its keeper to enter it.")
    await context.database.write(_set_wish, context.site, account.id, every, serendipity, by_mail)


def _set_wish(db: Connection, site: Site, account_id: int, every: str, serendipity: float, by_mail: bool) -> None:
    now_ms = site.now_ms()
    known = digests.find_wish(db, account_id)
    secret = known.secret if known and known.secret else secrets.token_urlsafe(24)
    wish = DigestWish(account_id, every, by_mail, serendipity, now_ms + PERIODS_MS[every], id_range_start(now_ms), secret)
    digests.save_wish(db, wish)


async def stop_mails(context: Context, secret: str) -> None:
    """No more mails to whoever got the link. Raises NotFound."""
    if not await context.database.write(_stop_mails, secret):
        raise NotFound("This link ends nothing any more.")


def _stop_mails(db: Connection, secret: str) -> bool:
    wish = digests.find_wish_by_secret(db, secret)
    if wish is not None:
        digests.save_wish(db, replace(wish, by_mail=False))
    return wish is not None


async def send_for_due(context: Context) -> None:
    """A job: puts down a mail for everybody whose digest is due."""
    if context.config.mail.host:
        await context.database.write(_send_for_due, context.site)


def _send_for_due(db: Connection, site: Site) -> None:
    now_ms = site.now_ms()
    for wish in digests.list_due(db, now_ms, AT_ONCE):
        payload = orjson.dumps({"account_id": wish.account_id, "since_id": wish.since_id}).decode()
        jobs.add_job(db, "send_digest", payload, now_ms)
        digests.save_wish(db, replace(wish, next_ms=now_ms + PERIODS_MS[wish.every], since_id=id_range_start(now_ms)))
    add_event(db, "jobs")


async def send_digest(context: Context, account_id: int, since_id: int) -> None:
    """A job: one mail, where there is anything to say and it is still wanted. Raises Unreachable."""
    found = await context.database.read(_load, account_id)
    if found is None:
        return
    account, user, wish = found
    items = await load_items(context, wish, since_id)
    if not items:
        return
    mail = mail_of(context, account, user, wish.secret, [(item.card, item.reason, item.through) for item in items])
    await mailing.send(context, mail)


def _load(db: Connection, account_id: int) -> tuple[Account, User, DigestWish] | None:
    account, user, wish = accounts.get_account(db, account_id), users.find_user(db, account_id), digests.find_wish(db, account_id)
    if user is None or not user.email or wish is None or not wish.by_mail or not account.is_active:
        return None
    return account, user, wish
