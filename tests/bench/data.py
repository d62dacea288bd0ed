"""What the bench puts into a node before it measures: a reader, authors of other servers whose keys are known, posts."""

import asyncio
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from federation import cavage, keys, outgoing
from federation.objects import document_from_post
from federation.proofs import add_proof
from federation.records import PUBLIC, ActorDocument, KeyDocument, PostDocument
from node import databases
from node.assembly import open_context
from node.config import Config, config_from_toml
from node.context import Context
from node.social import accounts, authorizing, remote, remote_posts
from storage import follows, seen
from storage.database import Connection
from storage.records import Account, Follow

WORDS = ("the hedge grows where many hands plant it and what was learned there belongs to those who learned it together").split()  # noqa: SIM905 - a sentence reads better than a list of its words


@dataclass(frozen=True, slots=True)
class Author:
    """Someone on another server, with the keys that sign for them."""

    actor: ActorDocument
    signer: keys.Signer
    proof_signer: keys.ProofSigner


@dataclass(frozen=True, slots=True)
class Prepared:
    """A data folder ready to be served."""

    config: Config
    reader: Account
    cookie: str
    csrf: str
    authors: list[Author]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def config_for(folder: Path, port: int) -> Config:
    """A node on loopback, rate limits off."""
    text = f"""
[node]
url = "http://127.0.0.1:{port}"
[server]
bind = "127.0.0.1:{port}"
[federation]
allow_networks = ["127.0.0.0/8"]
[limits]
rates = false
[log]
level = "error"
"""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hedgerow.toml").write_text(text)
    return config_from_toml(text, folder, {})


def make_author(number: int, port: int = 9) -> Author:
    """An author at 127.0.2.<number>. port: where whoever is to hear what they are sent listens."""
    uri = f"http://127.0.2.{number}:{port}/users/author{number}"
    rsa, ed25519 = keys.generate_rsa(), keys.generate_ed25519()
    actor = ActorDocument(
        uri=uri,
        type="Person",
        indexable=True,
        name=f"author{number}",
        display_name=f"Author {number}",
        inbox=f"{uri}/inbox",
        followers=f"{uri}/followers",
        keys=(
            KeyDocument(f"{uri}#main-key", uri, "rsa", keys.pem_from_public(rsa.public_key())),
            KeyDocument(f"{uri}#ed25519-key", uri, "ed25519", keys.multibase_from_public(ed25519.public_key())),
        ),
    )
    return Author(actor, keys.Signer(f"{uri}#main-key", rsa), keys.ProofSigner(f"{uri}#ed25519-key", ed25519))


def text(number: int) -> str:
    """About 500 bytes of HTML, different for each number."""
    words = " ".join(WORDS[(number + step) % len(WORDS)] for step in range(80))
    return f"<p>Note {number}: {words}</p>"


def note(author: Author, number: int, published: datetime) -> PostDocument:
    """A public note with a hashtag, and the collections that Mastodon names."""
    uri = author.actor.uri
    return PostDocument(
        uri=f"{uri}/statuses/{number}",
        type="Note",
        author_uri=uri,
        content=text(number),
        to=(PUBLIC,),
        cc=(f"{uri}/followers",),
        url=f"{uri}/statuses/{number}",
        published=published,
        language="en",
        hashtags=("learning",),
        context_uri=f"{uri.partition('/users')[0]}/contexts/{number}-{number}",
        replies_uri=f"{uri}/statuses/{number}/replies",
        likes_uri=f"{uri}/statuses/{number}/likes",
        shares_uri=f"{uri}/statuses/{number}/shares",
    )


def signed_create(author: Author, number: int, port: int) -> bytes:
    """A raw HTTP request that posts a Create with a proof to the shared inbox, signed as Mastodon signs."""
    now = datetime.now(UTC)
    document = document_from_post(note(author, number, now))
    document = add_proof(document, author.proof_signer, now)
    activity = add_proof(outgoing.create(f"{author.actor.uri}/statuses/{number}/activity", document), author.proof_signer, now)
    body = orjson.dumps(activity)
    url = f"http://127.0.0.1:{port}/inbox"
    headers = cavage.sign(author.signer, "POST", url, body, now) | {
        "Content-Type": "application/activity+json",
        "Content-Length": str(len(body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /inbox HTTP/1.1\r\n{head}\r\n".encode() + body


def prepare(folder: Path, port: int, authors: list[Author], count: int) -> Prepared:
    """A node whose one reader follows every author and has that many posts in the timeline."""
    config = config_for(folder, port)
    databases.create(config)
    return asyncio.run(_prepare(config, authors, count))


async def _prepare(config: Config, authors: list[Author], count: int) -> Prepared:
    async with open_context(config) as context:
        reader = await accounts.create_account(context, accounts.NewAccount("reader", "Reader"))
        cookie, session = await authorizing.open_session(context, reader.id)
        followed = [await context.database.write(_follow, context, reader, author) for author in authors]
        for batch in _batches(count):
            await context.database.write(_add_posts, context, authors, followed, batch)
    _analyse(config)
    return Prepared(config, reader, cookie, session.csrf, authors)


def _batches(count: int) -> Iterator[range]:
    for start in range(0, count, 2000):
        yield range(start, min(start + 2000, count))


def _follow(db: Connection, context: Context, reader: Account, author: Author) -> Account:
    account = remote.save_actor(db, context.site, author.actor)
    follows.add_follow(db, Follow(reader.id, account.id, "accepted", f"{reader.uri}#{account.id}", 0))
    return account


def _add_posts(db: Connection, context: Context, authors: list[Author], followed: list[Account], batch: range) -> None:
    began = datetime.now(UTC) - timedelta(days=30)
    for number in batch:
        author, account = authors[number % len(authors)], followed[number % len(authors)]
        document = note(author, 10_000_000 + number, began + timedelta(seconds=number))
        remote_posts.save_post(db, context.site, account, document, arrives=True)
        seen.add_seen(db, account.uri, f"{document.uri}/activity", context.site.now_ms())


def _analyse(config: Config) -> None:
    assert config.sqlite_file is not None
    with sqlite3.connect(config.sqlite_file) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("ANALYZE")


def count_home(config: Config, reader: Account) -> int:
    """How many posts the reader's timeline holds."""
    assert config.sqlite_file is not None
    with sqlite3.connect(config.sqlite_file) as db:
        return int(
            db.execute("SELECT count(*) FROM home h JOIN posts p ON p.id = h.post_id WHERE h.account_id = ?", (reader.id,)).fetchone()[0]
        )


def add_followers(prepared: Prepared, hosts: int, inboxes: int, port: int) -> None:
    """Followers of the reader on so many hosts, each with an inbox of its own."""
    asyncio.run(_add_followers(prepared, hosts, inboxes, port))


async def _add_followers(prepared: Prepared, hosts: int, inboxes: int, port: int) -> None:
    async with open_context(prepared.config) as context:
        await context.database.write(_save_followers, context, prepared.reader, hosts, inboxes, port)


def _save_followers(db: Connection, context: Context, reader: Account, hosts: int, inboxes: int, port: int) -> None:
    for number in range(inboxes):
        uri = f"http://127.0.1.{number % hosts + 1}:{port}/users/follower{number}"
        account = remote.save_actor(db, context.site, ActorDocument(uri=uri, type="Person", name=f"follower{number}", inbox=f"{uri}/inbox"))
        follows.add_follow(db, Follow(account.id, reader.id, "accepted", f"{uri}#follow", 0))
