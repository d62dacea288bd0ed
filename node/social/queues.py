"""What we owe to other servers: where each post is, what they answered, when the next try is."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.context import Context
from node.social.posts import own_post
from storage import deliveries, hosts
from storage.database import Connection
from storage.deliveries import Owed
from storage.events import add_event
from storage.hosts import Host
from storage.records import Account

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Queue:
    """How all deliveries stand: how many by state, what waits or was given up, and which hosts do not answer."""

    counts: dict[str, int]
    owed: Sequence[Owed]
    failing: Sequence[Host]


async def list_for_post(context: Context, author: Account, post_id: int) -> list[Owed]:
    """Where one's own post is. Raises NotFound, NotAllowed."""
    return await context.database.read(_list_for_post, author, post_id)


def _list_for_post(db: Connection, author: Account, post_id: int) -> list[Owed]:
    return deliveries.list_deliveries_of_post(db, own_post(db, author, post_id).id)


async def get_queue(context: Context, host: str | None = None) -> Queue:
    """How deliveries stand, to one host or all."""
    return await context.database.read(_get_queue, host)


def _get_queue(db: Connection, host: str | None) -> Queue:
    return Queue(deliveries.count_deliveries(db), deliveries.list_owed(db, host, SHOWN), hosts.list_failing(db))


async def retry(context: Context, host: str | None = None) -> int:
    """Makes what waits or was given up due now, to one host or all, and answers how many."""
    return await context.database.write(_retry, host, context.site.now_ms())


def _retry(db: Connection, host: str | None, now_ms: int) -> int:
    hosts.close_breakers(db, host)
    add_event(db, "deliveries")
    return deliveries.retry_deliveries(db, host, now_ms)
