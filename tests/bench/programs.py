"""What programs ask for: pages of the client API, and a thousand streams that wait for a post."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from node.assembly import open_context
from node.context import Context
from node.social import authorizing, passwords
from storage import accounts, follows, notifications, users
from storage.database import Connection
from storage.ids import new_id
from storage.records import Follow, User
from storage.users import Token
from tests.bench import data
from tests.bench.process import ROOT, Running, running

LISTENERS = 1000
NEWS = 60
SCOPES = "read write"


def make_token(prepared: data.Prepared) -> str:
    """A token of the reader's, who has been told of some things."""
    return asyncio.run(_make_token(prepared))


async def _make_token(prepared: data.Prepared) -> str:
    async with open_context(prepared.config) as context:
        await context.database.write(_add_news, context, prepared)
        return await authorizing.new_token(context, prepared.reader.id, "bench", SCOPES)


def _add_news(db: Connection, context: Context, prepared: data.Prepared) -> None:
    posts = db.execute("SELECT id, account_id FROM posts ORDER BY id DESC LIMIT :most", {"most": NEWS}).fetchall()
    for number, (post_id, account_id) in enumerate(posts):
        notifications.add_notification(db, prepared.reader.id, "mention", account_id, post_id, context.site.now_ms() - number * 1000)


def make_listeners(prepared: data.Prepared, count: int) -> list[str]:
    """Tokens of so many people who follow the reader. They have no keys: they only listen."""
    return asyncio.run(_make_listeners(prepared, count))


async def _make_listeners(prepared: data.Prepared, count: int) -> list[str]:
    async with open_context(prepared.config) as context:
        return await context.database.write(_add_listeners, context, prepared, count)


def _add_listeners(db: Connection, context: Context, prepared: data.Prepared, count: int) -> list[str]:
    now_ms, tokens, reader = context.site.now_ms(), [], prepared.reader
    for number in range(count):
        name, made_ms = f"listener{number}", now_ms - number - 1
        uri = f"{prepared.config.origin}/users/{name}"
        account = replace(reader, id=new_id(made_ms), uri=uri, name=name, inbox=f"{uri}/inbox", url=None, outbox=None, followers_uri=None)
        accounts.add_account(db, account)
        users.add_user(db, User(account.id, None, None, "member", "en", now_ms))
        follows.add_follow(db, Follow(account.id, reader.id, "accepted", f"{uri}#follow", now_ms))
        tokens.append(passwords.new_secret())
        users.add_token(db, passwords.digest(tokens[-1]), Token(new_id(made_ms), account.id, "bench", "read", now_ms))
    return tokens


@contextmanager
def listening(address: str, tokens: list[str]) -> Iterator[Callable[[], list[float]]]:
    """Sockets that are open; the call waits until each has heard a post, and answers when."""
    command = [sys.executable, "-m", "tests.bench.ears", address]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    print(" ".join(tokens), file=process.stdin, flush=True)
    if process.stdout.readline() != "ready\n":
        raise RuntimeError("the sockets could not be opened")
    stdout = process.stdout

    def wait() -> list[float]:
        found: list[float] = json.loads(stdout.readline())
        return found

    yield wait
    process.wait(30)


def time_streams(node: Running, prepared: data.Prepared, tokens: list[str], say: Callable[[], None]) -> tuple[list[float], float]:
    """Milliseconds from a post's being sent until each of the streams has it, sorted, and the memory that they took, MB."""
    before_mb = node.memory_mb()
    address = f"{prepared.config.origin.replace('http', 'ws', 1)}/api/v1/streaming?stream=user&access_token="
    with listening(address, tokens) as heard:
        opened_mb = node.memory_mb() - before_mb
        began = time.monotonic()
        say()
        return sorted((moment - began) * 1000 for moment in heard()), opened_mb


def time_bare_streams(body: bytes, count: int) -> tuple[list[float], float]:
    """The same for a bare aiohttp server that sends the same bytes to as many sockets."""
    port = data.free_port()
    with running(["-m", "tests.bench.bare_streams", str(port)], f"http://127.0.0.1:{port}") as bare:
        before_mb = bare.memory_mb()
        with listening(f"ws://127.0.0.1:{port}/ws?", ["x"] * count) as heard:
            opened_mb = bare.memory_mb() - before_mb
            began = time.monotonic()
            with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/say", body)) as answer:
                answer.read()
            return sorted((moment - began) * 1000 for moment in heard()), opened_mb
