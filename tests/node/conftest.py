"""A node in this process, with a clock that stands still until it is told to go, and another server that tests fill with documents."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from federation import cavage, keys, outgoing
from federation.actors import document_from_actor
from federation.objects import document_from_post
from federation.proofs import add_proof
from federation.records import PUBLIC, ActorDocument, ActorType, KeyDocument, PostDocument
from federation.verification import Request
from node import databases
from node.assembly import Hearing, open_context
from node.config import config_from_toml
from node.context import Context
from node.inbound.receiving import receive
from node.social import accounts, follows, posts, remote
from node.social.notifications import list_told
from node.workers.jobs import JobRunner
from storage import deliveries, timelines
from storage import posts as kept_posts
from storage.records import Account, Post
from tests import buckets, clusters
from tests.serving import served

ORIGIN = "http://hedge.test"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def go(self, **step: float) -> None:
        """Moves on by a timedelta's worth."""
        self.now += timedelta(**step)


@dataclass
class Elsewhere:
    """Another server: answers with the documents that it was given, and counts what it was asked for."""

    origin: str = ""
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        path = request.path_qs
        self.asked.append(path)
        document = self.documents.get(path)
        if document is None:
            return web.Response(status=404)
        return web.Response(body=orjson.dumps(document), content_type="application/activity+json")

    def put(self, document: dict[str, Any]) -> str:
        """Serves a document at its own id."""
        uri: str = document["id"]
        self.documents[uri.removeprefix(self.origin)] = document
        return uri


@dataclass(frozen=True)
class Stranger:
    """Someone on another server, with their keys."""

    actor: ActorDocument
    signer: keys.Signer
    proof_signer: keys.ProofSigner

    @property
    def uri(self) -> str:
        return self.actor.uri

    def note(self, name: str, content: str = "<p>Hello</p>", **said: Any) -> PostDocument:
        """A public note, unless `to` says otherwise."""
        shape = {"to": (PUBLIC,), "cc": (f"{self.uri}/followers",), "published": NOON - timedelta(minutes=1)}
        return PostDocument(uri=f"{self.uri}/notes/{name}", type="Note", author_uri=self.uri, content=content, **{**shape, **said})

    def create(self, note: PostDocument) -> dict[str, Any]:
        """The Create of a note."""
        return outgoing.create(f"{note.uri}/activity", document_from_post(note))

    def activity(self, kind: str, object_: Any, name: str = "1", **more: Any) -> dict[str, Any]:
        """An activity of any kind."""
        uri = f"{self.uri}/{kind.lower()}/{name}"
        return {"@context": "https://www.w3.org/ns/activitystreams", "id": uri, "type": kind, "actor": self.uri, "object": object_, **more}

    def proven(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with this person's own proof."""
        return add_proof(document, self.proof_signer, NOON)


def make_stranger(origin: str, name: str, kind: ActorType = "Person") -> Stranger:
    """Someone at a server, with fresh keys."""
    uri = f"{origin}/users/{name}"
    rsa, ed25519 = keys.generate_rsa(), keys.generate_ed25519()
    actor = ActorDocument(
        uri=uri,
        type=kind,
        name=name,
        inbox=f"{uri}/inbox",
        followers=f"{uri}/followers",
        featured=f"{uri}/featured",
        keys=(
            KeyDocument(f"{uri}#main-key", uri, "rsa", keys.pem_from_public(rsa.public_key())),
            KeyDocument(f"{uri}#ed25519-key", uri, "ed25519", keys.multibase_from_public(ed25519.public_key())),
        ),
    )
    return Stranger(actor, keys.Signer(f"{uri}#main-key", rsa), keys.ProofSigner(f"{uri}#ed25519-key", ed25519))


class World:
    """What a test does and sees."""

    def __init__(self, context: Context, elsewhere: Elsewhere) -> None:
        self.context = context
        self.elsewhere = elsewhere
        self.jobs = JobRunner(context)

    async def account(self, name: str, **said: Any) -> Account:
        """One of ours."""
        return await accounts.create_account(self.context, accounts.NewAccount(name, **said))

    async def stranger(self, name: str, *, is_known: bool = True, kind: ActorType = "Person") -> Stranger:
        """Someone at the other server, which serves their actor; known here already unless said otherwise."""
        found = make_stranger(self.elsewhere.origin, name, kind)
        self.elsewhere.put(document_from_actor(found.actor))
        if is_known:
            await self.context.database.write(remote.save_actor, self.context.site, found.actor)
        return found

    async def post(self, author: Account, text: str, **said: Any) -> Post:
        """A post of ours."""
        return await posts.publish(self.context, author, posts.Draft(text, **said))

    async def follow(self, follower: Account, followed: Stranger) -> None:
        """One of ours follows someone elsewhere, who has accepted."""
        target = await self.known(followed)
        follow = await follows.follow(self.context, follower, target.id)
        answer = {"id": follow.uri, "type": "Follow", "actor": follower.uri, "object": followed.uri}
        await self.receive(followed.activity("Accept", answer, name=f"{follower.name}"), followed)

    async def known(self, stranger: Stranger) -> Account:
        """The row of someone elsewhere."""
        return await remote.get_account(self.context, stranger.uri)

    async def receive(self, activity: dict[str, Any], sender: Stranger, **changes: Any) -> None:
        """An activity comes to the shared inbox, signed by the sender."""
        await receive(self.context, self.request(activity, sender, **changes))

    def request(self, activity: dict[str, Any], sender: Stranger, **changes: Any) -> Request:
        """The signed request; changes are made after it was signed."""
        body = orjson.dumps(activity)
        headers = cavage.sign(sender.signer, "POST", f"{ORIGIN}/inbox", body, self.context.site.now())
        headers = {name.lower(): value for name, value in headers.items()} | {"content-type": "application/activity+json"}
        return replace(Request("POST", "http", "hedge.test", "/inbox", headers, body), **changes)

    async def work(self) -> None:
        """Does every job that is due, until none is left."""
        while await self.jobs_waiting():
            await self.jobs.step()
            await self.jobs.stop(grace_s=10)

    async def jobs_waiting(self) -> int:
        """How many jobs are due."""
        return await self.context.database.read(_count_due, self.context.site.now_ms())

    async def find_post(self, uri: str) -> Post | None:
        """A post by its id."""
        return await self.context.database.read(kept_posts.find_post_by_uri, uri)

    async def files(self, area: str = "media") -> set[str]:
        """The names of all files that are kept."""
        return {each.name async for each in self.context.stores.area(area).list()}

    async def file(self, name: str) -> bytes:
        """The bytes of a file."""
        return await self.context.stores.media.get(name)

    async def home(self, account: Account) -> list[str]:
        """The URIs of what a timeline shows, newest first."""
        return await self.context.database.read(_home, account.id)

    async def owed(self) -> list[tuple[str, str]]:
        """(activity type, inbox) of everything that is owed to others, oldest first."""
        found = await self.context.database.read(deliveries.list_owed, None, 1000)
        return [(each.activity_type, each.delivery.inbox) for each in sorted(found, key=lambda each: each.delivery.id)]

    async def told(self, account: Account) -> list[tuple[str, str]]:
        """(kind, who) of what an account was told, newest first."""
        found, _ = await list_told(self.context, account.id)
        return [(each.notification.kind, each.actor.name) for each in found]


def _count_due(db: Any, now_ms: int) -> int:
    count: int = db.execute("SELECT count(*) FROM jobs WHERE next_ms <= :now", {"now": now_ms}).fetchone()[0]
    return count


def _home(db: Any, account_id: int) -> list[str]:
    entries = timelines.list_home(db, account_id, 100)
    found = kept_posts.list_posts(db, [entry.post_id for entry in entries])
    return [found[entry.post_id].uri for entry in entries]


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a fresh database and the server's keys, made once."""
    folder = tmp_path_factory.mktemp("data")
    config = config_from_toml(f'[node]\nurl = "{ORIGIN}"\n{clusters.database_settings()}', folder, {})
    databases.create(config)
    (folder / "database").write_text(config.database.url)

    async def make() -> None:
        async with open_context(config, Clock()):
            pass

    asyncio.run(make())
    return folder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    """Another server on loopback."""
    found = Elsewhere()
    async with served(found.answer) as found.origin:
        yield found


@pytest.fixture
def settings() -> str:
    """Further lines of hedgerow.toml; a test module may have its own."""
    return ""


@pytest.fixture
def memory(empty_data: Path) -> Iterator[str]:
    """Lines of hedgerow.toml for a database of the test's own, on the engine under test."""
    with clusters.copied((empty_data / "database").read_text()) as lines:
        yield lines


@pytest.fixture
def media_store() -> str:
    """Where files lie: "folder", or "s3" for a bucket of a real server. TEST_MEDIA says it for all tests; a module that is about files
    parametrises it.
    """
    return os.environ.get("TEST_MEDIA", "folder")


@pytest.fixture
async def world(
    empty_data: Path, tmp_path: Path, clock: Clock, elsewhere: Elsewhere, settings: str, memory: str, media_store: str
) -> AsyncIterator[World]:
    """A node at hedge.test, and another server that it can reach."""
    folder = tmp_path / "data"
    shutil.copytree(empty_data, folder)
    text = f'[node]\nurl = "{ORIGIN}"\n[federation]\nallow_networks = ["127.0.0.0/8"]\n{settings}\n{memory}'
    environ = {"HEDGEROW_LIMITS_MEMORY_MB": "0"}  # this process is full of other tests
    if media_store != "folder":
        environ |= buckets.environ(buckets.settings(media_store))
    async with open_context(config_from_toml(text, folder, environ), clock) as context:
        context.database.listen(Hearing(context).hear)
        yield World(context, elsewhere)


@pytest.fixture
async def ada(world: World) -> Account:
    """Somebody of ours."""
    return await world.account("ada")


@pytest.fixture
async def bob(world: World) -> Account:
    """Somebody else of ours."""
    return await world.account("bob")
