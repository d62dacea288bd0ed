"""Streams tell what the timelines would show, to whom they would show it, and nothing else."""

import json

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError

from node.social import accounts, authorizing, blocking, communities, follows, listing, notifying, passwords, posts, reactions
from node.social.posts import Draft
from node.web.streaming import telling
from node.web.streaming.hub import ROUND, WAITING
from storage import users
from storage.events import add_event
from storage.records import DIRECT, PRIVATE, UNLISTED
from tests.storage import rows


async def follow(world, one, other):
    await follows.follow(world.context, one, other.id)


async def test_a_post_of_somebody_followed_comes_to_the_home_stream_and_changes_and_goes(world, listen, ada, bea):
    await follow(world, ada, bea)
    ear = await listen(ada, "user")
    post = await world.post(bea, "Hello")
    assert await ear.heard() == [("user", "update", "Hello")]  # what is gone already is told no more
    await posts.edit(world.context, bea, post.id, Draft("Hello again"))
    assert await ear.heard() == [("user", "status.update", "Hello again")]
    await posts.delete(world.context, bea, post.id)
    assert await ear.heard() == [("user", "delete", str(post.id))]


async def test_a_strangers_post_does_not(world, listen, ada, bea):
    ear = await listen(ada, "user")
    await world.post(bea, "Hello")
    assert await ear.heard() == []


async def test_a_boost_comes_and_goes(world, listen, ada, bea):
    carl = await world.account("carl")
    await follow(world, ada, bea)
    post = await world.post(carl, "Passed on")
    ear = await listen(ada, "user")
    boost = await reactions.boost(world.context, bea, post.id)
    assert await ear.heard() == [("user", "update", "Passed on")]
    await reactions.unboost(world.context, bea, post.id)
    assert await ear.heard() == [("user", "delete", str(boost.id))]


async def test_a_post_from_elsewhere_comes_as_well(world, listen, ada, schema_of_status):
    zoe = await world.stranger("zoe")
    await world.follow(ada, zoe)
    ear = await listen(ada, "user")
    await world.receive(zoe.create(zoe.note("1")), zoe)
    frame = await ear.next()
    assert frame["event"] == "update"
    assert schema_of_status(json.loads(frame["payload"])) == []


@pytest.fixture
def schema_of_status(schema):
    """What is wrong with a status, by Mastodon's own schema."""
    return lambda status: schema.faults_of("Status", status)


async def test_notifications_come_to_their_stream_and_to_the_home_stream(world, listen, ada, bea):
    post = await world.post(ada, "Hello")
    home, news = await listen(ada, "user"), await listen(ada, "user:notification")
    await reactions.like(world.context, bea, post.id)
    assert await home.heard() == [("user", "notification", "favourite")]
    assert ("user:notification", "notification", "favourite") in await news.heard()


def _like_all(db, site, account_id, post_id, count):
    for number in range(count):
        notifying.tell(db, site, account_id, "like", rows.add_stranger(db, f"fan{number}").id, post_id)


async def test_of_many_who_like_a_post_at_once_each_is_told_in_turn_and_few_questions_are_asked(world, listen, ada, bea, monkeypatch):
    post = await world.post(ada, "Hello")
    ear, other = await listen(ada, "user"), await listen(bea, "user")
    reads, read = [], world.context.database.read

    async def counted(unit, *arguments):
        reads.append(unit)
        return await read(unit, *arguments)

    with monkeypatch.context() as watched:
        watched.setattr(world.context.database, "read", counted)
        await world.context.database.write(_like_all, world.context.site, ada.id, post.id, 3 * WAITING)
        told = [json.loads((await ear.next())["payload"]) for _ in range(3 * WAITING)]
    assert [each["type"] for each in told] == ["favourite"] * len(told)
    ids = [
        row[0] for row in await read(lambda db: db.execute("SELECT payload FROM events WHERE kind = 'notification' ORDER BY id").fetchall())
    ]
    assert [each["id"] for each in told] == ids
    assert reads.count(telling.messages) == 3 * WAITING // ROUND
    assert await other.heard() == []


async def test_a_direct_message_comes_to_the_conversations_of_those_whom_it_names(world, listen, ada, bea):
    carl = await world.account("carl")
    ears = {account.name: await listen(account, "direct") for account in (ada, carl)}
    await world.post(bea, "@ada psst", visibility=DIRECT)
    heard = await ears["ada"].heard()
    assert [event for stream, event, _ in heard if stream == "direct"] == ["conversation"]
    assert await ears["carl"].heard() == []


async def test_hashtags_and_the_public_streams(world, listen, ada, bea):
    zoe = await world.stranger("zoe")
    await world.follow(bea, zoe)
    streams = ("public", "public:local", "public:remote", "hashtag", "hashtag:local")
    ears = {name: await listen(ada, name, **({"tag": "Moss"} if "hashtag" in name else {})) for name in streams}
    await world.post(bea, "#moss here")
    await world.receive(zoe.create(zoe.note("1", "<p>far</p>")), zoe)
    heard = {name: [what for stream, _, what in await ear.heard() if stream.startswith(name)] for name, ear in ears.items()}
    assert [len(heard[name]) for name in streams] == [2, 1, 1, 1, 1]
    assert heard["public:remote"] == ["far"]


async def test_lists_tell_of_their_members_alone_and_only_to_their_owner(world, listen, client, ada, bea):
    carl = await world.account("carl")
    for other in (bea, carl):
        await follow(world, ada, other)
    made = await listing.add(world.context, ada, "Friends", "list", exclusive=False)
    await listing.add_members(world.context, ada, made.id, [bea.id])
    ear = await listen(ada, "list", list=str(made.id))
    await world.post(bea, "In the list")
    await world.post(carl, "Outside")
    assert [what for stream, _, what in await ear.heard() if stream.startswith("list")] == ["In the list"]
    with pytest.raises(WSServerHandshakeError) as refused:
        await listen(bea, "list", list=str(made.id))
    assert refused.value.status == 404


@pytest.mark.parametrize("visibility", [UNLISTED, PRIVATE, DIRECT])
async def test_what_is_not_public_comes_to_no_public_stream(world, listen, ada, bea, visibility):
    ears = [await listen(ada, "public"), await listen(ada, "public:local"), await listen(ada, "hashtag", tag="moss")]
    await world.post(bea, "#moss quietly", visibility=visibility)
    post = await world.post(bea, "gone soon", visibility=PRIVATE)
    await posts.delete(world.context, bea, post.id)
    assert [await ear.heard() for ear in ears] == [[], [], []]


async def test_a_private_posts_life_is_heard_by_followers_alone(world, listen, ada, bea):
    carl = await world.account("carl")
    await follow(world, ada, bea)
    near, far = await listen(ada, "user"), await listen(carl, "user")
    post = await world.post(bea, "For followers", visibility=PRIVATE)
    assert [event for _, event, _ in await near.heard()] == ["update"]
    await posts.edit(world.context, bea, post.id, Draft("Still for followers", visibility=PRIVATE))
    assert [event for _, event, _ in await near.heard()] == ["status.update"]
    await posts.delete(world.context, bea, post.id)
    assert [event for _, event, _ in await near.heard()] == ["delete"]
    assert await far.heard() == []


async def test_what_is_said_in_a_private_community_stays_there(world, listen, ada, bea):
    carl = await world.account("carl")
    group = await communities.create(world.context, "circle", communities.Settings("Circle", is_private=True), [bea])
    secret = await communities.invite(world.context, bea, group.id)
    await communities.join_by_link(world.context, ada, secret)
    member, outsider, public = await listen(ada, "user"), await listen(carl, "user"), await listen(carl, "public")
    await world.post(bea, "Among us", community_id=group.id)
    assert "Among us" in [what for _, _, what in await member.heard()]
    assert await outsider.heard() == []
    assert await public.heard() == []


async def test_nobody_hears_those_whom_they_block_or_who_block_them(world, listen, ada, bea):
    carl = await world.account("carl")
    await blocking.block(world.context, ada, bea.id)
    await blocking.block(world.context, carl, ada.id)
    ear, control = await listen(ada, "public"), await listen(await world.account("dora"), "public")
    for author in (bea, carl):
        await world.post(author, "Hello")
    assert await ear.heard() == []
    assert len(await control.heard()) == 2


async def test_one_socket_takes_up_streams_and_lets_them_go(world, listen, ada, bea):
    ear = await listen(ada)
    await ear.ask("subscribe", "hashtag", tag="moss")
    await world.post(bea, "#moss 1")
    assert (await ear.next())["stream"] == ["hashtag", "moss"]
    await ear.ask("unsubscribe", "hashtag", tag="moss")
    await world.post(bea, "#moss 2")
    assert await ear.heard() == []


@pytest.mark.parametrize(
    ("scopes", "stream", "status"),
    [("write", "user", 403), ("read:notifications", "user", 403), ("read:statuses", "user:notification", 403), ("read", "nothing", 422)],
)
async def test_a_token_listens_no_further_than_its_scopes(listen, ada, scopes, stream, status):
    with pytest.raises(WSServerHandshakeError) as refused:
        await listen(ada, stream, scopes=scopes)
    assert refused.value.status == status


async def test_notifications_need_their_scope_on_the_home_stream_too(world, listen, ada, bea):
    post = await world.post(ada, "Hello")
    ear = await listen(ada, "user", scopes="read:statuses")
    await reactions.like(world.context, bea, post.id)
    assert await ear.heard() == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Sec-WebSocket-Protocol": "nonsense"}])
async def test_without_a_token_that_holds_nothing_is_heard(client, headers):
    with pytest.raises(WSServerHandshakeError) as refused:
        await client.ws_connect("/api/v1/streaming?stream=public", headers=headers)
    assert refused.value.status == 401


async def test_the_token_may_stand_in_the_sub_protocol_and_is_echoed(world, client, ada):
    token = await authorizing.new_token(world.context, ada.id, "ear", "read")
    async with client.ws_connect("/api/v1/streaming/?stream=user", protocols=[token]) as ws:
        assert ws.protocol == token


async def test_server_sent_events_say_the_same(world, client, ada, bea):
    token = await authorizing.new_token(world.context, ada.id, "ear", "read")
    async with client.get("/api/v1/streaming/public/local", headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.content_type == "text/event-stream"
        assert await answer.content.readline() == b":)\n"
        await world.post(bea, "Hello")
        assert await answer.content.readline() == b"event: update\n"
        assert json.loads((await answer.content.readline()).removeprefix(b"data: "))["content"] == "<p>Hello</p>"
    async with client.get("/api/v1/streaming/nothing", params={"access_token": token}) as answer:
        assert (answer.status, await answer.json()) == (404, {"error": "Record not found"})
    async with client.get("/api/v1/streaming/health") as answer:
        assert await answer.text() == "OK"


async def test_a_slow_reader_is_dropped_and_the_others_go_on(world, server, listen, ada, bea):
    from node.web.streaming.doors import HUB
    from node.web.streaming.hub import Stream

    slow = Stream(ada.id, "read")
    quick = await listen(ada, "user")
    slow.channels.update({next(iter(next(iter(server.app[HUB]._streams)).channels))})
    server.app[HUB].add(slow)
    for _ in range(WAITING + 5):
        await world.context.database.write(add_event, "filters", ada.id)
    for _ in range(WAITING + 5):
        assert (await quick.next())["event"] == "filters_changed"
    assert slow.queue.qsize() <= WAITING + 1
    assert slow not in server.app[HUB]._streams


async def revoke_token(world, ada, token):
    held = await world.context.database.read(users.find_token, passwords.digest(token))
    await authorizing.revoke_token(world.context, ada.id, held[0].id)


async def change_password(world, ada, token):
    await accounts.set_password(world.context, ada.id, "another good one")


async def suspend(world, ada, token):
    await accounts.suspend(world.context, ada.name)


async def delete(world, ada, token):
    await accounts.delete(world.context, ada.name)


@pytest.mark.parametrize("end", [revoke_token, change_password, suspend, delete])
async def test_a_stream_ends_at_once_with_its_token(world, client, ada, end):
    token = await authorizing.new_token(world.context, ada.id, "ear", "read")
    async with client.ws_connect(f"/api/v1/streaming?stream=user&access_token={token}") as ws:
        await end(world, ada, token)
        message = await ws.receive(timeout=10)  # less than a beat, at which tokens are looked at anyway
        assert message.type in {WSMsgType.CLOSE, WSMsgType.CLOSED}


async def test_a_stream_goes_on_where_another_token_ends_or_apps_are_kept(world, listen, ada):
    ear = await listen(ada, "user")
    other = await authorizing.new_token(world.context, ada.id, "other", "read")
    await revoke_token(world, ada, other)
    await accounts.set_password(world.context, ada.id, "another good one", keeps_apps=True)
    assert await ear.heard() == []
