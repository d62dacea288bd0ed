"""What a node does often, each as requests of its doors (a delivery lease as what the worker calls), different ones every time."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import orjson
from aiohttp import web

from federation import cavage, keys, outgoing
from federation.objects import document_from_post
from federation.proofs import add_proof
from federation.records import PUBLIC, PostDocument
from node.context import Context
from storage import accounts, deliveries, posts
from storage.database import Connection
from storage.records import Account, Post
from tests.bench.growth.archive import COMMON, RARE, SELDOM
from tests.bench.growth.crowd import KEYS, Pair
from tests.door import Answer, ask

JSON = "application/json"
ACTIVITY = "application/activity+json"
AWAY = "h1.example"  # a server that is owed deliveries

Operation = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of what the database holds, drawn evenly over its whole time."""

    ours: Sequence[Account]
    others: Sequence[Account]
    talkative: Sequence[Account]  # whose pages are full in an archive of any size
    talkative_ours: Sequence[Account]
    told: Sequence[Account]  # of ours, those who were told most
    by_ours: Sequence[Post]  # public, no boosts
    any_public: Sequence[Post]
    roots: Sequence[Post]  # first posts of threads with answers
    ids: Sequence[int]
    origin: str


TALKATIVE = "SELECT t.account_id FROM tallies t ORDER BY t.posts DESC LIMIT 40"
TALKATIVE_OURS = "SELECT t.account_id FROM tallies t JOIN users u ON u.account_id = t.account_id ORDER BY t.posts DESC LIMIT 5"
TOLD = "SELECT n.account_id FROM notifications n GROUP BY n.account_id ORDER BY count(*) DESC LIMIT 5"


def draw_sample(db: Connection, origin: str, ids: Sequence[int]) -> Sample:
    """ids: of posts."""
    found = list(posts.list_posts(db, ids).values())
    public = [post for post in found if post.visibility == 0 and post.boost_of_id is None]
    roots = list(posts.list_posts(db, [post.root_id for post in public if post.thread_id or post.replies_count]).values())
    people = list(accounts.list_accounts(db, [post.account_id for post in (*found, *roots)]).values())
    ours = {account.id: account for account in people if account.is_local}
    return Sample(
        list(ours.values()),
        [account for account in people if not account.is_local],
        *(_accounts(db, sql) for sql in (TALKATIVE, TALKATIVE_OURS, TOLD)),
        [post for post in public if post.account_id in ours],
        public,
        roots,
        ids,
        origin,
    )


def _accounts(db: Connection, sql: str) -> list[Account]:
    return list(accounts.list_accounts(db, [row[0] for row in db.execute(sql).fetchall()]).values())


class Hot:
    """The operations of one node."""

    def __init__(self, context: Context, app: web.Application, sample: Sample, pairs: Sequence[Pair], chance: random.Random) -> None:
        self._context, self._app, self._sample, self._pairs, self._chance = context, app, sample, pairs, chance
        self._number = count(1)

    def operations(self) -> Mapping[str, Operation]:
        """By what they are called."""
        pages = {
            "home page": lambda: "/",
            "home page, further back": lambda: f"/?before={self._moment()}",
            "local timeline": lambda: "/local",
            "local timeline, further back": lambda: f"/local?before={self._moment()}",
            "profile": lambda: f"/@{self._chance.choice(self._sample.talkative).handle}",
            "thread": lambda: self._page_of(self._pick(self._sample.roots)),
            "search, a word of 40 posts": lambda: f"/search?q={RARE}",
            "search, a word of one post in 2,000": lambda: f"/search?q={SELDOM}",
            "search, a word of every post": lambda: f"/search?q={COMMON}",
            "search, two words": lambda: f"/search?q={COMMON}+skill",
            "hashtag": lambda: f"/tags/tag{self._chance.randint(1, 20)}",
        }
        programs = {
            "API: home": lambda: "/api/v1/timelines/home",
            "API: home, further back": lambda: f"/api/v1/timelines/home?max_id={self._moment()}",
            "API: all servers": lambda: "/api/v1/timelines/public",
            "API: profile": lambda: f"/api/v1/accounts/{self._chance.choice(self._sample.talkative).id}/statuses",
            "API: thread": lambda: f"/api/v1/statuses/{self._pick(self._sample.roots).id}/context",
            "API: hashtag": lambda: f"/api/v1/timelines/tag/tag{self._chance.randint(1, 20)}",
            "API: find people": lambda: f"/api/v1/accounts/search?q=person{self._chance.randint(1, 99)}",
            "API: search": lambda: f"/api/v2/search?type=statuses&q={RARE}",
        }
        servers = {
            "actor": lambda: f"/users/{self._one_of_ours().name}",
            "outbox": lambda: f"/users/{self._chance.choice(self._sample.talkative_ours).name}/outbox",
            "outbox, a page": lambda: f"/users/{self._chance.choice(self._sample.talkative_ours).name}/outbox?page=true",
            "followers, a page": lambda: f"/users/{self._one_of_ours().name}/followers?page=true",
            "post": lambda: self._pick(self._sample.by_ours).uri.removeprefix(self._sample.origin),
            "replies, a page": lambda: self._pick(self._sample.by_ours).uri.removeprefix(self._sample.origin) + "/replies?page=true",
            "nodeinfo": lambda: "/nodeinfo/2.1",
        }
        return {
            **{f"page: {name}": self._page(path) for name, path in pages.items()},
            **{name: self._program(path) for name, path in programs.items()},
            **{f"server: {name}": self._server(path) for name, path in servers.items()},
            "page: news": self._page(lambda: "/notifications", self._sample.told),
            "API: news, grouped": self._program(lambda: "/api/v2/notifications", self._sample.told),
            "post locally": self._post,
            "like": self._like,
            "follow": self._follow,
            "take in a post of another server": self._take_in,
            "lease deliveries": self._lease,
        }

    def _pick(self, among: Sequence[Post]) -> Post:
        return self._chance.choice(among)

    def _moment(self) -> int:
        return self._chance.choice(self._sample.ids)

    def _one_of_ours(self) -> Account:
        return self._chance.choice(self._sample.ours)

    def _page_of(self, post: Post) -> str:
        return f"/@{self._handle(post.account_id)}/{post.id}"

    def _handle(self, account_id: int) -> str:
        return next((each.handle for each in (*self._sample.ours, *self._sample.others) if each.id == account_id), "somebody")

    def _page(self, path: Callable[[], str], readers: Sequence[Account] = ()) -> Operation:
        async def run() -> None:
            reader = self._chance.choice(readers or self._sample.ours)
            await self._ask("GET", path(), {"Accept": "text/html", "Cookie": f"__Host-hedgerow={reader.name}"})

        return run

    def _program(self, path: Callable[[], str], readers: Sequence[Account] = ()) -> Operation:
        async def run() -> None:
            await self._ask("GET", path(), self._bearer(readers))

        return run

    def _server(self, path: Callable[[], str]) -> Operation:
        async def run() -> None:
            await self._ask("GET", path(), {"Accept": ACTIVITY})

        return run

    def _bearer(self, readers: Sequence[Account] = ()) -> Mapping[str, str]:
        reader = self._chance.choice(readers or self._sample.ours)
        return {"Accept": JSON, "Content-Type": JSON, "Authorization": f"Bearer {reader.name}"}

    async def _post(self) -> None:
        text = f"What {COMMON} does on stone, the {next(self._number)}th time #tag1"
        await self._ask("POST", "/api/v1/statuses", self._bearer(), orjson.dumps({"status": text}))

    async def _like(self) -> None:
        await self._ask("POST", f"/api/v1/statuses/{self._pick(self._sample.any_public).id}/favourite", self._bearer())

    async def _follow(self) -> None:
        await self._ask("POST", f"/api/v1/accounts/{self._chance.choice(self._sample.others).id}/follow", self._bearer())

    async def _take_in(self) -> None:
        author, now = self._chance.choice(self._sample.others), self._context.site.now()
        rsa, ed25519 = self._pairs[author.id % KEYS]
        note = PostDocument(
            uri=f"{author.uri}/statuses/new{next(self._number)}",
            type="Note",
            author_uri=author.uri,
            content=f"<p>The {next(self._number)}th word about {COMMON}</p>",
            to=(PUBLIC,),
            cc=(author.followers_uri or "",),
            published=now - timedelta(seconds=1),
            hashtags=("tag1",),
        )
        proof_signer = keys.ProofSigner(f"{author.uri}#ed25519-key", ed25519)  # type: ignore[arg-type]  # Ed25519, as it was made
        document = add_proof(document_from_post(note), proof_signer, now)
        body = orjson.dumps(add_proof(outgoing.create(f"{note.uri}/activity", document), proof_signer, now))
        signer = keys.Signer(f"{author.uri}#main-key", rsa)  # type: ignore[arg-type]  # RSA, as it was made
        signed = cavage.sign(signer, "POST", f"{self._sample.origin}/inbox", body, now)
        await self._ask("POST", "/inbox", {"Content-Type": ACTIVITY, **signed}, body)

    async def _lease(self) -> None:
        now_ms = self._context.site.now_ms()
        await self._context.database.read(deliveries.list_due_hosts, now_ms)
        leased = await self._context.database.write(deliveries.lease_deliveries, AWAY, now_ms, now_ms + 1, 8)
        await self._context.database.write(deliveries.return_deliveries, [each.id for each in leased], now_ms)

    async def _ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        answer = await ask(self._app, method, target, {"Host": "hedge.example", **headers}, body)
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{method} {target} answered {answer.status}: {answer.body[:200]!r}")
        return answer
