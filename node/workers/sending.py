"""Deliveries: leased fairly by host, sent, and their answers noted.

A slow host never holds others up: an attempt that takes longer than PATIENCE_S gives its slot away and goes on beside the others, and
a host has at most PER_HOST attempts under way, one while nothing is known of how it answers.
"""

import asyncio
import logging
import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from federation.delivery import Delivered, GaveUp, Outcome, deliver, wait_before
from federation.outbound import Scheme
from node.context import Context
from node.site import Site
from storage import deliveries, hosts
from storage.database import Connection
from storage.deliveries import Leased, Result
from storage.errors import StorageError
from storage.events import add_event
from storage.ids import ms_from_datetime

log = logging.getLogger(__name__)

PER_HOST = 8
SLOW = 700  # attempts beyond their patience that may be under way
PATIENCE_S = 1.5
BUSY = frozenset({429, 503})  # with Retry-After: a server that is alive and has too much to do
LONGEST_REST = timedelta(minutes=15)  # of a whole host because it said so of one delivery
LEASE_MS = 60 * 1000  # longer than an attempt with both signatures takes


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A leased delivery, and how its host is known."""

    leased: Leased
    scheme: Scheme


class Sender:
    """Sends what is due."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._slots = context.config.federation.deliver_concurrency
        self._fast = 0
        self._under_way: dict[asyncio.Task[None], Leased] = {}
        self._by_host: Counter[str] = Counter()
        self._answering: set[str] = set()  # hosts whose last answer was a good one
        self.room = asyncio.Event()

    async def step(self) -> None:
        """Starts what is due, as far as there is room."""
        now_ms = self._context.site.now_ms()
        wanted = self._slots - self._fast
        if wanted > 0 and len(self._under_way) < SLOW + self._slots:
            due = [host for host in await self._context.database.read(deliveries.list_due_hosts, now_ms) if self._share(host) > 0]
            random.shuffle(due)
            shares = [(host, self._share(host)) for host in due[:wanted]]
            if shares:
                for attempt in await self._context.database.write(_lease, self._context.site, shares, wanted):
                    self._start(attempt)

    def _share(self, host: str) -> int:
        """How many more attempts a host may have under way."""
        return (PER_HOST if host in self._answering else 1) - self._by_host[host]

    def _start(self, attempt: _Attempt) -> None:
        task = asyncio.create_task(self._attempt(attempt))
        self._under_way[task] = attempt.leased
        self._by_host[attempt.leased.host] += 1
        self._fast += 1
        late = asyncio.get_running_loop().call_later(PATIENCE_S, self._give_slot_away)
        task.add_done_callback(lambda done: self._end(done, late))

    def _give_slot_away(self) -> None:
        self._fast -= 1
        self.room.set()

    def _end(self, task: asyncio.Task[None], late: asyncio.TimerHandle) -> None:
        host = self._under_way.pop(task).host
        self._by_host[host] -= 1
        if not self._by_host[host]:
            del self._by_host[host]
        if late.when() > asyncio.get_running_loop().time() and not late.cancelled():
            late.cancel()
            self._fast -= 1
        self.room.set()

    async def _attempt(self, attempt: _Attempt) -> None:
        leased, context = attempt.leased, self._context
        try:
            outcome = await self._send(attempt)
            (self._answering.add if isinstance(outcome.verdict, Delivered) else self._answering.discard)(leased.host)
            await context.database.write(_note, context.site, attempt, outcome)
        except StorageError as error:
            log.warning("delivery not noted; it is sent again", extra={"delivery": leased.id, "reason": str(error)})

    async def _send(self, attempt: _Attempt) -> Outcome:
        leased, context = attempt.leased, self._context
        if context.domains.is_suspended(leased.inbox):
            return Outcome(GaveUp(recipient_gone=False), None, "blocked here")
        keyring = context.site.keyring
        signer = keyring.find_signer(leased.account_id)
        if signer is None:
            signer = await context.database.read(keyring.signer, leased.account_id)
        return await deliver(context.outbound, leased.inbox, leased.body, signer, attempt.scheme, context.site.now())

    async def stop(self, grace_s: float) -> None:
        """Lets attempts end for a while, then puts the rest back."""
        if not self._under_way:
            return
        _, late = await asyncio.wait(self._under_way, timeout=grace_s)
        returned = [self._under_way[task].id for task in late]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if returned:
            await self._context.database.write(deliveries.return_deliveries, returned, self._context.site.now_ms())


def _lease(db: Connection, site: Site, shares: list[tuple[str, int]], most: int) -> list[_Attempt]:
    now_ms = site.now_ms()
    found: list[_Attempt] = []
    for host, share in shares:
        if len(found) >= most:
            break
        scheme: Scheme = "rfc9421" if hosts.find_host(db, host).scheme == "rfc9421" else "cavage"
        leased = deliveries.lease_deliveries(db, host, now_ms, now_ms + LEASE_MS, min(share, most - len(found)))
        found += [_Attempt(each, scheme) for each in leased]
    return found


def _note(db: Connection, site: Site, attempt: _Attempt, outcome: Outcome) -> None:
    """How the attempt ended, for the delivery and for its host."""
    leased, now = attempt.leased, site.now()
    attempts = leased.attempts + 1
    state, next_ms = "delivered", 0
    if isinstance(outcome.verdict, Delivered):
        if hosts.clear_failures(db, leased.host) and deliveries.hasten_host(db, leased.host, ms_from_datetime(now)):
            add_event(db, "deliveries")  # it is back: what waits for it need not wait for the clock
        if outcome.scheme_taken and outcome.scheme_taken != attempt.scheme:
            hosts.set_scheme(db, leased.host, outcome.scheme_taken)
    elif isinstance(outcome.verdict, GaveUp):
        state = "gave up"
    else:
        wait = wait_before(attempts, random.random())  # noqa: S311 - jitter, no secret
        asked = outcome.verdict.not_before
        moment = max(now + wait, asked or now) if wait else None
        state, next_ms = ("waiting", ms_from_datetime(moment)) if moment else ("gave up", 0)
        if asked is not None and outcome.status in BUSY:
            hosts.rest(db, leased.host, ms_from_datetime(min(asked, now + LONGEST_REST)))
        elif outcome.status is None or outcome.status >= 500 or outcome.status == 429:
            hosts.add_failure(db, leased.host, ms_from_datetime(now + (wait or timedelta(days=1))))
    if state == "gave up":
        log.info("delivery ended", extra={"host": leased.host, "type": leased.type, "reason": outcome.answer or f"status {outcome.status}"})
    result = Result(leased.id, state, attempts, next_ms, outcome.status, outcome.answer, ms_from_datetime(now))
    deliveries.finish_delivery(db, result)
