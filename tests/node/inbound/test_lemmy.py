"""Lemmy's own documents (its test assets), each taken in with the right effect or refused by name.

The servers that the documents name cannot be reached: their actors are known beforehand, and what must be fetched is not there. Where
the community is `enterprise`'s or `ds9`'s it is put into the place of one of ours (`OURS`), so that its moderators' words count here.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from federation.activities import activity_from_document
from federation.actors import actor_from_document
from federation.collections import items_from_document
from federation.errors import Forbidden, Malformed
from federation.objects import post_from_document
from federation.records import PUBLIC
from node.inbound.dispatch import row_for
from node.inbound.receiving import take_in
from node.social import communities as making
from node.social.communities import Settings
from storage import accounts, communities, follows, posts, reactions, stewardship
from storage.communities import MODERATOR, Membership, Place
from storage.records import Account, Follow, Post
from storage.timelines import BEFORE_ALL

FOLDER = Path(os.environ.get("HEDGEROW_VECTORS") or Path(__file__).parents[4] / "shared" / "vectors") / "lemmy-assets" / "lemmy"
FILES = sorted(FOLDER.rglob("*.json"))
pytestmark = pytest.mark.skipif(not FILES, reason="Lemmy's documents are not beside this checkout; HEDGEROW_VECTORS names their folder")
GROUPS = (
    "http://enterprise.lemmy.ml/c/main",
    "https://enterprise.lemmy.ml/c/main",
    "https://ds9.lemmy.ml/c/main",
    "http://lemmy-alpha:8541/c/main",
)
WRONG_GROUPS = (
    "http://enterprise.lemmy.ml/u/main",
    "http://lemmy-alpha/c/main",
    "https://lemmy-alpha/c/test",
    "http://ds9.lemmy.ml/u/main",
)


def name_of(file: Path) -> str:
    return str(file.relative_to(FOLDER).with_suffix(""))


@dataclass
class Scene:
    """One of our communities in the place of Lemmy's, with what stands in it."""

    world: Any
    group: Account

    def document(self, name: str) -> dict[str, Any]:
        """A document of Lemmy's in which its community is ours."""
        text = (FOLDER / f"{name}.json").read_text()
        for uri in (*WRONG_GROUPS, *GROUPS):
            text = text.replace(uri, self.group.uri)
        return orjson.loads(text)

    async def write(self, unit: Any, *arguments: Any) -> Any:
        return await self.world.context.database.write(unit, *arguments)

    async def actor(self, uri: str) -> Account:
        """Somebody known here, who is not asked about."""
        known = await self.world.context.database.read(accounts.find_account_by_uri, uri)
        return known or await self.write(_add_actor, uri)

    async def member(self, uri: str, role: str = "member") -> Account:
        account = await self.actor(uri)
        await self.write(_add_member, self.group.id, account.id, role)
        return account

    async def post(self, uri: str, author: str) -> Post:
        """A post that stands in the community."""
        return await self.write(_add_post, self.group.id, uri, (await self.actor(author)).id)

    async def take(self, name: str) -> dict[str, Any]:
        document = self.document(name)
        activity = activity_from_document(document)
        await self.actor(activity.actor_uri)
        await take_in(self.world.context, activity, "lemmy.example")
        await self.world.work()
        return document

    async def refuses_from_others(self, document: dict[str, Any]) -> None:
        """The same by somebody of the same server who is no moderator."""
        origin = document["id"].partition("/activities/")[0]
        other = await self.actor(f"{origin}/u/somebody")
        with pytest.raises(Forbidden):
            await take_in(
                self.world.context, activity_from_document({**document, "id": f"{origin}/1", "actor": other.uri}), "lemmy.example"
            )

    async def log(self) -> list[tuple[str, str]]:
        found = await self.world.context.database.read(stewardship.list_deeds, self.group.id, 100, BEFORE_ALL)
        return [(deed.deed, deed.reason) for deed in found if deed.deed != "created"]

    async def place(self, uri: str) -> Place | None:
        post = await self.world.find_post(uri)
        return await self.world.context.database.read(communities.find_place, self.group.id, post.id) if post else None

    async def announced(self) -> list[str]:
        return [kind for kind, _ in await self.world.owed() if kind == "Announce"]


def _add_actor(db, uri):
    number = db.execute("SELECT count(*) FROM accounts").fetchone()[0] + 1000
    name = uri.rpartition("/")[2]
    account = Account(number, uri, "Person", name, uri.split("/")[2], f"{uri}/inbox", 1, 1, followers_uri=f"{uri}/followers")
    accounts.add_account(db, account)
    return account


def _add_member(db, group_id, account_id, role):
    follows.add_follow(db, Follow(account_id, group_id, "accepted", f"https://x/{account_id}", 1))
    communities.save_membership(db, Membership(group_id, account_id, role, is_approved=True, joined_ms=1))


def _add_post(db, group_id, uri, author_id):
    number = db.execute("SELECT count(*) FROM posts").fetchone()[0] + (1_763_640_000_000 << 16)
    post = posts.add_post(db, Post(number, uri, author_id, "Page", 0, 1_763_640_000_000, content="<p>x</p>"))
    communities.add_place(db, Place(group_id, number, "shown", locked=False, added_ms=1))
    return post


@pytest.fixture
async def scene(world):
    ada = await world.account("ada")
    return Scene(world, await making.create(world.context, "main", Settings("Main"), [ada]))


ALPHA, BETA = "http://ds9.lemmy.ml/u/lemmy_alpha", "http://enterprise.lemmy.ml/u/lemmy_beta"


async def takes_page(scene):
    await scene.member(ALPHA)
    document = await scene.take("activities/create_or_update/create_page")
    post = await scene.world.find_post(document["object"]["id"])
    assert (post.title, post.type, (await scene.place(post.uri)).state) == ("test post", "Page", "shown")
    assert len(await scene.announced()) == 2


async def takes_changed_page(scene):
    await takes_page(scene)
    await scene.take("activities/create_or_update/update_page")
    assert (await scene.world.find_post("http://ds9.lemmy.ml/post/1")).title == "test post 1"
    assert len(await scene.announced()) == 3


async def takes_comment(scene):
    await takes_page(scene)
    await scene.take("activities/create_or_update/create_comment")
    comment = await scene.world.find_post("http://ds9.lemmy.ml/comment/1")
    assert comment.in_reply_to_uri == "http://ds9.lemmy.ml/post/1"
    assert (await scene.place(comment.uri)).state == "shown"


def takes_private_message(name, object_type):
    async def takes(scene):
        document = scene.document(name)
        await scene.actor(document["actor"])
        if object_type == "ChatMessage":
            with pytest.raises(Malformed, match="no type that is a post: ChatMessage"):
                await scene.take(name)
        else:
            await scene.take(name)
            assert await scene.world.find_post(document["object"]["id"]) is None  # it is to nobody here

    return takes


def moderates(name, uri, author, deed, reason, before=None):
    """A moderator of another server does it; somebody who is none is refused."""

    async def takes(scene):
        document = scene.document(name)
        await scene.post(uri, author)
        if before:
            await before(scene, document["actor"], uri)
        await scene.refuses_from_others(document)
        await scene.member(document["actor"], MODERATOR)
        await scene.take(name)
        assert (deed, reason) in await scene.log()
        assert await scene.announced()

    return takes


async def locked(scene, actor, uri):
    await scene.write(_lock, scene.group.id, uri)


async def removed(scene, actor, uri):
    await scene.write(_remove, scene.group.id, uri)


async def pinned(scene, actor, uri):
    await scene.write(_pin, scene.group.id, uri)


def _lock(db, group_id, uri):
    communities.set_locked(db, group_id, posts.find_post_by_uri(db, uri).id, locked=True)


def _remove(db, group_id, uri):
    communities.set_state(db, group_id, posts.find_post_by_uri(db, uri).id, "removed")


def _pin(db, group_id, uri):
    reactions.set_pin(db, group_id, posts.find_post_by_uri(db, uri).id, 1)


def changes_member(name, deed, reason="", role="member", banned=False):
    async def takes(scene):
        document = scene.document(name)
        target = await scene.member(ALPHA, role)
        if banned:
            await scene.write(stewardship.add_ban, scene.group.id, target.id, "", 1)
        await scene.member(document["actor"], MODERATOR)
        await scene.take(name)
        assert await scene.log() == [(deed, reason)]
        assert await scene.announced()

    return takes


def votes(name, uri):
    async def takes(scene):
        document = scene.document(name)
        await scene.member(document["actor"])
        await scene.post(uri, ALPHA)
        await scene.take(name)
        assert await scene.announced()
        assert (await scene.world.find_post(uri)).likes_count == 0  # of others' posts the votes are theirs to count

    return takes


async def follows_and_leaves(scene):
    await scene.take("activities/following/follow")
    follower = await scene.actor(ALPHA)
    assert await scene.world.context.database.read(follows.is_following, follower.id, scene.group.id)
    assert ("Accept", f"{ALPHA}/inbox") in await scene.world.owed()
    await scene.take("activities/following/undo_follow")
    assert not await scene.world.context.database.read(follows.is_following, follower.id, scene.group.id)


async def takes_accept(scene):
    """Our own follow of a community elsewhere: here the Accept is of a follow that we never sent, and changes nothing."""
    document = orjson.loads((FOLDER / "activities/following/accept.json").read_bytes())
    await scene.actor(document["actor"])
    await take_in(scene.world.context, activity_from_document(document), "x")
    assert not await scene.world.context.database.read(follows.count_following, (await scene.actor(document["actor"])).id)


async def takes_announce(scene):
    """The page cannot be fetched and has no proof: it is not believed, and another try is put down."""
    document = orjson.loads((FOLDER / "activities/community/announce_create_page.json").read_bytes())
    await scene.actor(document["actor"])
    await take_in(scene.world.context, activity_from_document(document), "x")
    await scene.world.work()
    assert await scene.world.find_post("http://enterprise.lemmy.ml/post/7") is None


async def takes_report(scene):
    document = scene.document("activities/community/report_page")
    await scene.post(document["object"], BETA)
    await scene.take("activities/community/report_page")
    assert await scene.log() == [("reported", "report this post")]


async def refuses_foreign_profile(scene):
    with pytest.raises(Forbidden, match="the object is of another server than its actor"):
        await scene.take("activities/community/update_community")


def is_not_understood(name):
    async def takes(scene):
        document = scene.document(name)
        assert row_for(activity_from_document(document)) is None
        await scene.take(name)

    return takes


async def deletes_page(scene):
    await takes_page(scene)
    await scene.take("activities/deletion/delete_page")
    assert await scene.world.find_post("http://ds9.lemmy.ml/post/1") is None
    assert len(await scene.announced()) == 1  # the Delete alone: what waited of the page is dropped


async def stays_deleted(scene):
    await deletes_page(scene)
    await scene.take("activities/deletion/undo_delete_page")
    assert await scene.world.find_post("http://ds9.lemmy.ml/post/1") is None


async def ends_account(scene):
    await scene.member(ALPHA)
    await scene.take("activities/deletion/delete_user")
    assert (await scene.actor(ALPHA)).deleted_ms is not None


def deletes_private_message(name):
    async def takes(scene):
        await scene.take(name)
        assert await scene.world.find_post("http://enterprise.lemmy.ml/private_message/1") is None

    return takes


def reads(reader, name, **stated):
    async def takes(scene):
        found = reader(orjson.loads((FOLDER / f"{name}.json").read_bytes()))
        assert {key: getattr(found, key) for key in stated} == stated

    return takes


def lists(name, count):
    async def takes(scene):
        items, _ = items_from_document(orjson.loads((FOLDER / f"{name}.json").read_bytes()))
        assert len(items) == count

    return takes


def is_no(reader, name, words):
    async def takes(scene):
        with pytest.raises(Malformed, match=words):
            reader(orjson.loads((FOLDER / f"{name}.json").read_bytes()))

    return takes


A = "activities/"
EFFECTS = {
    A + "block/block_user": changes_member(A + "block/block_user", "ban", "spam post"),
    A + "block/undo_block_user": changes_member(A + "block/undo_block_user", "unban", banned=True),
    A + "community/add_featured_post": moderates(A + "community/add_featured_post", "https://ds9.lemmy.ml/post/2", ALPHA, "pin", ""),
    A + "community/remove_featured_post": moderates(
        A + "community/remove_featured_post", "https://ds9.lemmy.ml/post/2", ALPHA, "unpin", "", pinned
    ),
    A + "community/add_mod": changes_member(A + "community/add_mod", "moderator"),
    A + "community/remove_mod": changes_member(A + "community/remove_mod", "member", role="moderator"),
    A + "community/announce_create_page": takes_announce,
    A + "community/lock_note": moderates(A + "community/lock_note", "https://lemmy-alpha/comment/1", ALPHA, "lock", "A reason for a lock"),
    A + "community/lock_page": moderates(
        A + "community/lock_page", "http://lemmy-alpha:8541/post/2", ALPHA, "lock", "A reason for the lock"
    ),
    A + "community/undo_lock_note": moderates(
        A + "community/undo_lock_note", "https://lemmy-alpha/comment/1", ALPHA, "unlock", "A reason for an unlock.", locked
    ),
    A + "community/undo_lock_page": moderates(
        A + "community/undo_lock_page", "http://lemmy-alpha:8541/post/2", ALPHA, "unlock", "A reason for the unlock", locked
    ),
    A + "community/report_page": takes_report,
    A + "community/resolve_report_page": is_not_understood(A + "community/resolve_report_page"),
    A + "community/update_community": refuses_foreign_profile,
    A + "community/warn": is_not_understood(A + "community/warn"),
    A + "create_or_update/create_page": takes_page,
    A + "create_or_update/update_page": takes_changed_page,
    A + "create_or_update/create_comment": takes_comment,
    A + "create_or_update/create_private_message": takes_private_message(A + "create_or_update/create_private_message", "Note"),
    A + "create_or_update/create_private_message_0.19": takes_private_message(
        A + "create_or_update/create_private_message_0.19", "ChatMessage"
    ),
    A + "deletion/delete_page": deletes_page,
    A + "deletion/undo_delete_page": stays_deleted,
    A + "deletion/delete_user": ends_account,
    A + "deletion/remove_note": moderates(A + "deletion/remove_note", "http://ds9.lemmy.ml/comment/1", ALPHA, "remove", "bad comment"),
    A + "deletion/undo_remove_note": moderates(
        A + "deletion/undo_remove_note", "http://ds9.lemmy.ml/comment/1", ALPHA, "restore", "", removed
    ),
    A + "deletion/delete_private_message": deletes_private_message(A + "deletion/delete_private_message"),
    A + "deletion/undo_delete_private_message": deletes_private_message(A + "deletion/undo_delete_private_message"),
    A + "following/accept": takes_accept,
    A + "following/follow": follows_and_leaves,
    A + "following/undo_follow": follows_and_leaves,
    A + "voting/like_note": votes(A + "voting/like_note", "http://ds9.lemmy.ml/comment/1"),
    A + "voting/undo_like_note": votes(A + "voting/undo_like_note", "http://ds9.lemmy.ml/comment/1"),
    A + "voting/dislike_page": votes(A + "voting/dislike_page", "http://ds9.lemmy.ml/post/1"),
    A + "voting/undo_dislike_page": votes(A + "voting/undo_dislike_page", "http://ds9.lemmy.ml/post/1"),
    "collections/group_featured_posts": lists("collections/group_featured_posts", 2),
    "collections/group_followers": lists("collections/group_followers", 0),
    "collections/group_moderators": lists("collections/group_moderators", 1),
    "collections/group_outbox": lists("collections/group_outbox", 2),
    "collections/person_outbox": lists("collections/person_outbox", 0),
    "objects/comment": reads(post_from_document, "objects/comment", type="Note"),
    "objects/group": reads(
        actor_from_document, "objects/group", type="Group", moderators="https://enterprise.lemmy.ml/c/tenforward/moderators"
    ),
    "objects/instance": reads(actor_from_document, "objects/instance", type="Application"),
    "objects/page": reads(post_from_document, "objects/page", type="Page"),
    "objects/page_image_and_link": reads(post_from_document, "objects/page_image_and_link", type="Page"),
    "objects/person": reads(actor_from_document, "objects/person", type="Person"),
    "objects/private_message": reads(post_from_document, "objects/private_message", type="Note"),
    "objects/tombstone": is_no(post_from_document, "objects/tombstone", "no type that is a post: Tombstone"),
}


def test_every_document_of_lemmy_has_its_effect_here():
    assert FILES
    assert [name_of(file) for file in FILES] == sorted(EFFECTS)


@pytest.mark.parametrize("name", EFFECTS)
async def test_a_document_of_lemmy_is_taken_in_or_refused_by_name(scene, name):
    await EFFECTS[name](scene)


async def test_a_public_post_of_a_stranger_to_the_community_waits(scene):
    document = await scene.take("activities/create_or_update/create_page")
    assert (await scene.place(document["object"]["id"])).state == "waiting"
    assert PUBLIC in document["to"]
    assert await scene.announced() == []
