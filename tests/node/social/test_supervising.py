"""A supervised account: what waits for a guardian, what they agree to and take back, consent, and the day it is the learner's own."""

import sqlite3
from contextlib import closing

import orjson
import pytest

from federation.records import PUBLIC as EVERYBODY
from node.errors import BadInput, NotAllowed, NotFound
from node.social import accounts as making
from node.social import communities, follows, media, networks, posts, reactions, sharing, stewarding, supervising, wishing
from storage import accounts, wards
from storage import follows as kept_follows
from storage import posts as kept_posts
from storage import reactions as kept_reactions
from storage.migrating import upgrade
from storage.records import DIRECT, PRIVATE, PUBLIC
from tests.node.social.test_media import picture


@pytest.fixture
async def kit(world, ada):
    """A child, whom ada looks after."""
    return await supervising.make_ward(world.context, ada, "kit", "Kit", "hedges grow slowly")


async def wishes(world, ward):
    found = await world.context.database.read(wards.list_wishes, ward.id, 100)
    return [(wish.kind, wish.state) for wish in found]


async def decide(world, guardian, ward, *, is_agreed=True):
    """The guardian says yes or no to what waits first."""
    [wish, *_] = await world.context.database.read(wards.list_wishes, ward.id, 1)
    await supervising.decide(world.context, guardian, wish.id, is_agreed=is_agreed)
    return wish


async def spoken(world, account):
    """(type, document) of all that an account said to others."""
    sql = "SELECT type, body FROM activities WHERE account_id = :id ORDER BY id"
    rows = await world.context.database.read(lambda db: db.execute(sql, {"id": account.id}).fetchall())
    return [(kind, orjson.loads(body)) for kind, body in rows]


async def test_whom_a_ward_follows_a_guardian_says(world, ada, eve, bob, kit, read, clock):
    far = await world.known(bob)
    for target in (eve, far):
        clock.go(seconds=1)
        assert (await follows.follow(world.context, kit, target.id)).state == "requested"
    assert await world.owed() == []
    assert not await read(kept_follows.is_following, kit.id, eve.id)
    assert await world.told(ada) == [("wish", "kit")]
    await decide(world, ada, kit)
    assert await world.owed() == [("Follow", bob.actor.inbox)]
    await decide(world, ada, kit, is_agreed=False)
    assert not await read(kept_follows.is_following, kit.id, eve.id)
    assert set(await wishes(world, kit)) == {("follow", "agreed"), ("follow", "refused")}


async def test_an_accept_of_a_follow_that_never_went_out_changes_nothing(world, bob, kit, read):
    far = await world.known(bob)
    await follows.follow(world.context, kit, far.id)
    claimed = {"id": f"{kit.uri}/activities/1", "type": "Follow", "actor": kit.uri, "object": bob.uri}
    await world.receive(bob.activity("Accept", claimed), bob)
    assert await read(kept_follows.find_follow, kit.id, far.id) is None


async def test_who_follows_a_ward_a_guardian_says_and_not_the_ward(world, ada, eve, bob, kit, read):
    await world.receive(bob.activity("Follow", kit.uri), bob)
    await follows.follow(world.context, eve, kit.id)
    assert await world.told(kit) == []
    for follower in (eve, await world.known(bob)):
        with pytest.raises(NotAllowed):
            await follows.answer_request(world.context, kit, follower.id, is_accepted=True)
    assert await world.owed() == []
    await decide(world, ada, kit)
    await decide(world, ada, kit)
    assert await read(kept_follows.is_following, eve.id, kit.id)
    assert [kind for kind, _ in await world.owed()] == ["Accept"]


async def test_a_ward_may_say_no_by_itself(world, eve, kit, read):
    await follows.follow(world.context, eve, kit.id)
    await follows.answer_request(world.context, kit, eve.id, is_accepted=False)
    assert await read(kept_follows.find_follow, eve.id, kit.id) is None


async def test_strangers_do_not_reach_a_ward_and_friends_do(world, ada, eve, bob, kit):
    with pytest.raises(NotAllowed):
        await world.post(eve, "@kit hello", visibility=DIRECT)
    await world.post(eve, "@kit hello everybody")
    for name, to in (("dm", (kit.uri,)), ("public", (EVERYBODY, kit.uri))):
        await world.receive(bob.create(bob.note(name, to=to, cc=())), bob)
    assert await world.told(kit) == []
    assert await world.find_post(f"{bob.uri}/notes/dm") is None
    await world.post(ada, "@kit Dinner", visibility=DIRECT)
    assert await world.told(kit) == [("mention", "ada")]
    await follows.follow(world.context, eve, kit.id)
    await decide(world, ada, kit)
    await world.post(eve, "@kit now", visibility=DIRECT)
    assert set(await world.told(kit)) == {("mention", "eve"), ("follow", "eve"), ("mention", "ada")}


async def test_an_open_account_is_reached_by_strangers(world, eve, bob):
    ona = await world.account("ona")
    await world.post(eve, "@ona hello", visibility=DIRECT)
    await world.receive(bob.create(bob.note("dm", to=(ona.uri,), cc=())), bob)
    assert sorted(await world.told(ona)) == [("mention", "bob"), ("mention", "eve")]


async def test_nothing_goes_out_in_public(world, ada, bob, kit, read):
    await world.receive(bob.activity("Follow", kit.uri), bob)
    await decide(world, ada, kit)
    post = await world.post(kit, "Hello", visibility=PUBLIC)
    other = await world.post(bob and ada, "Public")
    await reactions.boost(world.context, kit, other.id)
    await making.edit_profile(world.context, kit, making.ProfileEdit("Kit", "", locked=False, discoverable=True, indexable=True))
    with pytest.raises(NotAllowed):
        await sharing.share(world.context, kit, post.id, PUBLIC)
    with pytest.raises(NotAllowed):
        await reactions.pin(world.context, kit, post.id)
    said = await spoken(world, kit)
    assert {kind for kind, _ in said} >= {"Create", "Announce", "Update"}
    assert not any(EVERYBODY in orjson.dumps(document).decode().replace("as:Public", EVERYBODY) for _, document in said)
    changed = await read(accounts.get_account, kit.id)
    assert (changed.locked, changed.discoverable, changed.indexable) == (True, False, False)


async def test_what_an_open_community_would_show_waits_and_goes_out_once_a_guardian_agrees(world, ada, kit, read, clock):
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])
    await follows.follow(world.context, kit, garden.id)
    await decide(world, ada, kit)
    with pytest.raises(NotAllowed, match="guardian"):
        await world.post(kit, "Hello gardeners", community_id=garden.id)
    clock.go(seconds=1)
    with pytest.raises(NotAllowed, match="guardian"):
        await world.post(kit, "Hello @garden")
    assert await read(kept_posts.list_all_posts, kit.id) == []
    wish = await decide(world, ada, kit, is_agreed=False)
    assert orjson.loads(wish.payload)["text"] == "Hello @garden"
    await decide(world, ada, kit)
    [post] = await read(kept_posts.list_all_posts, kit.id)
    assert (post.source, post.visibility) == ("Hello gardeners", PUBLIC)
    with pytest.raises(NotAllowed):
        await posts.edit(world.context, kit, post.id, posts.Draft("Something else"))
    kept = await read(wards.find_latest_wish, kit.id, "post", str(post.id))
    await supervising.withdraw(world.context, ada, kept.id)
    assert await read(kept_posts.find_post, post.id) is None


async def test_a_closed_community_is_a_room_of_its_own(world, ada, kit):
    room = await communities.create(world.context, "room", communities.Settings("Class", is_private=True), [ada])
    await follows.follow(world.context, kit, room.id)
    await decide(world, ada, kit)
    await follows.answer_request(world.context, room, kit.id, is_accepted=True)
    assert (await world.post(kit, "Hello class", community_id=room.id)).visibility == DIRECT


async def test_pictures_wait(world, ada, kit, read, clock):
    file = await media.upload(world.context, kit, picture(), "Me")
    with pytest.raises(NotAllowed):
        await world.post(kit, "Look", media_ids=(file.id,))
    clock.go(seconds=1)
    with pytest.raises(NotAllowed):
        await media.set_picture(world.context, kit, picture(), "Me")
    assert (await read(accounts.get_account, kit.id)).icon_url is None
    await decide(world, ada, kit)
    assert (await read(accounts.get_account, kit.id)).icon_url
    await decide(world, ada, kit)
    [post] = await read(kept_posts.list_all_posts, kit.id)
    assert (post.visibility, len(post.files)) == (PRIVATE, 1)
    plain = await world.post(kit, "Plain")
    another = await media.upload(world.context, kit, picture(), "Me")
    with pytest.raises(NotAllowed):
        await posts.edit(world.context, kit, plain.id, posts.Draft("Plain", media_ids=(another.id,)))


async def test_taking_everything_along_waits(world, ada, kit, clock):
    with pytest.raises(NotAllowed):
        await networks.export_opml(world.context, kit)
    await decide(world, ada, kit)
    assert b"opml" in await networks.export_opml(world.context, kit)
    clock.go(days=8)
    with pytest.raises(NotAllowed):
        await networks.export_csv(world.context, kit)
    await wishing.require_export(world.context, ada)


async def test_only_a_guardian_decides_and_each_wish_once(world, ada, eve, kit):
    await follows.follow(world.context, kit, eve.id)
    [wish] = await world.context.database.read(wards.list_wishes, kit.id, 1)
    for other in (eve, kit):
        with pytest.raises(NotFound):
            await supervising.decide(world.context, other, wish.id, is_agreed=True)
    await supervising.decide(world.context, ada, wish.id, is_agreed=True)
    with pytest.raises(NotFound):
        await supervising.decide(world.context, ada, wish.id, is_agreed=False)


async def test_what_was_agreed_to_is_taken_back(world, ada, eve, kit, read):
    await follows.follow(world.context, kit, eve.id)
    followed = await decide(world, ada, kit)
    await follows.follow(world.context, eve, kit.id)
    follower = await decide(world, ada, kit)
    for wish in (followed, follower):
        await supervising.withdraw(world.context, ada, wish.id)
    assert not await read(kept_follows.is_following, kit.id, eve.id)
    assert not await read(kept_follows.is_following, eve.id, kit.id)
    assert (await follows.follow(world.context, kit, eve.id)).uri == ""  # has to be agreed to again


async def test_consent_is_on_record_and_without_it_the_account_is_shut(world, ada, kit, read):
    [given] = await read(wards.list_consents, kit.id)
    assert (given.guardian_id, given.withdrawn_ms) == (ada.id, None)
    await supervising.withdraw_consent(world.context, ada, kit.id)
    assert (await read(accounts.get_account, kit.id)).suspended_ms is not None
    assert not await read(wards.has_consent, kit.id)
    await supervising.consent(world.context, ada, kit.id)
    assert (await read(accounts.get_account, kit.id)).is_active
    assert len(await read(wards.list_consents, kit.id)) == 2


async def test_handing_over_loses_nothing(world, ada, eve, bob, kit, read):
    await world.receive(bob.activity("Follow", kit.uri), bob)
    await decide(world, ada, kit)
    post = await world.post(kit, "Mine")
    await follows.follow(world.context, kit, eve.id)
    released = await supervising.hand_over(world.context, ada, kit.id)
    assert (released.mode, await read(wards.list_guardians, kit.id)) == ("open", [])
    assert await read(kept_follows.count_followers, kit.id) == 1
    assert (await sharing.share(world.context, released, post.id, PUBLIC)).visibility == PUBLIC
    assert ("handed_over", "ada") in await world.told(released)
    assert set(await wishes(world, kit)) == {("follow", "withdrawn"), ("follower", "agreed")}
    with pytest.raises(NotFound):
        await supervising.hand_over(world.context, ada, kit.id)


async def test_the_keeper_puts_an_account_under_a_guardian_and_what_was_public_is_not_any_more(world, ada, eve, read):
    post = await world.post(eve, "Open")
    await reactions.pin(world.context, eve, post.id)
    for guardian in ("", "nobody", "eve"):
        with pytest.raises((BadInput, NotFound, NotAllowed)):
            await supervising.set_mode(world.context, "eve", "supervised", guardian)
    changed = await supervising.set_mode(world.context, "eve", "supervised", "ada")
    assert (changed.mode, changed.locked, changed.discoverable) == ("supervised", True, False)
    assert (await read(kept_posts.find_post, post.id)).visibility == PRIVATE
    assert await read(kept_reactions.list_pinned, eve.id) == []
    assert (await supervising.set_mode(world.context, "eve", "guided")).mode == "guided"
    assert (await read(kept_posts.find_post, post.id)).visibility == PRIVATE


async def test_a_ward_looks_after_nobody_and_no_community(world, ada, kit):
    with pytest.raises(NotAllowed):
        await communities.create(world.context, "den", communities.Settings("Den"), [kit])
    with pytest.raises(NotAllowed):
        await supervising.make_ward(world.context, kit, "pip", "", "hedges grow slowly")
    garden = await communities.create(world.context, "garden", communities.Settings("Garden"), [ada])
    await follows.follow(world.context, kit, garden.id)
    await decide(world, ada, kit)
    with pytest.raises(NotAllowed):
        await stewarding.on_member(world.context, ada, garden.id, kit.id, "moderator")


def test_no_birth_date_is_kept_anywhere(tmp_path):
    upgrade(tmp_path / "hedgerow.db")
    with closing(sqlite3.connect(tmp_path / "hedgerow.db")) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        columns = {column[1] for table in tables for column in db.execute(f"PRAGMA table_info({table})")}
    assert len(columns) > 100
    assert not [name for name in columns if "birth" in name or name in {"age", "born"}]


async def test_a_ward_speaks_to_those_whom_a_guardian_let_near_and_to_nobody_else(world, ada, eve, kit, read):
    with pytest.raises(NotAllowed):
        await world.post(kit, "@eve hello", visibility=DIRECT)
    quiet = await world.post(kit, "@eve @ada hello")
    assert [account.name for account in await read(kept_reactions.list_mentioned, quiet.id)] == ["ada"]
    assert not await read(kept_posts.is_visible, quiet.id, eve.id)
    assert await read(kept_posts.is_visible, quiet.id, ada.id)
    assert await world.told(eve) == []
