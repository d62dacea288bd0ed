"""People on the nodes of a test: what they do, through the use cases; what they see, from their node's database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from federation.keys import Signer
from federation.outbound import Response
from node.social import accounts as profiles
from node.social import blocking, follows, looking_up, media, moving, notifications, posts, reactions, threads, voting
from storage import accounts, polls, timelines
from storage import follows as kept_follows
from storage import posts as kept_posts
from storage import reactions as kept_reactions
from storage.database import Connection
from storage.records import Account, Post, loaded

if TYPE_CHECKING:
    from node.context import Context
    from tests.nodes import Node

ACTIVITY = "application/activity+json"


@dataclass(frozen=True)
class Person:
    """Someone on a node. Posts and people are named by their URIs, which mean the same on every node."""

    node: Node
    account: Account

    def __repr__(self) -> str:
        return self.uri

    @property
    def uri(self) -> str:
        return self.account.uri

    @property
    def handle(self) -> str:
        """As others write it: @name@host:port."""
        return f"@{self.account.name}@{self.node.config.handle_domain}"

    @property
    def context(self) -> Context:
        return self.node.context

    async def knows(self, other: Person) -> Account:
        """The other as this person's node knows them, looked up if need be."""
        found = (await looking_up.look_up(self.context, other.uri)).account
        assert found is not None
        return found

    async def post_id(self, uri: str) -> int:
        """A post's id on this person's node, looked up if need be."""
        found = (await looking_up.look_up(self.context, uri)).post
        assert found is not None
        return found.id

    # What they do

    async def follow(self, other: Person) -> None:
        await follows.follow(self.context, self.account, (await self.knows(other)).id)

    async def unfollow(self, other: Person) -> None:
        await follows.unfollow(self.context, self.account, (await self.knows(other)).id)

    async def answer(self, other: Person, *, yes: bool) -> None:
        """Says yes or no to someone who asks to follow."""
        await follows.answer_request(self.context, self.account, (await self.knows(other)).id, is_accepted=yes)

    async def expel(self, other: Person) -> None:
        """Has the other follow no longer."""
        await follows.remove_follower(self.context, self.account, (await self.knows(other)).id)

    async def write(self, text: str, answering: str | None = None, **said: Any) -> str:
        """A post's URI; said: as in posts.Draft."""
        parent_id = await self.post_id(answering) if answering else None
        return (await posts.publish(self.context, self.account, posts.Draft(text, in_reply_to_id=parent_id, **said))).uri

    async def edit(self, uri: str, text: str) -> None:
        await posts.edit(self.context, self.account, await self.post_id(uri), posts.Draft(text))

    async def delete(self, uri: str) -> None:
        await posts.delete(self.context, self.account, await self.post_id(uri))

    async def like(self, uri: str) -> None:
        await reactions.like(self.context, self.account, await self.post_id(uri))

    async def unlike(self, uri: str) -> None:
        await reactions.unlike(self.context, self.account, await self.post_id(uri))

    async def boost(self, uri: str) -> None:
        await reactions.boost(self.context, self.account, await self.post_id(uri))

    async def unboost(self, uri: str) -> None:
        await reactions.unboost(self.context, self.account, await self.post_id(uri))

    async def pin(self, uri: str) -> None:
        await reactions.pin(self.context, self.account, await self.post_id(uri))

    async def unpin(self, uri: str) -> None:
        await reactions.unpin(self.context, self.account, await self.post_id(uri))

    async def vote(self, uri: str, *choices: int) -> None:
        await voting.vote(self.context, self.account, await self.post_id(uri), choices)

    async def block(self, other: Person) -> None:
        await blocking.block(self.context, self.account, (await self.knows(other)).id)

    async def unblock(self, other: Person) -> None:
        await blocking.unblock(self.context, self.account, (await self.knows(other)).id)

    async def report(self, other: Person, comment: str, *uris: str) -> None:
        ids = [await self.post_id(uri) for uri in uris]
        await blocking.report(self.context, self.account, (await self.knows(other)).id, ids, comment, forward=True)

    async def describe(self, **said: Any) -> None:
        """Changes the profile; said: as in ProfileEdit."""
        shape = {"display_name": "", "summary": "", "locked": False, "discoverable": True, "indexable": True}
        await profiles.edit_profile(self.context, self.account, profiles.ProfileEdit(**{**shape, **said}))

    async def picture(self, data: bytes, alt: str) -> None:
        """Another picture of themselves."""
        await media.set_picture(self.context, self.account, data, alt)

    async def alias(self, other: Person) -> None:
        """Names another account as their own."""
        await moving.add_alias(self.context, self.account, other.uri)

    async def move(self, other: Person) -> None:
        await moving.move(self.context, self.account, other.uri)

    async def leave(self) -> None:
        """Ends the account."""
        await profiles.delete(self.context, self.account.name)

    # What they see

    async def follows(self, other: Person) -> bool:
        return await self.node.read(_is_following, self.account.id, other.uri)

    async def home(self, limit: int = 1000) -> list[str]:
        """What the timeline shows, newest first; of a boost what was boosted."""
        return await self.node.read(_home, self.account.id, limit)

    async def told(self) -> list[tuple[str, str]]:
        """(kind, who) of what they were told, newest first."""
        found, _ = await notifications.list_told(self.context, self.account.id)
        return [(each.notification.kind, each.actor.name) for each in found]

    async def sees(self, uri: str) -> Post | None:
        """A post as their node keeps it, if it is for them."""
        return await self.node.read(_seen, uri, self.account.id)

    async def reads(self, uri: str) -> str:
        """A post's content, or '' where there is none for them."""
        post = await self.sees(uri)
        return post.content if post else ""

    async def thread(self, uri: str) -> tuple[list[str], list[str]]:
        """What a post answers (oldest first) and what answers it, as the post's page shows; looking sends for more."""
        found = await threads.get_thread(self.context, await self.post_id(uri), self.account.id)
        return [post.uri for post in found.ancestors], [post.uri for _, post in found.replies]

    async def votes(self, uri: str) -> list[int]:
        """How many votes each answer of a poll has."""
        return await self.node.read(_votes, uri)

    async def pins(self, other: Person) -> list[str]:
        """What the other has pinned, as this person's node knows it."""
        return await self.node.read(_pins, other.uri)

    async def signer(self) -> Signer:
        return await self.node.read(self.context.site.keyring.signer, self.account.id)

    async def get(self, uri: str) -> Response:
        """What a server gets that asks in this person's name, signed."""
        return await self.context.outbound.get(uri, accept=ACTIVITY, signer=await self.signer(), pool="ours")

    async def send(self, activity: dict[str, Any], to: Node, at: str = "/inbox") -> Response:
        """What another node answers to any activity, signed with this person's key."""
        body, url = orjson.dumps(activity), to.origin + at
        signature = await self.context.outbound.sign(await self.signer(), "cavage", "POST", url, body)
        return await self.context.outbound.post(url, body, {"Content-Type": ACTIVITY, **signature})

    async def get_items(self, uri: str) -> list[Any]:
        """Every item of a collection, page by page, signed."""
        return await every_item(self.get, uri)


async def every_item(get: Any, uri: str) -> list[Any]:
    """Every item of a collection, page by page."""
    response = await get(uri)
    assert response.status == 200, f"{uri} answered {response.status}"
    found, following = [], orjson.loads(response.body).get("first")
    while following:
        page = orjson.loads((await get(following)).body)
        found += page["orderedItems"]
        following = page.get("next")
    return found


def uris(items: Sequence[Any]) -> list[str]:
    """The ids of some items, each an id or an object."""
    return [item if isinstance(item, str) else item["id"] for item in items]


def _is_following(db: Connection, account_id: int, uri: str) -> bool:
    other = accounts.find_account_by_uri(db, uri)
    return other is not None and kept_follows.is_following(db, account_id, other.id)


def _home(db: Connection, account_id: int, limit: int) -> list[str]:
    entries = timelines.list_home(db, account_id, limit)
    found = kept_posts.list_posts(db, [entry.post_id for entry in entries])
    return [found[entry.post_id].uri for entry in entries]


def _seen(db: Connection, uri: str, viewer_id: int) -> Post | None:
    post = kept_posts.find_post_by_uri(db, uri)
    return kept_posts.find_visible_post(db, post.id, viewer_id) if post else None


def _votes(db: Connection, uri: str) -> list[int]:
    post = kept_posts.find_post_by_uri(db, uri)
    assert post is not None
    return [option["votes"] for option in loaded(polls.list_polls(db, [post.id])[post.id].options)]


def _pins(db: Connection, uri: str) -> list[str]:
    account = accounts.find_account_by_uri(db, uri)
    return [post.uri for post in kept_reactions.list_pinned(db, account.id)] if account else []
