"""The one file that knows everyone: builds context, application and workers from a Config."""

import asyncio
import logging
import resource
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web, web_response

from federation.outbound import Outbound
from node import databases
from node.caches import Caches
from node.config import Config
from node.context import Context
from node.domains import DomainRules
from node.gate import Gate
from node.keyring import Keyring
from node.loading import load
from node.site import Clock, Site
from node.social import accounts, authorizing, blocking, changes, proxy_cache, pushing, rates
from node.stores import open_stores
from node.web import (
    activitypub,
    cache_headers,
    collections,
    content_codings,
    credentials,
    faults,
    files,
    inboxes,
    mentioning,
    outboxes,
    pages,
    syndication,
    wellknown,
)
from node.web.keys import CONTEXT, INBOX_ANSWERS
from node.web.mastodon import routes as client_api
from node.web.streaming import doors as streaming
from node.workers.runner import Runner
from storage import schema, users
from storage.database import Database, Event

log = logging.getLogger(__name__)

Opening = Callable[[Config], Awaitable[Database]]

STOP_S = 3.0  # that open requests have to end
BACKLOG = 1024
MB = 1024 * 1024


def utc_now() -> datetime:
    """The present, aware, UTC."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_context(
    config: Config, clock: Clock = utc_now, *, voice: Callable[..., Outbound] = Outbound, memory: Opening = databases.open_database
) -> AsyncIterator[Context]:
    """Everything that a use case needs, open until the block ends. Raises StorageError where the database cannot be used.

    voice, memory: how the client for others and the database are made, for a simulation that has neither sockets nor threads.
    """
    site = Site(config.origin, config.handle_domain, clock, Keyring(), config.media.url.rstrip("/"))
    domains = DomainRules()
    outbound = voice(
        user_agent=config.user_agent,
        allow_networks=config.federation.allow_networks,
        allow_http=config.scheme == "http",
        clock=clock,
        strangers=(config.federation.fetch_concurrency, config.federation.fetch_per_host),
        timeout_s=config.federation.timeout_s,
        is_blocked=domains.is_suspended,
    )
    database = await memory(config)
    opened = AsyncExitStack()
    caches = Caches()
    gate = Gate(config.limits.memory_mb * MB, config.limits.inbox_waiting, database.delay_s, caches.clear)
    try:
        stores = await opened.enter_async_context(open_stores(config))
        context = Context(config, site, database, stores, outbound, domains, caches, gate)
        await database.read(schema.check_schema)
        secret = await database.write(proxy_cache.ensure_secret) if config.media.proxy else b""
        vapid_key = await pushing.ensure_key(database)
        context = replace(context, site=replace(site, proxy_secret=secret, vapid_key=vapid_key))
        await outbound.open()
        await accounts.ensure_server_actor(context)
        await blocking.load_rules(context)
        yield context
    finally:
        await outbound.close()
        await opened.aclose()
        await database.close()


class Hearing:
    """Drops from memory what a commit, here or in another process, has made old."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._reloads: set[asyncio.Task[None]] = set()

    def hear(self, news: Sequence[Event]) -> None:
        """See Database.listen."""
        caches = self._context.caches
        for event in news:
            if event.kind == "account":
                caches.sessions.clear()
                caches.tokens.clear()
                caches.documents.clear()
                caches.files.clear()
                caches.keys.clear()
            elif event.kind == "files" or (event.kind == "post" and event.payload.startswith(changes.GONE)):
                caches.files.clear()
            elif event.kind == "keys":
                caches.keys.clear()
                caches.documents.clear()
                self._context.site.keyring.forget()  # an archive may have brought one of ours another key
            elif event.kind == "domains":
                task = asyncio.create_task(blocking.load_rules(self._context))
                self._reloads.add(task)
                task.add_done_callback(self._reloads.discard)


def build_app(context: Context) -> web.Application:
    """The application with all its doors."""
    app = web.Application(
        middlewares=[activitypub.count_answers, faults.middleware(pages.error_page), content_codings.refuse_codings],
        client_max_size=context.config.media.max_upload_bytes + 65_536,
    )
    app.on_response_prepare.append(cache_headers.add_headers)
    app[CONTEXT], app[INBOX_ANSWERS] = context, Counter()
    for door in (activitypub, collections, inboxes, outboxes, wellknown, credentials, files, syndication, mentioning):
        app.add_routes(door.ROUTES)
    streaming.add_routes(app)
    client_api.add_routes(app)
    pages.add_routes(app)
    return app


async def serve(config: Config, bind: str, say: Callable[[str], None], part: int | None = None) -> None:
    """Serves until SIGTERM or SIGINT; then finishes requests and puts leases back. say: prints a line.

    part: from 0, where this is one of several processes on one port. On SQLite the first of them alone works; the first alone has the
    admin address and says the link for the first account.
    """
    _raise_file_limit()
    databases.create(config)
    is_looked_through = bool(part) or databases.check_at_start(config)
    stopping = _stopping()
    async with open_context(config) as context:
        looking = None if is_looked_through or config.sqlite_file is None else _look_through(config.sqlite_file, stopping)
        context.database.listen(Hearing(context).hear)
        workers = Runner(context) if not part or config.sqlite_file is None else None
        app = build_app(context)
        runners = [await _listen(app, bind, shared=part is not None)]
        if config.server.admin_bind and not part:
            runners.append(await _listen(load("node.web.metrics").build_app(app), config.server.admin_bind))
        sharing = asyncio.create_task(rates.keep_exchanging(context)) if part is not None or config.sqlite_file is None else None
        if workers:
            await workers.start()
        say(f"ready {config.origin}")
        if not part:
            await _say_link(context, say)
        await stopping.wait()
        await asyncio.gather(*(runner.cleanup() for runner in runners))
        if sharing:
            sharing.cancel()
            await asyncio.gather(sharing, return_exceptions=True)
        if workers:
            await workers.stop()
        if looking is not None:
            await looking  # raises where the database is damaged


def _look_through(file: Path, stopping: asyncio.Event) -> asyncio.Task[None]:
    """Looks through a large database beside the first answers; the node stops where it is damaged."""
    task = asyncio.create_task(asyncio.to_thread(databases.look_through, file, stopping.is_set))
    task.add_done_callback(lambda done: stopping.set() if done.exception() else None)
    return task


async def work_only(config: Config, say: Callable[[str], None]) -> None:
    """Does jobs and deliveries until SIGTERM or SIGINT; then puts leases back."""
    _raise_file_limit()
    stopping = _stopping()
    async with open_context(config) as context:
        context.database.listen(Hearing(context).hear)
        workers = Runner(context)
        await workers.start()
        say(f"ready {config.origin}")
        await stopping.wait()
        await workers.stop()


def _stopping() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    return stopping


async def _listen(app: web.Application, bind: str, *, shared: bool = False) -> web.AppRunner:
    """An application at an address, host:port; an IPv6 host stands in brackets. shared: with other processes (SO_REUSEPORT)."""
    # What is no HTTP reaches no application, and aiohttp has no setting for the name that it gives then.
    setattr(web_response, "SERVER_SOFTWARE", cache_headers.SERVER)  # noqa: B010 - mypy: the module does not export it
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_S, handle_signals=False, auto_decompress=False)
    await runner.setup()
    host, _, port = bind.rpartition(":")
    await web.TCPSite(runner, host.strip("[]"), int(port), backlog=BACKLOG, reuse_port=shared or None).start()
    return runner


async def _say_link(context: Context, say: Callable[[str], None]) -> None:
    """A new node has nobody yet: the one-time link under which the first account is made."""
    if await context.database.read(users.has_users):
        return
    secret = await authorizing.new_link(context, "owner")
    say(f"Make the first account here (the link works once): {context.site.origin}/welcome/{secret}")


def _raise_file_limit() -> None:
    """Every connection is a file; the usual soft limit of 1,024 is less than a busy day needs."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
