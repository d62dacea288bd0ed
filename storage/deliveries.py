"""What we owe to other servers: each activity's exact bytes once, and one delivery per inbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from storage.database import Connection, one_value, with_list
from storage.ids import id_range_start
from storage.records import Activity, Delivery, columns, placeholders, values


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that a worker has, with all that sending it takes."""

    id: int
    inbox: str
    host: str
    attempts: int
    account_id: int
    body: bytes
    type: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """How an attempt ended. next_ms counts where state is still 'waiting'."""

    id: int
    state: str
    attempts: int
    next_ms: int
    status: int | None
    answer: str
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A line of the queue's page: what goes where, and how it stands."""

    delivery: Delivery
    activity_uri: str
    activity_type: str
    post_id: int | None


HASTENED_AFTER_MS = 10 * 1000  # as long as the shortest wait between two attempts
_ADD_ACTIVITY = f"INSERT INTO activities ({columns(Activity)}) VALUES ({placeholders(Activity)})"
_ACTIVITY = f"SELECT {columns(Activity)} FROM activities WHERE uri = :uri"
_FIRST = "NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.state = 'waiting' AND e.order_key = d.order_key AND e.id < d.id)"
_HOSTS = """
    WITH RECURSIVE waiting(host) AS (
        SELECT min(host) FROM deliveries WHERE state = 'waiting'
        UNION ALL
        SELECT (SELECT min(d.host) FROM deliveries d WHERE d.state = 'waiting' AND d.host > w.host)
        FROM waiting w WHERE w.host IS NOT NULL
    )"""  # steps over the index host by host, however many deliveries each of them is owed
_DUE_HOSTS = f"""{_HOSTS}
    SELECT w.host FROM waiting w
    WHERE w.host IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM hosts h WHERE h.host = w.host AND h.open_until_ms > :now)
      AND EXISTS (SELECT 1 FROM deliveries d WHERE d.state = 'waiting' AND d.host = w.host AND d.next_ms <= :now AND {_FIRST})"""
_NEXT_DUE = f"""{_HOSTS},
    nexts(host, next_ms) AS MATERIALIZED (
        SELECT w.host, (SELECT d.next_ms FROM deliveries d
                        WHERE d.state = 'waiting' AND d.host = w.host AND {_FIRST} ORDER BY d.next_ms LIMIT 1)
        FROM waiting w WHERE w.host IS NOT NULL
    )
    SELECT min(CASE WHEN h.open_until_ms > n.next_ms THEN h.open_until_ms ELSE n.next_ms END)
    FROM nexts n LEFT JOIN hosts h ON h.host = n.host"""
_LEASE = f"""
    WITH due AS MATERIALIZED (  -- once, whatever the plan: what it has locked it would skip, and take more than the limit
        SELECT d.id FROM deliveries d
        WHERE d.state = 'waiting' AND d.host = :host AND d.next_ms <= :now AND {_FIRST}
        ORDER BY d.next_ms, d.id LIMIT :limit /*pg: FOR UPDATE SKIP LOCKED*/)
    UPDATE deliveries SET next_ms = :until, leased_ms = :until WHERE id IN (SELECT id FROM due)
    RETURNING id, inbox, host, attempts,
        (SELECT account_id FROM activities a WHERE a.id = activity_id), (SELECT body FROM activities a WHERE a.id = activity_id),
        (SELECT type FROM activities a WHERE a.id = activity_id)"""
_RETURN = "UPDATE deliveries SET next_ms = :now, leased_ms = 0 WHERE state = 'waiting' AND id IN (:ids)"
_HASTEN = """
    UPDATE deliveries SET next_ms = :now, attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END
    WHERE state = 'waiting' AND host = :host AND next_ms > :now AND leased_ms <= :now AND updated_ms <= :tried"""
_NOT_UNDER_WAY = "state <> 'delivered' AND (state <> 'waiting' OR leased_ms <= :now)"
_SAID = "type NOT IN ('Delete', 'Undo')"  # what takes something back stays
_SAID_BEFORE = f"{_SAID} AND (account_id = :account OR :account = 0)"
_DROP_ABOUT_POST = f"""
    DELETE FROM deliveries WHERE {_NOT_UNDER_WAY}
    AND activity_id IN (SELECT id FROM activities WHERE post_id = :post AND {_SAID_BEFORE})
    RETURNING inbox, host"""
_DROP_OF_ACCOUNT = f"""
    DELETE FROM deliveries WHERE {_NOT_UNDER_WAY}
    AND activity_id IN (SELECT id FROM activities WHERE account_id = :account AND {_SAID})
    RETURNING inbox, host"""
_DROP_ABOUT_OBJECT = f"DELETE FROM deliveries WHERE {_NOT_UNDER_WAY} AND order_key IN (:ids)"
_HIDE_ABOUT_POST = f"UPDATE activities SET is_public = FALSE WHERE post_id = :post AND {_SAID_BEFORE}"
_DROP_SUPERSEDED = """
    DELETE FROM deliveries WHERE id = :id AND state <> 'delivered' AND EXISTS (
        SELECT 1 FROM deliveries e WHERE e.order_key = deliveries.order_key AND e.id > deliveries.id AND e.ends_object)"""
_RETRY_ALL = "UPDATE deliveries SET state = 'waiting', attempts = 0, next_ms = :now WHERE state <> 'delivered'"
_RETRY_HOST = f"{_RETRY_ALL} AND host = :host"
_OWED = f"SELECT {columns(Delivery, 'd.')}, a.uri, a.type, a.post_id FROM deliveries d JOIN activities a ON a.id = d.activity_id WHERE"
_ALL_OWED = f"{_OWED} d.state <> 'delivered' ORDER BY d.state DESC, d.next_ms LIMIT :limit"
_OWED_TO_HOST = f"{_OWED} d.state <> 'delivered' AND d.host = :host ORDER BY d.state DESC, d.next_ms LIMIT :limit"
_OF_POST = f"{_OWED} a.post_id = :post ORDER BY a.id DESC, d.state = 'delivered', d.host LIMIT 1000"
_WIDTH = len(Delivery.__slots__)


def add_activity(db: Connection, activity: Activity) -> None:
    """Keeps what one of ours said. Raises Taken where its URI stands already."""
    db.execute(_ADD_ACTIVITY, values(activity))


def find_activity(db: Connection, uri: str) -> Activity | None:
    """The activity with a URI, or None."""
    row = db.execute(_ACTIVITY, {"uri": uri}).fetchone()
    return None if row is None else Activity(*row)


def list_waiting_bodies(db: Connection, account_id: int) -> list[tuple[int, bytes]]:
    """(id, bytes) of each activity of an account that waits to be delivered somewhere."""
    sql = (
        "SELECT id, body FROM activities a WHERE account_id = :account"
        " AND EXISTS (SELECT 1 FROM deliveries d WHERE d.activity_id = a.id AND d.state = 'waiting') ORDER BY id"
    )
    return [(activity_id, bytes(body)) for activity_id, body in db.execute(sql, {"account": account_id}).fetchall()]


def replace_body(db: Connection, activity_id: int, body: bytes) -> None:
    """An activity has other bytes from now on, of which a delivery under way knows nothing."""
    db.execute("UPDATE activities SET body = :body WHERE id = :id", {"body": body, "id": activity_id})


def order_key(inbox: str, subject: str) -> int:
    """63 bits that are the same for all that goes to one inbox about one subject: an actor and an object."""
    return int.from_bytes(blake2b(f"{inbox} {subject}".encode(), digest_size=8).digest()) >> 1


def add_deliveries(
    db: Connection, activity_id: int, subject: str, inboxes: Sequence[tuple[str, str]], now_ms: int, *, ends_object: bool = False
) -> None:
    """Enqueues an activity for inboxes, given as (inbox, host); in the transaction that made it, so nothing acknowledged is lost.

    subject: deliveries with the same one arrive in their order. ends_object: nothing about it that went before is tried again.
    """
    db.executemany(
        "INSERT INTO deliveries (activity_id, inbox, host, order_key, next_ms, updated_ms, ends_object)"
        " VALUES (:activity, :inbox, :host, :order_key, :now, :now, :ends)",
        [
            {
                "activity": activity_id,
                "inbox": inbox,
                "host": host,
                "order_key": order_key(inbox, subject),
                "now": now_ms,
                "ends": ends_object,
            }
            for inbox, host in inboxes
        ],
    )


def drop_about_post(db: Connection, post_id: int, account_id: int, now_ms: int) -> list[tuple[str, str]]:
    """Drops every delivery about a post that waits or was given up, and answers where they would have gone, as (inbox, host).

    account_id: whose deliveries, 0 for everybody's. Deletes and Undos stay, and what a worker is sending at this moment ends with its
    attempt. The activities are not handed out any more either.
    """
    rows = db.execute(_DROP_ABOUT_POST, {"post": post_id, "account": account_id, "now": now_ms}).fetchall()
    db.execute(_HIDE_ABOUT_POST, {"post": post_id, "account": account_id})
    return [(inbox, host) for inbox, host in rows]


def drop_of_account(db: Connection, account_id: int, now_ms: int) -> list[tuple[str, str]]:
    """The same for all that an account said, but for what takes something back."""
    rows = db.execute(_DROP_OF_ACCOUNT, {"account": account_id, "now": now_ms}).fetchall()
    return [(inbox, host) for inbox, host in rows]


def drop_about_object(db: Connection, subject: str, inboxes: Sequence[str], now_ms: int) -> None:
    """Drops what waits or was given up for inboxes about a subject."""
    keys = [order_key(inbox, subject) for inbox in inboxes]
    db.execute(*with_list(_DROP_ABOUT_OBJECT, "ids", keys, now=now_ms))


def list_due_hosts(db: Connection, now_ms: int) -> list[str]:
    """Hosts to which something may go now: the breaker is shut, and a delivery is due that waits for no earlier one."""
    return [row[0] for row in db.execute(_DUE_HOSTS, {"now": now_ms}).fetchall()]


def lease_deliveries(db: Connection, host: str, now_ms: int, until_ms: int, limit: int) -> list[Leased]:
    """Takes a host's due deliveries until a moment, oldest first; of several about one object to one inbox only the first."""
    rows = db.execute(_LEASE, {"host": host, "now": now_ms, "until": until_ms, "limit": limit}).fetchall()
    return sorted((Leased(*row) for row in rows), key=lambda leased: leased.id)


def finish_delivery(db: Connection, result: Result) -> None:
    """Notes how an attempt ended, and when the next one may be; what was given up or delivered meanwhile stays so.

    What did not arrive, and whose object was deleted during the attempt, is dropped: the Delete goes next.
    """
    db.execute(
        "UPDATE deliveries SET state = :state, attempts = :attempts, next_ms = :next_ms, status = :status, answer = :answer,"
        " updated_ms = :updated_ms, leased_ms = 0 WHERE id = :id AND state = 'waiting'",
        values(result),
    )
    if result.state != "delivered":
        db.execute(_DROP_SUPERSEDED, {"id": result.id})


def return_deliveries(db: Connection, ids: Sequence[int], now_ms: int) -> None:
    """Puts leases back: a worker stops, or their server answers again."""
    db.execute(*with_list(_RETURN, "ids", ids, now=now_ms))


def free_leases(db: Connection, now_ms: int) -> int:
    """Puts back what a worker that is no more had taken, and answers how many."""
    sql = "UPDATE deliveries SET next_ms = :now, leased_ms = 0 WHERE state = 'waiting' AND leased_ms > :now"
    return db.execute(sql, {"now": now_ms}).rowcount


def hasten_host(db: Connection, host: str, now_ms: int) -> int:
    """Makes what waits for a host due now: it is back. Answers how many.

    The attempt that this brings is not counted, or a server that speaks to us and whose inbox is broken would use up within minutes
    the attempts that are meant for two weeks; what was tried a moment ago waits on.
    """
    return db.execute(_HASTEN, {"now": now_ms, "host": host, "tried": now_ms - HASTENED_AFTER_MS}).rowcount


def retry_deliveries(db: Connection, host: str | None, now_ms: int) -> int:
    """Makes what waits, or was given up, due now, for one host or all; answers how many."""
    if host is None:
        return db.execute(_RETRY_ALL, {"now": now_ms}).rowcount
    return db.execute(_RETRY_HOST, {"now": now_ms, "host": host}).rowcount


def give_up_host(db: Connection, host: str, answer: str, now_ms: int) -> None:
    """Gives up what waits for a host (it was blocked)."""
    sql = "UPDATE deliveries SET state = 'gave up', answer = :answer, updated_ms = :now WHERE state = 'waiting' AND host = :host"
    db.execute(sql, {"host": host, "answer": answer, "now": now_ms})


def next_due_ms(db: Connection) -> int | None:
    """When something may be sent next (a breaker may keep it longer than its own time), or None where nothing waits."""
    due: int | None = one_value(db.execute(_NEXT_DUE))
    return due


def list_owed(db: Connection, host: str | None, limit: int) -> list[Owed]:
    """What waits or was given up, the next one due first."""
    if host is None:
        return _owed(db, _ALL_OWED, {"limit": limit})
    return _owed(db, _OWED_TO_HOST, {"host": host, "limit": limit})


def list_deliveries_of_post(db: Connection, post_id: int) -> list[Owed]:
    """Where each activity about a post is, newest activity first, those not delivered first."""
    return _owed(db, _OF_POST, {"post": post_id})


def count_deliveries(db: Connection) -> dict[str, int]:
    """How many deliveries there are by state."""
    sql = (
        "SELECT state, count(*) FROM deliveries WHERE state = 'waiting' GROUP BY state"
        " UNION ALL SELECT state, count(*) FROM deliveries WHERE state <> 'waiting' GROUP BY state"
    )
    return dict(db.execute(sql).fetchall())


def forget_delivered(db: Connection, before_ms: int) -> None:
    """Drops finished deliveries from before a moment, and activities that nobody is owed and nobody may fetch."""
    db.execute("DELETE FROM deliveries WHERE state <> 'waiting' AND updated_ms < :before", {"before": before_ms})
    db.execute(
        "DELETE FROM activities WHERE NOT is_public AND id < :before"
        " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.activity_id = activities.id)",
        {"before": id_range_start(before_ms)},
    )


def _owed(db: Connection, sql: str, parameters: dict[str, object]) -> list[Owed]:
    return [Owed(Delivery(*row[:_WIDTH]), *row[_WIDTH:]) for row in db.execute(sql, parameters).fetchall()]
