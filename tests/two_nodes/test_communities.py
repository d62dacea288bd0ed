"""A community on one node with members on others: everybody reads everybody, moderators anywhere look after it, the log tells it all."""

from itertools import count

import pytest

from node.errors import NotAllowed
from node.social import communities, stewarding
from node.social.communities import Settings
from storage import communities as stored
from storage import stewardship
from storage.communities import MODERATOR
from storage.records import DIRECT
from storage.timelines import BEFORE_ALL
from tests.nodes import eventually
from tests.people import Person

_numbers = count(1)


@pytest.fixture
def start(ada):
    """Starts a community on ada's node, which she looks after."""

    async def make(**said):
        settings = Settings("Mosses", **said)
        return Person(ada.node, await communities.create(ada.context, f"mosses{next(_numbers)}", settings, [ada.account]))

    return make


@pytest.fixture
async def club(lane, start, ada, bo, cleo):
    """An open community on the first node with members on the others."""
    group = await start()
    for member in (bo, cleo):
        await member.follow(group)
    await lane.settle()
    return group


async def order(ada, club, member_or_uri, deed, reason=""):
    if isinstance(member_or_uri, Person):
        target = (await ada.knows(member_or_uri)).id
        await stewarding.on_member(ada.context, ada.account, club.account.id, target, deed, reason)
    else:
        await stewarding.on_post(ada.context, ada.account, club.account.id, await ada.post_id(member_or_uri), deed, reason)


async def log(ada, club):
    found = await ada.node.read(stewardship.list_deeds, club.account.id, 100, BEFORE_ALL)
    return [(deed.deed, deed.subject_uri, deed.reason) for deed in reversed(found)]


async def to(member, club, text, **said):
    """A post from the community's page on the member's own node."""
    return await member.write(text, community_id=(await member.knows(club)).id, **said)


async def test_members_of_other_nodes_are_members(lane, club, ada, bo, cleo):
    assert [await member.follows(club) for member in (ada, bo, cleo)] == [True, True, True]
    members = await ada.node.read(stored.list_members, club.account.id, 10)
    assert {account.uri: role for account, role in members} == {ada.uri: "moderator", bo.uri: "newcomer", cleo.uri: "newcomer"}


async def test_a_post_by_mention_from_another_node_arrives_at_all(lane, club, ada, bo, cleo):
    post = await bo.write(f"Sphagnum holds water {club.handle}")
    await lane.settle()
    assert [await member.home() for member in (ada, cleo)] == [[post], [post]]
    assert "Sphagnum" in await cleo.reads(post)


async def test_a_post_from_the_page_of_the_community_arrives_at_all_with_its_title(lane, club, ada, bo, cleo):
    post = await to(bo, club, "It holds water", type="Page", title="On sphagnum")
    await lane.settle()
    assert [await member.home() for member in (ada, cleo)] == [[post], [post]]
    seen = await cleo.sees(post)
    assert (seen.title, seen.audience_uri) == ("On sphagnum", club.uri)


async def test_answers_edits_and_deletions_arrive_at_all(lane, club, ada, bo, cleo):
    post = await to(ada, club, "What holds water?")
    await lane.settle()
    answer = await bo.write("Sphagnum", answering=post)
    await lane.settle()
    assert await cleo.thread(post) == ([], [answer])
    await ada.edit(post, "What holds the most water?")
    await lane.settle()
    assert "most" in await cleo.reads(post)
    await bo.delete(answer)
    await lane.settle()
    assert [await member.sees(answer) for member in (ada, bo, cleo)] == [None, None, None]


async def test_a_like_from_another_node_reaches_the_author_through_the_community(lane, club, ada, bo, cleo):
    post = await to(bo, club, "Sphagnum")
    await lane.settle()
    await cleo.like(post)
    await lane.settle()
    assert (await bo.sees(post)).likes_count == 1


async def test_a_removed_post_leaves_all_timelines(lane, club, ada, bo, cleo):
    post = await to(bo, club, "Buy this")
    await lane.settle()
    await order(ada, club, post, "remove", "no advertising")
    await lane.settle()
    assert [await member.home() for member in (ada, cleo)] == [[], []]
    assert await bo.sees(post) is not None
    assert (await log(ada, club))[-1] == ("remove", post, "no advertising")


async def test_a_locked_thread_takes_no_answers_on_any_node(lane, club, ada, bo, cleo):
    post = await to(bo, club, "Sphagnum")
    await lane.settle()
    await order(ada, club, post, "lock", "enough")
    await lane.settle()
    for member in (ada, bo, cleo):
        with pytest.raises(NotAllowed):
            await member.write("But", answering=post)
    await order(ada, club, post, "unlock")
    await lane.settle()
    answer = await cleo.write("And", answering=post)
    await lane.settle()
    assert answer in await ada.home()


async def test_what_a_moderator_pins_is_pinned_on_all_nodes(lane, club, ada, bo, cleo):
    post = await to(bo, club, "Read this first")
    await lane.settle()
    await order(ada, club, post, "pin")
    await lane.settle()
    assert [await member.pins(club) for member in (ada, cleo)] == [[post], [post]]
    await order(ada, club, post, "unpin")
    await lane.settle()
    assert await cleo.pins(club) == []


async def test_a_banned_members_posts_are_refused_and_the_log_tells_it(lane, club, ada, bo, cleo):
    await order(ada, club, bo, "ban", "spam")
    await lane.settle()
    assert not await bo.follows(club)
    refused = await bo.write(f"Once more {club.handle}")
    await bo.follow(club)
    await lane.settle()
    assert not await bo.follows(club)
    assert [await member.home() for member in (ada, cleo)] == [[], []]
    assert (await log(ada, club))[-2:] == [("ban", bo.uri, "spam"), ("refused", refused, "")]
    await order(ada, club, bo, "unban")
    await bo.follow(club)
    await lane.settle()
    assert await bo.follows(club)


async def test_who_asks_waits_for_a_moderator(lane, start, ada, bo):
    club = await start(join_mode="request")
    await bo.follow(club)
    await lane.settle()
    assert not await bo.follows(club)
    asking = (await ada.knows(bo)).id
    await communities.answer_request(ada.context, ada.account, club.account.id, asking, is_accepted=True)
    await lane.settle()
    assert await bo.follows(club)
    assert [deed for deed, *_ in await log(ada, club)] == ["created", "admitted"]


async def test_only_the_invited_join_where_it_takes_an_invitation(lane, start, ada, bo, cleo):
    club = await start(join_mode="invite")
    await communities.expect(ada.context, ada.account, club.account.id, await ada.knows(bo))
    for member in (bo, cleo):
        await member.follow(club)
    await lane.settle()
    assert [await member.follows(club) for member in (bo, cleo)] == [True, False]


async def test_a_first_post_from_another_node_waits(lane, start, ada, bo, cleo):
    club = await start(approves_first=True)
    for member in (bo, cleo):
        await member.follow(club)
    await lane.settle()
    post = await to(bo, club, "My first")
    await lane.settle()
    assert await cleo.home() == []
    await order(ada, club, post, "approve")
    await lane.settle()
    assert await cleo.home() == [post]


async def test_what_is_said_in_a_private_community_reaches_its_members_alone(lane, start, ada, bo, cleo):
    club = await start(is_private=True)
    dora = await lane.person(3, "dora")
    for follower in (bo, cleo):
        await follower.follow(club)
    await dora.follow(bo)
    await lane.settle()
    for member in (bo, cleo):
        await communities.answer_request(ada.context, ada.account, club.account.id, (await ada.knows(member)).id, is_accepted=True)
    await lane.settle()
    post = await to(bo, club, "Between us")
    assert (await bo.sees(post)).visibility == DIRECT
    ours = await to(ada, club, "And from me")
    await lane.settle()
    assert [set(await member.home()) >= {post, ours} for member in (ada, cleo)] == [True, True]
    assert "Between us" in await cleo.reads(post)
    answer = await cleo.write("I hear you", answering=post)
    await lane.settle()
    assert "hear you" in await ada.reads(answer)
    assert [await dora.sees(uri) for uri in (post, ours, answer)] == [None, None, None]
    assert await dora.home() == []
    assert (await bo.node.get(post)).status == 404
    assert (await cleo.get(post)).status == 200 or await cleo.sees(post) is not None
    assert await cleo.get_items(f"{club.uri}/followers") == []


async def test_a_moderator_on_another_node_moderates(lane, club, ada, bo, cleo):
    await order(ada, club, bo, MODERATOR)
    await lane.settle()
    assert set(await bo.get_items(f"{club.uri}/moderators")) == {ada.uri, bo.uri}
    post = await to(cleo, club, "Buy this")
    await lane.settle()
    removal = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{bo.uri}/1",
        "type": "Delete",
        "actor": bo.uri,
        "object": post,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [club.uri],
        "audience": club.uri,
        "summary": "no advertising",
    }
    kept = await to(bo, club, "Stays")
    await lane.settle()
    assert (await cleo.send({**removal, "id": f"{cleo.uri}/1", "actor": cleo.uri, "object": kept}, ada.node)).status == 403
    assert (await bo.send(removal, ada.node)).status == 202
    await eventually(lambda: log(ada, club), lambda lines: lines[-1] == ("remove", post, "no advertising"))
