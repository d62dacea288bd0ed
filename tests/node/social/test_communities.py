"""Communities: made, joined, posted to, looked after."""

from dataclasses import replace

import orjson
import pytest

from federation.objects import document_from_post
from federation.proofs import verify_proof
from federation.records import PUBLIC
from node.errors import BadInput, NotAllowed, NotFound
from node.social import communities, follows, posts, reactions, stewarding
from node.social.communities import Settings
from storage import communities as stored
from storage import deliveries, stewardship
from storage import posts as kept_posts
from storage.records import DIRECT
from storage.timelines import BEFORE_ALL


async def make(world, moderator, name="mosses", **said):
    return await communities.create(world.context, name, Settings(said.pop("title", "Mosses"), **said), [moderator])


@pytest.fixture
async def bo(world):
    return await world.account("bo")


async def place(world, group, post):
    return await world.context.database.read(stored.find_place, group.id, post.id)


async def log(world, group):
    return [deed.deed for deed in await world.context.database.read(stewardship.list_deeds, group.id, 100, BEFORE_ALL)]


async def said(world, group):
    """What the group says to others: (type of the Announce's object or "id", object), oldest first."""
    owed = await world.context.database.read(deliveries.list_owed, None, 1000)
    found = {}
    for each in sorted(owed, key=lambda each: each.delivery.id):
        row = await world.context.database.read(find_body, each.delivery.activity_id)
        document = orjson.loads(row)
        if document["actor"] == group.uri:
            found[each.delivery.activity_id] = document
    return list(found.values())


def find_body(db, activity_id):
    return db.execute("SELECT body FROM activities WHERE id = :id", {"id": activity_id}).fetchone()[0]


async def test_a_community_is_made_with_a_moderator(world, ada):
    group = await make(world, ada, summary="All about *mosses*")
    assert (group.type, group.display_name, group.is_local) == ("Group", "Mosses", True)
    assert "<em>mosses</em>" in group.summary
    assert await world.context.database.read(stored.list_moderators, group.id) == [ada]
    assert [listed.members for listed in await world.context.database.read(stored.list_communities, 10)] == [1]
    with pytest.raises(BadInput):
        await make(world, ada, name="ferns", title=" ")


async def test_anybody_joins_an_open_community_and_leaves_it(world, ada, bo):
    group = await make(world, ada)
    assert (await follows.follow(world.context, bo, group.id)).state == "accepted"
    found = await world.context.database.read(stored.list_members, group.id, 10)
    assert {(account.name, role) for account, role in found} == {("ada", "moderator"), ("bo", "newcomer")}
    await follows.unfollow(world.context, bo, group.id)
    assert await world.context.database.read(stored.find_membership, group.id, bo.id) is None


async def test_the_last_moderator_cannot_leave(world, ada):
    group = await make(world, ada)
    with pytest.raises(NotAllowed):
        await follows.unfollow(world.context, ada, group.id)


async def test_a_moderator_answers_who_asks_to_join(world, ada, bo):
    group = await make(world, ada, join_mode="request")
    assert (await follows.follow(world.context, bo, group.id)).state == "requested"
    assert await world.told(ada) == [("join_request", "bo")]
    with pytest.raises(NotAllowed):
        await communities.answer_request(world.context, bo, group.id, bo.id, is_accepted=True)
    await communities.answer_request(world.context, ada, group.id, bo.id, is_accepted=True)
    assert await world.told(ada) == []
    assert (await follows.follow(world.context, bo, group.id)).state == "accepted"


async def test_an_invitation_opens_what_is_closed_to_others(world, ada, bo):
    group = await make(world, ada, join_mode="invite")
    with pytest.raises(NotAllowed):
        await follows.follow(world.context, bo, group.id)
    secret = await communities.invite(world.context, ada, group.id, "mentor")
    await communities.join_by_link(world.context, bo, secret)
    found = await world.context.database.read(stored.find_membership, group.id, bo.id)
    assert found.role == "mentor"
    with pytest.raises(NotFound):
        await communities.join_by_link(world.context, bo, "something else")


async def test_a_members_post_stands_in_the_community_and_in_the_timelines_of_all(world, clock, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    by_page = await world.post(bo, "Sphagnum!", community_id=group.id)
    clock.go(seconds=1)
    by_mention = await world.post(bo, "Look here @mosses")
    assert (await place(world, group, by_page)).state == (await place(world, group, by_mention)).state == "shown"
    assert await world.home(ada) == [by_mention.uri, by_page.uri]
    found = await world.context.database.read(stored.find_membership, group.id, bo.id)
    assert (found.role, found.is_approved) == ("member", True)


async def test_who_is_no_member_waits_or_is_refused(world, ada, bo):
    group = await make(world, ada)
    with pytest.raises(NotAllowed):
        await world.post(bo, "Hello", community_id=group.id)
    waiting = await world.post(bo, "Hello @mosses")
    assert (await place(world, group, waiting)).state == "waiting"
    assert await world.home(ada) == []
    closed = await make(world, ada, name="ferns", join_mode="request")
    assert await place(world, closed, await world.post(bo, "Hello @ferns")) is None


async def test_a_first_post_waits_until_it_is_approved_and_the_next_does_not(world, clock, ada, bo):
    group = await make(world, ada, approves_first=True)
    await follows.follow(world.context, bo, group.id)
    first = await world.post(bo, "My first", community_id=group.id)
    assert (await place(world, group, first)).state == "waiting"
    assert ("waiting", "bo") in await world.told(ada)
    clock.go(seconds=1)
    await stewarding.on_post(world.context, ada, group.id, first.id, "approve")
    assert await world.home(ada) == [first.uri]
    second = await world.post(bo, "My second", community_id=group.id)
    assert (await place(world, group, second)).state == "shown"
    assert (await log(world, group))[0] == "approve"


async def test_the_group_announces_the_activity_unchanged_and_then_the_bare_id(world, ada):
    group = await make(world, ada)
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Follow", group.uri), bob)
    note = bob.note("1", to=(PUBLIC,), cc=(group.uri,))
    create = bob.proven(bob.create(note))
    await world.receive(create, bob)
    announces = [each for each in await said(world, group) if each["type"] == "Announce"]
    assert [each["object"] for each in announces] == [create, note.uri]
    assert {inbox for kind, inbox in await world.owed() if kind == "Announce"} == {bob.actor.inbox}
    assert await world.home(ada) == [note.uri]


async def test_a_local_members_activity_carries_their_proof_when_it_is_announced(world, ada):
    group = await make(world, ada)
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Follow", group.uri), bob)
    await world.post(ada, "Hello", community_id=group.id)
    create = next(each for each in await said(world, group) if isinstance(each.get("object"), dict) and each["object"]["type"] == "Create")[
        "object"
    ]
    signer = await world.context.database.read(world.context.site.keyring.proof_signer, ada.id)
    verify_proof(create, signer.key.public_key(), world.context.site.now())
    assert create["object"]["audience"] == group.uri


async def test_edits_likes_and_deletions_go_to_the_members_too(world, ada):
    group = await make(world, ada)
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Follow", group.uri), bob)
    post = await world.post(ada, "Hello", community_id=group.id)
    await reactions.like(world.context, ada, post.id)
    await reactions.unlike(world.context, ada, post.id)
    await posts.edit(world.context, ada, post.id, posts.Draft("Hello again"))
    await world.receive(bob.activity("Like", post.uri), bob)
    assert await passed_on(world, group) == ["Create", "Like", "Undo", "Update", "Like"]
    await posts.delete(world.context, ada, post.id)
    assert await passed_on(world, group) == ["Delete"]  # what waited of the post is dropped


async def passed_on(world, group):
    """The types of the activities that wait to be announced."""
    found = await said(world, group)
    return [each["object"]["type"] for each in found if each["type"] == "Announce" and isinstance(each["object"], dict)]


async def test_a_removed_post_leaves_the_community_and_not_its_author(world, clock, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    post = await world.post(bo, "Buy this", community_id=group.id)
    clock.go(seconds=1)
    await stewarding.on_post(world.context, ada, group.id, post.id, "remove", "no advertising")
    assert await world.home(ada) == []
    assert await world.find_post(post.uri) == replace(post, boosts_count=0)
    deed = (await world.context.database.read(stewardship.list_deeds, group.id, 1, BEFORE_ALL))[0]
    assert (deed.deed, deed.reason, deed.account_id, deed.subject_uri) == ("remove", "no advertising", bo.id, post.uri)
    await stewarding.on_post(world.context, ada, group.id, post.id, "restore")
    assert await world.home(ada) == [post.uri]


async def test_only_moderators_moderate(world, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    post = await world.post(ada, "Hello", community_id=group.id)
    for deed in stewarding.POST_DEEDS:
        with pytest.raises(NotAllowed):
            await stewarding.on_post(world.context, bo, group.id, post.id, deed)
    for deed in stewarding.MEMBER_DEEDS:
        with pytest.raises(NotAllowed):
            await stewarding.on_member(world.context, bo, group.id, ada.id, deed)


async def test_a_locked_thread_takes_no_answers(world, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    post = await world.post(ada, "Hello", community_id=group.id)
    await stewarding.on_post(world.context, ada, group.id, post.id, "lock")
    with pytest.raises(NotAllowed):
        await world.post(bo, "But", in_reply_to_id=post.id)
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Follow", group.uri), bob)
    reply = bob.note("1", in_reply_to_uri=post.uri, cc=(group.uri,))
    await world.receive(bob.create(reply), bob)
    assert await place(world, group, await world.find_post(reply.uri)) is None
    await stewarding.on_post(world.context, ada, group.id, post.id, "unlock")
    answer = await world.post(bo, "And", in_reply_to_id=post.id)
    assert (await place(world, group, answer)).state == "shown"


async def test_a_banned_member_is_out_and_stays_out(world, clock, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    clock.go(seconds=1)
    await stewarding.on_member(world.context, ada, group.id, bo.id, "ban", "spam")
    clock.go(seconds=1)
    with pytest.raises(NotAllowed):
        await follows.follow(world.context, bo, group.id)
    with pytest.raises(NotAllowed):
        await world.post(bo, "Hello", community_id=group.id)
    refused = await world.post(bo, "Hello @mosses")
    assert await place(world, group, refused) is None
    assert (await log(world, group))[:2] == ["refused", "ban"]
    await stewarding.on_member(world.context, ada, group.id, bo.id, "unban")
    assert (await follows.follow(world.context, bo, group.id)).state == "accepted"


async def test_a_reader_reads(world, ada, bo):
    group = await make(world, ada)
    await follows.follow(world.context, bo, group.id)
    await stewarding.on_member(world.context, ada, group.id, bo.id, "employer")
    with pytest.raises(NotAllowed):
        await world.post(bo, "Hello", community_id=group.id)


async def test_what_is_said_in_a_private_community_is_for_its_members_alone(world, ada, bo):
    group = await make(world, ada, is_private=True)
    cleo = await world.account("cleo")
    await follows.follow(world.context, cleo, bo.id)
    assert (await follows.follow(world.context, bo, group.id)).state == "requested"
    await communities.answer_request(world.context, ada, group.id, bo.id, is_accepted=True)
    post = await world.post(bo, "Between us", community_id=group.id)
    assert post.visibility == DIRECT
    assert await world.home(ada) == [post.uri]
    assert await world.home(cleo) == []
    seen = [await world.context.database.read(kept_posts.is_visible, post.id, viewer) for viewer in (ada.id, bo.id, cleo.id, 0)]
    assert seen == [True, True, False, False]
    await stewarding.on_post(world.context, ada, group.id, post.id, "remove")
    assert not await world.context.database.read(kept_posts.is_visible, post.id, ada.id)


async def test_a_private_community_says_nothing_in_public(world, ada):
    group = await make(world, ada, is_private=True)
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Follow", group.uri), bob)
    await communities.answer_request(world.context, ada, group.id, (await world.known(bob)).id, is_accepted=True)
    post = await world.post(ada, "Between us", community_id=group.id)
    note = bob.note("1", to=(group.uri,), cc=())
    await world.receive(bob.proven(bob.create(note)), bob)
    announces = [each for each in await said(world, group) if each["type"] == "Announce"]
    assert len(announces) == 4
    assert {receiver for each in announces for receiver in each["to"]} == {group.followers_uri}
    assert all(PUBLIC not in each.get("cc", ()) for each in announces)
    assert document_from_post(note)["id"] in await world.home(ada)
    assert post.uri in await world.home(ada)


async def test_a_direct_answer_to_its_author_alone_does_not_come_into_a_private_community(world, ada):
    group = await make(world, ada, is_private=True)
    bob = await world.stranger("bob")
    await world.receive(bob.activity("Follow", group.uri), bob)
    await communities.answer_request(world.context, ada, group.id, (await world.known(bob)).id, is_accepted=True)
    post = await world.post(ada, "Between us", community_id=group.id)
    aside = bob.note("1", to=(ada.uri,), cc=(), in_reply_to_uri=post.uri)
    await world.receive(bob.create(aside), bob)
    assert await place(world, group, await world.find_post(aside.uri)) is None
    before = len(await said(world, group))
    answer = bob.note("2", to=(ada.uri, group.uri), cc=(), in_reply_to_uri=post.uri)
    await world.receive(bob.proven(bob.create(answer)), bob)
    assert (await place(world, group, await world.find_post(answer.uri))).state == "shown"
    assert len(await said(world, group)) == before + 2
